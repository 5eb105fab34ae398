//! The book of lessons: what people taught about suppliers, one append-only file per tenant.
//!
//! In: corrections of a read page. Out: [`Entry`]s, durable before they are confirmed, and the [`Memory`] they
//! make. Absent on purpose: changing or deleting a line; a lesson is forgotten by a later line.
//!
//! A file and not the ledger: lessons hold names and bank accounts, the ledger holds ids only and is exported.

use crate::error::{Error, Kind, Result};
pub use crate::extract::Memory;
use crate::extract::class;
use crate::extract::guess::guess;
use crate::extract::memory::{self, Correction, Entry, Lesson};
use crate::job::{ContentHash, Tenant};
use crate::recognise::Text;
use jiff::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes of a book, some hundred thousand lessons.
const LARGEST: u64 = 256 << 20;
const FOLDER: &str = "lernen";

/// The lessons of one tenant.
#[derive(Debug, Clone)]
pub struct Book {
    path: PathBuf,
}

/// Who says something, and when.
#[derive(Debug, Clone)]
pub struct Saying {
    pub by: String,
    pub at: Timestamp,
}

impl Book {
    /// `data`: the data folder. The book need not exist yet.
    pub fn of(data: &Path, tenant: &Tenant) -> Self {
        Self { path: data.join(FOLDER).join(format!("{tenant}.jsonl")) }
    }

    /// All entries from the first. A last line without an end was never confirmed and does not count.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed("opening", &error)),
        };
        let mut text = String::new();
        file.take(LARGEST + 1).read_to_string(&mut text).map_err(|error| self.failed("reading", &error))?;
        if text.len() as u64 > LARGEST {
            return Err(Error::new(
                Kind::TooLarge,
                format!("{} is too large for lessons", self.path.display()),
            ));
        }
        let confirmed = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut entries = Vec::new();
        for (number, line) in (1..).zip(confirmed.lines()) {
            let entry = serde_json::from_str(line).map_err(|error| {
                Error::new(
                    Kind::Version,
                    format!("{} line {number} is no lesson: {error}", self.path.display()),
                )
                .hint("was it written by a newer version of the program?")
            })?;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The book as it stands, for a backup; none where nothing was ever learnt.
    pub fn written(&self) -> Result<Option<Vec<u8>>> {
        match std::fs::read(&self.path) {
            Ok(mut bytes) => {
                let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
                bytes.truncate(end);
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("reading", &error)),
        }
    }

    /// Puts a book back from a backup. One that is there already stays as it is.
    pub fn put_back(&self, bytes: &[u8]) -> Result<()> {
        if self.written()?.is_some_and(|here| !here.is_empty()) {
            return Ok(());
        }
        let book = String::from_utf8_lossy(bytes);
        self.write(&book).map_err(|error| self.failed("writing", &error))
    }

    /// What the tenant knows: its list of suppliers (file name and text) and its lessons.
    pub fn memory(&self, suppliers: Option<(&str, &str)>) -> Result<Memory> {
        let master = suppliers.map(|(file, text)| memory::suppliers(file, text)).transpose()?;
        Ok(Memory::of(master.unwrap_or_default(), &self.entries()?))
    }

    /// Keeps what the corrections (`BT-1=4711`) teach about the pages. Saying the same again teaches nothing new.
    pub fn learn(
        &self,
        document: ContentHash,
        text: &Text,
        corrections: &[String],
        saying: Saying,
    ) -> Result<Lesson> {
        let corrections: Vec<Correction> =
            corrections.iter().map(|written| Correction::read(written)).collect::<Result<_>>()?;
        let (identity, places) = memory::learn(text, &guess(text, class::of(text).class), &corrections)?;
        let hex = document.hex();
        let mut fields = vec![hex.as_str()];
        let said: Vec<String> =
            corrections.iter().map(|said| format!("{}={}", said.term, said.value)).collect();
        fields.extend(said.iter().map(String::as_str));
        let lesson = Lesson {
            lesson: format!("l{}", &ContentHash::of_fields(&fields).hex()[..12]),
            at: saying.at,
            by: saying.by,
            document,
            identity,
            confirmed: corrections.iter().map(|said| said.term).collect(),
            places,
        };
        self.append(&Entry::Learnt(lesson.clone()))?;
        Ok(lesson)
    }

    /// From now on the lesson no longer counts.
    pub fn forget(&self, lesson: &str, saying: Saying) -> Result<()> {
        let entries = self.entries()?;
        if !memory::standing(&entries).iter().any(|standing| standing.lesson == lesson) {
            return Err(Error::new(Kind::Usage, format!("there is no lesson {lesson}"))
                .hint("`laufmappe learn list` shows them"));
        }
        self.append(&Entry::Forgotten { lesson: lesson.to_owned(), at: saying.at, by: saying.by })
    }

    /// The lessons that count.
    pub fn lessons(&self) -> Result<Vec<Lesson>> {
        let entries = self.entries()?;
        Ok(memory::standing(&entries).into_iter().cloned().collect())
    }

    /// Returns when the line is on the disk. What an earlier writer left unfinished is cut off first.
    fn append(&self, entry: &Entry) -> Result<()> {
        let mut line = serde_json::to_string(entry)
            .map_err(|error| Error::new(Kind::Internal, format!("a lesson cannot be written: {error}")))?;
        line.push('\n');
        self.write(&line).map_err(|error| self.failed("writing", &error))
    }

    fn write(&self, line: &str) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path)?;
        file.lock()?;
        let end = confirmed_end(&mut file)?;
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    }

    fn failed(&self, doing: &str, error: &std::io::Error) -> Error {
        Error::new(Kind::Storage, format!("{doing} the lessons {} failed: {error}", self.path.display()))
            .hint("look whether the data folder is there and may be written")
    }
}

