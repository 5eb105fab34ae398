//! Transfervermerk (BSI TR-03138): how a scan became what is filed, for each document.
//!
//! In: the document, what was read, what will be filed, and the history of its batch. Out: [`Note`], as JSON and
//! as a page for people. Absent on purpose: the clock; every time in it comes from the record, so that a second
//! run writes the same bytes. Names of people and devices are repeated as they were said, and marked so.

use crate::job::{ContentHash, Document, Sheets};
use crate::ledger::{Entry, Event};
use crate::recognise::{self, Page, PageKind, Reading};
use serde::Serialize;
use std::fmt::Write;

/// What stands in the note, in the order of the guideline: who, when, with what, what was done, what came of it.
#[derive(Debug, Serialize)]
pub struct Note<'a> {
    schema: &'static str,
    document: &'a str,
    name: &'a str,
    tenant: &'a str,
    batch: Option<&'a str>,
    scanned: Scanned<'a>,
    received: String,
    steps: Vec<String>,
    result: Outcome,
    deviations: Vec<String>,
    hashes: Vec<Hashed>,
    made_by: &'static str,
}

#[derive(Debug, Serialize)]
struct Scanned<'a> {
    /// Said with the arrival.
    operator: Option<&'a str>,
    device: Option<&'a str>,
    sheets_counted: Option<u32>,
    /// Stands in the file; nobody has verified it.
    file_says: &'a recognise::Origin,
}

#[derive(Debug, Serialize)]
struct Outcome {
    pages: usize,
    read_by_ocr: usize,
    blank: usize,
    words: usize,
    /// Mean over the words that OCR read, 0 to 1.
    confidence: Option<f64>,
    /// First and last page in the whole scan, where it was cut from a batch.
    pages_of_scan: Option<(u32, u32)>,
    /// The whole batch: in = filed + separators + blanks.
    balance: Option<Sheets>,
}

#[derive(Debug, Serialize)]
struct Hashed {
    what: String,
    sha256: ContentHash,
}

/// What the note is about.
pub struct Transfer<'a> {
    pub document: &'a Document,
    pub reading: &'a Reading,
    /// Entries of the document itself, and of the batch it was cut from.
    pub history: &'a [Entry],
    pub whole: &'a [Entry],
    /// Names and hashes of what is filed.
    pub filed: Vec<(String, ContentHash)>,
}

/// Whether pages were read from pictures. What was born digital was not transferred.
pub fn is_scan(reading: &Reading) -> bool {
    reading.text.pages.iter().any(|page| page.kind == PageKind::Ocr)
}

