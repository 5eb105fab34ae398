//! Prüfprotokoll: a report in the shapes people and programs read.
//!
//! In: [`Examined`], a report and what it is about. Out: text, JSON, HTML, VARL, a reply to the supplier, the
//! page of rules. Absent on purpose: judging, input/output, clock. Whatever stood in a document is escaped here.

pub mod html;
pub mod json;
pub mod legal;
mod markup;
pub mod refusal;
pub mod reply;
pub mod rules;
pub mod scenarios;
pub mod text;
mod told;
pub mod varl;

pub use markup::line;

use crate::invoice::{self, Invoice};
use crate::job::ContentHash;
use crate::validate::Report;
use jiff::Timestamp;
use jiff::civil::Date;

/// A document that was examined.
#[derive(Debug, Clone, Copy)]
pub struct Examined<'a> {
    /// The name it came with: a label.
    pub file: &'a str,
    /// SHA-256 of its bytes; none where it was too large to be read.
    pub content: Option<ContentHash>,
    /// When it was examined, or the moment whose rules it was examined by.
    pub at: Timestamp,
    pub report: &'a Report,
    /// What names the invoice to its parties; none where it could not be read.
    pub heading: Option<&'a Heading>,
}

/// What names an invoice to its parties.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heading {
    /// BT-1 Invoice number
    pub number: Option<String>,
    /// BT-2 Invoice issue date
    pub issued: Option<Date>,
    /// BT-27 Seller name
    pub seller: Option<String>,
    /// BT-44 Buyer name
    pub buyer: Option<String>,
    /// BT-115 Amount due for payment, else BT-112 Invoice total amount with VAT; with BT-5 Invoice currency code
    pub amount: Option<String>,
}

impl Heading {
    /// Of an e-invoice; none where nothing could be read.
    pub fn of(xml: &[u8]) -> Option<Self> {
        invoice::read(xml).ok().map(|invoice| Self::of_invoice(&invoice))
    }

    /// Of an invoice that was read already, or guessed from a page.
    pub fn of_invoice(invoice: &Invoice) -> Self {
        let label = |text: &Option<String>| text.as_deref().map(markup::line).filter(|text| !text.is_empty());
        let amount = invoice.totals.due.or(invoice.totals.with_vat);
        let currency = label(&invoice.currency).unwrap_or_default();
        Self {
            number: label(&invoice.number),
            issued: invoice.issue_date,
            seller: label(&invoice.seller.name),
            buyer: label(&invoice.buyer.name),
            amount: amount
                .map(|amount| format!("{} {currency}", german_amount(&amount.to_string())).trim().to_owned()),
        }
    }
}

