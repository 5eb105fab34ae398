//! What is no XML at all, or cannot be opened: a report that says so in one sentence.
//!
//! In: the kind of bytes, or what kept us from reading them. Out: [`Report`] with one finding. The ids are no
//! rules: `LM-KIND` (another format), `LM-SIZE` (too large), `LM-PDF` (a PDF without an e-invoice).

use crate::job::{Bilingual, Kind};
use crate::validate::{Finding, LegalClass, Recommendation, Report, Severity};

/// The ids of this page, with what they say; for the page of rules.
pub const IDS: &[(&str, &str, &str)] = &[
    ("LM-KIND", "Die Datei ist eine E-Rechnung in XML.", "The file is an e-invoice in XML."),
    ("LM-SIZE", "Die Datei hat eine Größe, wie sie Rechnungen haben.", "The file is of a size invoices have."),
    ("LM-PDF", "In der PDF-Datei steckt genau eine E-Rechnung.", "The PDF holds exactly one e-invoice."),
];

/// A format that cannot be an e-invoice; none where the examiner should look at the bytes itself.
pub fn of(kind: Kind) -> Option<Report> {
    let (de, en) = match kind {
        Kind::Zip => (
            "ein ZIP-Archiv; bitte die Dateien darin einzeln prüfen",
            "a ZIP archive; please check its files one by one",
        ),
        Kind::Mail => (
            "eine E-Mail; bitte ihre Anlagen einzeln prüfen",
            "a mail; please check its attachments one by one",
        ),
        Kind::Tiff | Kind::Jpeg | Kind::Png => {
            ("ein Bild; bitte eine E-Rechnung anfordern", "a picture; please ask for an e-invoice")
        }
        Kind::Pdf => return Some(no_invoice_in_pdf()),
        Kind::UblInvoice
        | Kind::UblCreditNote
        | Kind::Cii
        | Kind::OtherXml
        | Kind::PlainText
        | Kind::Empty
        | Kind::Unknown => return None,
    };
    Some(refused("LM-KIND", de, en))
}

/// Larger than anything we read.
pub fn too_large(bytes: u64, most: u64) -> Report {
    let [bytes, most] = [bytes, most].map(|bytes| bytes.div_ceil(1 << 20));
    refused(
        "LM-SIZE",
        &format!("{bytes} MiB groß, gelesen werden höchstens {most} MiB; bitte von Hand ansehen"),
        &format!("{bytes} MiB large, at most {most} MiB are read; please look at it by hand"),
    )
}

/// Pages alone.
pub fn no_invoice_in_pdf() -> Report {
    refused(
        "LM-PDF",
        "ohne eingebettete E-Rechnung und damit eine „sonstige Rechnung“; bitte eine XRechnung oder ZUGFeRD-Rechnung anfordern",
        "without an embedded e-invoice and therefore an “other invoice”; please ask for an XRechnung or ZUGFeRD invoice",
    )
}

/// A PDF that could not be opened, in the words a clerk reads for it.
pub fn unreadable_pdf(reason: &Bilingual, next: &Bilingual) -> Report {
    let said = |reason: &str, next: &str| format!("{reason} {next}");
    told("LM-PDF", Bilingual::new(said(&reason.de, &next.de), said(&reason.en, &next.en)))
}

fn refused(id: &str, de: &str, en: &str) -> Report {
    let holds = IDS.iter().find(|row| row.0 == id).map_or(("", ""), |row| (row.1, row.2));
    told(id, Bilingual::new(format!("{} Diese ist {de}.", holds.0), format!("{} This one is {en}.", holds.1)))
}

fn told(id: &str, text: Bilingual) -> Report {
    let finding = Finding {
        id: id.to_owned(),
        severity: Severity::Fatal,
        location: "/".to_owned(),
        terms: Vec::new(),
        legal_class: Some(LegalClass::Format),
        text,
        expected: None,
        found: None,
    };
    Report {
        syntax: None,
        profile: None,
        rule_sets: Vec::new(),
        schema_valid: None,
        findings: vec![finding],
        recommendation: Recommendation::Reject,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_xml_is_refused_in_one_sentence() {
        let kinds = [Kind::Zip, Kind::Mail, Kind::Png, Kind::Pdf];
        let reports = kinds.into_iter().filter_map(of).chain([too_large(1 << 30, 1 << 20)]);
        assert!(of(Kind::Cii).is_none() && of(Kind::Unknown).is_none());
        for report in reports {
            assert_eq!(report.recommendation, Recommendation::Reject);
            assert_eq!(report.findings.len(), 1, "{report:?}");
            assert!(report.findings[0].text.de.len() > 30, "{report:?}");
        }
        assert!(
            too_large(1 << 30, 1 << 20).findings[0]
                .text
                .de
                .contains("1024 MiB groß, gelesen werden höchstens 1 MiB")
        );
    }
}
