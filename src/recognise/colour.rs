//! Colour profiles, made here: sRGB, its gray, and a plain CMYK.
//!
//! In: nothing. Out: ICC profiles of a few hundred bytes, always the same. Absent on purpose: printing presses;
//! CMYK is understood as readers without a profile do (each ink takes its share of the light).

/// Gray with the tone curve of sRGB.
pub fn gray() -> Vec<u8> {
    let curve = tone_curve();
    profile(b"mntr", b"GRAY", b"XYZ ", "Gray, tone curve of sRGB", &[(b"kTRC", curve)])
}

/// sRGB (IEC 61966-2-1), adapted to D50.
pub fn srgb() -> Vec<u8> {
    let curve = tone_curve();
    profile(
        b"mntr",
        b"RGB ",
        b"XYZ ",
        "sRGB",
        &[
            (b"rXYZ", xyz(RED)),
            (b"gXYZ", xyz(GREEN)),
            (b"bXYZ", xyz(BLUE)),
            (b"rTRC", curve.clone()),
            (b"gTRC", curve.clone()),
            (b"bTRC", curve),
        ],
    )
}

/// CMYK as (1 - ink) (1 - black) of sRGB, by a table of five steps an ink.
pub fn cmyk() -> Vec<u8> {
    const STEPS: usize = 5;
    let mut table = b"mft2\0\0\0\0".to_vec();
    table.extend([4, 3, STEPS as u8, 0]);
    for place in 0..9 {
        table.extend(fixed(if place % 4 == 0 { 1.0 } else { 0.0 }));
    }
    // Two points are enough for straight curves in and out.
    table.extend([0, 2, 0, 2]);
    table.extend([0, 0, 0xff, 0xff].repeat(4));
    for node in 0..STEPS.pow(4) {
        let ink = |place: u32| (node / STEPS.pow(3 - place) % STEPS) as f64 / (STEPS - 1) as f64;
        let light = [0, 1, 2].map(|place| (1.0 - ink(place)) * (1.0 - ink(3)));
        let [l, a, b] = lab(light);
        // Lab in sixteen bits as version 2 of the format has it: 0xff00 is 100, 0x8000 is 0.
        let coded = [l * 652.8, a * 256.0 + 32_768.0, b * 256.0 + 32_768.0];
        table.extend(coded.iter().flat_map(|number| (number.round() as u16).to_be_bytes()));
    }
    table.extend([0, 0, 0xff, 0xff].repeat(3));
    profile(b"scnr", b"CMYK", b"Lab ", "CMYK, plain", &[(b"A2B0", table)])
}

/// D50, the white of every profile, and the sRGB primaries seen under it.
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];
const RED: [f64; 3] = [0.436_07, 0.222_49, 0.013_92];
const GREEN: [f64; 3] = [0.385_15, 0.716_87, 0.097_08];
const BLUE: [f64; 3] = [0.143_07, 0.060_61, 0.714_10];

type Tag<'a> = (&'a [u8; 4], Vec<u8>);

