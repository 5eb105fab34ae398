//! The eyes, whole path (start a child, open, blank test, codes, deskew, OCR, searchable PDF), against others on the
//! same pages in the same run: tesseract alone in a loop, OCRmyPDF, and itself on two cores. CPU seconds count;
//! both sides take turns, so that a drifting machine drifts under both.
//!
//! The pages are those of the samples, or of the folder that `LAUFMAPPE_BENCH_FOLDER` names; at most
//! `LAUFMAPPE_BENCH_PAGES` of them (24). Needs `pdftoppm` (Debian: poppler-utils) and takes `ocrmypdf` where there is
//! one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and may fail loudly"
)]

use futures_util::{StreamExt, stream};
use laufmappe::job::Kind;
use laufmappe::recognise::{self, PageKind, Text};
use laufmappe::sandbox::{Limits, Sandbox};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tesseract::{PageSegMode, Tesseract};

const ROUNDS: usize = 5;
const MOST_PAGES: usize = 24;
/// OCRmyPDF takes its time.
const PAGES_FOR_OCRMYPDF: usize = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == RAW) {
        return read_raw(&arguments[place + 1..]);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(compare());
}

struct Document {
    kind: Kind,
    bytes: Vec<u8>,
    text: Text,
    /// The document as a PDF, for programs that read PDFs only.
    pdf: PathBuf,
    /// Pictures (PGM, 300 dpi, upright) of the pages that have to be read.
    pictures: Vec<PathBuf>,
}

async fn compare() {
    let folder = tempfile::tempdir().unwrap();
    let documents = documents(folder.path()).await;
    let pages: usize = documents.iter().map(|document| document.pictures.len()).sum();
    let all: usize = documents.iter().map(|document| document.text.pages.len()).sum();
    println!("{} documents, {all} pages, {pages} of them to read", documents.len());
    against_tesseract(&documents, pages).await;
    against_ocrmypdf(&documents, folder.path()).await;
    two_against_one(&documents).await;
}

/// Reads every file once, to know which pages have to be read.
async fn documents(folder: &Path) -> Vec<Document> {
    let wanted = std::env::var("LAUFMAPPE_BENCH_PAGES").ok().and_then(|pages| pages.parse().ok());
    let wanted: usize = wanted.unwrap_or(MOST_PAGES);
    let mut documents = Vec::new();
    let mut pages = 0;
    for file in files() {
        let bytes = std::fs::read(&file).unwrap();
        let Some(kind) = kind(&bytes) else { continue };
        let Ok(sight) = recognise::see(&sandbox(2), kind, &bytes, &[]).await else { continue };
        let numbers: Vec<u32> =
            sight.text.pages.iter().filter(|page| page.kind == PageKind::Ocr).map(|page| page.number).collect();
        if numbers.is_empty() || pages + numbers.len() > wanted {
            continue;
        }
        pages += numbers.len();
        let pdf = folder.join(format!("{}.pdf", documents.len()));
        let searchable = recognise::searchable(&sandbox(1), kind, &bytes, &[], &sight.text).await.unwrap();
        std::fs::write(&pdf, searchable.unwrap()).unwrap();
        let pictures = numbers.iter().map(|number| picture(&pdf, *number)).collect();
        documents.push(Document { kind, bytes, text: sight.text, pdf, pictures });
    }
    assert!(!documents.is_empty(), "no document whose pages have to be read");
    documents
}

fn files() -> Vec<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/post");
    let folder = std::env::var_os("LAUFMAPPE_BENCH_FOLDER").map_or(samples, PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes.get(..4)? {
        b"%PDF" => Some(Kind::Pdf),
        b"II*\0" | b"MM\0*" => Some(Kind::Tiff),
        [0xff, 0xd8, ..] => Some(Kind::Jpeg),
        b"\x89PNG" => Some(Kind::Png),
        _ => None,
    }
}

fn picture(pdf: &Path, number: u32) -> PathBuf {
    let stem = pdf.with_extension(number.to_string());
    let number = number.to_string();
    let status = Command::new("pdftoppm")
        .args(["-gray", "-r", "300", "-singlefile", "-f", &number, "-l", &number])
        .args([pdf, &stem])
        .status()
        .expect("pdftoppm runs (Debian: poppler-utils)");
    assert!(status.success(), "{status}");
    PathBuf::from(format!("{}.pgm", stem.display()))
}

fn sandbox(places: usize) -> Sandbox {
    Sandbox::with_places(env!("CARGO_BIN_EXE_laufmappe").into(), Limits::default(), places)
}

async fn against_tesseract(documents: &[Document], pages: usize) {
    let pictures: Vec<&PathBuf> = documents.iter().flat_map(|document| &document.pictures).collect();
    let mut rounds: Vec<(f64, f64)> = Vec::new();
    let mut largest = 0;
    for _ in 0..ROUNDS {
        let watch = Watch::begin();
        let ours = cpu_of(whole_path(documents, 1)).await;
        largest = largest.max(watch.end());
        rounds.push((ours, cpu_of(async { tesseract_alone(&pictures) }).await));
    }
    rounds.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let (ours, theirs) = rounds[ROUNDS / 2];
    let rate = |seconds: f64| pages as f64 / seconds;
    println!(
        "per CPU second: {:.2} pages, tesseract alone {:.2}: ratio {:.3} (min {:.3}, max {:.3}; target 0.90)",
        rate(ours),
        rate(theirs),
        theirs / ours,
        rounds[0].1 / rounds[0].0,
        rounds[ROUNDS - 1].1 / rounds[ROUNDS - 1].0,
    );
    println!("largest child: {} MB (target below 300)", largest / 1_000_000);
}

