//! Dividing a sheet-fed batch at its separator sheets and archive stickers.
//!
//! In: a [`Reading`]. Out: [`Batch`] and the text of its parts. Absent on purpose: guessing where a document
//! ends when no sheet says so; whether the batch adds up (`balance.rs`).

use super::{PageKind, Reading, Text};
use crate::job::Sheets;
use serde::{Deserialize, Serialize};

/// A document between two separator sheets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its pages in the whole (from 1), blank ones left out.
    pub pages: Vec<u32>,
    /// First and last of them.
    pub first: u32,
    pub last: u32,
    /// What the separator sheet in front of it said; `None` before the first sheet.
    pub separator: Option<String>,
}

/// A batch, divided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Batch {
    pub sections: Vec<Section>,
    /// Counts pages: in = filed + separators + blanks.
    pub sheets: Sheets,
}

/// `None` when nothing divides. Pages before the first sheet are a section of their own; of two sheets in a row
/// (front and back, say) the last one counts, and no section is empty. A page with a sticker begins a document
/// and stays in it. A sheet that cannot be read divides and counts as a sheet; [`super::alarms`] names it.
pub fn sections(reading: &Reading) -> Option<Batch> {
    let mut batch = Batch::default();
    let mut open: Option<Section> = None;
    let mut separator = None;
    for page in &reading.text.pages {
        batch.sheets.pages_in += 1;
        match &page.kind {
            PageKind::Separator(payload) => {
                batch.sheets.separators += 1;
                batch.sections.extend(open.take());
                separator = Some(payload.clone());
            }
            PageKind::UnreadSeparator(_) => {
                batch.sheets.separators += 1;
                batch.sections.extend(open.take());
                separator = None;
            }
            PageKind::Blank => batch.sheets.blanks += 1,
            PageKind::Layer | PageKind::Ocr => {
                if page.begins {
                    batch.sections.extend(open.take());
                }
                batch.sheets.filed += 1;
                let section = open.get_or_insert_with(|| Section {
                    pages: Vec::new(),
                    first: page.number,
                    last: page.number,
                    separator: separator.clone(),
                });
                section.pages.push(page.number);
                section.last = page.number;
            }
        }
    }
    batch.sections.extend(open);
    (batch.sheets.separators > 0 || batch.sections.len() > 1).then_some(batch)
}

/// The text of a part, pages counted from 1.
pub fn part(reading: &Reading, section: &Section) -> Reading {
    let mut pages = Vec::with_capacity(section.pages.len());
    for page in &reading.text.pages {
        if section.pages.contains(&page.number) {
            let mut page = page.clone();
            page.number = pages.len() as u32 + 1;
            pages.push(page);
        }
    }
    let (origin, engine) = (reading.origin.clone(), reading.engine.clone());
    Reading { text: Text { pages }, embedded: Vec::new(), origin, engine }
}

#[cfg(test)]
mod tests {
    use super::super::Page;
    use super::*;

    /// `o` text by OCR, `l` text by layer, `b` blank, digits separators.
    fn reading(pages: &str) -> Reading {
        let page = |(place, c): (usize, char)| {
            let kind = match c {
                'o' => PageKind::Ocr,
                'l' => PageKind::Layer,
                'b' => PageKind::Blank,
                digit => PageKind::Separator(format!("LAUFMAPPE:1;class={digit}")),
            };
            Page::empty(place as u32 + 1, kind, (595.0, 842.0))
        };
        Reading { text: Text { pages: pages.chars().enumerate().map(page).collect() }, ..Reading::default() }
    }

    fn section(pages: &[u32], separator: Option<&str>) -> Section {
        Section {
            pages: pages.to_vec(),
            first: pages[0],
            last: pages[pages.len() - 1],
            separator: separator.map(|class| format!("LAUFMAPPE:1;class={class}")),
        }
    }

    #[test]
    fn a_batch_is_divided_at_its_sheets() {
        let rows: [(&str, Option<Vec<Section>>); 8] = [
            ("", None),
            ("olb", None),
            ("1oo2l", Some(vec![section(&[2, 3], Some("1")), section(&[5], Some("2"))])),
            ("o1o", Some(vec![section(&[1], None), section(&[3], Some("1"))])),
            ("1b2bob3", Some(vec![section(&[5], Some("2"))])),
            ("12o", Some(vec![section(&[3], Some("2"))])),
            ("1bobob2o", Some(vec![section(&[3, 5], Some("1")), section(&[8], Some("2"))])),
            ("1", Some(vec![])),
        ];
        for (pages, expected) in rows {
            let batch = sections(&reading(pages));
            assert_eq!(batch.as_ref().map(|batch| batch.sections.clone()), expected, "{pages}");
            if let Some(batch) = batch {
                assert!(batch.sheets.balanced(), "{pages}: {:?}", batch.sheets);
                let pages_filed: usize = batch.sections.iter().map(|section| section.pages.len()).sum();
                assert_eq!(pages_filed, batch.sheets.filed as usize, "{pages}");
            }
        }
    }

    #[test]
    fn a_part_counts_its_own_pages() {
        let whole = reading("1oblo2o");
        let batch = sections(&whole).unwrap();
        let part = part(&whole, &batch.sections[0]);
        let pages: Vec<_> = part.text.pages.iter().map(|page| (page.number, page.kind.clone())).collect();
        assert_eq!(pages, [(1, PageKind::Ocr), (2, PageKind::Layer), (3, PageKind::Ocr)]);
    }
}
