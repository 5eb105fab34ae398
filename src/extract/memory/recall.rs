//! What is known about the supplier of a page, held against what was read from it.
//!
//! In: [`Memory`], the rows of the pages, the invoice as it was guessed. Out: the same invoice with values
//! proved (mark `known`), found where they stood before (`learnt`), or doubted (`contradiction`). Absent on
//! purpose: values that stand nowhere on the page, but for the supplier's own name.

use super::learn::shape;
use super::{Identity, Memory, Place, Supplier};
use crate::extract::guess::labels::{beside, places};
use crate::extract::guess::sheet::{self, Guess, Row, Token, date_at};
use crate::extract::guess::{amount, folded};
use crate::invoice::{CreditTransfer, Evidence, Invoice, Payment, Term, bt};

/// What master data and page say alike: the one way besides measuring in which a value is sure.
const PROVED: f32 = 0.995;
/// A value found where a person showed it, in the shape it had there.
const LEARNT: f32 = 0.98;
/// What contradicts the master data must be seen by a person.
const DOUBTED: f32 = 0.3;
/// Points a value without label may have moved.
const MOVED: (f32, f32) = (12.0, 8.0);

/// Holds the memory against the page.
pub(super) fn recall(memory: &Memory, rows: &[Row], invoice: &mut Invoice) {
    let print: String = rows.iter().flat_map(|row| &row.tokens).map(|token| token.folded.as_str()).collect();
    let Some(supplier) = recognise(memory, &print, invoice) else { return };
    let page = Page { rows, print: &print };
    name(&supplier.identity, &page, invoice);
    ids(&supplier.identity, &page, invoice);
    account(&supplier.identity, &page, invoice);
    // The first lesson of a term that finds something decides.
    for place in &supplier.places {
        found_again(place, rows, invoice);
    }
}

struct Page<'a> {
    rows: &'a [Row],
    /// All letters and digits of all pages.
    print: &'a str,
}

impl Page<'_> {
    fn says(&self, value: &str) -> bool {
        says(self.print, value)
    }

    /// Where the value stands, for its evidence.
    fn evidence(&self, value: &str, confidence: f32) -> Evidence {
        let wanted = folded(value);
        for row in self.rows {
            for start in 0..row.tokens.len() {
                let mut joined = String::new();
                for (index, token) in row.tokens.iter().enumerate().skip(start).take(8) {
                    joined.push_str(&token.folded);
                    if joined == wanted && !token.folded.is_empty() {
                        let mut evidence = Guess::new((), 1.0, &row.tokens[start..=index]).evidence;
                        // The comparison with what is known proves more than the reader's own doubts.
                        evidence.confidence = confidence;
                        return evidence;
                    }
                }
            }
        }
        Evidence { confidence, page: 1, ..Evidence::default() }
    }
}

fn says(print: &str, value: &str) -> bool {
    let wanted = folded(value);
    wanted.chars().count() >= 6 && print.contains(&wanted)
}

/// The one supplier whose keys are on the page: one with check digits, or two others. Two suppliers that fit
/// equally well are none.
fn recognise<'a>(memory: &'a Memory, print: &str, invoice: &Invoice) -> Option<&'a Supplier> {
    let mut best: Option<(u32, &Supplier)> = None;
    let mut several = false;
    for supplier in &memory.suppliers {
        let weight = agreement(&supplier.identity, print, invoice);
        // A key with check digits weighs 2, the others 1.
        if weight < 2 {
            continue;
        }
        match best {
            Some((most, _)) if most > weight => {}
            Some((most, _)) if most == weight => several = true,
            _ => (best, several) = (Some((weight, supplier)), false),
        }
    }
    best.filter(|_| !several).map(|(_, supplier)| supplier)
}

fn agreement(identity: &Identity, print: &str, invoice: &Invoice) -> u32 {
    let on_page = |known: &Option<String>, read: &Option<String>| {
        known.as_deref().is_some_and(|known| {
            says(print, known) || read.as_deref().is_some_and(|read| folded(read) == folded(known))
        })
    };
    let vat_id = on_page(&identity.vat_id, &invoice.seller.vat_id);
    // Another VAT id was read: it is somebody else, however alike name and bank may be.
    if !vat_id && identity.vat_id.is_some() && invoice.seller.vat_id.is_some() {
        let sure = invoice.evidence.get(&bt(31)).is_some_and(|evidence| evidence.confidence >= 0.9);
        if sure {
            return 0;
        }
    }
    let read = account_of(invoice).map(str::to_owned);
    let account = identity.ibans.iter().any(|iban| on_page(&Some(iban.clone()), &read));
    let name = on_page(&identity.name, &invoice.seller.name);
    let tax_number = on_page(&identity.tax_number, &invoice.seller.tax_number);
    2 * u32::from(vat_id) + 2 * u32::from(account) + u32::from(name) + u32::from(tax_number)
}

