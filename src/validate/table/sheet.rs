//! Reads the lines of a file in `rules/syntax`.
//!
//! In: text. Out: [`Sheet`], what was read and what could not be. Absent on purpose: code the lines name.

use super::{Row, Test};
use crate::invoice::Name;
use crate::validate::engine::Where;
use crate::validate::{Edition, Severity};

/// A file: its contexts in order, and the lines that cannot be read.
pub struct Sheet {
    pub contexts: Vec<Lines>,
    pub faults: Vec<String>,
}

/// The lines of one context.
pub struct Lines {
    /// As it stands in the file, without edition.
    pub context: &'static str,
    pub places: Vec<Where>,
    pub guard: Option<&'static str>,
    pub only: Option<Edition>,
    pub rows: Vec<Row>,
    pub specials: Vec<Special>,
}

/// A row that stands in code.
pub struct Special {
    pub id: &'static str,
    /// Its name in code, the id where the file gives no other.
    pub name: &'static str,
    pub severity: Severity,
    pub only: Option<Edition>,
}

impl Sheet {
    pub fn read(file: &'static str) -> Self {
        let mut sheet = Self { contexts: Vec::new(), faults: Vec::new() };
        for (number, line) in (1..).zip(file.lines()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(fault) = sheet.line(line) {
                sheet.faults.push(format!("line {number}: {fault}: {line}"));
            }
        }
        sheet
    }

    fn line(&mut self, line: &'static str) -> Result<(), &'static str> {
        if let Some(context) = line.strip_prefix("@ ") {
            self.contexts.push(context_of(context)?);
            return Ok(());
        }
        let lines = self.contexts.last_mut().ok_or("no context above")?;
        let columns: Vec<&'static str> = line.split('\t').collect();
        if columns.len() < 3 || columns.len() > 5 || columns[0].is_empty() {
            return Err("not three to five columns");
        }
        let (id, severity) = (columns[0], severity_of(columns[1])?);
        let path = columns.get(3).copied().unwrap_or_default();
        let only = edition_of(columns.get(4).copied().unwrap_or_default())?;
        if columns[2] == "special" {
            let name = if path.is_empty() { id } else { path };
            lines.specials.push(Special { id, name, severity, only });
            return Ok(());
        }
        let test = test_of(columns[2])?;
        if path.is_empty() {
            return Err("no path");
        }
        lines.rows.push(Row { id, severity, test, path, only });
        Ok(())
    }
}

fn context_of(line: &'static str) -> Result<Lines, &'static str> {
    let (line, edition) = line.split_once('\t').unwrap_or((line, ""));
    let (places, guard) = match line.split_once(" ? ") {
        Some((places, guard)) => (places, Some(guard.trim())),
        None => (line, None),
    };
    Ok(Lines {
        context: line.trim(),
        places: places.split('|').map(|place| place_of(place.trim())).collect::<Result<_, _>>()?,
        guard,
        only: edition_of(edition)?,
        rows: Vec::new(),
        specials: Vec::new(),
    })
}

fn place_of(place: &'static str) -> Result<Where, &'static str> {
    if let Some(ending) = place.strip_prefix('*') {
        return if ending.contains(['/', ':', '*']) {
            Err("no ending of a name")
        } else {
            Ok(Where::Ending(ending))
        };
    }
    // Contexts match anywhere, so `//` before one says nothing.
    let inside = place.trim_start_matches("//");
    let (path, rooted) = match inside.strip_prefix('/') {
        Some(path) => (path, true),
        None => (inside, false),
    };
    let names: Option<Vec<Name>> = path.split('/').map(Name::parse).collect();
    let names: &'static [Name] = Box::leak(names.ok_or("a name nobody knows")?.into_boxed_slice());
    Ok(if rooted { Where::From(names) } else { Where::Inside(names) })
}

fn severity_of(column: &str) -> Result<Severity, &'static str> {
    match column {
        "fatal" => Ok(Severity::Fatal),
        "warning" => Ok(Severity::Warning),
        "information" => Ok(Severity::Information),
        _ => Err("no such severity"),
    }
}

fn test_of(column: &str) -> Result<Test, &'static str> {
    match column {
        "absent" => Ok(Test::Absent),
        "once" => Ok(Test::Once),
        "present" => Ok(Test::Present),
        "single" => Ok(Test::Single),
        "never" => Ok(Test::Never),
        _ => Err("no such test"),
    }
}

fn edition_of(column: &str) -> Result<Option<Edition>, &'static str> {
    if column.is_empty() {
        return Ok(None);
    }
    let named = Edition::ALL.iter().find(|edition| edition.from_day().to_string() == column);
    named.copied().map(Some).ok_or("no such edition")
}
