//! The examiner as a whole: what does not matter changes nothing, and nothing that arrives breaks it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use jiff::civil::{Date, date};
use laufmappe::validate::{Recommendation, Report, check};
use std::path::Path;

const DAY: Date = date(2026, 11, 21);

/// Every document under `tests/invoices`, faultless and faulty.
fn documents() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invoices");
    let mut documents: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    documents.sort();
    assert!(documents.len() >= 5, "{}", documents.len());
    documents
}

fn report(document: &str) -> Report {
    check(document.as_bytes(), DAY)
}

#[test]
fn an_encoding_changes_nothing() {
    for (name, document) in documents() {
        let expected = report(&document);
        let plain = document.replace("encoding=\"UTF-8\"", "");
        let little: Vec<u8> =
            "\u{feff}".encode_utf16().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> =
            "\u{feff}".encode_utf16().chain(plain.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        assert_eq!(check(&little, DAY), expected, "{name} as UTF-16LE");
        assert_eq!(check(&big, DAY), expected, "{name} as UTF-16BE");
        assert_eq!(report(&format!("\u{feff}{document}")), expected, "{name} with a byte order mark");
        if let Some(latin) = latin1(&document.replace("UTF-8", "ISO-8859-1")) {
            assert_eq!(check(&latin, DAY), expected, "{name} as ISO-8859-1");
        }
    }
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

#[test]
fn prefixes_and_comments_between_elements_change_nothing() {
    for (name, document) in documents() {
        let expected = report(&document);
        let mut renamed = document.clone();
        for (prefix, other) in
            [("cac", "a"), ("cbc", "b"), ("rsm", "r"), ("udt", "u"), ("qdt", "q"), ("ubl", "x")]
        {
            renamed = renamed
                .replace(&format!("<{prefix}:"), &format!("<{other}:"))
                .replace(&format!("</{prefix}:"), &format!("</{other}:"))
                .replace(&format!("xmlns:{prefix}="), &format!("xmlns:{other}="));
        }
        assert_ne!(renamed, document);
        assert_eq!(report(&renamed), expected, "{name} with other prefixes");
        let commented = document.replace("><", "><!-- <cbc:ID>nothing</cbc:ID> --><?nothing?><");
        assert_eq!(report(&commented), expected, "{name} with comments");
        let lined = document.replace('\n', "\r\n");
        assert_eq!(report(&lined), expected, "{name} with other line ends");
    }
}

#[test]
fn cdata_and_character_references_change_nothing() {
    for (name, document) in documents() {
        let expected = report(&document);
        let wrapped = texts_as(&document, |text| format!("<![CDATA[{text}]]>"));
        assert_ne!(wrapped, document);
        assert_eq!(report(&wrapped), expected, "{name} with CDATA");
        let referred = texts_as(&document, |text| {
            let mut characters = text.chars();
            let first = characters.next().map_or(0, u32::from);
            format!("&#x{first:x};{}", characters.as_str())
        });
        assert_eq!(report(&referred), expected, "{name} with references");
    }
}

/// Writes every text that needs no reference another way.
fn texts_as(document: &str, write: impl Fn(&str) -> String) -> String {
    let mut result = String::new();
    for (number, piece) in document.split('<').enumerate() {
        if number > 0 {
            result.push('<');
        }
        match piece.split_once('>') {
            Some((tag, text))
                if !text.trim().is_empty() && !text.contains('&') && !tag.starts_with(['?', '!']) =>
            {
                result.push_str(&format!("{tag}>{}", write(text)));
            }
            _ => result.push_str(piece),
        }
    }
    result
}

#[test]
fn what_is_no_invoice_is_refused_in_one_clear_line() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let wide = format!("<a {}/>", (0..10_000).map(|n| format!("b{n}='1' ")).collect::<String>());
    let (_, invoice) = documents().swap_remove(0);
    let half = &invoice[..invoice.len() / 2];
    let entity = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
    let cases: &[(&str, &[u8], &str)] = &[
        ("nothing", b"", "LM-XML"),
        ("blanks", b"  \n ", "LM-XML"),
        ("text", b"Sehr geehrte Damen und Herren", "LM-XML"),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "LM-XML"),
        ("a ZIP", b"PK\x03\x04\x14\x00\x00\x00", "LM-XML"),
        ("other XML", b"<note xmlns='urn:x'><to>Kasse</to></note>", "LM-ROOT"),
        ("an invoice without namespace", b"<Invoice/>", "LM-ROOT"),
        ("a document type", entity.as_bytes(), "LM-XML"),
        ("an unknown entity", b"<a>&b;</a>", "LM-XML"),
        ("an unknown prefix", b"<a:b/>", "LM-XML"),
        ("half an invoice", half.as_bytes(), "LM-XML"),
        ("a depth bomb", deep.as_bytes(), "LM-XML"),
        ("an attribute bomb", wide.as_bytes(), "LM-XML"),
        ("a wrong encoding", b"<?xml version='1.0' encoding='UTF-8'?><a>\xff</a>", "LM-XML"),
        ("a false encoding", b"<?xml version='1.0' encoding='UTF-16'?><a/>", "LM-XML"),
        ("an encoding nobody has", b"<?xml version='1.0' encoding='x-klingon'?><a/>", "LM-XML"),
        ("two roots", b"<a/><b/>", "LM-XML"),
        ("a NUL", b"<a>\0</a>", "LM-XML"),
    ];
    for (what, bytes, id) in cases {
        let report = check(bytes, DAY);
        assert_eq!(report.recommendation, Recommendation::Reject, "{what}");
        let ids: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, [*id], "{what}");
        assert!(!report.findings[0].text.de.is_empty() && report.findings[0].text.de.len() < 300, "{what}");
    }
}

/// Small numbers by a rule, so that a failure can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Thousands of damaged invoices: each gets a report, the same one twice, and the examiner never breaks off.
#[test]
fn damaged_invoices_are_examined_to_the_end() {
    let documents = documents();
    for seed in 0..3_000_u64 {
        let mut chance = Chance(seed);
        let (name, document) = &documents[chance.below(documents.len())];
        let mut bytes = document.clone().into_bytes();
        for _ in 0..=chance.below(4) {
            damage(&mut bytes, &mut chance);
        }
        let report = check(&bytes, DAY);
        assert!(report.findings.iter().all(|finding| finding.id != "LM-BROKEN-OFF"), "{name}, seed {seed}");
        assert_eq!(report, check(&bytes, DAY), "{name}, seed {seed}");
        if report.recommendation == Recommendation::Accept {
            assert_eq!((report.fatal(), report.schema_valid), (0, Some(true)), "{name}, seed {seed}");
        }
    }
}

fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(bytes.len());
    let end = (at + 1 + chance.below(60)).min(bytes.len());
    match chance.below(6) {
        0 => bytes[at] = chance.below(256) as u8,
        1 => bytes[at] = b"<>&\"'/0123456789-. EURSZ"[chance.below(24)],
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            let to = chance.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        4 => bytes.truncate(end.max(1)),
        _ => {
            // A whole element twice, or gone.
            let text = String::from_utf8_lossy(bytes).into_owned();
            let Some(start) = text[..floor(&text, at)].rfind('<') else { return };
            let Some(length) = text[start..]
                .find("</")
                .and_then(|close| text[start + close..].find('>').map(|end| close + end + 1))
            else {
                return;
            };
            let element = text[start..start + length].to_owned();
            let with = if chance.below(2) == 0 { String::new() } else { element.repeat(2) };
            *bytes = text.replacen(&element, &with, 1).into_bytes();
        }
    }
    if bytes.is_empty() {
        bytes.push(b'<');
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
