//! The searchable copy, through the real child and the real command: an archive takes it, its text is found
//! where it stands, its images are those of the source, and the source stays as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[allow(dead_code, reason = "papers of other tests")]
mod paper;
#[path = "support/pdfa.rs"]
mod pdfa;

use image::{GrayImage, RgbImage, imageops};
use laufmappe::job::Kind;
use laufmappe::recognise::{self, Page, PageKind, Text, Word};
use laufmappe::sandbox::{Limits, Sandbox};
use lopdf::{Document, Object, Stream, dictionary};
use paper::{A4, LETTER, Show, Strips};
use std::path::Path;
use std::process::{Command, Output};

struct Desk {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Desk {
    fn new() -> Self {
        let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_laufmappe").into(), Limits::default());
        Self { folder: tempfile::tempdir().unwrap(), sandbox }
    }

    async fn see(&self, kind: Kind, bytes: &[u8]) -> Text {
        recognise::see(&self.sandbox, kind, bytes, &[]).await.unwrap().text
    }

    async fn copy(&self, kind: Kind, bytes: &[u8], text: &Text) -> Vec<u8> {
        let copy = recognise::searchable(&self.sandbox, kind, bytes, &[], text).await.unwrap().unwrap();
        self.ask("qpdf", &["--check"], &copy, &[]);
        for font in
            self.ask("pdffonts", &[], &copy, &[]).lines().skip(2).filter(|row| row.contains("Laufmappe"))
        {
            let embedded = font.split_whitespace().nth_back(4);
            assert_eq!(embedded, Some("yes"), "{font}");
        }
        copy
    }

    /// What a program says of a PDF; a warning is an error.
    fn ask(&self, program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
        let place = self.folder.path().join("asked.pdf");
        std::fs::write(&place, pdf).unwrap();
        let output = Command::new(program).args(before).arg(&place).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaints.is_empty(), "{program}: {said} {complaints}");
        assert!(!said.contains("WARNING"), "{program}: {said}");
        said
    }

    fn text(&self, pdf: &[u8]) -> String {
        self.ask("pdftotext", &[], pdf, &["-"])
    }

    /// Colour, components, bits and packing of every image.
    fn images(&self, pdf: &[u8]) -> Vec<String> {
        let rows = self.ask("pdfimages", &["-list"], pdf, &[]);
        let rows = rows
            .lines()
            .skip(2)
            .map(|row| row.split_whitespace().skip(5).take(4).collect::<Vec<_>>().join(" "));
        rows.collect()
    }
}

fn lines_of(text: &str) -> Vec<&str> {
    text.split(['\n', '\u{c}']).filter(|line| !line.is_empty()).collect()
}

