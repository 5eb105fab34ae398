//! What a signed S/MIME message (`smime.p7m`) wraps.
//!
//! In: CMS in BER or DER. Out: the signed content, as it stands. Absent on purpose: checking the signature
//! and opening what is encrypted.

/// What a CMS message turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrapped {
    /// Signed, with the content inside.
    Content(Vec<u8>),
    /// A signature that stands beside its content.
    Detached,
    Encrypted,
    Unknown,
}

/// Deepest nesting we follow.
const DEEPEST: u32 = 16;

/// First byte of every CMS message.
pub const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const EXPLICIT_0: u8 = 0xa0;
/// 1.2.840.113549.1.7, the common front of all CMS types.
const CMS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

pub fn unwrap(bytes: &[u8]) -> Wrapped {
    match message(bytes) {
        Some((2, signed)) => content(signed).map_or(Wrapped::Detached, Wrapped::Content),
        Some((3, _)) => Wrapped::Encrypted,
        _ => Wrapped::Unknown,
    }
}

/// ContentInfo: the number of its type and what it carries.
fn message(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let info = element(bytes, 0)?;
    let kind = element(info.content, 1)?;
    let carried = element(kind.rest, 1)?;
    if info.tag != SEQUENCE || kind.tag != OBJECT_IDENTIFIER || carried.tag != EXPLICIT_0 {
        return None;
    }
    match kind.content.strip_prefix(CMS)? {
        [number] => Some((*number, carried.content)),
        _ => None,
    }
}

/// SignedData { version, digest algorithms, { type, [0] content }, … }: the content.
fn content(signed: &[u8]) -> Option<Vec<u8>> {
    let signed = element(signed, 2)?;
    let version = element(signed.content, 3)?;
    let algorithms = element(version.rest, 3)?;
    let enclosed = element(algorithms.rest, 3)?;
    let kind = element(enclosed.content, 4)?;
    let explicit = element(kind.rest, 4).filter(|explicit| explicit.tag == EXPLICIT_0)?;
    let octets = element(explicit.content, 5)?;
    match octets.tag {
        OCTETS => Some(octets.content.to_vec()),
        OCTETS_IN_PIECES => pieces(octets.content),
        _ => None,
    }
}

fn pieces(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while !rest.is_empty() {
        let piece = element(rest, 6).filter(|piece| piece.tag == OCTETS)?;
        whole.extend_from_slice(piece.content);
        rest = piece.rest;
    }
    Some(whole)
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// The first element of `bytes`. Of indefinite length, its content is found by stepping over its children.
fn element(bytes: &[u8], depth: u32) -> Option<Element<'_>> {
    let (&tag, after) = bytes.split_first()?;
    let (&length, after) = after.split_first()?;
    // Tags of several bytes do not occur where we look.
    if tag & 0x1f == 0x1f || depth > DEEPEST {
        return None;
    }
    if length == 0x80 {
        let mut rest = after;
        while !rest.starts_with(&[0, 0]) {
            rest = element(rest, depth + 1)?.rest;
        }
        let content = &after[..after.len() - rest.len()];
        return Some(Element { tag, content, rest: &rest[2..] });
    }
    let (length, after) = match length {
        short @ 0..=0x7f => (usize::from(short), after),
        long => {
            let (digits, after) =
                after.split_at_checked(usize::from(long & 0x7f)).filter(|(d, _)| d.len() <= 8)?;
            let length = digits.iter().fold(0u64, |sum, digit| sum << 8 | u64::from(*digit));
            (usize::try_from(length).ok()?, after)
        }
    };
    let (content, rest) = after.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}
