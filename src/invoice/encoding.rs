//! Bytes to characters, the way XML asks for it: byte order mark, then the declaration, then UTF-8.
//!
//! In: bytes as received. Out: text without byte order mark. Absent on purpose: guessing.

use crate::error::{Error, Kind, Result};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far the declaration may reach into the document.
const DECLARATION: usize = 256;

/// The whole text, or `Damaged` where bytes do not fit their encoding.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let (encoding, rest) = encoding_of(bytes)?;
    if encoding == UTF_8 {
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| wrong(encoding));
    }
    encoding.decode_without_bom_handling_and_without_replacement(rest).ok_or_else(|| wrong(encoding))
}

/// The first bytes as text, whatever is wrong with them; good enough to look at a start tag.
pub fn glance(bytes: &[u8]) -> Cow<'_, str> {
    match encoding_of(bytes) {
        Ok((encoding, rest)) => encoding.decode_without_bom_handling(rest).0,
        Err(_) => Cow::Borrowed(""),
    }
}

fn encoding_of(bytes: &[u8]) -> Result<(&'static Encoding, &[u8])> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok((encoding, &bytes[mark..]));
    }
    match bytes {
        [b'<', 0, ..] => return Ok((UTF_16LE, bytes)),
        [0, b'<', ..] => return Ok((UTF_16BE, bytes)),
        _ => {}
    }
    let Some(label) = declared(bytes) else { return Ok((UTF_8, bytes)) };
    match Encoding::for_label(label) {
        // Readable declarations of UTF-16 contradict themselves.
        Some(encoding) if encoding != UTF_16LE && encoding != UTF_16BE => Ok((encoding, bytes)),
        _ => Err(Error::new(Kind::Damaged, "the document names a character encoding that cannot be right")
            .hint("save the document as UTF-8 and send it again")),
    }
}

/// The label in `<?xml … encoding="label"?>`.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..bytes.len().min(DECLARATION))?.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|two| two == b"?>")?;
    let declaration = &head[..end];
    let start = declaration.windows(8).position(|eight| eight == b"encoding")? + 8;
    let value = declaration[start..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let length = value.iter().position(|byte| byte == quote)?;
    matches!(quote, b'"' | b'\'').then(|| &value[..length])
}

fn wrong(encoding: &'static Encoding) -> Error {
    Error::new(Kind::Damaged, format!("the document is not valid {}", encoding.name()))
        .hint("ask the sender for the document as their program wrote it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_declarations_are_followed() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut marked = vec![0xff, 0xfe];
        marked.extend(utf16("<ä/>"));
        assert_eq!(decode(&marked).unwrap(), "<ä/>");
        assert_eq!(decode(&utf16("<ä/>")).unwrap(), "<ä/>");
        assert_eq!(decode(b"\xef\xbb\xbf<a/>").unwrap(), "<a/>");
        let latin = b"<?xml version='1.0' encoding = 'ISO-8859-1'?><a>\xfc</a>";
        assert!(decode(latin).unwrap().ends_with("<a>\u{fc}</a>"));
        let windows = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80</a>";
        assert!(decode(windows).unwrap().ends_with("<a>\u{20ac}</a>"));
    }

    #[test]
    fn wrong_bytes_and_labels_are_damage() {
        for bytes in [
            b"<a>\xfc</a>".as_slice(),
            b"<?xml version='1.0' encoding='klingon'?><a/>",
            b"<?xml version='1.0' encoding='UTF-16'?><a/>",
            b"\xff\xfe<\0a\0\x00\xd8>\0",
        ] {
            assert_eq!(decode(bytes).unwrap_err().kind, Kind::Damaged);
        }
    }
}