#[tokio::test]
async fn every_kind_of_scan_becomes_an_archive_copy_with_its_own_image() {
    let desk = Desk::new();
    let scan = paper::scan(LETTER, 200.0);
    let (width, height) = scan.dimensions();
    let sharp = GrayImage::from_fn(width, height, |x, y| {
        image::Luma([if scan.get_pixel(x, y).0[0] > 128 { 255 } else { 0 }])
    });
    let strips = |packing, bits, zero, rows| Strips { bits, packing, zero, samples: 1, rows };
    let tiff = |how: Strips, strips: &[Vec<u8>]| paper::tiff_of_strips(width, height, 200, how, strips);
    let fax = paper::fax_strips(&sharp, 64);
    let fax_whole = paper::fax_strips(&sharp, height);
    let jpegs = paper::jpeg_strips(&scan, 16);
    let size = |strips: &[Vec<u8>]| strips.iter().map(Vec::len).sum::<usize>();
    let jpeg = paper::jpeg(&scan);
    let png = paper::png(&scan);
    let coloured = rgb_jpeg(&scan);
    let lzw = lzw(&scan);
    let rows: Vec<(&str, Kind, Vec<u8>, usize, &str)> = vec![
        ("PDF", Kind::Pdf, paper::saved(paper::pdf(&[&[Show::Scan(&scan)]])), jpeg.len(), "gray 1 8 jpeg"),
        ("G4", Kind::Tiff, tiff(strips(4, 1, 0, height), &fax_whole), size(&fax_whole), "gray 1 1 ccitt"),
        ("G4 in strips", Kind::Tiff, tiff(strips(4, 1, 0, 64), &fax), size(&fax), "gray 1 1 ccitt"),
        ("JPEG in strips", Kind::Tiff, tiff(strips(7, 8, 1, 16), &jpegs), size(&jpegs), "gray 1 8 jpeg"),
        ("LZW", Kind::Tiff, lzw.clone(), lzw.len(), "gray 1 8 image"),
        (
            "bits",
            Kind::Tiff,
            paper::tiff(std::slice::from_ref(&scan), 200, paper::Fill::HighestFirst),
            500_000,
            "gray 1 1 ccitt",
        ),
        ("JPEG", Kind::Jpeg, jpeg.clone(), jpeg.len(), "gray 1 8 jpeg"),
        ("RGB", Kind::Jpeg, coloured.clone(), coloured.len(), "rgb 3 8 jpeg"),
        ("PNG", Kind::Png, png.clone(), png.len(), "gray 1 8 image"),
    ];
    let text = desk.see(Kind::Jpeg, &jpeg).await;
    for (what, kind, bytes, image_size, expected) in rows {
        let copy = desk.copy(kind, &bytes, &text).await;
        assert_eq!(copy, desk.copy(kind, &bytes, &text).await, "{what}: the same source gives the same copy");
        assert_eq!(pdfa::faults(&copy, 2), [""; 0], "{what}");
        assert_eq!(desk.images(&copy), [expected], "{what}");
        assert_eq!(lines_of(&desk.text(&copy)), LETTER, "{what}");
        // The second term is what the archive asks of every file however small: profile, font, metadata.
        let bound = image_size * 11 / 10 + 2_500;
        assert!(copy.len() <= bound, "{what}: {} bytes for an image of {image_size}", copy.len());
        // What people see is what was scanned.
        let seen = desk.see(Kind::Pdf, &copy).await;
        assert_eq!(lines_of(&seen.plain()), LETTER, "{what}");
    }
}

fn rgb_jpeg(gray: &GrayImage) -> Vec<u8> {
    let rgb = RgbImage::from_fn(gray.width(), gray.height(), |x, y| {
        let tone = gray.get_pixel(x, y).0[0];
        image::Rgb([tone, tone.saturating_add(10), tone])
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&rgb).unwrap();
    bytes
}

fn lzw(gray: &GrayImage) -> Vec<u8> {
    use tiff::encoder::{Compression, TiffEncoder, colortype::Gray8};
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).unwrap().with_compression(Compression::Lzw);
    encoder.write_image::<Gray8>(gray.width(), gray.height(), gray.as_raw()).unwrap();
    bytes.into_inner()
}

/// Four inks, each in a scan of its own, white but for a black bar.
fn cmyk_jpeg() -> Vec<u8> {
    let plane = |ink: u8| {
        paper::jpeg(&GrayImage::from_fn(800, 800, |_, y| {
            image::Luma([if ink == 3 && (100..200).contains(&y) { 255 } else { 0 }])
        }))
    };
    let first = plane(0);
    let find = |code: u8| first.windows(2).position(|pair| pair == [0xff, code]).unwrap();
    let (frame, scan) = (find(0xc0), find(0xda));
    // Marker, and a frame of one component.
    let behind = frame + 13;
    let mut file = first[..frame].to_vec();
    file.extend([0xff, 0xc0, 0, 20, 8, 3, 32, 3, 32, 4]);
    (1..=4).for_each(|ink| file.extend([ink, 0x11, 0]));
    file.extend(&first[behind..scan]);
    for ink in 0..4 {
        let plane = plane(ink);
        file.extend([0xff, 0xda, 0, 8, 1, ink + 1, 0, 0, 63, 0]);
        file.extend(&plane[scan + 10..plane.len() - 2]);
    }
    file.extend([0xff, 0xd9]);
    file
}

