//! Does the batch add up? What stops it is said so that the operator finds the sheet.
//!
//! In: a [`Reading`] and how it was divided. Out: [`Alarm`]s, none where everything fits. Absent on purpose:
//! guessing what is missing; a lost sheet without a printed number leaves no trace.

use super::divider::archive_number;
use super::folio::{Folio, folio};
use super::{Batch, Page, PageKind, Reading, Section, Trace};
use crate::error::{Error, Kind};
use crate::job::{Bilingual, Tenant};
use std::collections::{BTreeMap, BTreeSet};

/// A reason not to trust a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Pages of the scan it is about, from 1.
    pub pages: Vec<u32>,
    pub text: Bilingual,
}

impl Alarm {
    fn new(pages: &[u32], de: String, en: String) -> Self {
        Self { pages: pages.to_vec(), text: Bilingual::new(de, en) }
    }
}

/// The batch stops: all reasons, so that the operator needs to go to the stack once only.
pub fn stopped(alarms: &[Alarm]) -> Error {
    const MOST: usize = 12;
    let pages: BTreeSet<u32> = alarms.iter().flat_map(|alarm| alarm.pages.iter().copied()).collect();
    let list = pages.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!("{} things do not add up", alarms.len());
    if !list.is_empty() {
        text = format!("{text} on the pages {list} of the scan");
    }
    let said = |language: fn(&Alarm) -> &str| {
        let mut said: Vec<&str> = alarms.iter().take(MOST).map(language).collect();
        if alarms.len() > MOST {
            said.push("…");
        }
        said.join(" ")
    };
    Error::new(Kind::Unbalanced, text)
        .hint("compare the stack with the scan and scan it again")
        .in_particular(said(|alarm| &alarm.text.de), said(|alarm| &alarm.text.en))
}

/// Everything that does not fit, in the order of the sheets.
pub fn alarms(reading: &Reading, batch: &Batch) -> Vec<Alarm> {
    let pages = &reading.text.pages;
    let mut alarms = unread_separators(pages);
    if !batch.sheets.balanced() {
        let sheets = batch.sheets;
        alarms.push(Alarm::new(
            &[],
            format!(
                "{} Seiten wurden gescannt, aber {} abgelegt, {} Trennblätter und {} leere Seiten gezählt.",
                sheets.pages_in, sheets.filed, sheets.separators, sheets.blanks
            ),
            format!(
                "{} pages were scanned, but {} filed, {} separators and {} blank pages counted.",
                sheets.pages_in, sheets.filed, sheets.separators, sheets.blanks
            ),
        ));
    }
    alarms.extend(empty_sections(pages));
    for section in &batch.sections {
        let own: Vec<&Page> = pages.iter().filter(|page| section.pages.contains(&page.number)).collect();
        alarms.extend(numbers(&own));
        alarms.extend(twins(&own));
    }
    alarms.extend(missing_sides(pages, &batch.sections));
    alarms.extend(stickers(pages));
    alarms.sort_by(|a, b| a.pages.cmp(&b.pages));
    alarms
}

/// What does not fit inside a single document that nothing divides. It stops nothing, it is noted.
pub fn remarks(reading: &Reading) -> Vec<Alarm> {
    let filed = |page: &&Page| matches!(page.kind, PageKind::Layer | PageKind::Ocr);
    let pages: Vec<&Page> = reading.text.pages.iter().filter(filed).collect();
    let mut remarks = numbers(&pages);
    remarks.extend(twins(&pages));
    remarks
}

/// The operator counted the sheets before scanning them.
pub fn count_differs(reading: &Reading, sheets: u32) -> Option<Alarm> {
    let pages = reading.text.pages.len() as u32;
    if pages == sheets || pages == sheets.saturating_mul(2) {
        return None;
    }
    Some(Alarm::new(
        &[],
        format!("Gezählt wurden {sheets} Blätter, der Scan hat aber {pages} Seiten."),
        format!("{sheets} sheets were counted, but the scan has {pages} pages."),
    ))
}

/// Separator sheets of another tenant: what lies behind them must not be filed for this one.
pub fn foreign(batch: &Batch, tenant: &Tenant) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for section in &batch.sections {
        let fields = section.separator.as_deref().and_then(|payload| payload.strip_prefix("LAUFMAPPE:1;"));
        let named =
            fields.and_then(|fields| fields.split(';').find_map(|field| field.trim().strip_prefix("tenant=")));
        if named.is_some_and(|named| named.trim() != tenant.as_str()) {
            let n = section.first;
            alarms.push(Alarm::new(
                &[n],
                format!("Das Trennblatt vor Seite {n} des Scans gehört zu einem anderen Mandanten."),
                format!("The separator sheet before page {n} of the scan belongs to another tenant."),
            ));
        }
    }
    alarms
}

