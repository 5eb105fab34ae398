//! Is this page a separator sheet? Told by codes and bars before anything is read, by a title at the latest.
//!
//! In: a picture, later its words. Out: the [`PageKind`] of a separator sheet, or none. Absent on purpose: what
//! follows from a sheet; `sections.rs` divides, `balance.rs` stops.
//!
//! Four sheets are known: ours (QR or Code 128 with our prefix), those of other programs (a code that says what
//! it is, or any code under the title "Trennblatt"), patch T, and archive stickers: a page that carries one
//! begins a document and stays in it. A page full of text is never taken for a sheet, only for a beginning:
//! what was filed once too often can be put right, what was thrown away cannot.

use super::codes::{self, Seen};
use super::patch::{self, Patch, Sort};
use super::raster::Picture;
use super::{Code, PageKind, Trace, Word, look, stripes};

/// What was found on a page before a word was read.
pub struct Divider {
    /// Areas in points of the page as it lies.
    pub codes: Vec<Code>,
    /// Degrees clockwise (0, 90, 180, 270) by which a page that is hardly more than its codes stands upright.
    pub lying: u16,
    /// A sticker, or the code of a sheet on a page full of text.
    begins: bool,
    /// A patch that divides.
    patch: bool,
    /// Ink beside codes and bars is no more than a title and some lines of advice.
    sparse: bool,
    payload: Option<String>,
    /// Bars that say nothing we can use, on a page that is hardly more.
    bars: Option<Trace>,
    /// A code that failed its check digits.
    unreadable: bool,
    /// The page with fewer dots, where no code was read: it is looked at again when it has few words.
    coarse: Option<Picture>,
}

/// Looks at a page that is not blank. `points`: width and height as it lies; `ink`: its share of ink.
pub fn look(picture: &Picture, points: (f32, f32), ink: f32) -> Divider {
    let Seen { codes, unreadable, lying } = codes::seen(picture, points);
    let patches = patch::patches(picture);
    let any = |sort: Sort| patches.iter().any(|patch| patch.sort == sort);
    let alone = codes.is_empty() && patches.is_empty();
    let ink = if alone { ink } else { ink_beside(picture, points, &codes, &patches) };
    let sparse = ink < SPARSE;
    let own = codes.iter().find(|code| is_own(&code.text));
    let named = codes.iter().find(|code| is_named(&code.text));
    let payload = own.or(named.filter(|_| sparse)).map(|code| code.text.clone());
    let sticker = codes.iter().any(|code| archive_number(&code.text).is_some());
    let bars = if !sparse || !codes.is_empty() || any(Sort::Divides) {
        None
    } else if any(Sort::Steers) {
        Some(Trace::OtherPatch)
    } else {
        any(Sort::Damaged).then_some(Trace::Patch)
    };
    let lying = if sparse { lying } else { 0 };
    let coarse = codes.is_empty().then(|| stripes::coarse(picture));
    Divider {
        begins: sticker || named.is_some(),
        patch: any(Sort::Divides),
        codes,
        lying,
        sparse,
        payload,
        bars,
        unreadable,
        coarse,
    }
}

/// Payload of a sheet that says nothing but "here".
const PATCH_T: &str = "PATCH-T";

impl Divider {
    /// What is sure before a word was read.
    pub fn kind(&self) -> Option<PageKind> {
        if let Some(payload) = &self.payload {
            return Some(PageKind::Separator(payload.clone()));
        }
        if let Some(trace) = self.bars {
            return Some(PageKind::UnreadSeparator(trace));
        }
        let patch = self.patch && self.sparse && !self.hides_a_code();
        patch.then(|| PageKind::Separator(PATCH_T.to_owned()))
    }

    /// Stripes or eyes are there, but no code was read.
    fn hides_a_code(&self) -> bool {
        self.unreadable || self.coarse.as_ref().is_some_and(stripes::like_a_code)
    }

