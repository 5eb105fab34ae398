//! The eyes, through the real child: what is read, where it stands, what is cut and rendered, and what every
//! broken or hostile document becomes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[allow(dead_code, reason = "papers of other tests")]
mod paper;

use image::{GrayImage, imageops};
use laufmappe::error::{Kind, Result};
use laufmappe::job;
use laufmappe::recognise::{self, Page, PageKind, Reading, Word};
use laufmappe::sandbox::{Limits, Sandbox};
use laufmappe::store::Store;
use lopdf::{Document, Object, dictionary};
use paper::{A4, Fill, LETTER, Show};
use std::process::Command;
use zxingcpp::BarcodeFormat;

struct Desk {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    store: Store,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_laufmappe").into(), Limits::default());
        Self { folder, sandbox, store }
    }

    async fn read(&self, kind: job::Kind, bytes: &[u8]) -> Result<Reading> {
        recognise::read(&self.sandbox, &self.store, kind, bytes, &[]).await
    }

    async fn searchable(&self, kind: job::Kind, bytes: &[u8], reading: &Reading) -> Option<Vec<u8>> {
        recognise::searchable(&self.sandbox, kind, bytes, &[], &reading.text).await.unwrap()
    }

    /// Runs a program over a PDF and gives what it prints.
    fn ask(&self, program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
        let place = self.folder.path().join("asked.pdf");
        std::fs::write(&place, pdf).unwrap();
        let output = Command::new(program).args(before).arg(&place).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{program}: {said} {}", String::from_utf8_lossy(&output.stderr));
        said
    }

    fn text(&self, pdf: &[u8]) -> String {
        self.ask("pdftotext", &["-layout"], pdf, &["-"])
    }

    fn check(&self, pdf: &[u8]) {
        self.ask("qpdf", &["--check"], pdf, &[]);
    }
}

fn word<'a>(page: &'a Page, text: &str) -> &'a Word {
    let found = page.words.iter().find(|word| word.text == text);
    found.unwrap_or_else(|| panic!("{text:?} is not among {:?}", page.plain()))
}

/// The word stands on this line of the letter.
fn stands_on_line(word: &Word, line: usize, tolerance: f32) {
    let baseline = 100.0 + 24.0 * line as f32;
    let inside = (word.y..word.y + word.height + tolerance).contains(&(baseline - 3.0));
    assert!(inside && word.height < 25.0, "{word:?} should stand on the line at {baseline}");
}

#[tokio::test]
async fn a_born_digital_page_gives_its_layer_with_places() {
    let desk = Desk::new();
    let bytes = paper::saved(paper::pdf(&[&[Show::Text(LETTER)]]));
    let reading = desk.read(job::Kind::Pdf, &bytes).await.unwrap();
    let page = &reading.text.pages[0];
    assert_eq!((page.number, &page.kind, page.width, page.height), (1, &PageKind::Layer, A4.0, A4.1));
    assert_eq!(page.plain(), LETTER.join("\n"));
    let amount = word(page, "1.234,56");
    stands_on_line(amount, 4, 0.0);
    assert!((amount.confidence - 1.0).abs() < f32::EPSILON && amount.line == 4);
    assert!((word(page, "Stadtwerke").x - 70.0).abs() < 1.0);
    assert_eq!(desk.searchable(job::Kind::Pdf, &bytes, &reading).await, None);
}

#[tokio::test]
async fn a_scan_that_lies_askew_is_read_with_its_places() {
    let desk = Desk::new();
    let scan = paper::askew(&paper::scan(LETTER, 300.0), 1.3);
    let bytes = paper::saved(paper::pdf(&[&[Show::Scan(&scan)]]));
    let reading = desk.read(job::Kind::Pdf, &bytes).await.unwrap();
    let page = &reading.text.pages[0];
    assert_eq!((&page.kind, page.turned), (&PageKind::Ocr, 0));
    for (text, line) in [("Müller,", 1), ("Rechnung", 2), ("3517992", 2), ("1.234,56", 4), ("Grüßen", 5)] {
        let word = word(page, text);
        assert!(word.confidence > 0.6, "{word:?}");
        stands_on_line(word, line, 9.0);
    }
}

