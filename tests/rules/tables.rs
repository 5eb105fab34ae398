//! Every row of the tables in `rules/syntax` makes its own cases: a document with nothing but the way to what the
//! row looks at, and the same with it or without.
//!
//! The files are read here a second time, plainly, so that the two readings watch over each other.

use laufmappe::invoice::{Name, Space};
use laufmappe::validate::{Edition, catalogue, check};
use std::collections::BTreeSet;

const FILES: &[(&str, &str)] = &[
    ("en16931-ubl", include_str!("../../rules/syntax/ubl.tsv")),
    ("en16931-cii", include_str!("../../rules/syntax/cii.tsv")),
];

/// What an element must have inside for a guard to be true.
const GUARDS: &[(&str, &str)] = &[
    ("allowance", "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>"),
    ("charge", "<cbc:ChargeIndicator>true</cbc:ChargeIndicator>"),
    ("is_no_tax_total", ""),
];

/// What an attribute must say for a guard to be true.
const GUARDS_ON_ATTRIBUTES: &[(&str, &str)] = &[("is_day", " format=\"102\"")];

const PREFIXES: &[&str] = &["ubl", "cn", "cac", "cbc", "ext", "rsm", "ram", "qdt", "udt"];

struct Context {
    places: Vec<Place>,
    guard: &'static str,
    rows: Vec<Row>,
}

enum Place {
    From(Vec<String>),
    Inside(Vec<String>),
    Ending(String),
}

struct Row {
    id: &'static str,
    test: &'static str,
    paths: Vec<Path>,
    edition: Edition,
}

/// Steps, each perhaps at any depth.
type Path = Vec<(bool, String)>;

/// From the root to what a row looks at; the last step may be an attribute.
struct Way {
    steps: Vec<String>,
    /// Which of the steps is the element of the context.
    context: usize,
}

fn read(file: &'static str) -> Vec<Context> {
    let mut contexts: Vec<Context> = Vec::new();
    for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(line) = line.strip_prefix("@ ") {
            let line = line.split('\t').next().unwrap();
            let (places, guard) = line.split_once(" ? ").unwrap_or((line, ""));
            let places = places.split('|').map(|place| Place::read(place.trim())).collect();
            contexts.push(Context { places, guard, rows: Vec::new() });
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        if matches!(columns[2], "special" | "never") {
            continue;
        }
        let first = Edition::ALL[0];
        let only_first = columns.get(4) == Some(&first.from_day().to_string().as_str());
        contexts.last_mut().unwrap().rows.push(Row {
            id: columns[0],
            test: columns[2],
            paths: paths(columns[3]),
            edition: if only_first { first } else { Edition::LATEST },
        });
    }
    contexts
}

impl Place {
    fn read(place: &str) -> Self {
        let names = |path: &str| path.split('/').map(str::to_owned).collect();
        match place.strip_prefix('*') {
            Some(ending) => Place::Ending(ending.to_owned()),
            None if place.starts_with("//") => Place::Inside(names(&place[2..])),
            None if place.starts_with('/') => Place::From(names(&place[1..])),
            None => Place::Inside(names(place)),
        }
    }

    fn is_at(&self, steps: &[String]) -> bool {
        match self {
            Place::From(names) => steps == names,
            Place::Inside(names) => steps.ends_with(names),
            Place::Ending(ending) => steps.last().is_some_and(|step| step.ends_with(ending.as_str())),
        }
    }

    /// Names from the root to elements of this place.
    fn ways(&self, book: &str) -> Vec<Vec<String>> {
        let prefixes: &[&str] = if book.ends_with("ubl") { &["cbc:", "cac:"] } else { &["ram:", "udt:"] };
        let root = if book.ends_with("ubl") { "ubl:Invoice" } else { "rsm:CrossIndustryInvoice" };
        let below = |names: &[String]| [&[root.to_owned()], names].concat();
        match self {
            Place::From(names) => vec![names.clone()],
            Place::Inside(names) => vec![below(names)],
            Place::Ending(ending) => {
                let names = Name::all().map(Name::qualified).filter(|name| name.ends_with(ending.as_str()));
                let known = names.filter(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)));
                known.map(|name| below(&[name.to_owned()])).collect()
            }
        }
    }
}

