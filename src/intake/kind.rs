//! What bytes are, told by content and never by name.
//!
//! In: bytes. Out: [`Kind`]. Absent on purpose: whether the format is intact; the reader of the format finds
//! that out. BigTIFF and UTF-16 text are unknown to us.

use crate::invoice::{self, Syntax};
use crate::job::Kind;

/// How far a mail's header is looked at (bytes).
const HEADER_WINDOW: usize = 64 * 1024;
/// A PDF may have this much in front of its signature (bytes), as readers commonly allow.
const PDF_WINDOW: usize = 1024;

pub fn kind(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    if let Some(kind) = by_signature(bytes) {
        return kind;
    }
    if invoice::is_xml(bytes) {
        return match invoice::syntax_of(bytes) {
            Some(Syntax::UblInvoice) => Kind::UblInvoice,
            Some(Syntax::UblCreditNote) => Kind::UblCreditNote,
            Some(Syntax::Cii) => Kind::Cii,
            None => Kind::OtherXml,
        };
    }
    if is_mail(bytes) {
        return Kind::Mail;
    }
    let front = &bytes[..bytes.len().min(PDF_WINDOW)];
    if front.windows(5).any(|window| window == b"%PDF-") {
        return Kind::Pdf;
    }
    if is_text(bytes) { Kind::PlainText } else { Kind::Unknown }
}

/// Formats that begin with their own mark.
fn by_signature(bytes: &[u8]) -> Option<Kind> {
    const SIGNATURES: [(&[u8], Kind); 7] = [
        (b"%PDF-", Kind::Pdf),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"\xff\xd8\xff", Kind::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"PK\x03\x04", Kind::Zip),
        (b"PK\x05\x06", Kind::Zip),
    ];
    SIGNATURES.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, kind)| *kind)
}

/// Begins with a header block of RFC 5322 that names its sender or its way.
fn is_mail(bytes: &[u8]) -> bool {
    const KNOWN: [&str; 16] = [
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "reply-to",
        "sender",
        "received",
        "return-path",
        "delivered-to",
        "message-id",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "dkim-signature",
        "in-reply-to",
    ];
    const ORIGIN: [&str; 4] = ["from", "sender", "received", "return-path"];
    const TECHNICAL: [&str; 5] = ["received", "return-path", "message-id", "mime-version", "dkim-signature"];

    let mut seen: Vec<String> = Vec::new();
    for (number, line) in bytes[..bytes.len().min(HEADER_WINDOW)].split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let continued = line.starts_with(b" ") || line.starts_with(b"\t");
        if number == 0 && line.starts_with(b"From ") || number > 0 && continued {
            continue;
        }
        let Some(name) = header_name(line) else { break };
        if KNOWN.contains(&name.as_str()) && !seen.contains(&name) {
            seen.push(name);
        }
    }
    let any = |names: &[&str]| seen.iter().any(|name| names.contains(&name.as_str()));
    any(&ORIGIN) && (seen.len() >= 3 || seen.len() == 2 && any(&TECHNICAL))
}

/// The name before the colon, in small letters, if this can be a header line.
fn header_name(line: &[u8]) -> Option<String> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = &line[..colon];
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    if name.is_empty() || name.len() > 80 || !name.iter().all(plain) {
        return None;
    }
    Some(String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// Text without control bytes: UTF-8, or an 8-bit script whose letters are mostly plain Latin.
fn is_text(bytes: &[u8]) -> bool {
    let control = |byte: &u8| *byte < 32 && !b"\t\n\r\x0c".contains(byte) || *byte == 127;
    if bytes.iter().any(control) {
        return false;
    }
    let foreign = bytes.iter().filter(|byte| **byte >= 128).count();
    std::str::from_utf8(bytes).is_ok() || foreign * 4 <= bytes.len()
}