#[tokio::test]
async fn four_inks_stay_four_inks_with_a_profile() {
    let desk = Desk::new();
    let bytes = cmyk_jpeg();
    let text = Text { pages: vec![page(vec![word("Farbe", 20.0, 30.0, 40.0, 10.0, 0)])] };
    let copy = desk.copy(Kind::Jpeg, &bytes, &text).await;
    assert_eq!(pdfa::faults(&copy, 2), [""; 0]);
    assert_eq!(desk.images(&copy), ["icc 4 8 jpeg"]);
    let shown = desk.folder.path().join("shown");
    desk.ask("pdftoppm", &["-gray", "-r", "72"], &copy, &[shown.to_str().unwrap()]);
    let shown = std::fs::read(desk.folder.path().join("shown-1.pgm")).unwrap();
    let pixels = &shown[shown.len() - 192 * 192..];
    let tone = |y: usize| pixels[y * 192 + 96];
    assert!(tone(10) > 245 && tone(36) < 60 && tone(180) > 245, "{} {} {}", tone(10), tone(36), tone(180));
}

fn word(text: &str, x: f32, y: f32, width: f32, height: f32, line: u32) -> Word {
    Word { text: text.to_owned(), x, y, width, height, confidence: 0.9, line }
}

fn page(words: Vec<Word>) -> Page {
    Page { words, ..Page::empty(1, PageKind::Ocr, (192.0, 192.0)) }
}

#[tokio::test]
async fn every_character_is_copied_as_it_was_read() {
    let desk = Desk::new();
    let png = paper::png(&GrayImage::from_pixel(800, 800, image::Luma([200])));
    let lines = ["Größe Übermaß 5 €", "„Łódź“ – §12", "Ω 中文 𝄞 (a\\b)"];
    let mut words = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        let mut x = 10.0;
        for text in text.split(' ') {
            let width = 5.0 * text.chars().count() as f32;
            words.push(word(text, x, 20.0 + 15.0 * line as f32, width, 9.0, line as u32));
            x += width + 3.0;
        }
    }
    // What means nothing on a page is left out.
    words.push(word("\u{7}\u{feff}", 10.0, 150.0, 5.0, 5.0, 3));
    let copy = desk.copy(Kind::Png, &png, &Text { pages: vec![page(words)] }).await;
    assert_eq!(pdfa::faults(&copy, 2), [""; 0]);
    assert_eq!(lines_of(&desk.text(&copy)), lines);
    let mut many: Vec<Word> = Vec::new();
    for (place, c) in ('\u{4e00}'..'\u{4f80}').enumerate() {
        let (column, line) = (place % 16, place / 16);
        many.push(word(
            &c.to_string(),
            6.0 + 11.0 * column as f32,
            6.0 + 7.0 * line as f32,
            5.0,
            5.0,
            line as u32,
        ));
    }
    let copy = desk.copy(Kind::Png, &png, &Text { pages: vec![page(many)] }).await;
    assert_eq!(pdfa::faults(&copy, 2), [""; 0]);
    let text: String = desk.text(&copy).chars().filter(|c| !c.is_whitespace()).collect();
    assert_eq!(text, ('\u{4e00}'..'\u{4f80}').collect::<String>());
}