fn profile(class: &[u8; 4], space: &[u8; 4], connection: &[u8; 4], name: &str, own: &[Tag<'_>]) -> Vec<u8> {
    let mut tags: Vec<Tag<'_>> =
        vec![(b"desc", description(name)), (b"cprt", text("CC0")), (b"wtpt", xyz(WHITE))];
    tags.extend(own.iter().map(|(name, body)| (*name, body.clone())));
    let mut directory = (tags.len() as u32).to_be_bytes().to_vec();
    let mut bodies: Vec<u8> = Vec::new();
    let start = 128 + 4 + 12 * tags.len();
    for (place, (name, body)) in tags.iter().enumerate() {
        // The same curve for three colours is kept once.
        let before = tags[..place].iter().position(|(_, earlier)| earlier == body);
        let offset = match before {
            Some(earlier) => u32::from_be_bytes(four(&directory, 4 + 12 * earlier + 4)) as usize,
            None => {
                let offset = start + bodies.len();
                bodies.extend(body);
                bodies.resize(bodies.len().next_multiple_of(4), 0);
                offset
            }
        };
        directory.extend(*name);
        directory.extend((offset as u32).to_be_bytes());
        directory.extend((body.len() as u32).to_be_bytes());
    }
    let size = (start + bodies.len()) as u32;
    let mut profile = size.to_be_bytes().to_vec();
    // No preferred engine, version 2.1.
    profile.extend([0, 0, 0, 0, 2, 0x10, 0, 0]);
    profile.extend([&class[..], space, connection].concat());
    // A fixed day: the first of January 2000.
    for number in [2000_u16, 1, 1, 0, 0, 0] {
        profile.extend(number.to_be_bytes());
    }
    profile.extend(b"acsp");
    profile.resize(68, 0);
    profile.extend(WHITE.iter().flat_map(|part| fixed(*part)));
    profile.resize(128, 0);
    [profile, directory, bodies].concat()
}

fn four(bytes: &[u8], place: usize) -> [u8; 4] {
    let mut four = [0; 4];
    if let Some(found) = bytes.get(place..place + 4) {
        four.copy_from_slice(found);
    }
    four
}

/// Sixteen bits before the point and sixteen after it.
fn fixed(number: f64) -> [u8; 4] {
    ((number * 65_536.0).round() as i32).to_be_bytes()
}

fn xyz(colour: [f64; 3]) -> Vec<u8> {
    let mut body = b"XYZ \0\0\0\0".to_vec();
    body.extend(colour.iter().flat_map(|part| fixed(*part)));
    body
}

fn text(words: &str) -> Vec<u8> {
    [b"text\0\0\0\0", words.as_bytes(), b"\0"].concat()
}

fn description(name: &str) -> Vec<u8> {
    let mut body = b"desc\0\0\0\0".to_vec();
    body.extend((name.len() as u32 + 1).to_be_bytes());
    body.extend(name.as_bytes());
    // No name in Unicode and none for old Macintosh systems.
    body.resize(body.len() + 1 + 4 + 4 + 2 + 1 + 67, 0);
    body
}

/// The tone curve of sRGB by points; between them readers draw straight lines.
fn tone_curve() -> Vec<u8> {
    const POINTS: u32 = 32;
    let mut body = b"curv\0\0\0\0".to_vec();
    body.extend(POINTS.to_be_bytes());
    for point in 0..POINTS {
        let light = linear(f64::from(point) / f64::from(POINTS - 1));
        body.extend(((light * 65_535.0).round() as u16).to_be_bytes());
    }
    body
}

fn linear(tone: f64) -> f64 {
    if tone <= 0.040_45 { tone / 12.92 } else { ((tone + 0.055) / 1.055).powf(2.4) }
}

/// CIE Lab of an sRGB colour, under D50.
fn lab(rgb: [f64; 3]) -> [f64; 3] {
    let [r, g, b] = rgb.map(linear);
    let part = |place: usize| {
        let ratio = (RED[place] * r + GREEN[place] * g + BLUE[place] * b) / WHITE[place];
        if ratio > 216.0 / 24_389.0 { ratio.cbrt() } else { (24_389.0 / 27.0 * ratio + 16.0) / 116.0 }
    };
    let (x, y, z) = (part(0), part(1), part(2));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_says_its_own_size_and_kind_and_its_tags_lie_inside() {
        for (profile, space) in [(gray(), b"GRAY"), (srgb(), b"RGB "), (cmyk(), b"CMYK")] {
            assert_eq!(u32::from_be_bytes(four(&profile, 0)) as usize, profile.len());
            assert_eq!(&profile[16..20], space);
            assert_eq!(&profile[36..40], b"acsp");
            let tags = u32::from_be_bytes(four(&profile, 128)) as usize;
            for tag in 0..tags {
                let offset = u32::from_be_bytes(four(&profile, 132 + 12 * tag + 4)) as usize;
                let length = u32::from_be_bytes(four(&profile, 132 + 12 * tag + 8)) as usize;
                assert!(offset.is_multiple_of(4) && offset + length <= profile.len());
            }
        }
    }

    #[test]
    fn white_is_white_and_black_is_black() {
        for (light, expected) in [(1.0, 100.0), (0.0, 0.0)] {
            let [l, a, b] = lab([light; 3]);
            assert!((l - expected).abs() < 0.05 && a.abs() < 0.1 && b.abs() < 0.1, "{l} {a} {b}");
        }
    }
}