#[tokio::test]
async fn text_that_nobody_sees_is_not_read() {
    let desk = Desk::new();
    let scan = paper::scan(LETTER, 200.0);
    let lie = ["Gesamtbetrag 9.999,99 Euro steht hier unsichtbar", "Rechnung Nummer 4711 unsichtbar auch dies"];
    let hidden: &[Show] = &[Show::Scan(&scan), Show::Hidden(&lie)];
    let covered: &[Show] = &[Show::Text(&lie), Show::Scan(&scan)];
    let reading = desk.read(job::Kind::Pdf, &paper::saved(paper::pdf(&[hidden, covered]))).await.unwrap();
    for page in &reading.text.pages {
        assert_eq!(page.kind, PageKind::Ocr);
        assert!(page.plain().contains("1.234,56") && !page.plain().contains("9.999,99"), "{}", page.plain());
    }
}

#[tokio::test]
async fn a_layer_of_garbage_is_read_from_the_picture() {
    let desk = Desk::new();
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    // The letters stay, but what they claim to be is nonsense.
    let lies = "1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <ff> <e020> endbfrange";
    let map = format!("/CIDInit /ProcSet findresource begin begincmap {lies} endcmap end");
    let map = document.add_object(lopdf::Stream::new(dictionary! {}, map.into_bytes()));
    for object in document.objects.values_mut() {
        if let Ok(font) = object.as_dict_mut()
            && font.has_type(b"Font")
        {
            font.set("ToUnicode", map);
        }
    }
    let page = desk.read(job::Kind::Pdf, &paper::saved(document)).await.unwrap().text.pages.remove(0);
    assert_eq!(page.kind, PageKind::Ocr);
    assert!(page.plain().contains("3517992"), "{}", page.plain());
}

type Turn = fn(&GrayImage) -> GrayImage;

#[tokio::test]
async fn a_page_that_lies_turned_is_turned_upright() {
    let desk = Desk::new();
    let upright = paper::scan(LETTER, 200.0);
    let rows: [(Turn, u16); 3] =
        [(imageops::rotate90, 270), (imageops::rotate180, 180), (imageops::rotate270, 90)];
    for (turn, expected) in rows {
        let bytes = paper::png(&turn(&upright));
        let reading = desk.read(job::Kind::Png, &bytes).await.unwrap();
        let page = &reading.text.pages[0];
        assert_eq!(page.turned, expected);
        assert!(page.height > page.width);
        stands_on_line(word(page, "Rechnung"), 2, 5.0);
        let pdf = desk.searchable(job::Kind::Png, &bytes, &reading).await.unwrap();
        desk.check(&pdf);
        assert!(desk.text(&pdf).contains("Rechnung Nummer 3517992"), "{}", desk.text(&pdf));
    }
}

#[tokio::test]
async fn pages_of_a_tiff_are_read_in_order_and_blank_backs_are_noticed() {
    let desk = Desk::new();
    let letter = paper::scan(LETTER, 200.0);
    let pages = [letter.clone(), paper::blank(&letter), letter];
    for fill in [Fill::HighestFirst, Fill::LowestFirst] {
        let reading = desk.read(job::Kind::Tiff, &paper::tiff(&pages, 200, fill)).await.unwrap();
        let kinds: Vec<_> = reading.text.pages.iter().map(|page| page.kind.clone()).collect();
        assert_eq!(kinds, [PageKind::Ocr, PageKind::Blank, PageKind::Ocr]);
        let last = &reading.text.pages[2];
        assert!((last.width - A4.0).abs() < 1.0 && (last.height - A4.1).abs() < 1.0);
        stands_on_line(word(last, "3517992"), 2, 3.0);
    }
}

#[tokio::test]
async fn a_long_document_is_read_to_its_end() {
    let desk = Desk::new();
    let lines: Vec<String> =
        (1..=23).map(|page| format!("Dieses Blatt hat die Nummer {page} erhalten")).collect();
    let lines: Vec<[&str; 1]> = lines.iter().map(|line| [line.as_str()]).collect();
    let pages: Vec<[Show; 1]> = lines.iter().map(|line| [Show::Text(line)]).collect();
    let pages: Vec<&[Show]> = pages.iter().map(<[Show; 1]>::as_slice).collect();
    let reading = desk.read(job::Kind::Pdf, &paper::saved(paper::pdf(&pages))).await.unwrap();
    assert_eq!(reading.text.pages.len(), 23);
    for (place, page) in reading.text.pages.iter().enumerate() {
        assert_eq!(page.number as usize, place + 1);
        assert_eq!(page.plain(), lines[place][0]);
    }
}

