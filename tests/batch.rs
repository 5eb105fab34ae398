//! Batches with faults, made by chance from a seed: a double feed, a lost or doubled sheet, a lost, doubled or
//! unreadable separator, one upside down, a blank sheet in between. Whatever can be seen stops the batch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(clippy::print_stdout, reason = "--nocapture shows how much was noticed")]

#[allow(dead_code, reason = "each test program uses the papers it needs")]
mod paper;
mod support;

use laufmappe::recognise::{self, Code, Page, PageKind, Reading, Symbology, Text, Trace, Word};
use paper::Fill;
use std::collections::BTreeMap;
use support::house::House;
use zxingcpp::BarcodeFormat;

/// Chance that can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

/// How pages of a document are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// "Seite 1 von 3"
    WithTotal,
    /// "Seite 1", "- 2 -" …
    Plain,
    None,
}

/// One side of a sheet in the stack.
#[derive(Debug, Clone, PartialEq)]
enum Side {
    Separator(String),
    Unread,
    Blank,
    /// Document, page in it, what is printed on it.
    Content {
        document: usize,
        page: usize,
        lines: Vec<String>,
    },
}

#[derive(Debug, Clone)]
struct Stack {
    duplex: bool,
    /// Front and back; no back in a simplex scan.
    sheets: Vec<Vec<Side>>,
    numbers: Vec<Numbers>,
}

fn stack(chance: &mut Chance) -> Stack {
    let duplex = chance.one_in(2);
    let documents = 3 + chance.below(5);
    let mut stack = Stack { duplex, sheets: Vec::new(), numbers: Vec::new() };
    for document in 0..documents {
        // The first document may lie on top of the first separator sheet.
        if document > 0 || !chance.one_in(3) {
            let payload = format!("LAUFMAPPE:1;tenant=stadt;office={}", 10 + document);
            let back = if chance.one_in(4) { Side::Separator(payload.clone()) } else { Side::Blank };
            stack.sheets.push(vec![Side::Separator(payload), back]);
        }
        let numbers = [Numbers::WithTotal, Numbers::WithTotal, Numbers::Plain, Numbers::None][chance.below(4)];
        let pages = 1 + chance.below(4);
        stack.numbers.push(numbers);
        let mut sides: Vec<Side> = Vec::new();
        for page in 0..pages {
            let mut lines = vec![format!("Firma Nummer {document}"), format!("Beleg 2026-{document:03}")];
            for row in 0..12 {
                lines.push(format!(
                    "Posten {} {} Preis {}",
                    page * 50 + row,
                    chance.below(10_000),
                    chance.below(100_000)
                ));
            }
            match numbers {
                Numbers::WithTotal => lines.push(format!("Seite {} von {pages}", page + 1)),
                Numbers::Plain => lines.push(format!("Seite {}", page + 1)),
                Numbers::None => {}
            }
            sides.push(Side::Content { document, page, lines });
        }
        let both_sides = duplex && chance.one_in(2);
        if both_sides {
            for pair in sides.chunks(2) {
                stack.sheets.push(vec![pair[0].clone(), pair.get(1).cloned().unwrap_or(Side::Blank)]);
            }
        } else {
            stack.sheets.extend(sides.into_iter().map(|side| vec![side, Side::Blank]));
        }
    }
    if !duplex {
        for sheet in &mut stack.sheets {
            sheet.truncate(1);
        }
    }
    stack
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    None,
    /// Two sheets went through as one: the front of the first, the back of the second.
    DoubleFeed,
    LostSheet,
    LostImage,
    DoubledSheet,
    LostSeparator,
    DoubledSeparator,
    UnreadSeparator,
    UpsideDownSeparator,
    BlankBetween,
}

const FAULTS: [Fault; 10] = [
    Fault::None,
    Fault::DoubleFeed,
    Fault::LostSheet,
    Fault::LostImage,
    Fault::DoubledSheet,
    Fault::LostSeparator,
    Fault::DoubledSeparator,
    Fault::UnreadSeparator,
    Fault::UpsideDownSeparator,
    Fault::BlankBetween,
];

