//! Our own rules about e-invoices: check digits, dates that contradict each other, cash discounts. Ids begin
//! with `LM-`. None of them is fatal: they never turn an officially accepted invoice into a refused one.

use super::element::Element;
use super::engine::Fault;
use super::profile::Set;
use super::terms::{Terms, date};
use super::{Finding, Findings, House, LegalClass, SPECIFICATION, Severity, undecided};
use crate::invoice::checks::{VatId, bic, gtin, iban, leitweg_id, looks_like_leitweg_id, vat_id};
use crate::invoice::{Attribute, discounts, udt};
use crate::job::Bilingual;
use jiff::ToSpan;
use jiff::civil::Date;

/// A date further ahead than this was mistyped; a day is left for clocks and time zones.
const DAYS_AHEAD: i64 = 1;
/// Scheme of a GTIN (ISO/IEC 6523, list of identifier schemes).
const GTIN_SCHEME: &str = "0160";

/// What our rules know besides the invoice.
pub struct Surroundings<'s> {
    pub house: &'s House,
    /// Day of receipt.
    pub day: Date,
    /// Put in on purpose by a test; none in earnest.
    pub fault: Option<&'s Fault>,
    /// Name of the profile that is asked for; where there is none, BT-24 asks.
    pub profile: Option<&'s str>,
}

/// Examines an invoice.
pub fn examine(root: Element, surroundings: &Surroundings, findings: &mut Findings) {
    let terms = Terms::of(root);
    let national = findings.profile.uses(Set::Xrechnung);
    // What a rule of XRechnung says need not be said twice.
    for row in ROWS.iter().filter(|row| !(national && row.also_national)) {
        if let Some(fault) = surroundings.fault.filter(|fault| fault.id == row.id) {
            fault.strike();
            findings.push(undecided(row.id, root.location()));
        }
        (row.examine)(&terms, surroundings, &mut |broken| findings.push(row.finding(broken)));
    }
}

/// One rule: it tells each place where it is broken.
pub struct Row {
    pub id: &'static str,
    pub severity: Severity,
    /// XRechnung has a rule that asks the same.
    also_national: bool,
    examine: fn(&Terms, &Surroundings, &mut Tell),
}

/// Told each place where a rule is broken.
type Tell<'t> = dyn FnMut(Broken) + 't;

struct Broken<'d> {
    element: Element<'d>,
    expected: Option<String>,
    found: String,
}

/// What stands at an element is wrong.
fn wrong(element: Element) -> Broken {
    Broken { element, expected: None, found: element.text().to_owned() }
}

/// A date is wrong beside another.
fn misdated(element: Element, expected: Date) -> Broken {
    Broken { expected: Some(expected.to_string()), ..wrong(element) }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row { id: "LM-LEITWEG", severity: Severity::Warning, also_national: false, examine: wrong_leitweg_id },
    Row { id: "LM-LEITWEG-OURS", severity: Severity::Warning, also_national: false, examine: foreign_leitweg_id },
    Row { id: "LM-IBAN", severity: Severity::Warning, also_national: true, examine: wrong_accounts },
    Row { id: "LM-BIC", severity: Severity::Warning, also_national: false, examine: wrong_banks },
    Row { id: "LM-VAT-ID", severity: Severity::Warning, also_national: false, examine: wrong_vat_ids },
    Row { id: "LM-GTIN", severity: Severity::Warning, also_national: false, examine: wrong_item_numbers },
    Row { id: "LM-DATE", severity: Severity::Warning, also_national: false, examine: unreadable_dates },
    Row { id: "LM-DATE-AHEAD", severity: Severity::Warning, also_national: false, examine: dated_ahead },
    Row { id: "LM-DATE-DUE", severity: Severity::Warning, also_national: false, examine: due_before_issue },
    Row { id: "LM-DATE-PRECEDING", severity: Severity::Warning, also_national: false, examine: follows_a_later_one },
    Row { id: "LM-DATE-PERIOD", severity: Severity::Warning, also_national: true, examine: lines_outside_the_period },
    Row { id: "LM-SKONTO", severity: Severity::Information, also_national: false, examine: offers },
];

impl Row {
    fn finding(&self, broken: Broken) -> Finding {
        let (terms, legal_class, text) = super::wording(self.id);
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            location: broken.element.location(),
            terms,
            legal_class: Some(legal_class),
            text,
            expected: broken.expected,
            found: Some(broken.found.chars().take(super::MAX_SHOWN).collect()),
        }
    }
}

fn wrong_leitweg_id(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    let Some(reference) = terms.buyer_reference() else { return };
    if looks_like_leitweg_id(reference.text()) && !leitweg_id(reference.text()) {
        tell(wrong(reference));
    }
}

/// Only where the house has told which ones are its own, and only a right one.
fn foreign_leitweg_id(terms: &Terms, surroundings: &Surroundings, tell: &mut Tell) {
    let ours = &surroundings.house.leitweg_ids;
    let Some(reference) = terms.buyer_reference().filter(|_| !ours.is_empty()) else { return };
    let written = reference.text().trim();
    if leitweg_id(written) && !ours.iter().any(|own| own.eq_ignore_ascii_case(written)) {
        tell(wrong(reference));
    }
}