#[tokio::test]
async fn many_children_read_the_same_as_one_and_in_order() {
    let scans: Vec<GrayImage> = (1..=6)
        .map(|page| match page % 3 {
            0 => paper::blank(&paper::scan(LETTER, 200.0)),
            _ => {
                paper::askew(&paper::scan(&[&format!("Dieses Blatt hat die Nummer {page}0{page}")], 200.0), 0.8)
            }
        })
        .collect();
    let shown: Vec<[Show; 1]> = scans.iter().map(|scan| [Show::Scan(scan)]).collect();
    let shown: Vec<&[Show]> = shown.iter().map(<[Show; 1]>::as_slice).collect();
    let pdf = paper::saved(paper::pdf(&shown));
    let tiff = paper::tiff(&scans, 200, Fill::HighestFirst);
    for (kind, bytes) in [(job::Kind::Pdf, pdf), (job::Kind::Tiff, tiff)] {
        let mut readings = Vec::new();
        for places in [1, 4] {
            let mut desk = Desk::new();
            let program = env!("CARGO_BIN_EXE_laufmappe").into();
            desk.sandbox = Sandbox::with_places(program, Limits::default(), places);
            let mut reading = desk.read(kind, &bytes).await.unwrap();
            for page in &mut reading.text.pages {
                page.ocr_ms = 0;
            }
            readings.push(reading);
        }
        assert_eq!(readings[0], readings[1], "{kind:?}");
        let numbers: Vec<u32> = readings[0].text.pages.iter().map(|page| page.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
        assert!(readings[0].text.pages[4].plain().contains("505"), "{}", readings[0].text.plain());
    }
}

#[tokio::test]
async fn of_several_pages_that_stop_the_reader_the_first_is_named() {
    let mut desk = Desk::new();
    desk.sandbox = Sandbox::with_places(env!("CARGO_BIN_EXE_laufmappe").into(), Limits::default(), 3);
    desk.sandbox.limits.cpu = 2;
    let scan = paper::scan(LETTER, 100.0);
    let noise = noise();
    let sheets: [&[Show]; 4] =
        [&[Show::Scan(&scan)], &[Show::Scan(&noise)], &[Show::Scan(&noise)], &[Show::Scan(&scan)]];
    let error = desk.read(job::Kind::Pdf, &paper::saved(paper::pdf(&sheets))).await.unwrap_err();
    assert_eq!(error.kind, Kind::Overtime, "{error}");
    assert!(error.text.starts_with("page 2: "), "{error}");
    assert!(laufmappe::clearing::of(&error).text.de.ends_with("zu lange gedauert. Das geschah auf Seite 2."));
}

/// A4 at 300 dpi, every dot black or white by chance (always the same chance).
fn noise() -> GrayImage {
    let mut chance = 88_172_645_463_325_252_u64;
    GrayImage::from_fn(2480, 3508, |_, _| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        image::Luma([if chance & 1 == 0 { 0 } else { 255 }])
    })
}