/// The stack as it was scanned, image by image.
fn scanned(stack: &Stack, fault: Fault, chance: &mut Chance) -> Vec<Side> {
    let mut sheets = stack.sheets.clone();
    let is_separator = |sheet: &Vec<Side>| matches!(sheet[0], Side::Separator(_));
    let separators: Vec<usize> = (0..sheets.len()).filter(|place| is_separator(&sheets[*place])).collect();
    let contents: Vec<usize> = (0..sheets.len()).filter(|place| !is_separator(&sheets[*place])).collect();
    let separator = separators[chance.below(separators.len())];
    let content = contents[chance.below(contents.len())];
    match fault {
        Fault::None | Fault::UpsideDownSeparator => {}
        Fault::DoubleFeed => {
            let first = content.min(sheets.len() - 2);
            let second = sheets.remove(first + 1);
            if let (Some(back), Some(side)) = (sheets[first].get_mut(1), second.into_iter().nth(1)) {
                *back = side;
            }
        }
        Fault::LostSheet => drop(sheets.remove(content)),
        Fault::LostImage => drop(sheets[content].pop()),
        Fault::DoubledSheet => sheets.insert(content, sheets[content].clone()),
        Fault::LostSeparator => drop(sheets.remove(separator)),
        Fault::DoubledSeparator => sheets.insert(separator, sheets[separator].clone()),
        Fault::UnreadSeparator => sheets[separator] = vec![Side::Unread; sheets[separator].len()],
        Fault::BlankBetween => {
            let blank = vec![Side::Blank; if stack.duplex { 2 } else { 1 }];
            sheets.insert(content, blank);
        }
    }
    sheets.into_iter().flatten().collect()
}

fn reading(sides: &[Side]) -> Reading {
    let mut pages = Vec::new();
    for (number, side) in (1..).zip(sides) {
        let kind = match side {
            Side::Separator(payload) => PageKind::Separator(payload.clone()),
            Side::Unread => PageKind::UnreadSeparator(Trace::Code),
            Side::Blank => PageKind::Blank,
            Side::Content { .. } => PageKind::Ocr,
        };
        let mut page = Page::empty(number, kind, (595.0, 842.0));
        if let Side::Content { lines, .. } = side {
            page.words = words(lines);
        }
        pages.push(page);
    }
    Reading { text: Text { pages }, ..Reading::default() }
}

/// The last line stands at the foot of the page.
fn words(lines: &[String]) -> Vec<Word> {
    let mut words = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        let y = if line + 1 == lines.len() { 800.0 } else { 60.0 + 20.0 * line as f32 };
        for (place, text) in text.split(' ').enumerate() {
            let x = 60.0 + 70.0 * place as f32;
            words.push(Word {
                text: text.to_owned(),
                x,
                y,
                width: 60.0,
                height: 10.0,
                confidence: 0.93,
                line: line as u32,
            });
        }
    }
    words
}

/// What came of a scan, against the stack as it lay on the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Stopped,
    Wrong,
}

fn outcome(stack: &Stack, sides: &[Side]) -> Outcome {
    let reading = reading(sides);
    let Some(batch) = recognise::sections(&reading) else { return Outcome::Wrong };
    assert!(batch.sheets.balanced(), "every page is accounted for");
    let filed: usize = batch.sections.iter().map(|section| section.pages.len()).sum();
    assert_eq!(filed, batch.sheets.filed as usize, "every page to file lies in one section");
    let alarms = recognise::alarms(&reading, &batch);
    if !alarms.is_empty() {
        for alarm in &alarms {
            assert!(alarm.text.de.len() > 30 && alarm.text.en.len() > 30, "{alarm:?}");
        }
        return Outcome::Stopped;
    }
    let found: Vec<Vec<(usize, usize)>> = batch
        .sections
        .iter()
        .map(|section| section.pages.iter().filter_map(|page| place(&sides[*page as usize - 1])).collect())
        .collect();
    if found == documents(&stack.sheets) { Outcome::Right } else { Outcome::Wrong }
}

fn place(side: &Side) -> Option<(usize, usize)> {
    match side {
        Side::Content { document, page, .. } => Some((*document, *page)),
        Side::Separator(_) | Side::Unread | Side::Blank => None,
    }
}

fn documents(sheets: &[Vec<Side>]) -> Vec<Vec<(usize, usize)>> {
    let mut documents: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for place in sheets.iter().flatten().filter_map(place) {
        documents.entry(place.0).or_default().push(place);
    }
    documents.into_values().collect()
}

