//! Bilevel pages in fax compression of group 4.
//!
//! In: rows of bits, or the strips of a TIFF. Out: one stream for the whole page. Absent on purpose: groups
//! before the fourth.

use fax::encoder::Encoder;
use fax::{Color, VecWriter};

/// Packs rows whose bits begin on a byte, the leftmost pixel in the highest bit, 1 is white. `None`: too wide.
pub fn packed(rows: &[u8], width: u32) -> Option<Vec<u8>> {
    let columns = u16::try_from(width).ok().filter(|width| *width > 0)?;
    let mut encoder = Encoder::new(VecWriter::with_capacity(rows.len()));
    let columns = usize::from(columns);
    for row in rows.chunks_exact(columns.div_ceil(8)) {
        let pixels =
            (0..columns).map(|x| if row[x / 8] >> (7 - x % 8) & 1 == 1 { Color::White } else { Color::Black });
        let Ok(()) = encoder.encode_line(pixels, columns as u16);
    }
    let Ok(writer) = encoder.finish();
    Some(writer.finish())
}

/// Joins strips that were packed one by one, each of `rows` rows (the last one of fewer). `None`: a strip is
/// damaged.
pub fn joined(strips: &[&[u8]], width: u32, height: u32, rows: u32) -> Option<Vec<u8>> {
    let columns = u16::try_from(width).ok().filter(|width| *width > 0)?;
    let mut encoder = Encoder::new(VecWriter::with_capacity(strips.iter().map(|strip| strip.len()).sum()));
    let mut left = height;
    for strip in strips {
        let expected = left.min(rows);
        let mut seen = 0;
        let bytes = strip.iter().copied();
        let most = u16::try_from(expected).ok()?;
        fax::decoder::decode_g4(bytes, columns, Some(most), |line| {
            seen += 1;
            let Ok(()) = encoder.encode_line(fax::decoder::pels(line, columns), columns);
        })?;
        if seen != expected {
            return None;
        }
        left -= expected;
    }
    let Ok(writer) = encoder.finish();
    (left == 0).then(|| writer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Vec<u8> {
        (0..64_u32).flat_map(|y| (0..8_u32).map(move |x| !((x * 37 + y * 11) as u8 & 0x3c))).collect()
    }

    fn unpacked(stream: &[u8], width: u16, height: u16) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        fax::decoder::decode_g4(stream.iter().copied(), width, Some(height), |line| {
            rows.push(fax::decoder::pels(line, width).map(|c| c == Color::White).collect());
        })
        .unwrap();
        rows
    }

    #[test]
    fn what_was_packed_comes_out_again() {
        for width in [1, 7, 8, 61, 64] {
            let bytes = (width as usize).div_ceil(8);
            let rows: Vec<u8> = page().chunks(8).flat_map(|row| row[..bytes].to_vec()).collect();
            let packed = packed(&rows, width).unwrap();
            for (row, bits) in rows.chunks(bytes).zip(unpacked(&packed, width as u16, 64)) {
                let expected: Vec<bool> =
                    (0..width as usize).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1).collect();
                assert_eq!(bits, expected, "width {width}");
            }
        }
        assert!(packed(&[0; 16], 70_000).is_none());
    }

    #[test]
    fn strips_become_one_stream_of_the_same_pixels() {
        let whole = packed(&page(), 64).unwrap();
        let strips: Vec<Vec<u8>> = page().chunks(8 * 24).map(|rows| packed(rows, 64).unwrap()).collect();
        let strips: Vec<&[u8]> = strips.iter().map(Vec::as_slice).collect();
        assert_eq!(joined(&strips, 64, 64, 24), Some(whole));
        assert_eq!(joined(&strips[..2], 64, 64, 24), None);
    }
}