#[tokio::test]
async fn a_batch_is_cut_at_its_separator_sheets() {
    let desk = Desk::new();
    let letter = paper::scan(LETTER, 200.0);
    let other = paper::scan(&["Mahnung Nummer 4711", "Bitte zahlen Sie sofort", "Stadtkasse Wörth"], 200.0);
    let first = "LAUFMAPPE:1;office=kaemmerei";
    let second = "LAUFMAPPE:1;class=reminder";
    let pages = [
        paper::sheet(BarcodeFormat::QRCode, first, &letter),
        paper::blank(&letter),
        letter.clone(),
        paper::sheet(
            BarcodeFormat::QRCode,
            "BCD\n002\n1\nSCT\n\nStadtwerke\nDE89370400440532013000\nEUR1",
            &letter,
        ),
        paper::sheet(BarcodeFormat::Code128, second, &letter),
        other,
    ];
    let shown: Vec<[Show; 1]> = pages.iter().map(|page| [Show::Scan(page)]).collect();
    let shown: Vec<&[Show]> = shown.iter().map(<[Show; 1]>::as_slice).collect();
    let tiff = paper::tiff(&pages, 200, Fill::HighestFirst);
    let pdf = paper::saved(paper::pdf(&shown));
    for (kind, bytes) in [(job::Kind::Tiff, tiff), (job::Kind::Pdf, pdf)] {
        let reading = desk.read(kind, &bytes).await.unwrap();
        let batch = recognise::sections(&reading).unwrap();
        let found: Vec<_> = batch.sections.iter().map(|s| (s.pages.clone(), s.separator.as_deref())).collect();
        assert_eq!(found, [(vec![3, 4], Some(first)), (vec![6], Some(second))], "{kind:?}");
        assert!(batch.sheets.balanced());
        let parts = recognise::cut(&desk.sandbox, kind, &bytes, &[], &batch).await.unwrap();
        assert_eq!(parts, recognise::cut(&desk.sandbox, kind, &bytes, &[], &batch).await.unwrap());
        let again = desk.read(job::Kind::Pdf, &parts[1]).await.unwrap();
        assert!(again.text.plain().contains("Mahnung Nummer 4711"), "{}", again.text.plain());
        assert_eq!(recognise::part(&reading, &batch.sections[1]).text.pages[0].number, 1);
        for (part, section) in parts.iter().zip(&batch.sections) {
            desk.check(part);
            assert_eq!(Document::load_mem(part).unwrap().get_pages().len(), section.pages.len());
        }
        if kind == job::Kind::Tiff {
            let images = desk.ask("pdfimages", &["-list"], &parts[0], &[]);
            assert!(images.lines().skip(2).all(|row| row.split_whitespace().nth(7) == Some("1")), "{images}");
        }
    }
}

#[tokio::test]
async fn a_separator_sheet_printed_as_text_and_drawing_is_noticed() {
    let desk = Desk::new();
    let code = paper::code(BarcodeFormat::QRCode, "LAUFMAPPE:1");
    let words = ["Trennblatt", "Dieses Blatt liegt vor jedem neuen Dokument", "Bitte mit einscannen"];
    let bytes = paper::saved(paper::pdf(&[&[Show::Picture(&code), Show::Text(&words)]]));
    let reading = desk.read(job::Kind::Pdf, &bytes).await.unwrap();
    assert_eq!(reading.text.pages[0].kind, PageKind::Separator("LAUFMAPPE:1".to_owned()));
}

#[tokio::test]
async fn a_searchable_rendition_says_what_was_read_where_it_stands() {
    let desk = Desk::new();
    let scan = paper::scan(LETTER, 200.0);
    let jpeg = paper::jpeg(&scan);
    let mixed = paper::saved(paper::pdf(&[&[Show::Text(LETTER)], &[Show::Scan(&scan)]]));
    let rows = [
        (job::Kind::Pdf, mixed),
        (job::Kind::Tiff, paper::tiff(std::slice::from_ref(&scan), 200, Fill::HighestFirst)),
        (job::Kind::Jpeg, jpeg.clone()),
        (job::Kind::Png, paper::png(&scan)),
    ];
    for (kind, bytes) in rows {
        let reading = desk.read(kind, &bytes).await.unwrap();
        let pdf = desk.searchable(kind, &bytes, &reading).await.unwrap();
        assert_eq!(Some(&pdf), desk.searchable(kind, &bytes, &reading).await.as_ref(), "{kind:?}");
        desk.check(&pdf);
        let text = desk.text(&pdf);
        let last = text.trim_end_matches('\u{c}').rsplit('\u{c}').next().unwrap();
        for expected in ["Jörg Müller", "Rechnung Nummer 3517992", "Gesamtbetrag", "€", "Grüßen"] {
            assert!(last.contains(expected), "{kind:?}: {expected:?} is not in {last}");
        }
        let boxes = desk.ask("pdftotext", &["-bbox"], &pdf, &["-"]);
        let row = boxes.lines().rfind(|row| row.contains(">3517992<")).unwrap();
        let number = |name: &str| -> f32 {
            let value = row.split(&format!("{name}=\"")).nth(1).unwrap();
            value.split('"').next().unwrap().parse().unwrap()
        };
        let seen = word(reading.text.pages.last().unwrap(), "3517992");
        let places = [(number("xMin"), seen.x), (number("xMax"), seen.x + seen.width)];
        for (found, expected) in places {
            assert!((found - expected).abs() < 2.0, "{kind:?}: {row} {seen:?}");
        }
        assert!((number("yMin")..number("yMax")).contains(&(seen.y + seen.height / 2.0)), "{row} {seen:?}");
        if kind == job::Kind::Jpeg {
            assert!(pdf.windows(jpeg.len()).any(|window| window == jpeg), "the JPEG stays the JPEG it was");
        }
    }
}