/// `cac:A/(cbc:B|cbc:C) | //cbc:D/@e`: every path that is meant.
fn paths(column: &str) -> Vec<Path> {
    let mut depth = 0;
    let divided = column.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == '|' && depth == 0
    });
    let mut all = Vec::new();
    for path in divided.map(str::trim) {
        let mut found: Vec<Path> = vec![Vec::new()];
        let mut deep = false;
        for (number, step) in path.split('/').enumerate() {
            if step.is_empty() {
                // Two strokes leave nothing between them, and before a path they leave two.
                deep = true;
                continue;
            }
            assert!(number > 0 || !deep);
            let names = step.trim_start_matches('(').trim_end_matches(')').split('|');
            let longer = |name: &str| {
                let step = (deep, name.to_owned());
                found
                    .iter()
                    .map(|path| [path.as_slice(), std::slice::from_ref(&step)].concat())
                    .collect::<Vec<Path>>()
            };
            found = names.flat_map(longer).collect();
            deep = false;
        }
        all.extend(found);
    }
    all
}

fn leads_to(path: &[(bool, String)], steps: &[String]) -> bool {
    let Some(((deep, name), rest)) = path.split_first() else { return steps.is_empty() };
    let depths = if *deep { steps.len() } else { steps.len().min(1) };
    (0..depths).any(|depth| {
        let step = &steps[depth];
        let fits = step == name || name == "*" && !step.starts_with('@');
        fits && leads_to(rest, &steps[depth + 1..])
    })
}

/// Where a row can be broken: at each place of its context that no context above takes, by each of its paths.
fn ways(book: &str, contexts: &[Context], number: usize, row: &Row) -> Vec<Way> {
    let between = if book.ends_with("ubl") { "cac:Between" } else { "ram:Between" };
    let taken = |steps: &[String]| {
        let above = contexts[..number].iter().filter(|context| context.guard.is_empty());
        above.flat_map(|context| &context.places).any(|place| place.is_at(steps))
    };
    let mut ways = Vec::new();
    for place in &contexts[number].places {
        // Of the many names with one ending, one will do.
        let Some(to_context) = place.ways(book).into_iter().find(|steps| !taken(steps)) else { continue };
        for path in &row.paths {
            let mut steps = to_context.clone();
            for (deep, name) in path {
                if *deep {
                    steps.push(between.to_owned());
                }
                steps.push(if name == "*" { between.to_owned() } else { name.clone() });
            }
            ways.push(Way { steps, context: to_context.len() - 1 });
        }
    }
    ways
}

impl Way {
    /// A document in which what the row looks at stands so often.
    fn document(&self, guard: &str, count: usize) -> String {
        let attribute = self.steps.last().unwrap().strip_prefix('@');
        let elements = self.steps.len() - usize::from(attribute.is_some());
        let mut inner = String::new();
        for number in (0..elements).rev() {
            let name = &self.steps[number];
            let is_context = number == self.context;
            let inside =
                GUARDS.iter().find(|(name, _)| is_context && *name == guard).map_or("", |found| found.1);
            let on_it = GUARDS_ON_ATTRIBUTES.iter().find(|(name, _)| is_context && *name == guard);
            let mut attributes = on_it.map_or("", |found| found.1).to_owned();
            let mut times = 1;
            if number == elements - 1 {
                match attribute {
                    Some(attribute) if count > 0 => {
                        attributes += &format!(" {attribute}=\"x\"");
                        times = count;
                    }
                    Some(_) => {}
                    None => times = count,
                }
            }
            if number == 0 {
                attributes += &namespaces();
            }
            inner = format!("<{name}{attributes}>{inside}{inner}</{name}>").repeat(times);
        }
        inner
    }
}