fn unread_separators(pages: &[Page]) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for page in pages {
        let PageKind::UnreadSeparator(trace) = page.kind else { continue };
        let n = page.number;
        let (de, en) = match trace {
            Trace::OtherPatch => (
                format!(
                    "Seite {n} des Scans ist ein Steuerblatt (Patch 1, 2, 4 oder 6), das keine Belege trennt."
                ),
                format!("Page {n} of the scan is a control sheet (patch 1, 2, 4 or 6) that divides nothing."),
            ),
            Trace::Patch | Trace::Code | Trace::Title => (
                format!("Seite {n} des Scans ist ein Trennblatt, dessen Code nicht lesbar ist."),
                format!("Page {n} of the scan is a separator sheet whose code cannot be read."),
            ),
        };
        alarms.push(Alarm::new(&[n], de, en));
    }
    alarms
}

/// Two different sheets in a row: what the first one announced is missing.
fn empty_sections(pages: &[Page]) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let mut before: Option<(u32, &str)> = None;
    for page in pages {
        match &page.kind {
            PageKind::Separator(payload) => {
                if let Some((first, _)) = before.filter(|(_, other)| other != payload) {
                    let n = page.number;
                    alarms.push(Alarm::new(
                        &[first, n],
                        format!("Zwischen den Trennblättern auf Seite {first} und {n} des Scans liegt kein Beleg."),
                        format!("There is no document between the separator sheets on pages {first} and {n} of the scan."),
                    ));
                }
                before = Some((page.number, payload));
            }
            PageKind::Blank => {}
            PageKind::Layer | PageKind::Ocr | PageKind::UnreadSeparator(_) => before = None,
        }
    }
    alarms
}

/// Page numbers that jump, repeat or do not reach their end.
fn numbers(pages: &[&Page]) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let mut last: Option<(usize, Folio)> = None;
    for (place, page) in pages.iter().enumerate() {
        let Some(next) = folio(page) else { continue };
        match last {
            None if next.number as usize > place + 1 => alarms.push(begins_late(page, next)),
            None => {}
            Some((at, before)) => {
                let between = (place - at) as u32;
                let restarts = next.number == 1 && !(before.number == 1 && between > 1 && next.of.is_none());
                if restarts && is_annex(page) {
                    alarms.extend(stops_early(pages, at, place, before));
                } else if restarts {
                    alarms.push(two_documents(pages[at], page));
                } else if next.number != before.number + between && next.number <= before.number {
                    alarms.push(goes_back(pages[at], before, page, next));
                } else if next.number > before.number + between {
                    alarms.push(jumps(pages[at], before, page, next));
                }
            }
        }
        last = Some((place, next));
    }
    if let Some((at, before)) = last {
        alarms.extend(stops_early(pages, at, pages.len(), before));
    }
    alarms
}

/// Annexes count from 1 again.
fn is_annex(page: &Page) -> bool {
    const ANNEXES: [&str; 24] = [
        "anlage",
        "anlagen",
        "anhang",
        "annex",
        "appendix",
        "beilage",
        "beiblatt",
        "agb",
        "geschäftsbedingungen",
        "einzelverbindungsnachweis",
        "einzelnachweis",
        "leistungsnachweis",
        "stundennachweis",
        "stundenzettel",
        "regiebericht",
        "aufmaß",
        "aufmass",
        "rapport",
        "lieferschein",
        "datenschutzhinweise",
        "widerrufsbelehrung",
        "rechtsbehelfsbelehrung",
        "merkblatt",
        "attachment",
    ];
    const HEAD: usize = 60;
    page.words.iter().take(HEAD).any(|word| {
        let plain: String =
            word.text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        ANNEXES.contains(&plain.as_str())
    })
}

fn begins_late(page: &Page, folio: Folio) -> Alarm {
    let (n, first) = (page.number, folio.number);
    Alarm::new(
        &[n],
        format!(
            "Der Beleg ab Seite {n} des Scans beginnt mit der gedruckten Seite {first}; davor fehlt etwas."
        ),
        format!(
            "The document from page {n} of the scan begins with the printed page {first}; something before it is missing."
        ),
    )
}