/// Just behind the last line feed.
fn confirmed_end(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut byte = [0];
    while end > 0 {
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut byte)?;
        if byte == *b"\n" {
            break;
        }
        end -= 1;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::class;
    use crate::extract::guess::guess;
    use crate::recognise::{Page, PageKind, Word};

    fn page(number: &str) -> Text {
        let typed = format!(
            "Muster Werke\nRechnung\nVorgangskennung {number}\nGesamtbetrag 119,00 EUR\n\
             IBAN DE89370400440532013000\nUSt-IdNr. DE136695976"
        );
        let mut page = Page::empty(1, PageKind::Layer, (595.0, 842.0));
        for (line, text) in (0_u32..).zip(typed.lines()) {
            let mut x = 40.0;
            for word in text.split(' ') {
                let (y, width) = (30.0 + 14.0 * line as f32, 6.0 * word.len() as f32);
                page.words.push(Word { text: word.into(), x, y, width, height: 10.0, confidence: 1.0, line });
                x += width + 6.0;
            }
        }
        Text { pages: vec![page] }
    }

    fn saying() -> Saying {
        Saying { by: "Frau Muster".to_owned(), at: Timestamp::UNIX_EPOCH }
    }

    fn number(book: &Book, page: &Text) -> Option<String> {
        let mut invoice = guess(page, class::of(page).class);
        book.memory(None).unwrap().recall(page, &mut invoice);
        invoice.number
    }

    #[test]
    fn a_lesson_lasts_until_it_is_forgotten_and_stays_with_its_tenant() {
        let data = tempfile::tempdir().unwrap();
        let book = |tenant: &str| Book::of(data.path(), &tenant.parse().unwrap());
        let (ours, theirs) = (book("musterstadt"), book("nachbarstadt"));
        let next = page("VK-5002/27");
        let before = number(&ours, &next);
        assert_ne!(before.as_deref(), Some("VK-5002/27"));

        let document = ContentHash::of(b"x");
        let said = ["BT-1=VK-4711/26".to_owned()];
        let lesson = ours.learn(document, &page("VK-4711/26"), &said, saying()).unwrap();
        assert_eq!(number(&ours, &next).as_deref(), Some("VK-5002/27"));
        assert_eq!(number(&theirs, &next), before);
        assert!(theirs.forget(&lesson.lesson, saying()).is_err());

        // Twice is the same as once.
        let again = ours.learn(document, &page("VK-4711/26"), &said, saying()).unwrap();
        assert_eq!((again.lesson.as_str(), ours.lessons().unwrap().len()), (lesson.lesson.as_str(), 1));
        ours.forget(&lesson.lesson, saying()).unwrap();
        assert_eq!(number(&ours, &next), before);
        assert_eq!(ours.entries().unwrap().len(), 3);
        assert!(ours.forget(&lesson.lesson, saying()).is_err());
    }

    #[test]
    fn a_line_cut_off_by_a_power_failure_does_not_count() {
        let data = tempfile::tempdir().unwrap();
        let book = Book::of(data.path(), &"musterstadt".parse().unwrap());
        assert_eq!(book.entries().unwrap(), []);
        let said = ["BT-1=VK-4711/26".to_owned()];
        let learn = |bytes: &[u8]| book.learn(ContentHash::of(bytes), &page("VK-4711/26"), &said, saying());
        learn(b"1").unwrap();
        let mut file = OpenOptions::new().append(true).open(&book.path).unwrap();
        file.write_all(b"{\"entry\":\"lear").unwrap();
        assert_eq!(book.lessons().unwrap().len(), 1);
        learn(b"2").unwrap();
        assert_eq!(book.lessons().unwrap().len(), 2);
        file.write_all(b"no lesson\n").unwrap();
        assert_eq!(book.entries().unwrap_err().kind, Kind::Version);
    }
}