/// Credit transfers to what looks like an IBAN. Accounts outside the SEPA area have none.
fn wrong_accounts(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    for account in terms.accounts() {
        let looks = matches!(account.text().trim_start().as_bytes().get(..4), Some([a, b, c, d])
            if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit());
        if looks && !iban(&account.text().to_ascii_uppercase()) {
            tell(wrong(account));
        }
    }
}

fn wrong_banks(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    for bank in terms.banks() {
        if !bank.text().trim().is_empty() && !bic(bank.text()) {
            tell(wrong(bank));
        }
    }
}

fn wrong_vat_ids(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    for id in terms.vat_ids() {
        if matches!(vat_id(id.text().trim()), VatId::Malformed | VatId::WrongCheckDigits) {
            tell(wrong(id));
        }
    }
}

fn wrong_item_numbers(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    for id in terms.item_ids() {
        if id.attribute(Attribute::SchemeId) == Some(GTIN_SCHEME) && !gtin(id.text()) {
            tell(wrong(id));
        }
    }
}

/// CII writes dates as text, so the structure says nothing about them; whoever reads on would take an unreadable
/// one for absent.
fn unreadable_dates(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    if !terms.root.is_cii() {
        return;
    }
    for written in terms.root.doc.all(udt::DateTimeString) {
        let day = matches!(written.attribute(Attribute::Format), None | Some("102"));
        if day && date(written).is_none() {
            tell(wrong(written));
        }
    }
}

fn dated_ahead(terms: &Terms, surroundings: &Surroundings, tell: &mut Tell) {
    let latest = surroundings.day.checked_add(DAYS_AHEAD.days()).unwrap_or(Date::MAX);
    if let Some((element, _)) = terms.issued().filter(|(_, date)| *date > latest) {
        tell(misdated(element, surroundings.day));
    }
}

fn due_before_issue(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    let Some((_, issued)) = terms.issued() else { return };
    for (element, _) in terms.due().filter(|(_, due)| *due < issued) {
        tell(misdated(element, issued));
    }
}

fn follows_a_later_one(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    let Some((_, issued)) = terms.issued() else { return };
    for (element, _) in terms.preceding().filter(|(_, earlier)| *earlier > issued) {
        tell(misdated(element, issued));
    }
}

fn lines_outside_the_period(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    let (start, end) = terms.period();
    if start.is_none() && end.is_none() {
        return;
    }
    for (first, last) in terms.line_periods() {
        if let (Some((element, first)), Some((_, start))) = (first, start)
            && first < start
        {
            tell(misdated(element, start));
        }
        if let (Some((element, last)), Some((_, end))) = (last, end)
            && last > end
        {
            tell(misdated(element, end));
        }
    }
}

/// Not broken at all: what finance should see.
fn offers(terms: &Terms, _: &Surroundings, tell: &mut Tell) {
    let Some(element) = terms.payment_terms().filter(|terms| terms.text().contains("#SKONTO#")) else { return };
    let currency = terms.currency();
    for offer in discounts(element.text(), terms.amount_due(), terms.issued().map(|(_, date)| date)) {
        let until = offer.until.map_or_else(|| format!("{} Tage", offer.days), |day| format!("bis {day}"));
        let found = format!("{until}: {} % von {} = {} {currency}", offer.percent, offer.base, offer.amount);
        tell(Broken { element, expected: None, found });
    }
}

/// Without a profile nobody can say which rules the sender meant to follow.
pub fn unknown_profile(found: Option<String>) -> Finding {
    Finding {
        id: "LM-PROFILE".to_owned(),
        severity: Severity::Fatal,
        location: "/".to_owned(),
        terms: SPECIFICATION.to_vec(),
        legal_class: Some(LegalClass::BusinessRule),
        text: Bilingual::new(
            "Die Spezifikationskennung (BT-24) nennt ein Regelwerk, das hier geprüft werden kann (XRechnung 3.0 oder EN 16931). Bitte eine solche Rechnung anfordern.",
            "The specification identifier (BT-24) names rules that can be checked here (XRechnung 3.0 or EN 16931). Please ask for such an invoice.",
        ),
        expected: None,
        found,
    }
}

/// We have rules for this profile, and the official validator has none: it refuses, and so do we.
pub fn unofficial_profile(name: &str, found: Option<String>) -> Finding {
    Finding {
        id: "LM-SCENARIO".to_owned(),
        text: Bilingual::new(
            format!(
                "Das Regelwerk „{name}“ gehört zu denen, die die amtliche Prüfung annimmt (XRechnung 3.0 oder EN 16931). Geprüft wurde trotzdem, siehe die übrigen Feststellungen."
            ),
            format!(
                "The rules “{name}” are among those the official validation accepts (XRechnung 3.0 or EN 16931). The invoice was examined all the same, see the other findings."
            ),
        ),
        ..unknown_profile(found)
    }
}
