//! The post: mixed documents made from the samples, each with what must become of it.
//!
//! In: how many of what, and a seed. Out: files in batches of a folder, and their expectations. Every document
//! has bytes of its own (an invoice its own number, a paper a remark behind its end), except the duplicates.

use crate::dice::Dice;
use crate::support::house::samples;
use base64::Engine;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What must become of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    Filed,
    /// With this reason.
    Clearing(&'static str),
    /// Into so many parts, all of them filed.
    Divided(usize),
    /// The same bytes were handed in before: of all copies one is filed, the others are in clearing.
    Copy,
}

/// One document that is handed in.
#[derive(Debug, Clone)]
pub struct Piece {
    pub path: PathBuf,
    /// SHA-256 of the file, in hex.
    pub content: String,
    pub expect: Expect,
}

/// How much of what.
#[derive(Debug, Clone, Copy)]
pub struct Mix {
    pub documents: usize,
    /// Share of PDFs, scans and letters; a page that needs OCR costs a second or two.
    pub papers: f64,
    /// Share of exact duplicates.
    pub copies: f64,
    /// Nothing but valid e-invoices (and what the shares above say).
    pub plain: bool,
}

impl Mix {
    pub fn of(documents: usize) -> Self {
        Self { documents, papers: 0.01, copies: 0.05, plain: false }
    }

    pub fn plain(documents: usize) -> Self {
        Self { papers: 0.0, copies: 0.0, plain: true, ..Self::of(documents) }
    }
}

/// At this word the reader or the worker dies, where that fault is wished.
pub const POISON: &str = "gift-im-papier";

pub struct Post {
    pub batches: Vec<PathBuf>,
    pub pieces: Vec<Piece>,
}

/// Writes the post into `folder`, `batch` files each.
pub fn write(folder: &Path, mix: Mix, seed: u64, batch: usize) -> Post {
    std::fs::create_dir_all(folder).unwrap();
    let folder = folder.canonicalize().unwrap();
    let mut maker = Maker { dice: Dice::of(seed, "post"), number: 0, with_batch: mix.papers > 0.0 };
    let mut post = Post { batches: Vec::new(), pieces: Vec::new() };
    let mut originals: Vec<(Vec<u8>, usize)> = Vec::new();
    for number in 0..mix.documents {
        if number % batch == 0 {
            let place = folder.join(format!("stapel-{:04}", number / batch));
            std::fs::create_dir_all(&place).unwrap();
            post.batches.push(place);
        }
        let copied = !originals.is_empty() && maker.dice.chance(mix.copies);
        let (extension, bytes, expect) = if copied {
            let (bytes, first) = &originals[maker.dice.below(originals.len())];
            post.pieces[*first].expect = Expect::Copy;
            ("xml", bytes.clone(), Expect::Copy)
        } else {
            maker.make(mix)
        };
        if expect == Expect::Filed && extension == "xml" && originals.len() < 500 {
            originals.push((bytes.clone(), number));
        }
        let path = post.batches[number / batch].join(format!("{number:06}.{extension}"));
        std::fs::write(&path, &bytes).unwrap();
        post.pieces.push(Piece { path, content: hash(&bytes), expect });
    }
    post
}

/// One letter more, into a batch.
pub fn letter(batch: &Path) -> Piece {
    let bytes = maker().paper("09-brief.pdf", "%");
    add(batch, "brief.pdf", &bytes, Expect::Filed)
}

/// One scan more: its page is read by OCR.
pub fn scan(batch: &Path, number: usize) -> Piece {
    let bytes = maker().paper("07-rechnung-scan.pdf", &format!("% {number}"));
    add(batch, &format!("scan-{number}.pdf"), &bytes, Expect::Filed)
}

/// One archive more, with two invoices.
pub fn archive(batch: &Path) -> Piece {
    add(batch, "archiv.zip", &maker().archive(), Expect::Divided(2))
}

/// The same bytes once more, under another name.
pub fn copy(batch: &Path, of: &Piece) -> Piece {
    add(batch, "noch-einmal.xml", &std::fs::read(&of.path).unwrap(), Expect::Copy)
}

/// Poison for the worker: an e-invoice, which no confined reader stands in front of.
pub fn poison_invoice(batch: &Path) -> Piece {
    let text = String::from_utf8(maker().numbered("02-gutschrift-ubl.xml", "G-26-00187")).unwrap();
    let bytes = format!("{text}<!-- {POISON} -->\n").into_bytes();
    add(batch, "000005-gift.xml", &bytes, Expect::Clearing("crashed"))
}

/// Poison: whoever reads it dies, where that fault is wished.
pub fn poison(batch: &Path, number: usize) -> Piece {
    let bytes = maker().paper("09-brief.pdf", &format!("% {POISON} {number}"));
    // Between the others.
    add(batch, &format!("{:06}-gift.pdf", 37 * number + 5), &bytes, Expect::Clearing("crashed"))
}

/// Numbers of its own, far from those of any post.
fn maker() -> Maker {
    Maker { dice: Dice::new(1), number: 900_000, with_batch: false }
}

fn add(batch: &Path, name: &str, bytes: &[u8], expect: Expect) -> Piece {
    let path = batch.join(name);
    std::fs::write(&path, bytes).unwrap();
    Piece { path, content: hash(bytes), expect }
}

pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