/// Whether the sheets themselves give the fault away: a number that is printed, or a side that is missing.
/// What is not visible here is visible to nobody who has only the scan.
fn leaves_a_trace(stack: &Stack, fault: Fault, sides: &[Side]) -> bool {
    match fault {
        Fault::None | Fault::UpsideDownSeparator | Fault::BlankBetween | Fault::DoubledSeparator => false,
        Fault::UnreadSeparator | Fault::DoubledSheet => true,
        Fault::LostImage if stack.duplex => true,
        Fault::LostSeparator | Fault::DoubleFeed | Fault::LostSheet | Fault::LostImage => {
            let glued = glued(sides);
            let numbered = |document: &usize| stack.numbers[*document] != Numbers::None;
            if !glued.is_empty() {
                // Pages without numbers behind numbered ones may be the missing ones.
                return glued.iter().any(|(first, second)| numbered(first) && numbered(second));
            }
            let right = documents(&stack.sheets);
            let scanned: Vec<(usize, usize)> = sides.iter().filter_map(place).collect();
            right.iter().flatten().filter(|page| !scanned.contains(page)).any(|(document, page)| {
                let left = scanned.iter().any(|(other, _)| other == document);
                let later = scanned.iter().any(|(other, later)| other == document && later > page);
                match stack.numbers[*document] {
                    Numbers::WithTotal => left,
                    Numbers::Plain => later,
                    Numbers::None => false,
                }
            })
        }
    }
}

/// Documents that follow each other without a separator sheet.
fn glued(sides: &[Side]) -> Vec<(usize, usize)> {
    let mut glued = Vec::new();
    let mut before = None;
    for side in sides {
        match side {
            Side::Content { document, .. } => {
                glued.extend(before.filter(|before| before != document).map(|before| (before, *document)));
                before = Some(*document);
            }
            Side::Separator(_) | Side::Unread => before = None,
            Side::Blank => {}
        }
    }
    glued
}

#[test]
fn nothing_that_can_be_seen_goes_wrong_in_silence() {
    const ROUNDS: u64 = 400;
    let mut counted: BTreeMap<(Fault, Outcome), usize> = BTreeMap::new();
    let mut unseen: BTreeMap<Fault, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        for fault in FAULTS {
            let mut chance = Chance(round * 31 + 7);
            let stack = stack(&mut chance);
            let sides = scanned(&stack, fault, &mut chance);
            let outcome = outcome(&stack, &sides);
            *counted.entry((fault, outcome)).or_default() += 1;
            if outcome == Outcome::Wrong {
                assert!(
                    !leaves_a_trace(&stack, fault, &sides),
                    "round {round}, {fault:?} went wrong in silence: {}",
                    drawn(&stack, &sides)
                );
                let counted = recognise::count_differs(&reading(&sides), stack.sheets.len() as u32);
                assert!(counted.is_some(), "round {round}, {fault:?}: whoever counts his sheets sees it");
                *unseen.entry(fault).or_default() += 1;
            }
            if matches!(fault, Fault::None | Fault::UpsideDownSeparator | Fault::BlankBetween) {
                assert_eq!(
                    outcome,
                    Outcome::Right,
                    "round {round}, {fault:?}: an honest batch: {}",
                    drawn(&stack, &sides)
                );
            }
        }
    }
    for fault in FAULTS {
        let count = |outcome| counted.get(&(fault, outcome)).copied().unwrap_or(0);
        println!(
            "{fault:?}: right {}, stopped {}, leaves no trace {}",
            count(Outcome::Right),
            count(Outcome::Stopped),
            unseen.get(&fault).copied().unwrap_or(0)
        );
    }
}

/// A scan in one line: `S` separators, `_` blanks, document and page, how the document counts.
fn drawn(stack: &Stack, sides: &[Side]) -> String {
    let mut drawn = format!("{} ", if stack.duplex { "duplex" } else { "simplex" });
    for side in sides {
        drawn += &match side {
            Side::Separator(_) => "S ".to_owned(),
            Side::Unread => "? ".to_owned(),
            Side::Blank => "_ ".to_owned(),
            Side::Content { document, page, .. } => format!("{document}.{page}{:?} ", stack.numbers[*document]),
        };
    }
    drawn
}

/// Pages of one document, by what stands at their foot.
fn document(feet: &[&str]) -> Reading {
    let separator = Side::Separator("LAUFMAPPE:1;tenant=stadt".into());
    let mut sides = vec![separator.clone()];
    for (page, foot) in feet.iter().enumerate() {
        let (head, foot) = foot.split_once('|').unwrap_or(("Rechnung", foot));
        let mut lines = vec![head.to_owned()];
        lines.extend((0..12).map(|row| format!("Posten {} {}", row * 7 + page * 1_000, page * 31 + row)));
        lines.push((*foot).to_owned());
        sides.push(Side::Content { document: 0, page, lines });
    }
    sides.push(Side::Separator("LAUFMAPPE:1;tenant=stadt;office=2".into()));
    sides.push(Side::Content { document: 1, page: 0, lines: vec!["Brief".into(), "Gruß".into()] });
    reading(&sides)
}

