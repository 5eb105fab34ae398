//! Dates as people write them.
//!
//! In: words. Out: exact dates, or nothing where the writing could mean two things. Absent on purpose: any idea
//! of what the date is for.

use super::written::folded;
use jiff::civil::Date;

/// A date in one piece of writing, blanks left out: `03.11.2026`, `3.11.26`, `3.November2026`, `2026-11-03`,
/// `November3,2026`, `03-Nov-2026`.
pub fn date(joined: &str) -> Option<Date> {
    if joined.len() > LONGEST {
        return None;
    }
    let text = joined.trim_matches(|c: char| "(),;:|*'\"„“‚’<>[]".contains(c)).trim_end_matches(['.', ',']);
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if text.contains(|c: char| c.is_alphabetic()) {
        return month_in_letters(text);
    }
    let parts: Vec<&str> = text.split(['.', '/', '-', '–', ',', ':', '\u{2010}', '\u{2011}']).collect();
    let [first, second, third] = parts[..] else { return None };
    if first.len() == 4 {
        return if second.len() == 2 && third.len() == 2 { civil(first, second, third) } else { None };
    }
    let dashed = text.contains(['-', '–']);
    if third.len() == 4 || third.len() == 2 && !dashed && !text.contains([',', ':']) {
        // 11/25/2026 can only be American; 03/11/2026 is read as the rest of the world does
        let american = || if text.contains('/') { civil(third, first, second) } else { None };
        return civil(third, second, first).or_else(american);
    }
    None
}

/// No date is longer.
const LONGEST: usize = 40;

/// `3.November2026`, `3.Nov.2026`, `03-Nov-2026`, `November3,2026`, `3rdofNovember2026`
fn month_in_letters(text: &str) -> Option<Date> {
    let plain = text.replace(['-', '–', ',', '/'], ".");
    let start = plain.find(|c: char| c.is_alphabetic())?;
    let rest = &plain[start..];
    let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (name, after) = rest.split_at(length);
    let after = after.trim_start_matches('.');
    let before = plain[..start].trim_end_matches('.');
    if before.is_empty() {
        let month = month_number(&folded(name))?;
        let end = after.find(|c: char| !c.is_ascii_digit())?;
        let (day, year) = after.split_at(end);
        let year = year.trim_start_matches(|c: char| c == '.' || c.is_alphabetic());
        return if year.len() == 4 { civil(year, month, day) } else { None };
    }
    let name = folded(name);
    let ordinal = ["stof", "ndof", "rdof", "thof", "st", "nd", "rd", "th"];
    let month = month_number(&name)
        .or_else(|| ordinal.iter().find_map(|ordinal| month_number(name.strip_prefix(ordinal)?)))?;
    let short = after.len() == 2 && before.len() <= 2;
    if after.len() == 4 || short { civil(after, month, before) } else { None }
}

/// A date whose digits were read as letters that look like them: `O3.11.2O26`, `ıs. November 2025`. Its shape
/// must leave no doubt that it is a date.
pub fn damaged_date(joined: &str) -> Option<Date> {
    if joined.len() > LONGEST || !joined.contains(['.', ',', '-', '/']) {
        return None;
    }
    let text = joined.trim_matches(|c: char| "()„“‚'\"|*;:".contains(c));
    let parts: Vec<&str> = text.split(['.', ',']).collect();
    let mended: Vec<String> = parts.iter().map(|part| mended(part)).collect();
    match mended.len() {
        3 => date(&mended.join(".")),
        2 => {
            let (day, rest) = (&mended[0], parts[1]);
            let year = rest.char_indices().rev().nth(3).map(|(place, _)| place)?;
            date(&format!("{day}.{}.{}", &rest[..year], self::mended(&rest[year..])))
        }
        _ => None,
    }
}