    /// What the words add: a title makes any code a separator, and no code a sheet that cannot be read.
    pub fn kind_with(&self, words: &[Word]) -> Option<PageKind> {
        let sure = self.kind();
        if sure.is_some() || real_words(words) > SHEET_WORDS {
            return sure;
        }
        let other = |code: &&Code| archive_number(&code.text).is_none() && !is_payment(&code.text);
        let title = has_title(words);
        let unread = |trace| Some(PageKind::UnreadSeparator(trace));
        match self.codes.iter().find(other) {
            Some(code) if title => Some(PageKind::Separator(code.text.clone())),
            // A sheet of a kind we do not know; settled when the whole batch is known.
            Some(_) if self.sparse && real_words(words) <= LABEL_WORDS => unread(Trace::Code),
            None if (title || is_bare(words)) && self.hides_a_code() => unread(Trace::Code),
            _ if self.patch => Some(PageKind::Separator(PATCH_T.to_owned())),
            None if title => unread(Trace::Title),
            Some(_) | None => None,
        }
    }

    /// Something on the page says that a document begins here, although it is a page of the document.
    pub fn begins(&self) -> bool {
        self.begins || self.patch
    }
}

/// Share of the page.
const SPARSE: f32 = 0.014;
/// A separator sheet has its advice for people, but no text.
const SHEET_WORDS: usize = 60;
const LABEL_WORDS: usize = 8;

/// Nothing but a code and perhaps a title that could not be read either.
fn is_bare(words: &[Word]) -> bool {
    const WORDS: usize = 25;
    const SCRAPS: usize = 90;
    real_words(words) <= WORDS && words.len() <= SCRAPS
}

/// Words that are words, not codes read as letters.
fn real_words(words: &[Word]) -> usize {
    const SURE: f32 = 0.6;
    let real =
        |word: &&Word| word.confidence >= SURE && word.text.chars().filter(|c| c.is_alphabetic()).count() >= 4;
    words.iter().filter(real).count()
}

const PREFIX: &str = "LAUFMAPPE:";
const LONGEST: usize = 500;

/// `LAUFMAPPE:1`, then `;tenant=…`, `;office=…`, `;class=…` as needed.
fn is_own(payload: &str) -> bool {
    let version = payload.strip_prefix(PREFIX).and_then(|rest| rest.split(';').next());
    let numbered = version.is_some_and(|v| !v.is_empty() && v.chars().all(|c| c.is_ascii_digit()));
    numbered && payload.len() <= LONGEST && !payload.chars().any(char::is_control)
}

/// What sheets of other programs say in their codes.
fn is_named(payload: &str) -> bool {
    const NAMES: [&str; 10] = [
        "PATCHT",
        "PATCHCODET",
        "TPATCH",
        "SEPARATOR",
        "DOCUMENTSEPARATOR",
        "DOCSEPARATOR",
        "DOCSEP",
        "NEWDOCUMENT",
        "TRENN",
        "DOKUMENTTRENN",
    ];
    let plain: String = payload.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    NAMES.iter().any(|name| plain.starts_with(name))
}

/// GiroCodes stand on payment slips, which have little text, too.
fn is_payment(text: &str) -> bool {
    text.starts_with("BCD\n")
        || text.starts_with("BCD\r")
        || text.starts_with("SPC\n")
        || text.starts_with("SPC\r")
}

/// The number on an archive sticker: `ASN` and digits.
pub fn archive_number(text: &str) -> Option<u64> {
    let digits = text.trim().strip_prefix("ASN")?.trim_start_matches([' ', '-', ':']);
    let number = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| digits.parse().ok()).flatten()
}

/// A line that is hardly more than the name of the sheet.
fn has_title(words: &[Word]) -> bool {
    const TITLES: [&str; 9] = [
        "trennblatt",
        "trennseite",
        "trennbogen",
        "trennblätter",
        "separator",
        "separatorsheet",
        "patcht",
        "patchcode",
        "dokumententrennblatt",
    ];
    const IN_TITLE: usize = 6;
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut number = None;
    for word in words {
        if number != Some(word.line) {
            number = Some(word.line);
            lines.push(Vec::new());
        }
        let plain: String =
            word.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if let Some(line) = lines.last_mut()
            && !plain.is_empty()
        {
            line.push(plain);
        }
    }
    lines.iter().any(|line| {
        let starts =
            |count: usize| line.get(..count).is_some_and(|part| TITLES.contains(&part.concat().as_str()));
        line.len() <= IN_TITLE && (starts(1) || starts(2))
    })
}