impl Transfer<'_> {
    pub fn note(&self) -> Note<'_> {
        let Transfer { document, reading, .. } = self;
        let scan = document.arrival.scan.as_ref();
        Note {
            schema: "laufmappe-transfer/1",
            document: document.id.as_str(),
            name: &document.name,
            tenant: document.tenant.as_str(),
            batch: document.arrival.batch.as_deref(),
            scanned: Scanned {
                operator: scan.and_then(|scan| scan.operator.as_deref()),
                device: scan.and_then(|scan| scan.device.as_deref()),
                sheets_counted: scan.and_then(|scan| scan.sheets),
                file_says: &reading.origin,
            },
            received: document.arrival.at.to_string(),
            steps: self.steps(),
            result: self.result(),
            deviations: self.deviations(),
            hashes: self.hashes(),
            made_by: concat!("laufmappe ", env!("CARGO_PKG_VERSION")),
        }
    }

    fn pages(&self) -> &[Page] {
        &self.reading.text.pages
    }

    fn steps(&self) -> Vec<String> {
        let mut steps = vec!["Das Original wurde unverändert verwahrt.".to_owned()];
        if let Some(part) = &self.document.part_of {
            steps.push(format!(
                "Aus dem Stapel als Teil {} herausgelöst; der Stapel selbst ist verwahrt.",
                part.number
            ));
        }
        let left_out = self.left_out();
        if left_out > 0 {
            steps.push(format!("{} nicht übernommen.", counted(left_out, "leere Seite", "leere Seiten")));
        }
        let turned = self.pages().iter().filter(|page| page.turned != 0).count();
        if turned > 0 {
            steps.push(format!("{} zum Lesen aufrecht gedreht.", counted(turned, "Seite", "Seiten")));
        }
        let askew = self.pages().iter().filter(|page| page.skew != 0.0).count();
        if askew > 0 {
            steps.push(format!(
                "{} nur zum Lesen gerade gestellt; das Bild blieb unverändert.",
                counted(askew, "Seite", "Seiten")
            ));
        }
        if let Some(engine) = &self.reading.engine {
            steps.push(format!("Texterkennung mit {engine}."));
        }
        if self.filed.iter().any(|(name, _)| name == "durchsuchbar.pdf") {
            steps.push("Durchsuchbare Fassung mit unsichtbarem Text hergestellt.".to_owned());
        }
        steps
    }

    /// Blank pages inside the part that were not cut out with it.
    fn left_out(&self) -> usize {
        let span = self.document.part_of.as_ref().and_then(|part| part.pages);
        span.map_or(0, |(first, last)| {
            (last.saturating_sub(first) as usize + 1).saturating_sub(self.pages().len())
        })
    }

    fn result(&self) -> Outcome {
        let of_kind = |kind: PageKind| self.pages().iter().filter(|page| page.kind == kind).count();
        let words = self.pages().iter().map(|page| page.words.len()).sum();
        Outcome {
            pages: self.pages().len(),
            read_by_ocr: of_kind(PageKind::Ocr),
            blank: of_kind(PageKind::Blank),
            words,
            confidence: confidence(self.pages().iter().filter(|page| page.kind == PageKind::Ocr)),
            pages_of_scan: self.document.part_of.as_ref().and_then(|part| part.pages),
            balance: self.whole.iter().rev().find_map(|entry| match &entry.event {
                Event::Divided { sheets, .. } => *sheets,
                _ => None,
            }),
        }
    }

    fn deviations(&self) -> Vec<String> {
        const LOW: f64 = 0.7;
        let mut deviations = Vec::new();
        for page in self.pages().iter().filter(|page| page.kind == PageKind::Ocr) {
            let n = page.number;
            match confidence(std::iter::once(page)) {
                None => deviations.push(format!("Seite {n}: Es ist etwas zu sehen, aber kein Wort lesbar.")),
                Some(low) if low < LOW => {
                    deviations.push(format!("Seite {n}: Der Text ist unsicher gelesen ({:.0} %).", low * 100.0))
                }
                Some(_) => {}
            }
        }
        if self.document.part_of.is_none() {
            deviations.extend(recognise::remarks(self.reading).into_iter().map(|remark| remark.text.de));
        }
        for entry in self.whole.iter().chain(self.history) {
            match &entry.event {
                Event::InClearing { clearing } => deviations.push(format!("Angehalten: {}", clearing.text.de)),
                Event::Reopened { by, statement: _ } => {
                    deviations.push(format!("Wieder freigegeben durch {by}."))
                }
                _ => {}
            }
        }
        deviations
    }

    fn hashes(&self) -> Vec<Hashed> {
        let mut hashes = Vec::new();
        if let Some(part) = &self.document.part_of {
            hashes.push(Hashed { what: "Stapel, wie er einging".to_owned(), sha256: part.content });
        }
        hashes.extend(self.filed.iter().map(|(what, sha256)| Hashed { what: what.clone(), sha256: *sha256 }));
        hashes
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn confidence<'a>(pages: impl Iterator<Item = &'a Page>) -> Option<f64> {
    let (mut sum, mut words) = (0.0, 0);
    for word in pages.flat_map(|page| &page.words) {
        sum += f64::from(word.confidence);
        words += 1;
    }
    (words > 0).then(|| (sum / f64::from(words) * 1000.0).round() / 1000.0)
}

impl Note<'_> {
    /// The same for people: self-contained, without scripts.
    pub fn page(&self) -> String {
        let mut page = String::from(
            "<!DOCTYPE html>\n<html lang=\"de\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>Transfervermerk</title>\n\
             <style>body{font-family:sans-serif;max-width:50em;margin:2em auto;line-height:1.5}\
             dt{font-weight:bold}code{word-break:break-all}</style>\n</head>\n<body>\n<h1>Transfervermerk</h1>\n<dl>\n",
        );
        let said = |text: Option<&str>| text.map_or("nicht angegeben".to_owned(), escaped);
        let origin = self.scanned.file_says;
        let result = &self.result;
        row(&mut page, "Dokument", &format!("{} ({})", escaped(self.name), self.document));
        row(&mut page, "Mandant", &escaped(self.tenant));
        row(&mut page, "Stapel", &said(self.batch));
        row(&mut page, "Gescannt von", &said(self.scanned.operator));
        row(&mut page, "Scanner", &said(self.scanned.device));
        for (name, label) in [
            ("Gerät laut Datei", &origin.device),
            ("Programm laut Datei", &origin.program),
            ("Person laut Datei", &origin.person),
            ("Zeit laut Datei", &origin.time),
        ] {
            if let Some(label) = label {
                row(&mut page, name, &escaped(label));
            }
        }
        row(&mut page, "Eingegangen (UTC)", &escaped(&self.received));
        let read = format!(
            "{}, davon {} durch Texterkennung gelesen",
            counted(result.pages, "Seite", "Seiten"),
            result.read_by_ocr
        );
        row(&mut page, "Ergebnis", &read);
        if let Some((first, last)) = result.pages_of_scan {
            row(&mut page, "Seiten des Scans", &format!("{first} bis {last}"));
        }
        if let Some(sheets) = result.balance {
            let balance = format!(
                "{} Seiten = {} abgelegt + {} Trennblätter + {} leer",
                sheets.pages_in, sheets.filed, sheets.separators, sheets.blanks
            );
            row(&mut page, "Bilanz des Stapels", &balance);
        }
        page.push_str("</dl>\n");
        list(&mut page, "Arbeitsschritte", &self.steps, "Keine.");
        list(&mut page, "Abweichungen", &self.deviations, "Keine festgestellt.");
        page.push_str("<h2>Prüfsummen (SHA-256)</h2>\n<ul>\n");
        for Hashed { what, sha256 } in &self.hashes {
            writeln!(page, "<li>{}: <code>{sha256}</code></li>", escaped(what)).ok();
        }
        writeln!(page, "</ul>\n<p>Erstellt von {}; „laut Datei“ heißt: steht so in der Datei, ist nicht geprüft.</p>\n</body>\n</html>", self.made_by).ok();
        page
    }
}