#[tokio::test]
async fn every_embedded_file_is_taken_out_whatever_its_name() {
    let desk = Desk::new();
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let named = paper::embed(&mut document, "factur-x.xml", b"<a/>");
    let twin = paper::embed(&mut document, "factur-x.xml", b"<b/>");
    let associated = paper::embed(&mut document, "../../etc/Lieferschein \u{202e}fdp.exe", b"<c/>");
    let attached = paper::embed(&mut document, "", b"<d/>");
    let name = |text: &str| Object::string_literal(text);
    let leaf = document.add_object(dictionary! { "Names" => vec![name("b"), twin.into()] });
    let tree =
        dictionary! { "Names" => vec![name("a"), named.into()], "Kids" => vec![leaf.into(), leaf.into()] };
    let catalog = document.catalog_mut().unwrap();
    catalog.set("Names", dictionary! { "EmbeddedFiles" => tree });
    catalog.set("AF", vec![Object::Reference(associated), Object::Reference(named)]);
    let note = document.add_object(dictionary! { "Subtype" => "FileAttachment", "FS" => attached });
    let page = document.get_pages()[&1];
    document.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Reference(note)]);
    let reading = desk.read(job::Kind::Pdf, &paper::saved(document)).await.unwrap();
    let contents: Vec<_> = reading.embedded.iter().map(|file| desk.store.get(&file.content).unwrap()).collect();
    assert_eq!(contents, [b"<a/>", b"<b/>", b"<c/>", b"<d/>"]);
    let names: Vec<_> = reading.embedded.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names[..2], ["factur-x.xml", "factur-x.xml"]);
    assert_eq!(names[3], "unnamed");
    assert!(reading.embedded.iter().all(|file| file.size == 4));
}

/// A PDF that wants `password` before it is read.
fn locked(password: &str) -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    paper::saved(document)
}

#[tokio::test]
async fn a_locked_pdf_opens_with_its_password_only() {
    let desk = Desk::new();
    let bytes = locked("geheim");
    let passwords = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    for known in [&[][..], &["falsch", "auch falsch"]] {
        let read = recognise::read(&desk.sandbox, &desk.store, job::Kind::Pdf, &bytes, &passwords(known)).await;
        assert_eq!(read.map_err(|error| error.kind), Err(Kind::Encrypted), "{known:?}");
    }
    let known = passwords(&["falsch", "geheim"]);
    let read = recognise::read(&desk.sandbox, &desk.store, job::Kind::Pdf, &bytes, &known).await.unwrap();
    assert_eq!(read.text.plain(), LETTER.join("\n"));
    let open = desk.read(job::Kind::Pdf, &locked("")).await.unwrap();
    assert_eq!(open.text.plain(), LETTER.join("\n"));
}

fn pdf_with_box(width: f32, height: f32) -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let page = document.get_pages()[&1];
    let corners = vec![0.into(), 0.into(), Object::Real(width), Object::Real(height)];
    document.get_dictionary_mut(page).unwrap().set("MediaBox", corners);
    paper::saved(document)
}

fn pdf_with_image(width: i64, height: i64) -> Vec<u8> {
    let tiny = GrayImage::new(8, 8);
    let mut document = paper::pdf(&[&[Show::Scan(&tiny)]]);
    for object in document.objects.values_mut() {
        if let Ok(image) = object.as_stream_mut()
            && image.dict.has(b"ColorSpace")
        {
            image.dict.set("Width", width);
            image.dict.set("Height", height);
        }
    }
    paper::saved(document)
}

fn pdf_with_many_pages(pages: usize) -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let tree = document.catalog().unwrap().get(b"Pages").and_then(Object::as_reference).unwrap();
    let page = document.get_pages()[&1];
    let original = document.get_dictionary(page).unwrap().clone();
    let kids: Vec<Object> = (0..pages).map(|_| document.add_object(original.clone()).into()).collect();
    document.get_dictionary_mut(tree).unwrap().set("Kids", kids);
    paper::saved(document)
}