fn mended(part: &str) -> String {
    if part.chars().count() > 4 {
        return part.to_owned();
    }
    part.chars()
        .map(|c| match c {
            'O' | 'o' | 'Q' | 'D' => '0',
            'I' | 'l' | 'ı' | '|' | '!' | 'i' => '1',
            'Z' | 'z' => '2',
            'S' | 's' => '5',
            'B' => '8',
            c => c,
        })
        .collect()
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let plain = |text: &str, longest: usize| {
        !text.is_empty() && text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !plain(year, 4) || !plain(month, 2) || !plain(day, 2) {
        return None;
    }
    let written: i16 = year.parse().ok()?;
    let year = if year.len() == 2 { 2000 + written } else { written };
    if !(1990..=2100).contains(&year) {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

fn month_number(name: &str) -> Option<&'static str> {
    const MONTHS: [(&str, &str); 18] = [
        ("januar", "1"),
        ("janner", "1"),
        ("february", "2"),
        ("marz", "3"),
        ("mrz", "3"),
        ("march", "3"),
        ("april", "4"),
        ("mai", "5"),
        ("may", "5"),
        ("juni", "6"),
        ("june", "6"),
        ("juli", "7"),
        ("july", "7"),
        ("august", "8"),
        ("september", "9"),
        ("oktober", "10"),
        ("october", "10"),
        ("november", "11"),
    ];
    const MORE: [(&str, &str); 4] =
        [("dezember", "12"), ("december", "12"), ("january", "1"), ("februar", "2")];
    let mut months = MONTHS.iter().chain(&MORE);
    // "maerz" as it is typed without umlauts
    let name = if name == "maerz" { "marz" } else { name };
    if let Some((_, number)) = months.clone().find(|(month, _)| *month == name) {
        return Some(number);
    }
    months.find(|(month, _)| name.len() >= 3 && month.starts_with(name)).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let rows = [
            ("03.11.2026", Some("2026-11-03")),
            ("3.11.26", Some("2026-11-03")),
            ("2026-11-03", Some("2026-11-03")),
            ("03/11/2026", Some("2026-11-03")),
            ("3.November2026", Some("2026-11-03")),
            ("3November2026", Some("2026-11-03")),
            ("3.März2026", Some("2026-03-03")),
            ("3.Nov.2026", Some("2026-11-03")),
            ("3.Nov2026", Some("2026-11-03")),
            ("(03.11.2026)", Some("2026-11-03")),
            ("03.11.2026,", Some("2026-11-03")),
            ("29.02.2024", Some("2024-02-29")),
            ("29.02.2026", None),
            ("31.04.2026", None),
            ("03.13.2026", None),
            ("3.11.", None),
            ("03.11.1889", None),
            ("123.11.2026", None),
            ("3.Foo2026", None),
            ("November2026", None),
            ("12-34-56", None),
            ("03-11-2026", Some("2026-11-03")),
            ("November3,2026", Some("2026-11-03")),
            ("Nov.3,2026", Some("2026-11-03")),
            ("03-Nov-2026", Some("2026-11-03")),
            ("3rdNovember2026", Some("2026-11-03")),
            ("11/25/2026", Some("2026-11-25")),
            ("3.Mrz.26", Some("2026-03-03")),
            ("2026/11/03", Some("2026-11-03")),
            ("7.500,25", None),
            ("12,34.56", None),
            ("", None),
            ("...", None),
            ("ä", None),
            ("1.ä2026", None),
        ];
        for (word, expected) in rows {
            assert_eq!(date(word).map(|date| date.to_string()).as_deref(), expected, "{word:?}");
        }
    }

    #[test]
    fn damaged_dates() {
        for (word, expected) in [
            ("O3.11.2O26", Some("2026-11-03")),
            ("ıs.November2025", Some("2025-11-15")),
            ("l5.lO.2024", Some("2024-10-15")),
            ("03,11.2026", Some("2026-11-03")),
            ("Sie.Ist.gut", None),
            ("ä.ö", None),
            ("Os", None),
        ] {
            assert_eq!(damaged_date(word).map(|date| date.to_string()).as_deref(), expected, "{word:?}");
        }
    }
}