fn alarms(reading: &Reading) -> Vec<recognise::Alarm> {
    recognise::alarms(reading, &recognise::sections(reading).unwrap())
}

#[test]
fn printed_numbers_say_what_is_missing_and_honest_ones_do_not_stop() {
    #[rustfmt::skip]
    let rows: [(&[&str], &[u32]); 19] = [
        (&["Seite 1 von 2", "Seite 2 von 2"], &[]),
        (&["Seite 1 von 3", "Seite 3 von 3"], &[2, 3]),
        (&["Seite 1 von 3", "Seite 2 von 3"], &[3]),
        (&["Seite 2 von 3", "Seite 3 von 3"], &[2]),
        (&["Seite 1 von 1", "Seite 1 von 1"], &[2, 3]),
        (&["Seite 1 von 2", "Seite 2 von 2", "Seite 1 von 1"], &[3, 4]),
        (&["Seite 1 von 2", "Seite 2 von 2", "Seite 2 von 2"], &[3, 4]),
        (&["Seite 1", "Seite 3"], &[2, 3]),
        (&["- 1 -", "- 3 -"], &[2, 3]),
        (&["ohne Zahl", "- 2 -", "- 3 -"], &[]),
        (&["ohne Zahl", "- 3 -"], &[3]),
        (&["Page 1 of 2", "Page 2 of 2"], &[]),
        (&["Blatt 1/2", "Blatt 2/2"], &[]),
        (&["Seite 1 von 1", "Anlage|Seite 1 von 1"], &[]),
        (&["Seite 1 von 1", "Anlage|Seite 1 von 2"], &[3]),
        (&["Seite 1 von 1", "Text auf der Rückseite"], &[]),
        (&["Seite 1 von 3", "ohne Zahl", "Seite 3 von 3"], &[]),
        (&["weiter auf Seite 2", "Seite 2"], &[]),
        (&["Seite 1 von 2", "ohne Zahl"], &[]),
    ];
    for (feet, pages) in rows {
        let alarms = alarms(&document(feet));
        let found: Vec<u32> = alarms.iter().flat_map(|alarm| alarm.pages.clone()).collect();
        assert_eq!(found, pages, "{feet:?}: {alarms:?}");
    }
}

#[test]
fn stickers_on_a_roll_run_on() {
    let reading = |numbers: &[u64]| {
        let mut pages = Vec::new();
        for (page, number) in (1..).zip(numbers) {
            let code = Code { symbology: Symbology::Code128, text: format!("ASN{number:07}"), area: [0.0; 4] };
            pages.push(Page {
                codes: vec![code],
                begins: true,
                ..Page::empty(page, PageKind::Ocr, (595.0, 842.0))
            });
        }
        Reading { text: Text { pages }, ..Reading::default() }
    };
    for (numbers, stops) in [
        (&[101, 102, 103, 104][..], false),
        (&[104, 103, 102, 101], false),
        (&[101, 102, 104, 105], true),
        (&[101, 102, 102, 103], true),
        (&[89488, 37809, 77403, 37119], false),
        (&[7, 9], false),
        (&[7, 7], true),
    ] {
        let reading = reading(numbers);
        let batch = recognise::sections(&reading).unwrap();
        assert_eq!(batch.sections.len(), numbers.len(), "each sticker begins a document");
        assert_eq!(!recognise::alarms(&reading, &batch).is_empty(), stops, "{numbers:?}");
    }
}

#[test]
fn the_counted_sheets_are_there() {
    let reading = document(&["Seite 1 von 1"]);
    let pages = reading.text.pages.len() as u32;
    assert_eq!(pages, 4);
    assert!(recognise::count_differs(&reading, 4).is_none() && recognise::count_differs(&reading, 2).is_none());
    let alarm = recognise::count_differs(&reading, 5).unwrap();
    assert!(alarm.text.de.contains("5 Blätter") && alarm.text.de.contains("4 Seiten"));
}

#[test]
fn the_operator_is_told_the_sheet() {
    let sides = [Side::Separator("LAUFMAPPE:1".into()), Side::Unread];
    let stopped = recognise::stopped(&alarms(&reading(&sides)));
    let said = stopped.particular.unwrap();
    assert_eq!(said.de, "Seite 2 des Scans ist ein Trennblatt, dessen Code nicht lesbar ist.");
    assert!(stopped.text.contains("on the pages 2 of the scan"), "{}", stopped.text);
}