fn pdf_with_embedded(size: usize) -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let file = paper::embed(&mut document, "bombe.xml", &vec![0; size]);
    document.catalog_mut().unwrap().set("AF", vec![Object::Reference(file)]);
    paper::saved(document)
}

#[tokio::test]
async fn broken_and_hostile_documents_have_their_kind_and_the_parent_lives() {
    use job::Kind::{Jpeg, Pdf, Png, Tiff};
    let desk = Desk::new();
    let letter = paper::scan(LETTER, 100.0);
    let good = paper::saved(paper::pdf(&[&[Show::Scan(&letter)]]));
    let tiff = paper::tiff(&[letter.clone(), letter.clone()], 100, Fill::HighestFirst);
    let mut large_tiff = paper::tiff(&[GrayImage::new(8, 8)], 300, Fill::HighestFirst);
    let tags = large_tiff.len() - 4 - 12 * 12;
    for tag in [tags, tags + 12, tags + 8 * 12] {
        large_tiff[tag + 8..tag + 12].copy_from_slice(&40_000_u32.to_le_bytes());
    }
    let jpeg = paper::jpeg(&letter);
    let rows: Vec<(&str, job::Kind, Vec<u8>, Kind)> = vec![
        ("no bytes", Pdf, Vec::new(), Kind::Empty),
        ("no pages", job::Kind::Cii, b"<a/>".to_vec(), Kind::Unsupported),
        ("no PDF at all", Pdf, b"Sehr geehrte Damen und Herren".to_vec(), Kind::Damaged),
        ("a PDF that ends after its head", Pdf, good[..40].to_vec(), Kind::Damaged),
        ("a PDF that ends in its image", Pdf, good[..good.len() / 2].to_vec(), Kind::Damaged),
        ("a locked PDF", Pdf, locked("geheim"), Kind::Encrypted),
        ("a PDF without pages", Pdf, pdf_with_many_pages(0), Kind::NoPages),
        ("a PDF of 2,001 pages", Pdf, pdf_with_many_pages(2_001), Kind::TooLarge),
        ("a page of ten kilometres", Pdf, pdf_with_box(3e7, 3e7), Kind::TooLarge),
        ("a page as wide as a float", Pdf, pdf_with_box(3e38, 100.0), Kind::TooLarge),
        ("an image of 400 megapixels in a PDF", Pdf, pdf_with_image(20_000, 20_000), Kind::TooLarge),
        ("an embedded file of 60 MB", Pdf, pdf_with_embedded(60 << 20), Kind::TooLarge),
        ("a PNG of 400 megapixels", Png, paper::png_of_size(20_000, 20_000), Kind::TooLarge),
        ("a PNG as large as can be said", Png, paper::png_of_size(u32::MAX / 2, u32::MAX / 2), Kind::TooLarge),
        ("a PNG that ends early", Png, paper::png(&letter)[..2_000].to_vec(), Kind::Damaged),
        ("a JPEG that ends early", Jpeg, jpeg[..jpeg.len() / 2].to_vec(), Kind::Damaged),
        ("a TIFF of 1,600 megapixels", Tiff, large_tiff, Kind::TooLarge),
        ("a TIFF whose images go in a circle", Tiff, paper::looped(tiff.clone()), Kind::Damaged),
        ("a TIFF that ends early", Tiff, tiff[..tiff.len() / 3].to_vec(), Kind::Damaged),
        ("a TIFF of nothing", Tiff, b"II*\0".to_vec(), Kind::Damaged),
    ];
    for (what, kind, bytes, expected) in rows {
        let read = desk.read(kind, &bytes).await;
        assert_eq!(read.map(|_| ()).map_err(|error| error.kind), Err(expected), "{what}");
    }
    assert!(desk.read(Pdf, &good).await.is_ok());
}

