//! JPEG files, looked at from outside.
//!
//! In: bytes. Out: what their frame says, or one file from the strips of a TIFF. Absent on purpose: decoding.

/// What the head of a JPEG says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Packed as every reader of PDF can unpack it: Huffman codes, eight bits.
    pub common: bool,
    pub baseline: bool,
    pub components: u8,
    /// Rows of blocks in the tallest component.
    pub sampling: (u8, u8),
    /// Written by an Adobe program or like one: four inks are stored the other way round.
    pub adobe: bool,
    /// Where the frame segment begins, and the packed pixels.
    frame: usize,
    pixels: usize,
}

/// Reads the segments up to the packed pixels.
pub fn frame(jpeg: &[u8]) -> Option<Frame> {
    let mut seen: Option<Frame> = None;
    let mut adobe = false;
    let mut place = 2;
    loop {
        let [mark, code, high, low] = *jpeg.get(place..place + 4)?.first_chunk::<4>()?;
        if mark != 0xff {
            return None;
        }
        if code == 0xff {
            // Filling before a marker.
            place += 1;
            continue;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = jpeg.get(place + 4..place + 2 + length)?;
        match code {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let components = *body.get(5)?;
                let samplings = body.get(6..)?.chunks_exact(3).map(|component| component[1]);
                let tallest = samplings.clone().map(|both| both & 15).max()?;
                let widest = samplings.map(|both| both >> 4).max()?;
                seen = Some(Frame {
                    common: matches!(code, 0xc0..=0xc2) && body.first() == Some(&8),
                    baseline: matches!(code, 0xc0 | 0xc1),
                    components,
                    sampling: (widest, tallest),
                    adobe: false,
                    frame: place,
                    pixels: 0,
                });
            }
            0xee if body.starts_with(b"Adobe") => adobe = true,
            0xda => return seen.map(|frame| Frame { adobe, pixels: place + 2 + length, ..frame }),
            _ => {}
        }
        place += 2 + length;
    }
}

/// One file from tables and strips, each strip a JPEG without tables. What divides the strips becomes restart
/// markers, so that not a single bit of their pixels changes. `None`: they do not belong together like that.
pub fn joined(tables: &[u8], strips: &[&[u8]], width: u32, height: u32, rows: u32) -> Option<Vec<u8>> {
    let (first, others) = strips.split_first()?;
    let frame = self::frame(first)?;
    let mut file = START.to_vec();
    file.extend(without_ends(tables));
    if others.is_empty() {
        file.extend(first.get(2..)?);
        return Some(file);
    }
    let (across, down) = (8 * u32::from(frame.sampling.0), 8 * u32::from(frame.sampling.1));
    let head = first.get(..frame.pixels)?;
    let restarts = head.windows(2).any(|pair| pair == [0xff, 0xdd]);
    if !frame.baseline || down == 0 || across == 0 || !rows.is_multiple_of(down) || restarts {
        return None;
    }
    let blocks = u16::try_from(width.div_ceil(across) * (rows / down)).ok()?;
    let mut body = first.get(2..frame.pixels)?.to_vec();
    // Height of the frame: after marker, length and precision.
    let place = frame.frame - 2 + 5;
    body.get_mut(place..place + 2)?.copy_from_slice(&u16::try_from(height).ok()?.to_be_bytes());
    file.extend([0xff, 0xdd, 0, 4]);
    file.extend(blocks.to_be_bytes());
    file.extend(body);
    file.extend(pixels(first, frame.pixels)?);
    for (number, strip) in others.iter().enumerate() {
        let next = self::frame(strip)?;
        let same = |range: std::ops::Range<usize>| strip.get(range.clone()) == first.get(range);
        // Everything but the height is as in the first strip.
        let height = frame.frame + 5..frame.frame + 7;
        if next.pixels != frame.pixels || !same(0..height.start) || !same(height.end..frame.pixels) {
            return None;
        }
        file.extend([0xff, 0xd0 + (number % 8) as u8]);
        file.extend(pixels(strip, next.pixels)?);
    }
    file.extend(END);
    Some(file)
}

const START: [u8; 2] = [0xff, 0xd8];
const END: [u8; 2] = [0xff, 0xd9];

fn without_ends(tables: &[u8]) -> &[u8] {
    let tables = tables.strip_prefix(&START).unwrap_or(tables);
    tables.strip_suffix(&END).unwrap_or(tables)
}

/// The packed pixels of a strip, up to its end marker.
fn pixels(strip: &[u8], from: usize) -> Option<&[u8]> {
    let end = strip.windows(2).rposition(|pair| pair == END)?;
    strip.get(from..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_found_behind_other_segments() {
        let head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xee, 0, 7, b'A', b'd', b'o', b'b', b'e'];
        let frame = [0xff, 0xc2, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x21, 0];
        let scan = [0xff, 0xff, 0xda, 0, 3, 1, 42];
        let jpeg = [&head[..], &frame, &scan].concat();
        let seen = self::frame(&jpeg).unwrap();
        assert_eq!((seen.common, seen.baseline, seen.components), (true, false, 1));
        assert_eq!((seen.adobe, seen.sampling, seen.pixels), (true, (2, 1), jpeg.len() - 1));
        for end in 0..jpeg.len() - 1 {
            assert_eq!(self::frame(&jpeg[..end]), None, "cut after {end}");
        }
        assert_eq!(self::frame(b"\xff\xd8garbage"), None);
    }
}