/// Left, top, right, bottom of every word that can be marked.
fn boxes(desk: &Desk, pdf: &[u8]) -> Vec<(String, [f32; 4])> {
    let said = desk.ask("pdftotext", &["-bbox"], pdf, &["-"]);
    let words = said.lines().filter_map(|row| row.trim().strip_prefix("<word "));
    let words = words.map(|row| {
        let number = |name: &str| {
            row.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        let text = row.split('>').nth(1).unwrap().split('<').next().unwrap();
        (text.replace("&amp;", "&"), ["xMin", "yMin", "xMax", "yMax"].map(number))
    });
    words.collect()
}

#[tokio::test]
async fn a_word_is_marked_where_it_stands() {
    let desk = Desk::new();
    let straight = paper::scan(LETTER, 200.0);
    let rows: Vec<(&str, GrayImage, u16)> = vec![
        ("straight", straight.clone(), 0),
        ("askew", paper::askew(&straight, 1.4), 0),
        ("the other way askew", paper::askew(&straight, -1.1), 0),
        ("on its side", imageops::rotate90(&straight), 270),
        ("upside down", imageops::rotate180(&straight), 180),
    ];
    for (what, scan, turned) in rows {
        for (kind, bytes) in [(Kind::Png, paper::png(&scan)), (Kind::Pdf, scan_in_pdf(&scan))] {
            let text = desk.see(kind, &bytes).await;
            let read = &text.pages[0];
            assert_eq!(read.turned, turned, "{what}");
            let copy = desk.copy(kind, &bytes, &text).await;
            assert_eq!(pdfa::faults(&copy, 2), [""; 0], "{what}");
            let boxes = boxes(&desk, &copy);
            assert_eq!(boxes.len(), read.words.len(), "{what}: {boxes:?}");
            for (word, (text, [left, top, right, bottom])) in read.words.iter().zip(&boxes) {
                assert_eq!(text, &word.text, "{what}: the order is the reading order");
                // A box askew is measured around; its own height is that of its line.
                let lean = read.skew.to_radians().sin().abs();
                let (slack, leaning) = (2.0 + lean * word.height, 2.0 + lean * word.width);
                let close = (left - word.x).abs() <= slack && (right - word.x - word.width).abs() <= slack;
                assert!(close, "{what}: {word:?} is marked from {left} to {right}");
                let inside = *top <= word.y + leaning && *bottom >= word.y + word.height - leaning;
                let line = bottom - top <= 14.0 + 2.0 * leaning;
                assert!(inside && line, "{what}: {word:?} is marked from {top} down to {bottom}");
            }
        }
    }
}

fn scan_in_pdf(scan: &GrayImage) -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Scan(scan)]]);
    if scan.width() > scan.height() {
        let page = document.get_pages()[&1];
        let sides = vec![0.into(), 0.into(), Object::Real(A4.1), Object::Real(A4.0)];
        let contents = format!("q {} 0 0 {} 0 0 cm /Im0 Do Q", A4.1, A4.0);
        let contents = document.add_object(Stream::new(dictionary! {}, contents.into_bytes()));
        let page = document.get_dictionary_mut(page).unwrap();
        page.set("MediaBox", sides);
        page.set("Contents", contents);
    }
    paper::saved(document)
}

#[tokio::test]
async fn what_an_earlier_reader_hid_is_replaced_and_not_doubled() {
    let desk = Desk::new();
    let scan = paper::scan(LETTER, 200.0);
    let bytes = paper::saved(paper::pdf(&[&[Show::Scan(&scan), Show::Hidden(&["Qesamtbctrag l.Z34,S6"])]]));
    let text = desk.see(Kind::Pdf, &bytes).await;
    let copy = desk.copy(Kind::Pdf, &bytes, &text).await;
    assert_eq!(pdfa::faults(&copy, 2), [""; 0]);
    assert_eq!(lines_of(&desk.text(&copy)), LETTER);
}

