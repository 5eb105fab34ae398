//! Fax of group 3, as TIFF files of fax servers have it.
//!
//! In: one strip. Out: rows of pixels, 1 is white. Absent on purpose: group 4, which the TIFF decoder reads.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

/// How rows are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fax {
    /// Runs, rows beginning on a byte, no marks between them.
    Modified,
    OneDimension,
    TwoDimensions,
}

/// The rows of a strip, each beginning on a byte. A transmission that lost its last rows keeps what came;
/// `None` where less than half came.
pub fn rows(strip: &[u8], fax: Fax, width: u32, height: u32) -> Option<Vec<u8>> {
    let settings = DecodeSettings {
        columns: width,
        rows: height,
        end_of_block: true,
        end_of_line: fax != Fax::Modified,
        rows_are_byte_aligned: fax == Fax::Modified,
        encoding: if fax == Fax::TwoDimensions { EncodingMode::Group3_2D } else { EncodingMode::Group3_1D },
        strict: false,
    };
    let mut sheet = Sheet { width, most: height, count: 0, rows: Vec::new() };
    // What was decoded before a fault stays.
    let _fault = hayro_ccitt::decode(strip, &mut sheet, &mut DecoderContext::new(settings)).err();
    if u64::from(sheet.count) * 2 < u64::from(height) {
        return None;
    }
    sheet.rows.resize(sheet.row_bytes() * height as usize, 0xff);
    Some(sheet.rows)
}

struct Sheet {
    width: u32,
    most: u32,
    count: u32,
    rows: Vec<u8>,
}

impl Sheet {
    fn row_bytes(&self) -> usize {
        self.width.div_ceil(8) as usize
    }
}

impl Decoder for Sheet {
    fn push_row(&mut self, changes: &[u32]) {
        if self.count == self.most {
            return;
        }
        self.count += 1;
        let begin = self.rows.len();
        self.rows.resize(begin + self.row_bytes(), 0xff);
        for run in changes.chunks(2) {
            let end = run.get(1).copied().unwrap_or(self.width).min(self.width);
            for place in run[0]..end {
                self.rows[begin + (place / 8) as usize] &= !(0x80 >> (place % 8));
            }
        }
    }
}