/// An amount as people in Germany write it: `1234.50` becomes `1.234,50`.
fn german_amount(written: &str) -> String {
    let (whole, cents) = written.split_once('.').unwrap_or((written, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped},{cents}")
}

/// A day as people in Germany write it.
fn german(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Bilingual;
    use crate::validate::{Finding, LegalClass, Recommendation, Severity};

    /// What a hostile sender would like to see on a clerk's screen.
    pub const HOSTILE: &str = "<script>alert(1)</script>&\"'\u{1b}[2J\u{0}\u{202e}]]>\r\n#";

    pub fn finding(id: &str, severity: Severity, class: LegalClass) -> Finding {
        Finding {
            id: id.to_owned(),
            severity,
            location: "/ubl:Invoice[1]/cac:InvoiceLine[3]".to_owned(),
            terms: vec![invoice::bt(10)],
            legal_class: Some(class),
            text: Bilingual::new(
                "Die Käuferreferenz (BT-10) ist vorhanden.",
                "The buyer reference (BT-10) is given.",
            ),
            expected: Some("150.00".to_owned()),
            found: Some("149.00".to_owned()),
        }
    }

    pub fn rejected() -> Report {
        Report {
            syntax: Some(invoice::Syntax::UblInvoice),
            profile: Some("XRechnung 3.0".to_owned()),
            rule_sets: vec!["EN 16931 (CEN) 1.3.16".to_owned(), "XRechnung 3.0.2 (KoSIT) 2.6.0".to_owned()],
            schema_valid: Some(true),
            findings: vec![
                finding("BR-CO-10", Severity::Fatal, LegalClass::Content),
                finding("BR-DE-15", Severity::Fatal, LegalClass::BusinessRule),
                finding("BR-DE-19", Severity::Warning, LegalClass::BusinessRule),
            ],
            recommendation: Recommendation::Reject,
        }
    }

    pub fn accepted() -> Report {
        Report { findings: Vec::new(), recommendation: Recommendation::Accept, ..rejected() }
    }

    /// Everything that can come from a document holds the worst.
    pub fn hostile() -> Report {
        let mut report = rejected();
        for finding in &mut report.findings {
            finding.found = Some(HOSTILE.repeat(20));
            finding.expected = Some(HOSTILE.to_owned());
            finding.location = format!("/{HOSTILE}");
        }
        report
    }

    pub fn hostile_heading() -> Heading {
        let mut invoice = Invoice { number: Some(HOSTILE.to_owned()), ..Invoice::default() };
        invoice.seller.name = Some(HOSTILE.to_owned());
        invoice.buyer.name = Some(HOSTILE.to_owned());
        invoice.currency = Some(HOSTILE.to_owned());
        invoice.totals.due = Some("119.00".parse().unwrap());
        Heading::of_invoice(&invoice)
    }

    pub fn examined<'a>(file: &'a str, report: &'a Report, heading: Option<&'a Heading>) -> Examined<'a> {
        let at = "2026-11-02T08:00:00Z".parse().unwrap();
        Examined { file, content: Some(ContentHash::of(b"rechnung")), at, report, heading }
    }

    /// Every shape at once.
    pub fn shapes(examined: &Examined) -> Vec<(&'static str, String)> {
        let mut shapes = vec![
            ("text", text::text(examined, crate::job::Language::De)),
            ("json", json::line(examined)),
            ("html", html::page(&[*examined])),
            ("varl", varl::varl(examined)),
        ];
        for posting in [reply::Posting::Posted, reply::Posting::NotPosted] {
            shapes.extend(reply::text(examined, posting).map(|reply| ("reply text", reply)));
            shapes.extend(reply::html(examined, posting).map(|reply| ("reply html", reply)));
        }
        shapes
    }

    #[test]
    fn what_a_document_says_never_becomes_markup_or_moves_the_cursor() {
        let (report, heading) = (hostile(), hostile_heading());
        for (shape, written) in shapes(&examined(HOSTILE, &report, Some(&heading))) {
            assert!(!written.contains(|c: char| c.is_control() && c != '\n'), "{shape}");
            assert!(shape == "json" || !written.contains('\u{202e}'), "{shape}");
            if !shape.contains("text") && shape != "json" {
                assert!(!written.contains("<script"), "{shape}");
                let tree = written.trim_start_matches("<!DOCTYPE html>");
                assert!(invoice::Tree::parse(tree).is_ok(), "{shape} is no well-formed XML");
            }
        }
    }

    #[test]
    fn amounts_are_written_as_in_germany() {
        for (written, german) in
            [("0", "0,00"), ("119.00", "119,00"), ("1234567.5", "1.234.567,5"), ("-1000.00", "-1.000,00")]
        {
            assert_eq!(german_amount(written), german);
        }
    }

    #[test]
    fn an_accepted_invoice_needs_no_reply() {
        let report = accepted();
        let examined = examined("rechnung.xml", &report, None);
        assert_eq!(reply::text(&examined, reply::Posting::NotPosted), None);
        assert_eq!(shapes(&examined).len(), 4);
    }

    #[test]
    fn the_heading_is_read_from_the_invoice() {
        let xml = include_bytes!("../../tests/invoices/xrechnung.xml");
        let heading = Heading::of(xml).unwrap();
        assert!(
            heading.number.is_some() && heading.seller.is_some() && heading.amount.is_some(),
            "{heading:?}"
        );
        assert_eq!(Heading::of(b"no invoice"), None);
    }
}
