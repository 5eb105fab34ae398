//! The examiner: is the invoice right, and what is wrong with it.
//!
//! In: [`Content`](crate::extract::Content). Out: [`Report`]. Absent on purpose: input, output, clock, locale.
//!
//! A rule is a row of a table; [`catalogue`] lists them all. The tables stand by what they look at:
//! `document`, `line`, `vat`, `codes`, `national` (XRechnung), `own` and `guessed` (Laufmappe).

mod catalogue;
mod codes;
mod document;
mod engine;
mod guessed;
mod line;
mod money;
mod national;
mod own;
mod present;
mod profile;
mod report;
mod vat;

use crate::extract::Content;
use crate::invoice::{Address, Invoice, Place};
use engine::Examination;
use profile::{Set, profile_of, rule_sets};

pub use catalogue::{Entry, catalogue};
pub use codes::{List, code_lists};
pub use report::{Finding, Recommendation, Report, Severity};

/// Examines what a document says. A letter has nothing to examine.
pub fn check(content: &Content) -> Report {
    match content {
        Content::Invoice(invoice) => check_invoice(invoice),
        Content::Letter(_) => Report {
            syntax: None,
            profile: None,
            rule_sets: Vec::new(),
            findings: Vec::new(),
            recommendation: Recommendation::NotApplicable,
        },
    }
}

fn check_invoice(invoice: &Invoice) -> Report {
    let (profile, known) = profile_of(invoice);
    let mut examination = Examination::of(invoice, profile);
    if !known {
        own::unknown_profile(&mut examination);
    }
    for misread in &invoice.misread {
        own::misread(&mut examination, misread);
    }
    if examination.uses(Set::En16931) {
        european(&mut examination, invoice);
    }
    if examination.uses(Set::Xrechnung) {
        german(&mut examination, invoice);
    }
    if examination.uses(Set::Laufmappe) {
        examination.apply(own::DOCUMENT, invoice, Place(0));
    }
    if examination.uses(Set::Guessed) {
        examination.apply(guessed::DOCUMENT, invoice, Place(0));
    }
    let mut report = Report {
        syntax: invoice.syntax,
        profile: known.then(|| profile.name.clone()),
        rule_sets: rule_sets(profile),
        findings: examination.findings,
        recommendation: Recommendation::Accept,
    };
    // Fail closed: an examination by no rules is none.
    if report.fatal() > 0 || report.rule_sets.is_empty() {
        report.recommendation = Recommendation::Reject;
    }
    report
}

fn european(examination: &mut Examination, invoice: &Invoice) {
    let root = Place(0);
    examination.apply(document::DOCUMENT, invoice, root);
    // Without the group the official tests of the group do not run; BR-CO-15 refuses such an invoice.
    if invoice.totals.place != root {
        examination.apply(document::TOTALS, invoice, invoice.totals.place);
    }
    examination.apply(codes::DOCUMENT, invoice, root);
    examination.apply(vat::DOCUMENT, invoice, root);
    for address in addresses(invoice) {
        examination.apply(codes::ADDRESS, address, address.place);
    }
    for row in &invoice.vat {
        if !vat::shadowed(invoice, row) {
            examination.apply(vat::BREAKDOWN, row, row.place);
        }
        examination.apply(codes::BREAKDOWN, row, row.place);
        vat::apply(examination, vat::CATEGORY, &row.category, row, row.place);
    }
    for allowance in &invoice.allowances {
        examination.apply(codes::ALLOWANCE_OR_CHARGE, allowance, allowance.place);
        vat::apply(examination, vat::ALLOWANCE, &allowance.vat_category, allowance, allowance.place);
    }
    for charge in &invoice.charges {
        examination.apply(codes::ALLOWANCE_OR_CHARGE, charge, charge.place);
        vat::apply(examination, vat::CHARGE, &charge.vat_category, charge, charge.place);
    }
    for line in &invoice.lines {
        examination.apply(line::LINE, line, line.place);
        examination.apply(codes::LINE, line, line.place);
        vat::apply(examination, vat::LINE, &line.vat_category, line, line.place);
    }
}

fn german(examination: &mut Examination, invoice: &Invoice) {
    examination.apply(national::DOCUMENT, invoice, Place(0));
    examination.apply(national::SELLER, &invoice.seller, invoice.seller.place);
    if let Some(contact) = &invoice.seller.contact {
        examination.apply(national::SELLER_CONTACT, contact, contact.place);
    }
    if let Some(address) = &invoice.seller.address {
        examination.apply(national::SELLER_ADDRESS, address, address.place);
    }
    if let Some(address) = &invoice.buyer.address {
        examination.apply(national::BUYER_ADDRESS, address, address.place);
    }
    if let Some(address) = invoice.delivery.as_ref().and_then(|delivery| delivery.address.as_ref()) {
        examination.apply(national::DELIVERY_ADDRESS, address, address.place);
    }
    for row in &invoice.vat {
        examination.apply(national::BREAKDOWN, row, row.place);
    }
    for payment in &invoice.payment {
        examination.apply(national::PAYMENT, payment, payment.place);
    }
}

/// Every address the invoice has a country for.
fn addresses(invoice: &Invoice) -> Vec<&Address> {
    let parties = [Some(&invoice.seller), Some(&invoice.buyer), invoice.tax_representative.as_ref()];
    let mut addresses: Vec<&Address> =
        parties.into_iter().flatten().filter_map(|party| party.address.as_ref()).collect();
    addresses.extend(invoice.payee.iter().filter_map(|payee| payee.address.as_ref()));
    addresses.extend(invoice.delivery.iter().filter_map(|delivery| delivery.address.as_ref()));
    addresses
}