struct Maker {
    dice: Dice,
    number: usize,
    /// One scanned batch: two of them would hold the same sheets.
    with_batch: bool,
}

type Made = (&'static str, Vec<u8>, Expect);

impl Maker {
    fn make(&mut self, mix: Mix) -> Made {
        if self.dice.chance(mix.papers) {
            return self.any_paper();
        }
        if mix.plain {
            return ("xml", self.invoice(true), Expect::Filed);
        }
        match self.dice.below(100) {
            0..82 => ("xml", self.invoice(false), Expect::Filed),
            82..89 => ("xml", self.invalid(), Expect::Clearing("rechnung-fehlerhaft")),
            89..91 => ("pdf", Vec::new(), Expect::Clearing("empty")),
            91..93 => ("xml", self.damaged(), Expect::Clearing("damaged")),
            93..95 => ("bin", self.marked("21-tabelle.bin"), Expect::Clearing("unsupported")),
            95..96 => ("xml", self.edited("20-doctype.xml", "</"), Expect::Clearing("forbidden")),
            96..98 => ("eml", self.mail(), Expect::Divided(2)),
            _ => ("zip", self.archive(), Expect::Divided(2)),
        }
    }

    fn any_paper(&mut self) -> Made {
        if std::mem::take(&mut self.with_batch) {
            return ("tif", sample("08-stapel-duplex.tif"), Expect::Divided(3));
        }
        let choices = [
            ("04-zugferd-en16931.pdf", 3),
            ("05-xrechnung-in-pdf.pdf", 3),
            ("06-rechnung-digital.pdf", 2),
            ("09-brief.pdf", 3),
            ("07-rechnung-scan.pdf", 1),
        ];
        let name = self.dice.one_of(&choices);
        ("pdf", self.paper(name, "%"), Expect::Filed)
    }

    /// A valid e-invoice with a number of its own.
    /// (In plain post none grants a discount: that one would be urgent and overtake the others.)
    fn invoice(&mut self, plain: bool) -> Vec<u8> {
        let (name, old) = self.dice.one_of(&[
            (("02-gutschrift-ubl.xml", "G-26-00187"), 50),
            (("03-rechnung-cii.xml", "2026/10/3371"), 45),
            (("01-xrechnung-ubl.xml", "GL-2026-0412"), if plain { 0 } else { 5 }),
        ]);
        self.numbered(name, old)
    }

    fn invalid(&mut self) -> Vec<u8> {
        self.numbered("10-xrechnung-ungueltig.xml", "SB-2026-1733")
    }

    /// An invoice that ends too early.
    fn damaged(&mut self) -> Vec<u8> {
        let mut bytes = self.numbered("02-gutschrift-ubl.xml", "G-26-00187");
        bytes.truncate(bytes.len() * 6 / 10);
        bytes
    }

    fn numbered(&mut self, name: &str, old: &str) -> Vec<u8> {
        let text = String::from_utf8(sample(name)).unwrap();
        assert!(text.contains(old), "{name} has another number now");
        text.replacen(old, &format!("CH-{:06}", self.next()), 1).into_bytes()
    }

    /// With a remark before the last closing tag.
    fn edited(&mut self, name: &str, before: &str) -> Vec<u8> {
        let text = String::from_utf8(sample(name)).unwrap();
        let place = text.rfind(before).unwrap();
        format!("{}<!-- {} -->{}", &text[..place], self.next(), &text[place..]).into_bytes()
    }

    fn marked(&mut self, name: &str) -> Vec<u8> {
        let mut bytes = sample(name);
        bytes.extend(format!("{:08}", self.next()).bytes());
        bytes
    }

    /// A PDF with a remark behind its end.
    fn paper(&mut self, name: &str, remark: &str) -> Vec<u8> {
        let mut bytes = sample(name);
        bytes.extend(format!("\n{remark} {:08}\n", self.next()).bytes());
        bytes
    }

    fn mail(&mut self) -> Vec<u8> {
        let number = self.next();
        let mut mail = format!(
            "From: Chaos <post@lieferant.example>\r\nTo: rechnung@stadt.example\r\n\
             Subject: Zwei Rechnungen {number}\r\nDate: Wed, 04 Nov 2026 16:05:33 +0100\r\n\
             Message-ID: <{number}@lieferant.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"teil\"\r\n\r\n\
             --teil\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\nAnbei zwei Rechnungen.\r\n\r\n"
        );
        for part in 1..=2 {
            let invoice = self.numbered("03-rechnung-cii.xml", "2026/10/3371");
            let lines = base64::engine::general_purpose::STANDARD.encode(invoice);
            write!(
                mail,
                "--teil\r\nContent-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n\
                 Content-Disposition: attachment; filename=\"{number}-{part}.xml\"\r\n\r\n"
            )
            .unwrap();
            for line in lines.as_bytes().chunks(76) {
                mail.push_str(std::str::from_utf8(line).unwrap());
                mail.push_str("\r\n");
            }
        }
        mail.push_str("--teil--\r\n");
        mail.into_bytes()
    }

    fn archive(&mut self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for part in 1..=2 {
            let invoice = self.numbered("02-gutschrift-ubl.xml", "G-26-00187");
            zip.start_file(format!("{part}.xml"), zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&invoice).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn next(&mut self) -> usize {
        self.number += 1;
        self.number
    }
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(samples().join(name)).unwrap()
}
