//! Our own rules about e-invoices: check digits, dates that contradict each other, cash discounts. Ids begin
//! with `LM-`. None of them is fatal: they never turn an officially accepted invoice into a refused one.

use super::engine::Fault;
use super::{Finding, Findings, House, LegalClass, SPECIFICATION, Severity};
use crate::invoice::checks::{VatId, bic, gtin, iban, leitweg_id, looks_like_leitweg_id, vat_id};
use crate::invoice::{Invoice, Misread, Party, Place, discounts, name_of};
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
}

/// Examines the invoice as we read it.
pub fn examine(invoice: &Invoice, surroundings: &Surroundings, findings: &mut Findings) {
    for misread in &invoice.misread {
        findings.push(unread(invoice, misread));
    }
    for row in ROWS {
        if let Some(fault) = surroundings.fault.filter(|fault| fault.id == row.id) {
            fault.strike();
            findings.push(super::undecided(row.id, "/".to_owned()));
        }
        for broken in (row.broken)(invoice, surroundings) {
            findings.push(row.finding(invoice, broken));
        }
    }
}

/// One rule about the model: what breaks it, and where.
pub struct Row {
    pub id: &'static str,
    pub severity: Severity,
    broken: fn(&Invoice, &Surroundings) -> Vec<Broken>,
}

struct Broken {
    place: Place,
    expected: Option<String>,
    found: Option<String>,
}

impl Broken {
    fn at(place: Place, found: impl ToString) -> Self {
        Self { place, expected: None, found: Some(found.to_string()) }
    }

    fn expected(mut self, expected: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self
    }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row { id: "LM-LEITWEG", severity: Severity::Warning, broken: wrong_leitweg_id },
    Row { id: "LM-LEITWEG-OURS", severity: Severity::Warning, broken: foreign_leitweg_id },
    Row { id: "LM-IBAN", severity: Severity::Warning, broken: wrong_accounts },
    Row { id: "LM-BIC", severity: Severity::Warning, broken: wrong_banks },
    Row { id: "LM-VAT-ID", severity: Severity::Warning, broken: wrong_vat_ids },
    Row { id: "LM-GTIN", severity: Severity::Warning, broken: wrong_item_numbers },
    Row { id: "LM-DATE-AHEAD", severity: Severity::Warning, broken: dated_ahead },
    Row { id: "LM-DATE-DUE", severity: Severity::Warning, broken: due_before_issue },
    Row { id: "LM-DATE-PRECEDING", severity: Severity::Warning, broken: follows_a_later_one },
    Row { id: "LM-DATE-PERIOD", severity: Severity::Warning, broken: lines_outside_the_period },
    Row { id: "LM-SKONTO", severity: Severity::Information, broken: offers },
];

impl Row {
    fn finding(&self, invoice: &Invoice, broken: Broken) -> Finding {
        let (terms, legal_class, text) = super::wording(self.id);
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            location: invoice.places.xpath(broken.place),
            terms,
            legal_class: Some(legal_class),
            text,
            expected: broken.expected,
            found: broken.found.map(|found| found.chars().take(super::MAX_SHOWN).collect()),
        }
    }
}

fn wrong_leitweg_id(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let reference = invoice.buyer_reference.as_deref().unwrap_or_default();
    if looks_like_leitweg_id(reference) && !leitweg_id(reference) {
        return vec![Broken::at(Place(0), reference)];
    }
    Vec::new()
}

/// Only where the house has told which ones are its own, and only a right one.
fn foreign_leitweg_id(invoice: &Invoice, surroundings: &Surroundings) -> Vec<Broken> {
    let ours = &surroundings.house.leitweg_ids;
    let reference = invoice.buyer_reference.as_deref().unwrap_or_default().trim();
    if ours.is_empty() || !leitweg_id(reference) || ours.iter().any(|own| own.eq_ignore_ascii_case(reference)) {
        return Vec::new();
    }
    vec![Broken::at(Place(0), reference)]
}

/// Credit transfers to what looks like an IBAN. Accounts outside the SEPA area have none.
fn wrong_accounts(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let mut broken = Vec::new();
    for transfer in invoice.payment.iter().flat_map(|payment| &payment.transfers) {
        let Some(account) = transfer.account.as_deref() else { continue };
        let starts = account.trim_start().as_bytes().get(..4).unwrap_or_default();
        let looks = matches!(starts, [a, b, c, d]
            if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit());
        if looks && !iban(&account.to_ascii_uppercase()) {
            broken.push(Broken::at(transfer.place, account));
        }
    }
    broken
}

