//! Bad input beside good: each ends in clearing with its reason, and everything else in the pile is filed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::house::{House, samples};

/// Name in the pile, bytes, and the reason it ends with.
fn pile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let sample = |name: &str| std::fs::read(samples().join(name)).unwrap();
    let invoice = String::from_utf8(sample("01-xrechnung-ubl.xml")).unwrap();
    let whole = sample("06-rechnung-digital.pdf");
    let deep = format!("<?xml version=\"1.0\"?>\n{}", "<a>".repeat(100_000));
    let root = invoice.find("<cbc:").unwrap();
    let nested = format!("{}{}{}", &invoice[..root], "<a>".repeat(5_000), &invoice[root..]);
    let entity = invoice.replacen("<cbc:ID>", "<cbc:ID>&geheim;", 1);
    let cut = invoice[..invoice.len() / 2].to_owned();
    vec![
        ("leer.xml", Vec::new(), "empty"),
        ("abgeschnitten.pdf", whole[..whole.len() / 3].to_vec(), "damaged"),
        ("verschluesselt.pdf", sample("17-passwort.pdf"), "encrypted"),
        ("bild.pdf", random(4096), "unsupported"),
        ("ohne-seiten.pdf", PDF_WITHOUT_PAGES.to_vec(), "no-pages"),
        ("riesig.pdf", PDF_OF_A_HUGE_PAGE.to_vec(), "too-large"),
        ("hundert-megapixel.png", png_of(20_000, 20_000), "too-large"),
        ("tief.xml", deep.into_bytes(), "unsupported"),
        ("tiefe-rechnung.xml", nested.into_bytes(), "too-large"),
        ("doctype.xml", sample("20-doctype.xml"), "forbidden"),
        ("entitaet.xml", entity.into_bytes(), "forbidden"),
        ("halbe-rechnung.xml", cut.into_bytes(), "damaged"),
        ("zip-im-zip.zip", sample("19-zip-im-zip.zip"), "forbidden"),
        ("kaputt.zip", b"PK\x03\x04nothing of the kind".to_vec(), "damaged"),
        ("kaputt.tif", b"II*\x00\xff\xff\xff\x7f".to_vec(), "damaged"),
        ("kaputt.jpg", [&b"\xff\xd8\xff\xe0"[..], &random(2000)].concat(), "damaged"),
    ]
}

#[test]
fn bad_input_ends_in_clearing_and_the_rest_is_filed() {
    let folder = tempfile::tempdir().unwrap();
    let pile = pile();
    for (name, bytes, _) in &pile {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for good in ["01-xrechnung-ubl.xml", "03-rechnung-cii.xml"] {
        std::fs::copy(samples().join(good), folder.path().join(good)).unwrap();
    }
    let house = House::new();
    let run = house.laufmappe(&["run", "--format", "json", folder.path().to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.errors);
    let summaries: Vec<Value> = serde_json::from_str(&run.output).unwrap();
    assert_eq!(summaries.len(), pile.len() + 2);
    let find = |name: &str| summaries.iter().find(|summary| summary["document"]["name"] == name).unwrap();

    let mut faults = Vec::new();
    for (name, bytes, reason) in &pile {
        let summary = find(name);
        let (state, found) = (&summary["state"], &summary["clearing"]["reason"]);
        if state != "clearing" || found != reason {
            faults.push(format!("{name}: {state} {found}, expected {reason}"));
        }
        for key in ["text", "next"] {
            assert!(summary["clearing"][key]["de"].as_str().is_some_and(|text| text.len() > 15), "{name}");
        }
        let content = summary["document"]["content"].as_str().unwrap();
        assert_eq!(&kept(&house, content), bytes, "{name}: the original is kept bit for bit");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for good in ["01-xrechnung-ubl.xml", "03-rechnung-cii.xml"] {
        assert_eq!(find(good)["state"], "filed");
    }
}

fn kept(house: &House, content: &str) -> Vec<u8> {
    let place: &Path = &house.data().join("content").join(&content[..2]).join(&content[2..4]).join(content);
    std::fs::read(place).unwrap()
}

/// Bytes of no kind, the same each time.
fn random(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut bytes = vec![0x01, 0x02];
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes.push((state >> 8) as u8 | 0x80);
    }
    bytes
}

/// A PNG that claims a size and has next to no bytes.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([1, 0, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&header);
    png.extend(crc32(&header).to_be_bytes());
    png.extend(b"\0\0\0\x08IDAT\x78\x9c\x03\0\0\0\0\x01");
    png.extend(crc32(b"IDAT\x78\x9c\x03\0\0\0\0\x01").to_be_bytes());
    png.extend(b"\0\0\0\0IEND\xaeB`\x82");
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

const PDF_WITHOUT_PAGES: &[u8] = b"%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj
xref
0 3
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000054 00000 n\x20
trailer <</Size 3/Root 1 0 R>>
startxref
101
%%EOF
";

const PDF_OF_A_HUGE_PAGE: &[u8] = b"%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 9000000]>> endobj
xref
0 4
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000054 00000 n\x20
0000000106 00000 n\x20
trailer <</Size 4/Root 1 0 R>>
startxref
179
%%EOF
";
