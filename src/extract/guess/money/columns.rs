//! The head of a table of invoice lines.
//!
//! In: rows. Out: [`Head`]: which column holds what, and where it stands. Absent on purpose: the lines below.

use super::sheet::{Row, Token};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Position,
    Article,
    Name,
    Quantity,
    Unit,
    Price,
    Discount,
    Rate,
    Tax,
    Total,
}

/// A named column, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    pub holds: Holds,
    pub left: f32,
    pub right: f32,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Head {
    /// Last row that belongs to the head.
    pub row: usize,
    pub columns: Vec<Column>,
}

/// Rows around the one with most names that may belong to the head as well.
const REACH: usize = 2;

#[rustfmt::skip]
const NAMES: &[(Holds, &[&str])] = &[
    (Holds::Position, &["pos", "position", "lfdnr", "posnr", "lfd", "zeile", "nr", "pnr", "posno", "line", "no"]),
    (Holds::Article, &[
        "artnr", "artikelnr", "artikelnummer", "artno", "artnn", "itemno", "sku", "bestellnr", "materialnr", "artikelno", "productcode",
        "code", "datum", "date", "artn", "materialnummer",
    ]),
    (Holds::Name, &[
        "bezeichnung", "beschreibung", "leistung", "artikel", "artikelbezeichnung", "text", "description", "produkt", "product",
        "leistungsbeschreibung", "artikelbeschreibung", "preisbestandteil", "service", "tatigkeit", "gegenstand", "ware", "titel",
        "leistungen", "item", "leistungstext", "positionstext", "produktbeschreibung", "warenbezeichnung", "details", "artikeltext",
        "kostenart", "buchungstext", "dienstleistung", "materialbezeichnung",
    ]),
    (Holds::Quantity, &[
        "menge", "anzahl", "qty", "quantity", "stuck", "stunden", "hours", "verbrauch", "stuckzahl", "liefermenge", "mengen", "std", "anz",
        "zeit", "dauer",
    ]),
    (Holds::Unit, &["einheit", "me", "mengeneinheit", "unit", "einh", "mengenheit", "vpe", "eh", "meng"]),
    (Holds::Price, &[
        "einzelpreis", "preis", "ep", "epreis", "einzel", "stuckpreis", "einheitspreis", "unitprice", "price", "nettopreis", "epe", "satz",
        "stundensatz", "einzelbetrag", "preisstuck", "preiseinheit", "nettoeinzelpreis", "einzelnetto", "listenpreis", "epnetto", "grundpreis",
        "bruttopreis", "epr",
    ]),
    (Holds::Discount, &["rab", "rabatt", "disc", "discount", "nachlass", "rabattin"]),
    (Holds::Rate, &["mwst", "ust", "vat", "st", "tax", "steuersatz", "mwstsatz", "ustsatz", "steuer", "steuerkz", "mwstkz", "stkz", "stschl"]),
    (Holds::Tax, &["mwstbetrag", "ustbetrag", "steuerbetrag"]),
    (Holds::Total, &[
        "gesamt", "gesamtpreis", "gp", "betrag", "summe", "total", "wert", "amount", "gesamtbetrag", "nettobetrag", "entgelt", "gpe",
        "positionsbetrag", "gpreis", "nettowert", "gesamtnetto", "linetotal", "netto", "preisgesamt", "positionspreis", "gesamtwert", "warenwert",
        "gesamtsumme", "umsatz", "zeilensumme", "positionssumme", "nettogesamt", "honorar", "brutto", "kosten", "gesamteur", "gebuhr", "geb",
    ]),
];

/// The head of a table in this row, with the names above and below that belong to it.
pub fn head(rows: &[Row], number: usize, has_amount: impl Fn(usize) -> bool) -> Option<Head> {
    let mut columns = named(&rows[number]);
    if has_amount(number) || !is_head(&columns) {
        return None;
    }
    let mut last = number;
    let page = rows[number].page;
    let height = rows[number].tokens.first().map_or(10.0, |token| token.height);
    let mut level = rows[number].tokens.first().map_or(0.0, |token| token.y);
    for (below, next) in rows.iter().enumerate().skip(number + 1).take(REACH) {
        let near = next.page == page
            && next.tokens.first().is_some_and(|first| (first.y - level).abs() < 2.5 * height.max(6.0));
        let more = named(next);
        if !near || more.is_empty() || has_amount(below) || next.tokens.len() > 2 * more.len() + 2 {
            break;
        }
        level = next.tokens.first().map_or(level, |token| token.y);
        last = below;
        add(&mut columns, more);
    }
    for above in (number.saturating_sub(REACH)..number).rev() {
        if rows[above].page == page && !has_amount(above) {
            add(&mut columns, named(&rows[above]));
        }
    }
    let total = columns.iter().any(|column| column.holds == Holds::Total || column.holds == Holds::Price);
    columns.sort_by(|a, b| a.left.total_cmp(&b.left));
    // "Amount" is a quantity where it stands in front of the names.
    let name = columns.iter().find(|column| column.holds == Holds::Name).map(|column| column.left);
    for column in &mut columns {
        if column.holds == Holds::Total && name.is_some_and(|name| column.left < name) {
            column.holds = Holds::Quantity;
        }
    }
    total.then_some(Head { row: last, columns })
}

fn is_head(columns: &[Column]) -> bool {
    let has = |holds: Holds| columns.iter().any(|column| column.holds == holds);
    let worth = has(Holds::Total) || has(Holds::Price);
    let what = has(Holds::Name) || has(Holds::Quantity) || has(Holds::Position) || has(Holds::Article);
    let kinds = columns.len();
    worth && what && kinds >= 2 && (kinds >= 3 || has(Holds::Name) && has(Holds::Total))
}

/// The columns a row names.
fn named(row: &Row) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for token in &row.tokens {
        let Some(holds) = holds(token) else { continue };
        let (left, right) = (token.x, token.x + token.width);
        match columns.last_mut() {
            // "Preis / Price", "Rechnungsnr. / no." in one cell
            Some(last) if last.holds == holds && left - last.right < 2.0 * token.height => last.right = right,
            _ => columns.push(Column { holds, left, right }),
        }
    }
    columns
}

fn holds(token: &Token) -> Option<Holds> {
    if token.text == "#" {
        return Some(Holds::Position);
    }
    let word = token.folded.as_str();
    let bare = word.strip_suffix("ineur").or_else(|| word.strip_suffix("eur")).unwrap_or(word);
    let find = |word: &str| NAMES.iter().find(|(_, names)| names.contains(&word)).map(|(holds, _)| *holds);
    let halves = || token.text.split(['/', '(', '.']).find_map(|half| find(&super::written::folded(half)));
    find(word).or_else(|| find(bare)).or_else(halves)
}

fn add(columns: &mut Vec<Column>, more: Vec<Column>) {
    for column in more {
        let known = columns
            .iter()
            .any(|known| known.holds == column.holds || known.left < column.right && column.left < known.right);
        if !known {
            columns.push(column);
        }
    }
}

impl Head {
    pub fn of(&self, holds: Holds) -> Option<&Column> {
        // Of several totals ("Netto … Brutto") the first counts; lines are net.
        self.columns.iter().find(|column| column.holds == holds)
    }

    /// The column a number stands in: the one it overlaps most, else the nearest within reach.
    pub fn under(&self, left: f32, right: f32) -> Option<Holds> {
        let overlap = |column: &Column| right.min(column.right) - left.max(column.left);
        let best = self.columns.iter().max_by(|a, b| overlap(a).total_cmp(&overlap(b)))?;
        (overlap(best) > -40.0).then_some(best.holds)
    }
}