fn wrong_banks(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let transfers = invoice.payment.iter().flat_map(|payment| &payment.transfers);
    let given = transfers.filter_map(|transfer| Some((transfer.place, transfer.provider.as_deref()?)));
    let wrong = given.filter(|(_, provider)| !provider.trim().is_empty() && !bic(provider));
    wrong.map(|(place, provider)| Broken::at(place, provider)).collect()
}

fn wrong_vat_ids(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let parties = [Some(&invoice.seller), Some(&invoice.buyer), invoice.tax_representative.as_ref()];
    let given = |party: &Party| Some((party.place, party.vat_id.clone()?));
    let wrong =
        |(_, id): &(Place, String)| matches!(vat_id(id.trim()), VatId::Malformed | VatId::WrongCheckDigits);
    let given = parties.into_iter().flatten().filter_map(given);
    given.filter(wrong).map(|(place, id)| Broken::at(place, id)).collect()
}

fn wrong_item_numbers(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let given = invoice.lines.iter().filter_map(|line| Some((line.place, line.item.standard_id.as_ref()?)));
    let wrong = given.filter(|(_, id)| id.scheme.as_deref() == Some(GTIN_SCHEME) && !gtin(&id.value));
    wrong.map(|(place, id)| Broken::at(place, &id.value)).collect()
}

fn dated_ahead(invoice: &Invoice, surroundings: &Surroundings) -> Vec<Broken> {
    let latest = surroundings.day.checked_add(DAYS_AHEAD.days()).unwrap_or(Date::MAX);
    let ahead = invoice.issue_date.filter(|date| *date > latest);
    ahead.map(|date| Broken::at(Place(0), date).expected(surroundings.day)).into_iter().collect()
}

fn due_before_issue(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let (Some(issued), Some(due)) = (invoice.issue_date, invoice.due_date) else { return Vec::new() };
    if due < issued { vec![Broken::at(Place(0), due).expected(issued)] } else { Vec::new() }
}

fn follows_a_later_one(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let Some(issued) = invoice.issue_date else { return Vec::new() };
    let given = invoice.preceding.iter().filter_map(|earlier| Some((earlier.place, earlier.issue_date?)));
    let later = given.filter(|(_, date)| *date > issued);
    later.map(|(place, date)| Broken::at(place, date).expected(issued)).collect()
}

fn lines_outside_the_period(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let Some(whole) = &invoice.period else { return Vec::new() };
    let mut broken = Vec::new();
    for period in invoice.lines.iter().filter_map(|line| line.period.as_ref()) {
        if let (Some(start), Some(earliest)) = (period.start, whole.start)
            && start < earliest
        {
            broken.push(Broken::at(period.place, start).expected(earliest));
        } else if let (Some(end), Some(latest)) = (period.end, whole.end)
            && end > latest
        {
            broken.push(Broken::at(period.place, end).expected(latest));
        }
    }
    broken
}

/// Not broken at all: what finance should see.
fn offers(invoice: &Invoice, _: &Surroundings) -> Vec<Broken> {
    let currency = invoice.currency.as_deref().unwrap_or_default();
    let shown = |offer: crate::invoice::Discount| {
        let until = offer.until.map_or_else(|| format!("{} Tage", offer.days), |day| format!("bis {day}"));
        Broken::at(
            Place(0),
            format!("{until}: {} % von {} = {} {currency}", offer.percent, offer.base, offer.amount),
        )
    };
    discounts(invoice).into_iter().map(shown).collect()
}

/// A number or date that could not be read: whoever reads on would take it for absent. Where the structure is
/// checked this is the same finding in our words, so it weighs no more than a warning.
fn unread(invoice: &Invoice, misread: &Misread) -> Finding {
    let (de, en) = name_of(misread.term).unwrap_or(("Angabe", "value"));
    Finding {
        id: "LM-READ".to_owned(),
        severity: Severity::Warning,
        location: invoice.places.xpath(misread.place),
        terms: vec![misread.term],
        legal_class: Some(LegalClass::Format),
        text: Bilingual::new(
            format!("Die Angabe „{de}“ ({}) ist so geschrieben, dass sie gelesen werden kann.", misread.term),
            format!("“{en}” ({}) is written so that it can be read.", misread.term),
        ),
        expected: None,
        found: Some(misread.found.clone()),
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