/// Ten forms, each drawn ten times by the next one.
fn pdf_that_draws_for_ever() -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let form = |document: &mut Document, inner: Option<lopdf::ObjectId>| {
        let mut head = dictionary! { "Type" => "XObject", "Subtype" => "Form",
        "BBox" => vec![0.into(), 0.into(), 600.into(), 900.into()] };
        let content = match inner {
            Some(inner) => {
                head.set("Resources", dictionary! { "XObject" => dictionary! { "X" => inner } });
                "/X Do ".repeat(10)
            }
            None => "0 0 1 1 re f ".repeat(10),
        };
        document.add_object(lopdf::Stream::new(head, content.into_bytes()))
    };
    let mut inner = form(&mut document, None);
    for _ in 0..10 {
        inner = form(&mut document, Some(inner));
    }
    let page = document.get_pages()[&1];
    let contents = document.add_object(lopdf::Stream::new(dictionary! {}, b"/X Do".to_vec()));
    let page = document.get_dictionary_mut(page).unwrap();
    page.set("Resources", dictionary! { "XObject" => dictionary! { "X" => inner } });
    page.set("Contents", contents);
    paper::saved(document)
}

#[tokio::test]
async fn a_pdf_that_draws_for_ever_is_ended() {
    let mut desk = Desk::new();
    desk.sandbox.limits.cpu = 2;
    let read = desk.read(job::Kind::Pdf, &pdf_that_draws_for_ever()).await;
    assert_eq!(read.map_err(|error| error.kind), Err(Kind::Overtime));
}

#[tokio::test]
async fn a_document_that_needs_more_memory_than_allowed_ends_only_its_child() {
    let mut desk = Desk::new();
    desk.sandbox.limits.memory = 160 << 20;
    let large = GrayImage::new(9_000, 9_000);
    let read = desk.read(job::Kind::Png, &paper::png(&large)).await;
    assert_eq!(read.map_err(|error| error.kind), Err(Kind::Crashed));
}

#[tokio::test]
async fn images_too_small_to_read_are_pages_all_the_same() {
    let desk = Desk::new();
    for (width, height) in
        [(1, 1), (1, 3_000), (3_000, 1), (9, 9), (10, 10), (12, 3_000), (3_000, 12), (40, 40)]
    {
        let checks = |x: u32, y: u32| image::Luma([if (x / 3 + y / 3).is_multiple_of(2) { 0 } else { 255 }]);
        let bytes = paper::png(&GrayImage::from_fn(width, height, checks));
        let reading = desk.read(job::Kind::Png, &bytes).await;
        let reading = reading.unwrap_or_else(|error| panic!("{width} x {height}: {error}"));
        assert_eq!(reading.text.pages.len(), 1);
        let pdf = desk.searchable(job::Kind::Png, &bytes, &reading).await.unwrap();
        desk.check(&pdf);
    }
}

#[tokio::test]
async fn a_photograph_stands_as_its_camera_says() {
    let desk = Desk::new();
    let upright = paper::scan(LETTER, 200.0);
    let rows: [(u8, Turn); 4] = [
        (3, imageops::rotate180),
        (6, imageops::rotate270),
        (8, imageops::rotate90),
        (5, |gray| imageops::rotate270(&imageops::flip_horizontal(gray))),
    ];
    for (orientation, turn) in rows {
        let jpeg = paper::with_orientation(&paper::jpeg(&turn(&upright)), orientation);
        let reading = desk.read(job::Kind::Jpeg, &jpeg).await.unwrap();
        let page = &reading.text.pages[0];
        assert_eq!((page.kind.clone(), page.turned), (PageKind::Ocr, 0), "{orientation}");
        stands_on_line(word(page, "3517992"), 2, 5.0);
        let pdf = desk.searchable(job::Kind::Jpeg, &jpeg, &reading).await.unwrap();
        assert!(desk.text(&pdf).contains("Rechnung Nummer 3517992"));
        let shown = desk.read(job::Kind::Pdf, &pdf).await.unwrap();
        assert_eq!(shown.text.pages[0].turned, 0, "{orientation}");
        stands_on_line(word(&shown.text.pages[0], "3517992"), 2, 5.0);
    }
}

#[tokio::test]
async fn a_large_page_is_read_with_fewer_dots() {
    let desk = Desk::new();
    let reading = desk.read(job::Kind::Pdf, &pdf_with_box(5_000.0, 7_000.0)).await.unwrap();
    let page = &reading.text.pages[0];
    assert_eq!((page.width, page.height), (5_000.0, 7_000.0));
}

#[tokio::test]
async fn what_doctor_shows_is_there() {
    assert!(recognise::languages().unwrap().contains(&"deu".to_owned()));
    assert!(recognise::engine().unwrap().starts_with("tesseract "));
}