/// Share of ink, codes and bars left out.
fn ink_beside(picture: &Picture, (width, height): (f32, f32), codes: &[Code], patches: &[Patch]) -> f32 {
    let mut gray = picture.gray.clone();
    let (across, down) = (gray.width() as f32 / width, gray.height() as f32 / height);
    let margin = 0.1 * picture.dpi;
    let scaled = |[x, y, w, h]: [f32; 4]| [x * across, y * down, w * across, h * down];
    let areas = codes.iter().map(|code| scaled(code.area)).chain(patches.iter().map(|patch| patch.area));
    for [x, y, w, h] in areas {
        // A code of one line is known only by that line.
        let high = h.max(0.05 * w).max(0.4 * picture.dpi);
        let wide = w.max(0.4 * picture.dpi);
        let (middle_x, middle_y) = (x + w / 2.0, y + h / 2.0);
        let left = (middle_x - wide / 2.0 - margin).max(0.0) as u32;
        let top = (middle_y - high / 2.0 - margin).max(0.0) as u32;
        let right = ((middle_x + wide / 2.0 + margin).max(0.0) as u32).min(gray.width());
        let bottom = ((middle_y + high / 2.0 + margin).max(0.0) as u32).min(gray.height());
        for row in top..bottom {
            for column in left..right {
                gray.put_pixel(column, row, image::Luma([255]));
            }
        }
    }
    look::ink(&gray, picture.dpi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_prefix_with_a_version_is_ours() {
        let rows = [
            ("LAUFMAPPE:1", true),
            ("LAUFMAPPE:1;tenant=stadt;office=kaemmerei;class=invoice", true),
            ("LAUFMAPPE:", false),
            ("LAUFMAPPE:x", false),
            ("LAUFMAPPE:1;office=a\u{7}", false),
            ("BCD\n002\n1\nSCT", false),
            ("PATCHT", false),
        ];
        for (payload, expected) in rows {
            assert_eq!(is_own(payload), expected, "{payload:?}");
        }
    }

    #[test]
    fn a_patch_alone_on_its_sheet_divides_and_hides_no_code() {
        for dpi in [150.0_f32, 200.0, 300.0] {
            let pixels = |inches: f32| (inches * dpi).round() as u32;
            let mut gray = image::GrayImage::from_pixel(pixels(8.27), pixels(11.69), image::Luma([240]));
            for (at, long) in [(0.5, 2.2), (10.0, 7.0), (5.0, 0.8)] {
                let mut top = at;
                for bar in [0.08, 0.2, 0.08, 0.2] {
                    for y in pixels(top)..pixels(top + bar) {
                        for x in pixels(0.6)..pixels(0.6 + long) {
                            gray.put_pixel(x, y, image::Luma([15]));
                        }
                    }
                    top += bar + 0.08;
                }
            }
            let picture = Picture { gray, dpi };
            let ink = look::ink(&picture.gray, dpi);
            for turned in [picture.gray.clone(), image::imageops::rotate90(&picture.gray)] {
                let found = look(&Picture { gray: turned, dpi }, (595.0, 842.0), ink);
                assert_eq!(found.kind(), Some(PageKind::Separator(PATCH_T.to_owned())), "{dpi} dpi");
            }
        }
    }

    #[test]
    fn stickers_and_names_of_sheets_are_known() {
        for (text, number) in
            [("ASN0089488", Some(89488)), ("ASN-12", Some(12)), ("ASN", None), ("ASN12X", None), ("1234", None)]
        {
            assert_eq!(archive_number(text), number, "{text}");
        }
        for (text, named) in [("PATCHT", true), ("Patch T", true), ("SEPARATOR", true), ("RE-2024-1", false)] {
            assert_eq!(is_named(text), named, "{text}");
        }
    }

    #[test]
    fn a_title_is_a_line_of_its_own() {
        let words = |text: &str| -> Vec<Word> {
            let mut words = Vec::new();
            for (line, text) in text.lines().enumerate() {
                for word in text.split(' ') {
                    let text = word.to_owned();
                    words.push(Word {
                        text,
                        x: 0.0,
                        y: 0.0,
                        width: 1.0,
                        height: 1.0,
                        confidence: 1.0,
                        line: line as u32,
                    });
                }
            }
            words
        };
        for (text, title) in [
            ("TRENNBLATT\nTRENN-03", true),
            ("PATCH T\nTrennblatt – bitte nicht entfernen", true),
            ("Trennblatt – nicht ablegen", true),
            ("Sehr geehrte Damen und Herren,\nbitte legen Sie künftig ein Trennblatt vor jede Rechnung", false),
            ("Rechnung 4711\nBetrag 12,00", false),
        ] {
            assert_eq!(has_title(&words(text)), title, "{text}");
        }
    }
}