fn two_documents(earlier: &Page, page: &Page) -> Alarm {
    let (before, n) = (earlier.number, page.number);
    Alarm::new(
        &[before, n],
        format!(
            "Auf Seite {n} des Scans beginnt die gedruckte Zählung neu; vermutlich fehlt davor (nach Seite {before}) ein Trennblatt, oder ein Blatt wurde doppelt gescannt."
        ),
        format!(
            "On page {n} of the scan the printed numbers begin anew; a separator sheet is probably missing before it (after page {before}), or a sheet was scanned twice."
        ),
    )
}

fn goes_back(earlier: &Page, before: Folio, page: &Page, next: Folio) -> Alarm {
    let (a, b) = (before.number, next.number);
    Alarm::new(
        &[earlier.number, page.number],
        format!(
            "Nach der gedruckten Seite {a} (Seite {} des Scans) folgt noch einmal Seite {b} (Seite {} des Scans).",
            earlier.number, page.number
        ),
        format!(
            "The printed page {a} (page {} of the scan) is followed by page {b} again (page {} of the scan).",
            earlier.number, page.number
        ),
    )
}

fn jumps(earlier: &Page, before: Folio, page: &Page, next: Folio) -> Alarm {
    let (a, b) = (before.number, next.number);
    Alarm::new(
        &[earlier.number, page.number],
        format!(
            "Nach der gedruckten Seite {a} (Seite {} des Scans) folgt Seite {b} (Seite {} des Scans); dazwischen fehlt etwas, vielleicht wurden Blätter doppelt eingezogen.",
            earlier.number, page.number
        ),
        format!(
            "The printed page {a} (page {} of the scan) is followed by page {b} (page {} of the scan); something between is missing, perhaps sheets were fed together.",
            earlier.number, page.number
        ),
    )
}

/// `end`: the first page that does not belong to the numbered ones any more.
fn stops_early(pages: &[&Page], at: usize, end: usize, folio: Folio) -> Option<Alarm> {
    let of = folio.of?;
    let unnumbered = (end - at - 1) as u32;
    if folio.number + unnumbered >= of {
        return None;
    }
    let (n, number) = (pages[at].number, folio.number);
    Some(Alarm::new(
        &[n],
        format!("Auf Seite {n} des Scans steht „Seite {number} von {of}“, aber der Beleg endet hier."),
        format!("Page {n} of the scan says “page {number} of {of}”, but the document ends here."),
    ))
}

/// Pages that say the same, side by side or front to front: one sheet went through twice.
fn twins(pages: &[&Page]) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for (place, page) in pages.iter().enumerate() {
        for other in pages.iter().skip(place + 1).take(2).filter(|other| say_the_same(page, other)) {
            let (a, b) = (page.number, other.number);
            alarms.push(Alarm::new(
                &[a, b],
                format!(
                    "Seite {a} und Seite {b} des Scans sind gleich; ein Blatt wurde wohl doppelt gescannt."
                ),
                format!("Pages {a} and {b} of the scan are the same; a sheet was probably scanned twice."),
            ));
        }
    }
    alarms
}

/// Nearly all words, and nearly all of those with digits.
fn say_the_same(a: &Page, b: &Page) -> bool {
    const ENOUGH: usize = 20;
    const ALIKE: f32 = 0.9;
    let counted = |page: &Page, digits: bool| {
        let mut counted: BTreeMap<String, u32> = BTreeMap::new();
        for word in &page.words {
            if !digits || word.text.chars().any(|c| c.is_ascii_digit()) {
                *counted.entry(word.text.clone()).or_default() += 1;
            }
        }
        counted
    };
    let alike = |digits: bool| {
        let (a, b) = (counted(a, digits), counted(b, digits));
        let both: u32 = a.iter().map(|(word, count)| (*count).min(b.get(word).copied().unwrap_or(0))).sum();
        let larger = a.values().sum::<u32>().max(b.values().sum());
        both as f32 >= ALIKE * larger as f32
    };
    a.words.len() >= ENOUGH && alike(false) && alike(true)
}

