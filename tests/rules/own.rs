//! Our own rules, about e-invoices and about guessed ones.

use crate::edit::{Edit, attribute, text};
use crate::{Case, case};
use jiff::civil::date;
use laufmappe::invoice::{Amount, CreditTransfer, Evidence, Invoice, Payment, bt};
use laufmappe::validate::{House, Recommendation, Severity, catalogue, check_for, check_guessed};

const BASE: &str = include_str!("../invoices/base-own.xml");

const CII: &str = include_str!("../invoices/base-cii.xml");

/// Without the national rules, two of which ask what ours ask, too.
fn european() -> Edit {
    text("cbc:CustomizationID", "urn:cen.eu:en16931:2017")
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    let row = |id, breaks, holds| case("laufmappe", BASE, id, breaks, holds);
    vec![
        row("LM-LEITWEG", vec![text("cbc:BuyerReference", "04011000-1234512345-07")], vec![text("cbc:BuyerReference", "Bestellung 4711-07")]),
        row("LM-IBAN", vec![european(), text("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "DE88370400440532013000")],
            vec![european(), text("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "370400440532013000")]),
        row("LM-BIC", vec![text("cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID", "DEUTDEF")],
            vec![text("cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID", "DEUTDEFF500")]),
        row("LM-VAT-ID", vec![text("cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "DE136695977")],
            vec![text("cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "CHE123456789")]),
        row("LM-GTIN", vec![text("cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID", "4006381333932")],
            vec![text("cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID", "4711"),
                 attribute("cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID", "schemeID", "0002")]),
        row("LM-DATE-AHEAD", vec![text("cbc:IssueDate", "2026-09-02")], vec![text("cbc:IssueDate", "2026-09-01")]),
        row("LM-DATE-DUE", vec![text("cbc:DueDate", "2026-08-19")], vec![text("cbc:DueDate", "2026-08-20")]),
        row("LM-DATE-PRECEDING", vec![text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate", "2026-08-21")],
            vec![text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate", "2026-08-20")]),
        row("LM-DATE-PERIOD", vec![european(), text("cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate", "2026-08-01")],
            vec![european(), text("cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate", "2026-07-31")]),
        case("laufmappe", CII, "LM-DATE", vec![text("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", "20261301")],
            vec![text("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", " 20260820 ")]),
        row("LM-SKONTO", vec![], vec![text("cac:PaymentTerms/cbc:Note", "Zahlbar sofort ohne Abzug")]),
    ]
}

/// What stands in the finding about the offer is what finance takes off.
#[test]
fn a_cash_discount_is_shown_with_day_and_amount() {
    let report = check_for(&House::default(), BASE.as_bytes(), date(2026, 8, 31));
    let offer = report.findings.iter().find(|finding| finding.id == "LM-SKONTO").unwrap();
    assert_eq!(offer.found.as_deref(), Some("bis 2026-09-03: 2.00 % von 119.00 = 2.38 EUR"));
    assert_eq!(offer.severity, Severity::Information);
}

#[test]
fn the_house_tells_which_leitweg_ids_are_its_own() {
    let about = |ours: &[&str]| {
        let house = House { leitweg_ids: ours.iter().map(|id| (*id).to_owned()).collect() };
        let report = check_for(&house, BASE.as_bytes(), date(2026, 8, 31));
        report.findings.iter().any(|finding| finding.id == "LM-LEITWEG-OURS")
    };
    assert!(about(&["991-33333TEST-33"]));
    assert!(!about(&["991-33333TEST-33", "04011000-1234512345-06"]));
    assert!(!about(&[]));
}

/// The official verdict is untouched whatever our own rules say.
#[test]
fn none_of_our_own_rules_is_fatal() {
    for entry in catalogue().iter().filter(|entry| entry.book == "laufmappe") {
        assert_ne!(entry.severity, Severity::Fatal, "{}", entry.id);
    }
    for case in cases() {
        if case.id == "LM-DATE" {
            // XRechnung has rules about written dates, too.
            continue;
        }
        let with =
            check_for(&House::default(), crate::edit::apply(case.base, &case.breaks).as_bytes(), case.day);
        assert_eq!(with.recommendation, Recommendation::Accept, "{}: {:#?}", case.id, with.findings);
    }
}

/// As read from a page: few values, and where they stood.
fn guessed() -> Invoice {
    let text = |text: &str| Some(text.to_owned());
    let eur = |amount: &str| Some(amount.parse::<Amount>().unwrap());
    let mut invoice =
        Invoice { number: text("RE-7"), issue_date: Some(date(2026, 11, 2)), ..Invoice::default() };
    invoice.seller.name = text("Musterbau Talheim GmbH");
    invoice.totals.without_vat = eur("100.00");
    invoice.totals.vat = eur("19.00");
    invoice.totals.with_vat = eur("119.00");
    let transfer = CreditTransfer { account: text("DE89 3704 0044 0532 0130 00"), ..CreditTransfer::default() };
    invoice.payment = vec![Payment { transfers: vec![transfer], ..Payment::default() }];
    invoice.evidence.insert(bt(84), Evidence { confidence: 0.9, page: 2, ..Evidence::default() });
    invoice
}

#[test]
fn guessed_values_are_asked_for_what_payment_needs() {
    type Change = fn(&mut Invoice);
    let cases: &[(&str, Change, Change)] = &[
        ("LM-GUESS-NUMBER", |i| i.number = Some("\n".to_owned()), |i| i.number = Some("1".to_owned())),
        ("LM-GUESS-DATE", |i| i.issue_date = None, |_| {}),
        ("LM-GUESS-SELLER", |i| i.seller.name = None, |_| {}),
        (
            "LM-GUESS-TOTAL",
            |i| i.totals.with_vat = None,
            |i| {
                i.totals.due = i.totals.with_vat;
                i.totals.with_vat = None;
            },
        ),
        ("LM-GUESS-SUM", |i| i.totals.vat = "19.01".parse().ok(), |i| i.totals.vat = None),
        (
            "LM-GUESS-IBAN",
            |i| i.payment[0].transfers[0].account = Some("DE00".to_owned()),
            |i| i.payment.clear(),
        ),
        (
            "LM-GUESS-ACCOUNT",
            |i| i.evidence.entry(bt(84)).or_default().marks.push("contradiction".into()),
            |i| i.evidence.entry(bt(84)).or_default().marks.push("known".into()),
        ),
    ];
    for (id, breaks, holds) in cases {
        let about = |change: &Change| {
            let mut invoice = guessed();
            change(&mut invoice);
            check_guessed(&invoice).findings.into_iter().find(|finding| finding.id == *id)
        };
        assert!(about(breaks).is_some(), "{id} is not found where it is broken");
        assert!(about(holds).is_none(), "{id} is found where it holds");
    }
    assert_eq!(check_guessed(&guessed()).recommendation, Recommendation::Accept);
    let mut wrong = guessed();
    wrong.payment[0].transfers[0].account = Some("DE00".to_owned());
    let report = check_guessed(&wrong);
    assert_eq!(report.recommendation, Recommendation::Reject);
    assert_eq!(report.findings[0].location, "page 2");
}