fn row(page: &mut String, name: &str, value: &str) {
    writeln!(page, "<dt>{name}</dt><dd>{value}</dd>").ok();
}

fn list(page: &mut String, title: &str, lines: &[String], nothing: &str) {
    writeln!(page, "<h2>{title}</h2>").ok();
    if lines.is_empty() {
        writeln!(page, "<p>{nothing}</p>").ok();
        return;
    }
    page.push_str("<ul>\n");
    for line in lines {
        writeln!(page, "<li>{}</li>", escaped(line)).ok();
    }
    page.push_str("</ul>\n");
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Arrival, Channel, DocumentId, Kind, PartOf, Priority, Scan, Tenant};
    use crate::recognise::{Origin, Text, Word};
    use jiff::Timestamp;

    fn document() -> Document {
        let tenant: Tenant = "musterstadt".parse().unwrap();
        let content = ContentHash::of(b"scan");
        let whole = DocumentId::of_arrival(&tenant, Channel::Folder, "stapel.tif", &content);
        Document {
            id: DocumentId::of_part(&whole, 2),
            tenant,
            content: ContentHash::of(b"teil"),
            size: 4,
            kind: Kind::Pdf,
            name: "<b>stapel</b>.tif".into(),
            arrival: Arrival {
                channel: Channel::Folder,
                source: "stapel.tif".into(),
                at: Timestamp::UNIX_EPOCH,
                batch: Some("7".into()),
                scan: Some(Scan {
                    operator: Some("mm".into()),
                    device: Some("Scanner 3".into()),
                    sheets: Some(6),
                }),
                priority: Priority::Normal,
            },
            part_of: Some(PartOf {
                whole,
                content,
                number: 2,
                pages: Some((3, 5)),
                separator: None,
                reading: None,
            }),
            annexes: Vec::new(),
            repeats: None,
        }
    }

    fn reading(confidence: f32) -> Reading {
        let word = Word { text: "Wort".into(), x: 0.0, y: 0.0, width: 9.0, height: 9.0, confidence, line: 0 };
        let page = |number| Page {
            words: vec![word.clone()],
            turned: 180,
            ..Page::empty(number, PageKind::Ocr, (595.0, 842.0))
        };
        let origin = Origin { device: Some("<script>".into()), ..Origin::default() };
        Reading {
            text: Text { pages: vec![page(1), page(2)] },
            origin,
            engine: Some("tesseract 5, deu".into()),
            ..Reading::default()
        }
    }

    #[test]
    fn the_note_says_who_what_and_how_surely_and_the_same_twice() {
        let (document, reading) = (document(), reading(0.42));
        let filed = vec![("durchsuchbar.pdf".to_owned(), ContentHash::of(b"pdf"))];
        let transfer = Transfer { document: &document, reading: &reading, history: &[], whole: &[], filed };
        let note = transfer.note();
        let json = serde_json::to_value(&note).unwrap();
        assert_eq!(json["scanned"]["operator"], "mm");
        assert_eq!(json["result"]["confidence"], 0.42);
        assert_eq!(json["steps"].as_array().unwrap().len(), 6, "{}", json["steps"]);
        assert!(json["steps"][2].as_str().unwrap().starts_with("1 leere Seite"));
        assert!(json["deviations"][0].as_str().unwrap().contains("42 %"));
        assert_eq!(json["hashes"].as_array().unwrap().len(), 2);
        let page = note.page();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>") && !page.contains("<b>"));
        assert_eq!(page, transfer.note().page());
    }

    #[test]
    fn what_was_born_digital_was_not_transferred() {
        assert!(is_scan(&reading(0.9)));
        let layer = Page::empty(1, PageKind::Layer, (595.0, 842.0));
        assert!(!is_scan(&Reading { text: Text { pages: vec![layer] }, ..Reading::default() }));
    }
}