/// Reads and renders every document, so many at the same time as there are places.
async fn whole_path(documents: &[Document], places: usize) {
    let sandbox = sandbox(places);
    let read = stream::iter(documents).map(|document| {
        let sandbox = sandbox.clone();
        async move {
            let Document { kind, bytes, .. } = document;
            let sight = recognise::see(&sandbox, *kind, bytes, &[]).await.unwrap();
            assert_eq!(sight.text.plain(), document.text.plain(), "the same whatever the number of children");
            recognise::searchable(&sandbox, *kind, bytes, &[], &sight.text).await.unwrap();
        }
    });
    read.buffer_unordered(places).collect::<Vec<()>>().await;
}

const RAW: &str = "--tesseract-alone";

fn tesseract_alone(pictures: &[&PathBuf]) {
    let ourselves = std::env::current_exe().unwrap();
    let status = Command::new(ourselves).arg(RAW).args(pictures).env("OMP_THREAD_LIMIT", "1").status().unwrap();
    assert!(status.success(), "{status}");
}

/// As plain as it gets: one engine, one picture after the other.
fn read_raw(pictures: &[String]) {
    let mut engine = Tesseract::new(None, Some("deu")).unwrap();
    engine.set_page_seg_mode(PageSegMode::PsmAuto);
    for picture in pictures {
        let pgm = std::fs::read(picture).unwrap();
        let (width, height, gray) = pixels(&pgm);
        engine = engine.set_frame(gray, width, height, 1, width).unwrap().set_source_resolution(300);
        engine = engine.recognize().unwrap();
        std::hint::black_box(engine.get_tsv_text(0).unwrap());
    }
}

/// Width, height and bytes of a PGM without comments.
fn pixels(pgm: &[u8]) -> (i32, i32, &[u8]) {
    let mut numbers = Vec::new();
    let mut rest = pgm.strip_prefix(b"P5").unwrap();
    while numbers.len() < 3 {
        let end = 1 + rest[1..].iter().position(u8::is_ascii_whitespace).unwrap();
        numbers.push(std::str::from_utf8(&rest[1..end]).unwrap().parse::<i32>().unwrap());
        rest = &rest[end..];
    }
    (numbers[0], numbers[1], &rest[1..])
}

async fn two_against_one(documents: &[Document]) {
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let one = wall_of(whole_path(documents, 1)).await;
        let two = wall_of(whole_path(documents, 2)).await;
        ratios.push(one / two);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "two children on two cores: {:.2} times one (min {:.2}, max {:.2}; target 1.85)",
        ratios[ROUNDS / 2],
        ratios[0],
        ratios[ROUNDS - 1]
    );
}

async fn against_ocrmypdf(documents: &[Document], folder: &Path) {
    if Command::new("ocrmypdf").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("LEFT OUT: ocrmypdf is not installed; nothing is said about it");
        return;
    }
    let mut pages = 0;
    let few = documents.iter().take_while(|document| {
        pages += document.text.pages.len();
        pages <= PAGES_FOR_OCRMYPDF || pages == document.text.pages.len()
    });
    let few = &documents[..few.count()];
    let ours = cpu_of(whole_path(few, 1)).await;
    let theirs = cpu_of(async {
        for document in few {
            let output = Command::new("ocrmypdf")
                .args(["--deskew", "--rotate-pages", "--force-ocr", "-l", "deu", "--jobs", "1", "--quiet"])
                .args([&document.pdf, &folder.join("theirs.pdf")])
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    });
    let theirs = theirs.await;
    let pages: usize = few.iter().map(|document| document.text.pages.len()).sum();
    println!(
        "{pages} pages: {ours:.1} CPU seconds, ocrmypdf {theirs:.1}: {:.1} times as fast (target 4)",
        theirs / ours
    );
}

/// CPU seconds of this process and of the children that ended meanwhile.
async fn cpu_of<T>(work: impl Future<Output = T>) -> f64 {
    let before = cpu();
    work.await;
    cpu() - before
}

fn cpu() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    // utime, stime, cutime, cstime are the 14th to 17th field; the name is the second.
    after_name.split_whitespace().skip(11).take(4).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>()
        / TICKS
}

async fn wall_of<T>(work: impl Future<Output = T>) -> f64 {
    let started = Instant::now();
    work.await;
    started.elapsed().as_secs_f64()
}

/// Looks at the memory of our children from time to time.
struct Watch {
    over: Arc<AtomicBool>,
    largest: Arc<AtomicU64>,
    looking: std::thread::JoinHandle<()>,
}

impl Watch {
    fn begin() -> Self {
        let (over, largest) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (told, found) = (Arc::clone(&over), Arc::clone(&largest));
        let looking = std::thread::spawn(move || {
            while !told.load(Ordering::SeqCst) {
                for child in children() {
                    found.fetch_max(peak(&child), Ordering::SeqCst);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        Self { over, largest, looking }
    }

    /// The most bytes any child ever held.
    fn end(self) -> u64 {
        self.over.store(true, Ordering::SeqCst);
        self.looking.join().unwrap();
        self.largest.load(Ordering::SeqCst)
    }
}

fn children() -> Vec<String> {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn peak(child: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) << 10
}
