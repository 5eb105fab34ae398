//! The door: kinds, labels, the plan of division, mails and archives.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use laufmappe::error::Kind as Wrong;
use laufmappe::intake::unpack::{Found, perform};
use laufmappe::intake::{Part, Role, kind, label, plan};
use laufmappe::job::{ContentHash, Kind};
use serde_json::json;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const UBL: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>R-1</cbc:ID></Invoice>"#;
const CREDIT: &str =
    r#"<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"></CreditNote>"#;
const CII: &str = r#"<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"></rsm:CrossIndustryInvoice>"#;
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[test]
fn kinds_by_content() {
    let late = [vec![b'x'; 1000], b"%PDF-1.4".to_vec()].concat();
    let too_late = [vec![b'x'; 1025], b"%PDF-1.4".to_vec()].concat();
    let rows: &[(&[u8], Kind)] = &[
        (b"", Kind::Empty),
        (PDF, Kind::Pdf),
        (b"junk\r\n%PDF-1.4", Kind::Pdf),
        (&late, Kind::Pdf),
        (&too_late, Kind::PlainText),
        (b"II*\0\x08\0\0\0", Kind::Tiff),
        (b"MM\0*\0\0\0\x08", Kind::Tiff),
        (b"II+\0\x08\0\0\0", Kind::Unknown),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Jpeg),
        (PNG, Kind::Png),
        (b"PK\x03\x04\x14\0", Kind::Zip),
        (b"PK\x05\x06\0\0", Kind::Zip),
        (UBL.as_bytes(), Kind::UblInvoice),
        (CREDIT.as_bytes(), Kind::UblCreditNote),
        (CII.as_bytes(), Kind::Cii),
        (b"<?xml version='1.0'?><Order>%PDF-</Order>", Kind::OtherXml),
        (b"From: a@x\r\nTo: b@x\r\nSubject: R\r\n\r\n%PDF-", Kind::Mail),
        (b"Received: from x\r\n\tby y\r\nMIME-Version: 1.0\r\nFrom: a@x\r\n\r\n", Kind::Mail),
        (b"From a@x Mon Jan  5 2026\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\n", Kind::Mail),
        (b"From: a@x\r\nGuten Tag", Kind::PlainText),
        (b"Betreff: Rechnung\nSubject: x\nTo: b\nCc: c\n", Kind::PlainText),
        ("Sehr geehrte Damen und Herren, Grüße".as_bytes(), Kind::PlainText),
        (b"Gr\xfc\xdfe aus der K\xe4mmerei", Kind::PlainText),
        (b"\xfc\xdf\xe4\xf6\xfc\xdf", Kind::Unknown),
        (b"Guten Tag\0", Kind::Unknown),
        (b"MZ\x90\0\x03", Kind::Unknown),
    ];
    for (number, (bytes, expected)) in rows.iter().enumerate() {
        assert_eq!(kind(bytes), *expected, "row {number}: {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn labels_are_no_paths_and_play_no_tricks() {
    let long = format!("{}.pdf", "ä".repeat(5_000));
    let rows = [
        ("rechnung.pdf", "rechnung.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Scans\\Seite 1.tif", "Seite 1.tif"),
        ("ordner/", "ordner"),
        ("", "ohne-namen"),
        ("..", "ohne-namen"),
        ("/\\/", "ohne-namen"),
        ("\u{202e}\u{200b}", "ohne-namen"),
        ("a\0b.pdf", "ab.pdf"),
        ("rechnung\u{202e}fdp.exe", "rechnungfdp.exe"),
        ("zwei\r\nZeilen\t.pdf", "zwei Zeilen .pdf"),
        ("\u{1b}[31mrot.pdf", "[31mrot.pdf"),
        ("CON", "CON"),
    ];
    for (name, expected) in rows {
        assert_eq!(label(name), expected, "{name:?}");
    }
    let cut = label(&long);
    assert_eq!(cut.chars().count(), 120);
    assert!(cut.ends_with(".pdf"));
    assert_eq!(label(&"x".repeat(5_000)).chars().count(), 120);
}

/// Parts as a word: `b`ody, `c`over, `x` XML invoice, `o` other XML, `p`df, `j`peg, `u`nknown, `d`ecoration,
/// `s`ignature. A digit behind a letter makes the content the same as that of the part at this place.
fn parts(word: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (place, letter) in word.chars().enumerate() {
        let (role, kind) = match letter {
            'b' => (Role::Body, Kind::PlainText),
            'c' => (Role::Cover, Kind::PlainText),
            'x' => (Role::Attachment, Kind::UblInvoice),
            'o' => (Role::Attachment, Kind::OtherXml),
            'p' => (Role::Attachment, Kind::Pdf),
            'j' => (Role::Attachment, Kind::Jpeg),
            'u' => (Role::Attachment, Kind::Unknown),
            'd' => (Role::Decoration, Kind::Png),
            's' => (Role::Signature, Kind::Unknown),
            '=' => {
                let twin = parts[place - 1].clone();
                parts.push(twin);
                continue;
            }
            other => panic!("{other}"),
        };
        parts.push(Part { role, kind, content: ContentHash::of(format!("{place}").as_bytes()) });
    }
    parts
}

#[test]
fn plan_of_division() {
    // parts, then one word per document: its place, then the places of its annexes
    let rows = [
        ("", ""),
        ("b", "0"),
        ("c", "0"),
        ("bp", "10"),
        ("bx", "10"),
        ("bpx", "201"),
        ("bxp", "102"),
        ("bxps", "1023"),
        ("bxx", "10 2"),
        ("bxxp", "10 2 3"),
        ("bxxdsu", "1034 2 5"),
        ("bpu", "102"),
        ("bpj", "102"),
        ("bpp", "10 2"),
        ("bppd", "103 2"),
        ("bp=", "102"),
        ("bx=p", "1023"),
        ("bx=x", "102 3"),
        ("bxx=", "10 23"),
        ("bj", "10"),
        ("bo", "10"),
        ("bjj", "10 2"),
        ("bd", "01"),
        ("bds", "012"),
        ("bu", "01"),
        ("buu", "012"),
        ("cu", "10"),
        ("cuu", "10 2"),
        ("cd", "01"),
        ("d", "0"),
        ("bb", "01"),
        ("cb", "10"),
    ];
    for (word, expected) in rows {
        let shares = plan(&parts(word));
        let mut words = Vec::new();
        for share in &shares {
            let places = std::iter::once(&share.document).chain(&share.annexes);
            words.push(places.map(usize::to_string).collect::<String>());
        }
        assert_eq!(words.join(" "), expected, "{word}");
        let mut places: Vec<usize> =
            shares.iter().flat_map(|share| share.annexes.iter().copied().chain([share.document])).collect();
        places.sort_unstable();
        assert_eq!(places, (0..word.len()).collect::<Vec<_>>(), "{word}: every part exactly once");
    }
}

/// What the child answers: labels with role and kind, and the bytes.
fn unpacked(kind: &str, bytes: &[u8], within: bool) -> Result<Vec<(Found, Vec<u8>)>, Wrong> {
    let question = json!({"kind": kind, "name": "lieferung", "within": within});
    let (answer, blobs) = perform(question, vec![bytes.to_vec()]).map_err(|error| error.kind)?;
    let found: Vec<Found> = serde_json::from_value(answer).unwrap();
    assert_eq!(found.len(), blobs.len());
    Ok(found.into_iter().zip(blobs).collect())
}

fn mail(bytes: &[u8]) -> Result<Vec<(Found, Vec<u8>)>, Wrong> {
    unpacked("mail", bytes, false)
}

/// `name role` of every part.
fn listed(parts: &[(Found, Vec<u8>)]) -> Vec<String> {
    parts.iter().map(|(found, _)| format!("{} {:?} {:?}", found.name, found.role, found.kind)).collect()
}

const HEAD: &str = "From: Anna <anna@firma.example>\r\nTo: rechnung@stadt.example\r\nSubject: Rechnung 7\r\nMIME-Version: 1.0\r\n";

/// A multipart message of the given type; every part with its head.
fn multipart(subtype: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        bytes.extend(format!("--{boundary}\r\n").bytes());
        bytes.extend(part);
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{boundary}--\r\n").bytes());
    bytes
}

fn message(subtype: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    [HEAD.as_bytes(), &multipart(subtype, boundary, parts)].concat()
}

fn text(words: &str) -> Vec<u8> {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{words}").into_bytes()
}

fn html(words: &str) -> Vec<u8> {
    format!("Content-Type: text/html; charset=utf-8\r\n\r\n{words}").into_bytes()
}

fn attached(kind: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut lines = String::new();
    for line in STANDARD.encode(bytes).as_bytes().chunks(76) {
        lines.push_str(std::str::from_utf8(line).unwrap());
        lines.push_str("\r\n");
    }
    format!(
        "Content-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}"
    )
    .into_bytes()
}

#[test]
fn a_mail_with_text_and_attachments() {
    let mail = mail(&message(
        "mixed",
        "grenze",
        &[
            multipart("alternative", "innen", &[text("Guten Tag,\r\nanbei."), html("<b>Guten Tag</b>")]),
            attached("application/octet-stream", "../../rechnung.xml", UBL.as_bytes()),
            attached("text/plain", "rechnung.pdf", PDF),
        ],
    ))
    .unwrap();
    assert_eq!(
        listed(&mail),
        ["nachricht.txt Body PlainText", "rechnung.xml Attachment UblInvoice", "rechnung.pdf Attachment Pdf"]
    );
    let body = String::from_utf8(mail[0].1.clone()).unwrap();
    assert!(body.starts_with("Von: Anna <anna@firma.example>\nAn: rechnung@stadt.example\n"), "{body}");
    assert!(body.contains("Betreff: Rechnung 7\n\nGuten Tag,"), "{body}");
    assert!(!body.contains("<b>"));
    assert_eq!(mail[1].1, UBL.as_bytes());
    assert_eq!(mail[2].1, PDF);
}

#[test]
fn bodies_without_attachments() {
    let plain = mail(&[HEAD.as_bytes(), &text("Ich widerspreche.")].concat()).unwrap();
    assert_eq!(listed(&plain), ["nachricht.txt Body PlainText"]);

    let page = "<html><head><style>p{x}</style></head><body><p>Ich &uuml;berweise</p><script>x()</script></body></html>";
    let only_html = mail(&[HEAD.as_bytes(), &html(page)].concat()).unwrap();
    let body = String::from_utf8(only_html[0].1.clone()).unwrap();
    assert_eq!(listed(&only_html), ["nachricht.txt Body PlainText"]);
    assert!(body.contains("Ich überweise") && !body.contains("x()") && !body.contains("<p>"), "{body}");

    let latin = [HEAD.as_bytes(), b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe"].concat();
    assert!(String::from_utf8(mail(&latin).unwrap()[0].1.clone()).unwrap().contains("Grüße"));

    let empty = mail(&[HEAD.as_bytes(), b"\r\n"].concat()).unwrap();
    assert_eq!(listed(&empty), ["nachricht.txt Cover PlainText"]);
}

#[test]
fn attached_xml_keeps_its_bytes() {
    let latin =
        [b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n<Order>K\xfche  </Order>".as_slice()].concat();
    let eight_bit = [
        b"Content-Type: text/xml; charset=iso-8859-1; name=\"a.xml\"\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: attachment\r\n\r\n".as_slice(),
        &latin,
    ]
    .concat();
    let encoded = attached("text/xml; charset=iso-8859-1", "b.xml", &latin);
    let quoted = b"Content-Type: text/xml; charset=iso-8859-1; name=\"c.xml\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<?xml version=3D\"1.0\" encoding=3D\"ISO-8859-1\"?>\r\n<Order>K=FChe=\r\n  </Order>".to_vec();
    let parts = mail(&message("mixed", "g", &[text("x"), eight_bit, encoded, quoted])).unwrap();
    assert_eq!(parts.len(), 4);
    for (found, bytes) in &parts[1..] {
        assert_eq!(bytes, &latin, "{}", found.name);
        assert_eq!(found.kind, Kind::OtherXml);
    }
}

#[test]
fn names_are_decoded_and_made_labels() {
    let encoded = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=UTF-8''geb%C3%BChren.pdf\r\n\r\n%PDF-1".to_vec();
    let words = b"Content-Type: application/pdf; name=\"=?UTF-8?Q?stra=C3=9Fe.pdf?=\"\r\nContent-Disposition: attachment\r\n\r\n%PDF-2".to_vec();
    let nameless = b"Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF-3".to_vec();
    let parts = mail(&message("mixed", "g", &[encoded, words, nameless])).unwrap();
    let names: Vec<_> = parts.iter().map(|(found, _)| found.name.as_str()).collect();
    assert_eq!(names, ["nachricht.txt", "gebühren.pdf", "straße.pdf", "anlage"]);
}

#[test]
fn logos_are_decorations_and_photos_are_not() {
    let logo = [
        b"Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline\r\n\r\n".as_slice(),
        PNG,
    ]
    .concat();
    let photo = attached("image/png", "foto.png", PNG);
    let related = multipart("related", "r", &[html("<p>Anbei <img src=\"cid:logo@x\"></p>"), logo]);
    let parts = mail(&message("mixed", "g", &[related, photo])).unwrap();
    assert_eq!(
        listed(&parts),
        ["nachricht.txt Body PlainText", "logo.png Decoration Png", "foto.png Attachment Png"]
    );
}

#[test]
fn forwarded_mails_are_opened_once() {
    let inner = message("mixed", "innen", &[text("Original"), attached("application/pdf", "r.pdf", PDF)]);
    let plain = [b"Content-Type: message/rfc822\r\n\r\n".as_slice(), &inner].concat();
    let encoded = attached("application/octet-stream", "weiter.eml", &inner);
    for forwarded in [plain.clone(), encoded] {
        let parts = mail(&message("mixed", "g", &[text("zur Kenntnis"), forwarded])).unwrap();
        assert_eq!(
            listed(&parts),
            ["nachricht.txt Body PlainText", "nachricht-2.txt Body PlainText", "r.pdf Attachment Pdf"]
        );
        assert_eq!(parts[2].1, PDF);
        assert!(String::from_utf8(parts[1].1.clone()).unwrap().contains("Original"));
    }
    let twice = [b"Content-Type: message/rfc822\r\n\r\n".as_slice(), &message("mixed", "m", &[plain])].concat();
    assert_eq!(mail(&message("mixed", "g", &[text("x"), twice])).err(), Some(Wrong::Forbidden));
}

#[test]
fn a_mail_that_was_cut_off_keeps_what_there_is() {
    let whole = message("mixed", "g", &[text("Guten Tag"), attached("application/pdf", "r.pdf", PDF)]);
    let unclosed = &whole[..whole.len() - "\r\n--g--\r\n".len()];
    let parts = mail(unclosed).unwrap();
    assert_eq!(listed(&parts), ["nachricht.txt Body PlainText", "r.pdf Attachment Pdf"]);
    assert_eq!(parts[1].1, PDF);
}

#[test]
fn deep_nesting_ends_in_words_and_not_in_a_crash() {
    let mut mails = HEAD.as_bytes().to_vec();
    for _ in 0..100_000 {
        mails.extend(b"Content-Type: message/rfc822\r\n\r\n");
    }
    assert!(mail(&mails).is_err_and(|wrong| wrong == Wrong::Forbidden));

    let mut boxes = HEAD.as_bytes().to_vec();
    for number in 0..20_000 {
        boxes.extend(
            format!("Content-Type: multipart/mixed; boundary=\"b{number:05}\"\r\n\r\n--b{number:05}\r\n")
                .bytes(),
        );
    }
    boxes.extend(text("unten"));
    let parts = mail(&boxes).unwrap();
    assert_eq!(listed(&parts), ["nachricht.txt Cover PlainText", "anlage Attachment PlainText"]);
    assert_eq!(parts[1].1, b"unten");

    let crowd: Vec<_> = (0..501)
        .map(|number| attached("application/pdf", "r.pdf", format!("%PDF-{number}").as_bytes()))
        .collect();
    assert_eq!(mail(&message("mixed", "g", &crowd)).err(), Some(Wrong::TooLarge));
    assert_eq!(mail(b"").err(), Some(Wrong::Damaged));
}

/// An element of BER: of definite length, or of indefinite length where `open`.
fn ber(tag: u8, content: &[u8], open: bool) -> Vec<u8> {
    if open {
        return [&[tag, 0x80], content, &[0, 0]].concat();
    }
    [&[tag, 0x83, 0, (content.len() >> 8) as u8, content.len() as u8], content].concat()
}

/// A CMS message: number of its type, content, and whether it is written in pieces.
fn cms(number: u8, content: Option<&[u8]>, open: bool) -> Vec<u8> {
    let oid = |number: u8| [&[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07], &[number][..]].concat();
    let octets = content.map(|content| {
        let octets = if open {
            let pieces: Vec<u8> = content.chunks(100).flat_map(|piece| ber(0x04, piece, false)).collect();
            ber(0x24, &pieces, true)
        } else {
            ber(0x04, content, false)
        };
        ber(0xa0, &octets, open)
    });
    let enclosed = ber(0x30, &[oid(1), octets.unwrap_or_default()].concat(), open);
    let signed =
        ber(0x30, &[vec![2, 1, 1], ber(0x31, &[], false), enclosed, ber(0x31, &[], false)].concat(), open);
    ber(0x30, &[oid(number), ber(0xa0, &signed, open)].concat(), open)
}

#[test]
fn signed_mails_give_their_attachments() {
    let content = multipart("mixed", "innen", &[text("Guten Tag"), attached("application/pdf", "r.pdf", PDF)]);
    let beside = attached("application/pkcs7-signature", "smime.p7s", &cms(2, None, false));
    let parts = mail(&message("signed", "g", &[content.clone(), beside])).unwrap();
    assert_eq!(
        listed(&parts),
        ["nachricht.txt Body PlainText", "r.pdf Attachment Pdf", "smime.p7s Signature Unknown"]
    );

    for open in [false, true] {
        let wrapped = attached("application/pkcs7-mime", "smime.p7m", &cms(2, Some(&content), open));
        let parts = mail(&[HEAD.as_bytes(), &wrapped].concat()).unwrap();
        assert_eq!(
            listed(&parts),
            [
                "nachricht.txt Cover PlainText",
                "nachricht-2.txt Body PlainText",
                "r.pdf Attachment Pdf",
                "smime.p7m Signature Unknown"
            ],
            "open: {open}"
        );
        assert_eq!(parts[2].1, PDF);
    }

    let file = attached("application/pkcs7-mime", "rechnung.xml.p7m", &cms(2, Some(UBL.as_bytes()), false));
    let parts = mail(&message("mixed", "g", &[text("x"), file])).unwrap();
    assert_eq!(listed(&parts)[1], "rechnung.xml Attachment UblInvoice");

    let sealed = attached("application/pkcs7-mime", "smime.p7m", &cms(3, None, false));
    assert_eq!(mail(&[HEAD.as_bytes(), &sealed].concat()).err(), Some(Wrong::Encrypted));
    let pgp = message("encrypted", "g", &[text("Version: 1"), text("-----BEGIN PGP MESSAGE-----")]);
    assert_eq!(mail(&pgp).err(), Some(Wrong::Encrypted));
    let broken = attached("application/pkcs7-mime", "smime.p7m", &[0x30, 0x80, 0x30, 0x80, 0x30]);
    assert_eq!(listed(&mail(&[HEAD.as_bytes(), &broken].concat()).unwrap())[1], "smime.p7m Attachment Unknown");
    let mut nested = UBL.as_bytes().to_vec();
    for _ in 0..5 {
        nested = cms(2, Some(&nested), false);
    }
    let nested = attached("application/pkcs7-mime", "x.p7m", &nested);
    assert_eq!(mail(&[HEAD.as_bytes(), &nested].concat()).err(), Some(Wrong::Forbidden));
    let deep = attached("application/pkcs7-mime", "x.p7m", &[0x30, 0x80].repeat(100_000));
    assert!(mail(&[HEAD.as_bytes(), &deep].concat()).is_ok());
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        if name.ends_with('/') {
            writer.add_directory(*name, options).unwrap();
        } else {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn zip(bytes: &[u8]) -> Result<Vec<(Found, Vec<u8>)>, Wrong> {
    unpacked("zip", bytes, false)
}

/// Replaces every occurrence of `from` by the equally long `to`.
fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut patched = bytes.to_vec();
    for place in 0..=bytes.len() - from.len() {
        if &bytes[place..place + from.len()] == from {
            patched[place..place + to.len()].copy_from_slice(to);
        }
    }
    patched
}

#[test]
fn an_archive_gives_its_files() {
    let mail = message("mixed", "g", &[text("x")]);
    let parts = zip(&archive(&[
        ("Rechnungen/", b""),
        ("Rechnungen/eins.pdf", PDF),
        ("__MACOSX/Rechnungen/._eins.pdf", b"junk"),
        ("Rechnungen/Thumbs.db", b"junk"),
        (".DS_Store", b"junk"),
        ("..\\..\\zwei.xml", UBL.as_bytes()),
        ("brief.docx", &archive(&[("[Content_Types].xml", b"<Types/>")])),
        ("post.eml", &mail),
        ("leer.txt", b""),
    ]))
    .unwrap();
    assert_eq!(
        listed(&parts),
        [
            "eins.pdf Attachment Pdf",
            "zwei.xml Attachment UblInvoice",
            "brief.docx Attachment Zip",
            "post.eml Attachment Mail",
            "leer.txt Attachment Empty"
        ]
    );
    assert_eq!(parts[1].1, UBL.as_bytes());
}

#[test]
fn archives_that_are_refused() {
    let inner = archive(&[("a.pdf", PDF)]);
    let two = archive(&[("eins.pdf", PDF), ("zwei.pdf", PDF)]);
    let bomb = archive(&[("null.bin", &vec![0; 30 * 1024 * 1024])]);
    let crowd: Vec<(String, Vec<u8>)> =
        (0..501).map(|n| (format!("{n}.txt"), n.to_string().into_bytes())).collect();
    let crowd: Vec<(&str, &[u8])> =
        crowd.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let mut locked = inner.clone();
    locked[6] |= 1;
    let directory = locked.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
    locked[directory + 8] |= 1;
    // both directory entries point at the first file
    let mut overlapping = two.clone();
    let second = two.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap();
    overlapping[second + 42..second + 46].fill(0);
    let mut torn = inner.clone();
    torn[40] ^= 0xff;
    let rows: &[(&str, &[u8], Wrong)] = &[
        ("zip in zip", &archive(&[("innen.zip", &inner)]), Wrong::Forbidden),
        ("bomb", &bomb, Wrong::TooLarge),
        ("crowd", &archive(&crowd), Wrong::TooLarge),
        ("encrypted", &locked, Wrong::Encrypted),
        ("overlap", &overlapping, Wrong::Forbidden),
        ("two of one name", &patched(&two, b"zwei.pdf", b"eins.pdf"), Wrong::Damaged),
        ("office", &archive(&[("[Content_Types].xml", b"<Types/>"), ("word/a.xml", b"x")]), Wrong::Unsupported),
        ("empty", &archive(&[]), Wrong::Empty),
        ("only folders", &archive(&[("a/", b""), ("b/", b"")]), Wrong::Empty),
        ("torn data", &torn, Wrong::Damaged),
        ("cut", &inner[..inner.len() - 10], Wrong::Damaged),
    ];
    for (what, bytes, expected) in rows {
        assert_eq!(zip(bytes).err(), Some(*expected), "{what}");
    }
    let post = archive(&[("post.eml", &message("mixed", "g", &[text("x")]))]);
    assert_eq!(unpacked("zip", &post, true).err(), Some(Wrong::Forbidden));
}

#[test]
fn a_header_that_lies_about_sizes_changes_nothing() {
    let big = vec![0; 30 * 1024 * 1024];
    let bomb = archive(&[("null.bin", &big)]);
    let honest = (big.len() as u32).to_le_bytes();
    assert_eq!(zip(&patched(&bomb, &honest, &5u32.to_le_bytes())).err(), Some(Wrong::Damaged));
}

#[test]
fn an_archive_in_a_mail_takes_part_once() {
    let inner = archive(&[("eins.pdf", PDF), ("zwei.xml", UBL.as_bytes())]);
    let parts =
        mail(&message("mixed", "g", &[text("x"), attached("application/zip", "alles.zip", &inner)])).unwrap();
    assert_eq!(
        listed(&parts),
        ["nachricht.txt Body PlainText", "eins.pdf Attachment Pdf", "zwei.xml Attachment UblInvoice"]
    );
    let nested = archive(&[("innen.zip", &inner)]);
    let wrapped = message("mixed", "g", &[attached("application/zip", "a.zip", &nested)]);
    assert_eq!(mail(&wrapped).err(), Some(Wrong::Forbidden));
    let forwarded = [b"Content-Type: message/rfc822\r\n\r\n".as_slice(), &wrapped].concat();
    assert_eq!(mail(&message("mixed", "w", &[forwarded])).err(), Some(Wrong::Forbidden));
    let direct = message("mixed", "g", &[attached("application/zip", "a.zip", &inner)]);
    assert_eq!(
        unpacked("mail", &direct, true).err(),
        Some(Wrong::Forbidden),
        "the mail came out of an archive"
    );
    let office = archive(&[("[Content_Types].xml", b"<Types/>")]);
    let office = mail(&message("mixed", "g", &[attached("application/zip", "a.docx", &office)])).unwrap();
    assert_eq!(listed(&office)[1], "a.docx Attachment Zip");
}