fn account_of(invoice: &Invoice) -> Option<&str> {
    invoice
        .payment
        .iter()
        .flat_map(|payment| &payment.transfers)
        .find_map(|transfer| transfer.account.as_deref())
}

/// BT-27: the name as the master data write it.
fn name(identity: &Identity, page: &Page, invoice: &mut Invoice) {
    let Some(known) = &identity.name else { return };
    let same = invoice.seller.name.as_deref().is_some_and(|read| folded(read) == folded(known));
    let confidence = if same || page.says(known) { PROVED } else { LEARNT };
    invoice.seller.name = Some(known.clone());
    mark(invoice, bt(27), page.evidence(known, confidence), "known");
}

/// BT-31, BT-32
fn ids(identity: &Identity, page: &Page, invoice: &mut Invoice) {
    let keys: [(u16, &Option<String>); 2] = [(31, &identity.vat_id), (32, &identity.tax_number)];
    for (number, known) in keys {
        let Some(known) = known else { continue };
        let slot = if number == 31 { &mut invoice.seller.vat_id } else { &mut invoice.seller.tax_number };
        let same = slot.as_deref().is_some_and(|read| folded(read) == folded(known));
        if same || page.says(known) {
            if !same {
                *slot = Some(known.clone());
            }
            mark(invoice, bt(number), page.evidence(known, PROVED), "known");
        } else if slot.is_some() {
            doubt(invoice, bt(number));
        }
    }
}

/// BT-84, BT-86: money goes to a known account; another one is the oldest trick of all.
fn account(identity: &Identity, page: &Page, invoice: &mut Invoice) {
    let read = account_of(invoice).map(str::to_owned);
    let is_known = |iban: &&String| read.as_deref() == Some(iban.as_str());
    let known = identity.ibans.iter().find(is_known);
    let Some(known) = known.or_else(|| identity.ibans.iter().find(|iban| page.says(iban))) else {
        if read.is_some() && !identity.ibans.is_empty() {
            doubt(invoice, bt(84));
        }
        return;
    };
    if invoice.payment.iter().all(|payment| payment.transfers.is_empty()) {
        let transfers = vec![CreditTransfer::default()];
        invoice.payment.push(Payment { transfers, ..Payment::default() });
    }
    let Some(transfer) = invoice.payment.iter_mut().flat_map(|payment| &mut payment.transfers).next() else {
        return;
    };
    transfer.account = Some(known.clone());
    let bic = identity.bic.as_ref().filter(|bic| {
        page.says(bic) || transfer.provider.as_ref().is_some_and(|read| folded(read) == folded(bic))
    });
    if let Some(bic) = bic {
        transfer.provider = Some(bic.clone());
        mark(invoice, bt(86), page.evidence(bic, PROVED), "known");
    }
    mark(invoice, bt(84), page.evidence(known, PROVED), "known");
}

/// New evidence keeps the place and the marks of what was read before.
fn mark(invoice: &mut Invoice, term: Term, evidence: Evidence, word: &'static str) {
    let earlier = invoice.evidence.remove(&term).unwrap_or_default();
    let mut marked = if evidence.area.iter().all(|length| length.abs() < f32::EPSILON) && earlier.page > 0 {
        Evidence { confidence: evidence.confidence, ..earlier }
    } else {
        Evidence { marks: earlier.marks, ..evidence }
    };
    if !marked.marks.iter().any(|mark| mark == word) {
        marked.marks.push(word.into());
    }
    invoice.evidence.insert(term, marked);
}

fn doubt(invoice: &mut Invoice, term: Term) {
    let mut evidence = invoice.evidence.get(&term).cloned().unwrap_or_default();
    evidence.confidence = evidence.confidence.min(DOUBTED);
    mark(invoice, term, evidence, "contradiction");
}

/// Looks where a person showed the value before.
fn found_again(place: &Place, rows: &[Row], invoice: &mut Invoice) {
    let learnt = |invoice: &Invoice| {
        invoice
            .evidence
            .get(&place.term)
            .is_some_and(|evidence| evidence.marks.iter().any(|mark| mark == "learnt"))
    };
    if learnt(invoice) {
        return;
    }
    let mut values: Vec<Guess<String>> = Vec::new();
    for found in looked_at(place, rows) {
        if values.iter().all(|earlier| earlier.value != found.value) {
            values.push(found);
        }
    }
    // Two values behind the same words: nobody said which.
    let Ok([found]) = <[Guess<String>; 1]>::try_from(values) else { return };
    let earlier = written(invoice, place.term);
    let agrees = earlier.as_deref().is_some_and(|earlier| folded(earlier) == folded(&found.value));
    if !agrees && !set(invoice, place.term, &found.value) {
        return;
    }
    let mut evidence = found.evidence;
    if agrees {
        let before = invoice.evidence.get(&place.term).map_or(0.0, |evidence| evidence.confidence);
        evidence.confidence = before.max(evidence.confidence).max(LEARNT);
    } else {
        invoice.evidence.remove(&place.term);
    }
    mark(invoice, place.term, evidence, "learnt");
}