/// In a duplex scan every sheet has two sides. It is one when the separator sheets have theirs.
fn missing_sides(pages: &[Page], sections: &[Section]) -> Vec<Alarm> {
    let sheets = separators_with_backs(pages);
    let complete = sheets.iter().filter(|(_, back)| back.is_some()).count();
    if complete < 2 || complete + 1 < sheets.len() {
        return Vec::new();
    }
    let mut alarms = Vec::new();
    for (front, _) in sheets.iter().filter(|(_, back)| back.is_none()) {
        alarms.push(Alarm::new(
            &[*front],
            format!("Beidseitiger Scan: Zum Trennblatt auf Seite {front} des Scans fehlt die Rückseite."),
            format!("Duplex scan: the back of the separator sheet on page {front} of the scan is missing."),
        ));
    }
    let sides: BTreeSet<u32> =
        sheets.iter().flat_map(|(front, back)| [Some(*front), *back]).flatten().collect();
    for section in sections {
        let is_ours = |number: u32| !sides.contains(&number) && (1..=pages.len() as u32).contains(&number);
        let mut first = section.first;
        let mut last = section.last;
        while is_ours(first.saturating_sub(1)) && !is_filed(pages, first - 1) {
            first -= 1;
        }
        while is_ours(last + 1) && !is_filed(pages, last + 1) {
            last += 1;
        }
        if (last - first + 1) % 2 == 1 && !ends_at_a_sticker(pages, first, last) {
            alarms.push(Alarm::new(
                &[section.first],
                format!("Beidseitiger Scan: Der Beleg ab Seite {} des Scans hat eine ungerade Zahl von Seiten; eine Seite fehlt.", section.first),
                format!("Duplex scan: the document from page {} of the scan has an odd number of pages; one is missing.", section.first),
            ));
        }
    }
    alarms
}

/// Front of each separator sheet, and its back: blank, or the same code once more.
fn separators_with_backs(pages: &[Page]) -> Vec<(u32, Option<u32>)> {
    let mut sheets = Vec::new();
    let mut place = 0;
    while let Some(page) = pages.get(place) {
        place += 1;
        if !matches!(page.kind, PageKind::Separator(_) | PageKind::UnreadSeparator(_)) {
            continue;
        }
        let back = pages.get(place).filter(|back| back.kind == PageKind::Blank || back.kind == page.kind);
        sheets.push((page.number, back.map(|back| back.number)));
        place += usize::from(back.is_some());
    }
    sheets
}

fn is_filed(pages: &[Page], number: u32) -> bool {
    pages.iter().any(|page| page.number == number && matches!(page.kind, PageKind::Layer | PageKind::Ocr))
}

/// The blank pages around a sticker cannot be told to one side or the other.
fn ends_at_a_sticker(pages: &[Page], first: u32, last: u32) -> bool {
    let begins = |number: u32| pages.iter().any(|page| page.number == number && page.begins);
    begins(last + 1) || (begins(first) && first > 1)
}

/// Archive stickers: none twice; and where they run on by one, none left out.
fn stickers(pages: &[Page]) -> Vec<Alarm> {
    let mut seen: Vec<(u32, u64)> = Vec::new();
    let mut alarms = Vec::new();
    for page in pages {
        let numbers: BTreeSet<u64> = page.codes.iter().filter_map(|code| archive_number(&code.text)).collect();
        for number in numbers {
            if let Some((earlier, _)) = seen.iter().find(|(_, other)| *other == number) {
                alarms.push(Alarm::new(
                    &[*earlier, page.number],
                    format!("Die Archivnummer {number} klebt auf Seite {earlier} und noch einmal auf Seite {} des Scans.", page.number),
                    format!("The archive number {number} is on page {earlier} and again on page {} of the scan.", page.number),
                ));
            }
            seen.push((page.number, number));
        }
    }
    let steps: Vec<i64> = seen.windows(2).map(|pair| pair[1].1 as i64 - pair[0].1 as i64).collect();
    for one in [1, -1] {
        let running = steps.iter().filter(|step| **step == one).count();
        // Stickers taken from a roll run on; those taken from anywhere mean nothing.
        if running < 2 || running * 3 < steps.len() * 2 {
            continue;
        }
        for (pair, step) in seen.windows(2).zip(&steps) {
            if *step != one && *step != 0 {
                let ((a, first), (b, second)) = (pair[0], pair[1]);
                alarms.push(Alarm::new(
                    &[a, b],
                    format!("Nach der Archivnummer {first} (Seite {a} des Scans) folgt {second} (Seite {b} des Scans)."),
                    format!("The archive number {first} (page {a} of the scan) is followed by {second} (page {b} of the scan)."),
                ));
            }
        }
    }
    alarms
}