/// The whole program: nothing of a batch is filed when one of its sheets cannot be read.
#[test]
fn an_unreadable_sheet_stops_reading_and_filing_in_plain_german() {
    let letter = paper::scan(paper::LETTER, 200.0);
    let other = paper::scan(&["Mahnung Nummer 4711", "Bitte zahlen Sie sofort", "Stadtkasse Wörth"], 200.0);
    let sheet = paper::sheet(BarcodeFormat::QRCode, "LAUFMAPPE:1;office=20", &letter);
    let mut torn = sheet.clone();
    for y in 820..torn.height() {
        for x in 0..torn.width() {
            torn.put_pixel(x, y, image::Luma([240]));
        }
    }
    let house = House::new();
    let file = house.folder().join("stapel.tif");
    std::fs::write(&file, paper::tiff(&[sheet, letter, torn, other], 200, Fill::HighestFirst)).unwrap();
    let file = file.to_str().unwrap();

    let read = house.laufmappe(&["read", "--format", "jsonl", file]);
    assert_eq!((read.code, read.output.as_str()), (1, ""), "{}", read.errors);
    let said = "Seite 3 des Scans ist ein Trennblatt, dessen Code nicht lesbar ist.";
    assert!(read.errors.contains(said), "{}", read.errors);

    let run = house.laufmappe(&["run", "--format", "json", file]);
    assert_eq!(run.code, 1, "{}", run.errors);
    let summaries = house.summaries();
    assert_eq!(summaries.len(), 1, "nothing came out of the batch");
    assert_eq!(summaries[0]["state"], "clearing");
    assert_eq!(summaries[0]["clearing"]["reason"], "unbalanced");
    assert!(summaries[0]["clearing"]["text"]["de"].as_str().unwrap().contains(said));
}

#[test]
fn what_the_scanning_office_says_is_noted_and_its_count_holds() {
    let house = House::new();
    let file = house.folder().join("brief.tif");
    let lines = ["Sehr geehrte Damen und Herren", "vielen Dank für das Gespräch", "Mit freundlichen Grüßen"];
    let letter = paper::scan(&lines, 200.0);
    std::fs::write(&file, paper::tiff(&[letter], 200, Fill::HighestFirst)).unwrap();
    let file = file.to_str().unwrap();
    let miscounted = House::new();
    let run = miscounted.laufmappe(&["run", "--sheets", "3", "--format", "json", file]);
    assert_eq!(run.code, 1, "{}", run.errors);
    assert!(run.output.contains("Gezählt wurden 3 Blätter, der Scan hat aber 1 Seiten."), "{}", run.output);

    let told =
        ["run", "--operator", "m.muster", "--device", "Scanner 2", "--sheets", "1", "--format", "json", file];
    let run = house.laufmappe(&told);
    assert_eq!(run.code, 0, "{}{}", run.output, run.errors);
    let location = house.summaries()[0]["locations"][0].as_str().unwrap().to_owned();
    let note = std::fs::read_to_string(std::path::Path::new(&location).join("transfervermerk.json")).unwrap();
    assert!(note.contains("m.muster") && note.contains("Scanner 2"), "{note}");
    let journal = std::fs::read_to_string(house.data().join("ledger/journal"))
        .or_else(|_| std::fs::read_to_string(house.data().join("journal")));
    if let Ok(journal) = journal {
        assert!(journal.contains("\"transfer\":\""), "the ledger names the note");
    }
    assert_eq!(house.laufmappe(&["ledger", "verify"]).code, 0);
}

#[test]
fn a_sheet_is_printed_and_read_by_the_program_itself() {
    let house = House::new();
    let sheet = house.folder().join("blatt.pdf");
    let path = sheet.to_str().unwrap();
    let order = ["separator", "--tenant", "musterstadt", "--office", "60", "--copies", "2", "--output", path];
    let printed = house.laufmappe(&order);
    assert_eq!(printed.code, 0, "{}", printed.errors);
    let first = std::fs::read(&sheet).unwrap();
    assert_eq!(house.laufmappe(&order).code, 0);
    assert_eq!(std::fs::read(&sheet).unwrap(), first, "the same order gives the same bytes");
    let refused = house.laufmappe(&["separator", "--tenant", "musterstadt", "--office", "a;b"]);
    assert!(refused.code != 0 && refused.errors.contains("Strichpunkt"), "{}", refused.errors);
}