fn looked_at(place: &Place, rows: &[Row]) -> Vec<Guess<String>> {
    if !place.label.is_empty() {
        let found = places(rows, &place.label);
        return found.into_iter().filter_map(|at| beside(rows, at, |tokens| value_at(tokens, place))).collect();
    }
    let (page, left, top) = place.at;
    let near = |token: &Token| (token.x - left).abs() <= MOVED.0 && (token.y - top).abs() <= MOVED.1;
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.page == page) {
        if let Some(start) = row.tokens.iter().position(near) {
            found.extend(value_at(&row.tokens[start..], place));
        }
    }
    found
}

/// The value that begins here, if it has the learnt kind or shape.
fn value_at(tokens: &[Token], place: &Place) -> Option<Guess<String>> {
    if let Some((date, words)) = date_at(tokens, 0) {
        let is_date = matches!(place.term, Term::Bt(2 | 9));
        return is_date.then(|| Guess::new(date.to_string(), LEARNT, &tokens[..words]));
    }
    if matches!(place.term, Term::Bt(109 | 110 | 112 | 113 | 115)) {
        let token = tokens.first()?;
        return amount(&token.text).map(|amount| Guess::new(amount.to_string(), LEARNT, &tokens[..1]));
    }
    let mut counts = vec![place.words];
    counts.extend((1..=6).filter(|count| *count != place.words));
    for count in counts {
        let Some(words) = tokens.get(..count) else { continue };
        let value = sheet::text(words);
        let value = value.trim_matches([':', ',', ';', '.', ' ']);
        if fits(&place.shape, value) {
            return Some(Guess::new(value.to_owned(), LEARNT, words));
        }
    }
    None
}

/// Same signs, same letters in front, groups of digits that may grow or shrink by two.
fn fits(learnt: &str, value: &str) -> bool {
    let found = shape(value);
    if !learnt.contains('#') {
        // A name or a word: whatever stands there, if it is one.
        return found.chars().filter(|c| c.is_alphabetic()).count() >= 3 && found.chars().count() <= 80;
    }
    let (learnt, found) = (groups(learnt), groups(&found));
    let alike = |(a, b): (&(char, String), &(char, String))| match a.0 {
        '#' => b.0 == '#' && a.1.len().abs_diff(b.1.len()) <= 2,
        _ => a == b,
    };
    learnt.len() == found.len() && learnt.iter().zip(&found).all(alike)
}

/// `RE-####` in pieces: digits together, everything else together.
fn groups(shape: &str) -> Vec<(char, String)> {
    let mut groups: Vec<(char, String)> = Vec::new();
    for c in shape.trim_matches([':', ',', ';', '.', ' ']).chars() {
        let kind = if c == '#' { '#' } else { 'x' };
        match groups.last_mut() {
            Some((same, piece)) if *same == kind => piece.push(c),
            _ => groups.push((kind, c.to_string())),
        }
    }
    groups
}

/// The value as it is written in the model.
fn written(invoice: &Invoice, term: Term) -> Option<String> {
    let Term::Bt(number) = term else { return None };
    let amount = |amount: Option<crate::invoice::Amount>| amount.map(|amount| amount.to_string());
    let totals = &invoice.totals;
    match number {
        1 => invoice.number.clone(),
        2 => invoice.issue_date.map(|date| date.to_string()),
        5 => invoice.currency.clone(),
        9 => invoice.due_date.map(|date| date.to_string()),
        10 => invoice.buyer_reference.clone(),
        11 => invoice.project.clone(),
        12 => invoice.contract.clone(),
        13 => invoice.order.clone(),
        44 => invoice.buyer.name.clone(),
        109 => amount(totals.without_vat),
        110 => amount(totals.vat),
        112 => amount(totals.with_vat),
        113 => amount(totals.paid),
        115 => amount(totals.due),
        _ => None,
    }
}

/// Puts a value in its place; `false` where it has none.
fn set(invoice: &mut Invoice, term: Term, value: &str) -> bool {
    let Term::Bt(number) = term else { return false };
    let text = || Some(value.to_owned());
    let (date, amount) = (value.parse().ok(), value.parse().ok());
    let totals = &mut invoice.totals;
    match number {
        1 => invoice.number = text(),
        2 => invoice.issue_date = date,
        5 => invoice.currency = text(),
        9 => invoice.due_date = date,
        10 => invoice.buyer_reference = text(),
        11 => invoice.project = text(),
        12 => invoice.contract = text(),
        13 => invoice.order = text(),
        44 => invoice.buyer.name = text(),
        109 => totals.without_vat = amount,
        110 => totals.vat = amount,
        112 => totals.with_vat = amount,
        113 => totals.paid = amount,
        115 => totals.due = amount,
        _ => return false,
    }
    true
}