fn namespaces() -> String {
    let uri = |prefix: &str| Space::with_prefix(prefix).unwrap().uri();
    PREFIXES.iter().map(|prefix| format!(" xmlns:{prefix}=\"{}\"", uri(prefix))).collect()
}

/// Ids of the table that are found, each as often as it is.
fn found(document: &str, edition: Edition, ids: &BTreeSet<&str>) -> Vec<String> {
    let report = check(document.as_bytes(), edition.from_day());
    report.findings.into_iter().map(|finding| finding.id).filter(|id| ids.contains(id.as_str())).collect()
}

/// Another row may well be broken by the same thing, if it looks at the same place, or asks for something in it.
fn is_about(contexts: &[Context], id: &str, way: &Way) -> bool {
    let last = way.steps.len() - 1;
    // An attribute comes twice with its element.
    let reaches = |path: &Path, below: &[String]| {
        leads_to(path, below)
            || below.last().is_some_and(|step| step.starts_with('@'))
                && leads_to(path, &below[..below.len() - 1])
    };
    let is_about = |context: &Context, row: &Row| {
        (0..=last).any(|number| {
            let (at, below) = way.steps.split_at(number + 1);
            let asks = number == last && matches!(row.test, "present" | "single");
            context.places.iter().any(|place| place.is_at(at))
                && (asks || row.paths.iter().any(|path| reaches(path, below)))
        })
    };
    contexts.iter().any(|context| context.rows.iter().any(|row| row.id == id && is_about(context, row)))
}

#[test]
fn every_row_is_broken_by_what_it_forbids_and_by_nothing_else() {
    let mut wrong = Vec::new();
    for (book, file) in FILES {
        let contexts = read(file);
        let ids: BTreeSet<&str> = contexts.iter().flat_map(|context| &context.rows).map(|row| row.id).collect();
        for (number, context) in contexts.iter().enumerate() {
            let known = |guards: &[(&str, &str)]| guards.iter().any(|(name, _)| *name == context.guard);
            let guard_is_known = context.guard.is_empty() || known(GUARDS) || known(GUARDS_ON_ATTRIBUTES);
            assert!(guard_is_known, "{book}: what makes {} true?", context.guard);
            for row in &context.rows {
                let ways = ways(book, &contexts, number, row);
                if ways.is_empty() {
                    wrong.push(format!("{book} {}: contexts above take its elements, write never", row.id));
                }
                for way in ways {
                    wrong.extend(faults(&contexts, &ids, context, row, &way));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn faults(contexts: &[Context], ids: &BTreeSet<&str>, context: &Context, row: &Row, way: &Way) -> Vec<String> {
    let (holds, breaks): (usize, &[usize]) = match row.test {
        "absent" => (0, &[1]),
        "once" => (1, &[2]),
        "present" => (1, &[0]),
        "single" => (1, &[0, 2]),
        other => panic!("{other}"),
    };
    let held = found(&way.document(context.guard, holds), row.edition, ids);
    let mut wrong = Vec::new();
    if held.iter().any(|id| id == row.id) {
        wrong.push(format!("{} is found where it holds: {}", row.id, way.steps.join("/")));
    }
    for count in breaks {
        let broken = found(&way.document(context.guard, *count), row.edition, ids);
        let times = broken.iter().filter(|id| *id == row.id).count();
        if times != 1 {
            wrong.push(format!("{} is found {times} times at {count} of {}", row.id, way.steps.join("/")));
        }
        for other in broken.iter().filter(|id| !held.contains(id) && !is_about(contexts, id, way)) {
            wrong.push(format!("{other} is found with {} at {}", row.id, way.steps.join("/")));
        }
    }
    wrong
}

#[test]
fn the_catalogue_has_the_rows_of_the_files() {
    let entries = catalogue();
    for (book, file) in FILES {
        let written: BTreeSet<&str> =
            read(file).iter().flat_map(|context| &context.rows).map(|row| row.id).collect();
        let rows =
            entries.iter().filter(|entry| entry.book == *book && entry.is_table_row && !entry.never_fires);
        assert_eq!(written, rows.map(|entry| entry.id).collect(), "{book}");
    }
}