#[tokio::test]
async fn pages_born_digital_stay_as_they_are_and_no_archive_copy_is_claimed() {
    let desk = Desk::new();
    let scan = paper::scan(LETTER, 200.0);
    let mixed = paper::saved(paper::pdf(&[&[Show::Text(LETTER)], &[Show::Scan(&scan)], &[Show::Text(LETTER)]]));
    let text = desk.see(Kind::Pdf, &mixed).await;
    let copy = desk.copy(Kind::Pdf, &mixed, &text).await;
    let said = desk.text(&copy);
    let pages: Vec<_> = said.split_terminator('\u{c}').map(lines_of).collect();
    assert_eq!(pages, [LETTER, LETTER, LETTER]);
    assert!(!contains(&copy, b"pdfaid:part"), "a page taken over as it was may hold anything");
    assert!(contains(&copy, b"kein Original"));
    let digital = paper::saved(paper::pdf(&[&[Show::Text(LETTER)]]));
    let text = desk.see(Kind::Pdf, &digital).await;
    assert_eq!(recognise::searchable(&desk.sandbox, Kind::Pdf, &digital, &[], &text).await.unwrap(), None);
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A scan with a field that bears a signature, a link, a script and an invoice.
fn signed(scan: &GrayImage) -> Document {
    let mut document = paper::pdf(&[&[Show::Scan(scan)]]);
    let page = document.get_pages()[&1];
    let signature = document.add_object(dictionary! {
        "Type" => "Sig", "Filter" => "Adobe.PPKLite", "ByteRange" => vec![0.into(), 1.into(), 2.into(), 3.into()],
        "Contents" => Object::string_literal("signed"),
    });
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "V" => signature,
        "Rect" => vec![0.into(), 0.into(), 0.into(), 0.into()], "T" => Object::string_literal("Signature1"),
    });
    let file = paper::embed(&mut document, "factur-x.xml", b"<?xml version='1.0'?><Rechnung/>");
    document.get_dictionary_mut(file).unwrap().set("AFRelationship", "Alternative");
    document.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Reference(field)]);
    let catalog = document.catalog_mut().unwrap();
    catalog.set("AcroForm", dictionary! { "SigFlags" => 3, "Fields" => vec![Object::Reference(field)] });
    catalog.set("AF", vec![Object::Reference(file)]);
    catalog
        .set("OpenAction", dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") });
    document
}

#[tokio::test]
async fn the_copy_of_a_signed_scan_says_so_and_keeps_the_invoice_in_it() {
    let desk = Desk::new();
    let bytes = paper::saved(signed(&paper::scan(LETTER, 200.0)));
    let text = desk.see(Kind::Pdf, &bytes).await;
    let copy = desk.copy(Kind::Pdf, &bytes, &text).await;
    assert_eq!(pdfa::faults(&copy, 3), [""; 0]);
    for part in [&b"die Signatur gilt nur dort"[..], laufmappe::job::ContentHash::of(&bytes).hex().as_bytes()] {
        assert!(contains(&copy, part), "{}", String::from_utf8_lossy(part));
    }
    let reading = recognise::see(&desk.sandbox, Kind::Pdf, &copy, &[]).await.unwrap();
    assert_eq!(reading.files, [("factur-x.xml".to_owned(), b"<?xml version='1.0'?><Rechnung/>".to_vec())]);
    assert!(desk.ask("pdfdetach", &["-list"], &copy, &[]).contains("1: factur-x.xml"));
    let kept = Document::load_mem(&copy).unwrap();
    let relation =
        kept.objects.values().find_map(|it| it.as_dict().ok()?.get(b"AFRelationship").ok()?.as_name().ok());
    assert_eq!(relation, Some(&b"Alternative"[..]));
}

#[tokio::test]
async fn the_copy_of_a_locked_scan_is_open() {
    let desk = Desk::new();
    let mut document = paper::pdf(&[&[Show::Scan(&paper::scan(LETTER, 200.0))]]);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "geheim",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let bytes = paper::saved(document);
    let passwords = ["geheim".to_owned()];
    let sight = recognise::see(&desk.sandbox, Kind::Pdf, &bytes, &passwords).await.unwrap();
    let copy = recognise::searchable(&desk.sandbox, Kind::Pdf, &bytes, &passwords, &sight.text)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pdfa::faults(&copy, 2), [""; 0]);
    assert_eq!(lines_of(&desk.text(&copy)), LETTER);
}

