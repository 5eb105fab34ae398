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

/// What separates was looked for on a page.
#[derive(Debug, Default)]
pub struct Divider {
    /// Areas in points of the page as it lies.
    pub codes: Vec<Code>,
    /// Something on the page says that a document begins here, but it is no separator sheet.
    pub begins: bool,
    /// Degrees clockwise (0, 90, 180, 270) by which a page that is hardly more than its codes stands upright.
    pub lying: u16,
    /// It is hardly more than its codes.
    sparse: bool,
    payload: Option<String>,
    trace: Option<Trace>,
}

/// Looks at a page that is not blank. `points`: width and height as it lies.
pub fn look(picture: &Picture, points: (f32, f32)) -> Divider {
    let Seen { codes, unreadable, lying } = codes::seen(picture, points);
    let patches = patch::patches(picture);
    let sparse = is_sparse(picture, points, &codes, &patches);
    let any = |sort: Sort| patches.iter().any(|patch| patch.sort == sort);
    let own = codes.iter().find(|code| is_own(&code.text));
    let named = codes.iter().find(|code| is_named(&code.text));
    let mut divider = Divider {
        sparse,
        lying: if sparse { lying } else { 0 },
        begins: codes.iter().any(|code| archive_number(&code.text).is_some()),
        ..Divider::default()
    };
    let hidden = || unreadable || (codes.is_empty() && stripes::like_a_code(picture));
    match (own, named) {
        (Some(own), _) => divider.payload = Some(own.text.clone()),
        (None, Some(named)) if sparse => divider.payload = Some(named.text.clone()),
        (None, Some(_)) => divider.begins = true,
        (None, None) if any(Sort::Divides) && !sparse => divider.begins = true,
        (None, None) if any(Sort::Divides) && hidden() => divider.trace = Some(Trace::Code),
        (None, None) if any(Sort::Divides) => divider.payload = Some(PATCH_T.to_owned()),
        (None, None) if !sparse => {}
        (None, None) if any(Sort::Steers) => divider.trace = Some(Trace::OtherPatch),
        (None, None) if any(Sort::Damaged) => divider.trace = Some(Trace::Patch),
        (None, None) if hidden() => divider.trace = Some(Trace::Code),
        (None, None) => {}
    }
    divider.codes = codes;
    divider
}

/// Payload of a sheet that says nothing but "here".
const PATCH_T: &str = "PATCH-T";

impl Divider {
    /// What is sure before a word was read.
    pub fn kind(&self) -> Option<PageKind> {
        if let Some(payload) = &self.payload {
            return Some(PageKind::Separator(payload.clone()));
        }
        match self.trace {
            Some(trace @ (Trace::Patch | Trace::OtherPatch)) => Some(PageKind::UnreadSeparator(trace)),
            Some(Trace::Code | Trace::Title) | None => None,
        }
    }

    /// What the words add: a title makes any code a separator, and no code a sheet that cannot be read.
    pub fn kind_with(&self, words: &[Word]) -> Option<PageKind> {
        let sure = self.kind();
        if sure.is_some() || !self.sparse {
            return sure;
        }
        let code =
            self.codes.iter().find(|code| archive_number(&code.text).is_none() && !is_payment(&code.text));
        match (has_title(words), code, self.trace) {
            (true, Some(code), _) => Some(PageKind::Separator(code.text.clone())),
            (_, _, Some(trace)) => Some(PageKind::UnreadSeparator(trace)),
            (true, None, None) => Some(PageKind::UnreadSeparator(Trace::Title)),
            (false, Some(_), None) if says_nothing(words) => Some(PageKind::UnreadSeparator(Trace::Code)),
            (false, _, None) => None,
        }
    }
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

/// Hardly a word beside the code: a sheet of a kind we do not know, in a batch that has separator sheets.
fn says_nothing(words: &[Word]) -> bool {
    const FEW: usize = 8;
    words.iter().filter(|word| word.text.chars().filter(|c| c.is_alphabetic()).count() >= 4).count() <= FEW
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
    const MOST_WORDS: usize = 90;
    const IN_TITLE: usize = 6;
    if words.len() > MOST_WORDS {
        return false;
    }
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

/// Ink beside codes and bars is no more than a title and some lines of advice.
fn is_sparse(picture: &Picture, (width, height): (f32, f32), codes: &[Code], patches: &[Patch]) -> bool {
    const SPARSE: f32 = 0.014;
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
    look::ink(&gray, picture.dpi) < SPARSE
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
