//! Separator sheets: a QR code or Code 128 that begins with our own prefix.
//!
//! In: a picture. Out: the payload. Absent on purpose: every other code on the page (a GiroCode is no
//! separator), and what the payload means.

use super::raster::Picture;
use image::imageops;
use zxingcpp::BarcodeFormat;

/// The payload of our separator code: `LAUFMAPPE:1`, then `;tenant=…`, `;office=…`, `;class=…` as needed.
pub fn separator(picture: &Picture) -> Option<String> {
    let payloads = payloads(picture);
    payloads.into_iter().find(|payload| is_separator(payload))
}

const PREFIX: &str = "LAUFMAPPE:";
const LONGEST: usize = 500;

fn is_separator(payload: &str) -> bool {
    let version = payload.strip_prefix(PREFIX).and_then(|rest| rest.split(';').next());
    let numbered = version.is_some_and(|v| !v.is_empty() && v.chars().all(|c| c.is_ascii_digit()));
    numbered && payload.len() <= LONGEST && !payload.chars().any(char::is_control)
}

/// All payloads on the page, in an order that does not depend on chance.
fn payloads(picture: &Picture) -> Vec<String> {
    let gray = &picture.gray;
    let reader = zxingcpp::read()
        .formats([BarcodeFormat::QRCode, BarcodeFormat::Code128])
        .try_harder(true)
        .try_rotate(true)
        .try_invert(false)
        .max_number_of_symbols(8);
    // Codes on sheets are printed large: half the resolution is enough and four times as fast.
    let read = if picture.dpi > 250.0 {
        let half = imageops::thumbnail(gray, gray.width() / 2, gray.height() / 2);
        reader.from(&half)
    } else {
        reader.from(gray)
    };
    let mut payloads: Vec<String> =
        read.unwrap_or_default().iter().filter(|code| code.is_valid()).map(|code| code.text()).collect();
    payloads.sort();
    payloads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_prefix_with_a_version_separates() {
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
            assert_eq!(is_separator(payload), expected, "{payload:?}");
        }
    }
}