#[tokio::test]
async fn the_judge_of_archive_copies_sees_what_is_wrong() {
    let desk = Desk::new();
    let scan = paper::scan(&LETTER[..2], 100.0);
    let bytes = rgb_jpeg(&scan);
    let text = Text { pages: vec![page(vec![word("Wort", 20.0, 30.0, 40.0, 10.0, 0)])] };
    let copy = desk.copy(Kind::Jpeg, &bytes, &text).await;
    assert_eq!(pdfa::faults(&copy, 2), [""; 0]);
    type Harm = fn(&mut Document);
    let rows: [(&str, Harm); 5] = [
        ("DeviceRGB", |it| drop(it.catalog_mut().unwrap().remove(b"OutputIntents"))),
        ("metadata", |it| drop(it.catalog_mut().unwrap().remove(b"Metadata"))),
        ("OpenAction", |it| it.catalog_mut().unwrap().set("OpenAction", dictionary! { "S" => "Launch" })),
        ("embedded", |it| fonts(it, |font| drop(font.remove(b"FontDescriptor")))),
        ("width", |it| fonts(it, |font| font.set("Widths", vec![Object::Integer(1)]))),
    ];
    for (fault, harm) in rows {
        let mut document = Document::load_mem(&copy).unwrap();
        harm(&mut document);
        let faults = pdfa::faults(&paper::saved(document), 2);
        assert!(faults.iter().any(|found| found.contains(fault)), "{fault}: {faults:?}");
    }
}

fn fonts(document: &mut Document, change: fn(&mut lopdf::Dictionary)) {
    for object in document.objects.values_mut() {
        if let Ok(font) = object.as_dict_mut()
            && font.has_type(b"Font")
        {
            change(font);
        }
    }
}

fn laufmappe(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_laufmappe");
    Command::new(program).current_dir(folder).args(arguments).output().unwrap()
}

fn complaints(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_command_writes_a_copy_once_and_leaves_the_file_alone() {
    let desk = Desk::new();
    let folder = desk.folder.path();
    let png = paper::png(&paper::scan(LETTER, 200.0));
    std::fs::write(folder.join("brief.png"), &png).unwrap();
    let run = laufmappe(folder, &["searchable", "brief.png", "-o", "brief.pdf"]);
    assert!(run.status.success() && complaints(&run).is_empty(), "{}", complaints(&run));
    let copy = std::fs::read(folder.join("brief.pdf")).unwrap();
    assert_eq!(lines_of(&desk.text(&copy)), LETTER);
    assert_eq!(std::fs::read(folder.join("brief.png")).unwrap(), png);

    std::fs::write(folder.join("brief.pdf"), b"mine").unwrap();
    let again = laufmappe(folder, &["searchable", "brief.png", "-o", "brief.pdf"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(complaints(&again).contains("Nächster Schritt"), "{}", complaints(&again));
    assert_eq!(std::fs::read(folder.join("brief.pdf")).unwrap(), b"mine");
    let forced = laufmappe(folder, &["searchable", "brief.png", "-o", "brief.pdf", "--force"]);
    assert!(forced.status.success(), "{}", complaints(&forced));
    assert_eq!(std::fs::read(folder.join("brief.pdf")).unwrap(), copy);
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("part")), "{left:?}");
}

#[test]
fn the_command_takes_over_what_can_be_searched_and_says_what_it_cannot_read() {
    let desk = Desk::new();
    let folder = desk.folder.path();
    let digital = paper::saved(paper::pdf(&[&[Show::Text(LETTER)]]));
    std::fs::write(folder.join("digital.pdf"), &digital).unwrap();
    std::fs::write(folder.join("leer.pdf"), b"").unwrap();
    std::fs::write(folder.join("notiz.txt"), "Sehr geehrte Damen und Herren").unwrap();
    let run = laufmappe(folder, &["searchable", "digital.pdf", "-o", "kopie.pdf"]);
    assert!(run.status.success());
    assert_eq!(complaints(&run).trim(), "Das PDF ist schon durchsuchbar; es wurde unverändert übernommen.");
    assert_eq!(std::fs::read(folder.join("kopie.pdf")).unwrap(), digital);
    for (name, words) in [
        ("leer.pdf", "Die Datei ist leer."),
        ("notiz.txt", "Dieses Dateiformat können wir nicht lesen."),
        ("fehlt.pdf", "So kann der Befehl nicht ausgeführt werden."),
    ] {
        let run = laufmappe(folder, &["searchable", name, "-o", "nichts.pdf"]);
        assert!(!run.status.success() && complaints(&run).contains(words), "{name}: {}", complaints(&run));
        assert!(!folder.join("nichts.pdf").exists());
    }
}
