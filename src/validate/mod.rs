//! The examiner: is the invoice right, and what is wrong with it.
//!
//! In: the bytes of an e-invoice, or an invoice guessed from a page. Out: [`Report`]. Absent on purpose: input,
//! output, clock, locale.
//!
//! A document is examined in three steps: its structure (`structure`), the official rule books of its profile
//! (`ubl`, `cii`, `xrechnung`, `peppol`, `facturx`), and our own rules (`own`). A rule is a row; what it says to people
//! stands beside its id in `rules/texts`. [`catalogue`] lists them all.

mod catalogue;
mod cii;
mod codes;
mod element;
mod engine;
mod facturx;
mod guessed;
mod number;
mod own;
mod peppol;
mod profile;
mod report;
mod structure;
mod table;
mod terms;
mod texts;
mod ubl;
mod xrechnung;

use crate::error::Error;
use crate::invoice::{Invoice, Syntax, Term, Tree, bt, syntax_of_root, text_of};
use crate::job::Bilingual;
use element::{Doc, Element, Undecided};
use engine::{Book, Broken};
use jiff::civil::Date;
use profile::Set;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use catalogue::{Entry, catalogue};
pub use codes::{List, code_lists};
pub use engine::{Fault, HowItFails};
pub use profile::{Edition, Profile, profiles};
pub use report::{Finding, LegalClass, Recommendation, Report, Severity};

/// One report holds no more; the last finding then says so.
const MAX_FINDINGS: usize = 10_000;
/// Characters of a found value that are shown.
const MAX_SHOWN: usize = 200;

/// What the examiner knows about the house it works for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct House {
    /// Leitweg-IDs under which invoices arrive rightly; empty where nobody has told.
    pub leitweg_ids: Vec<String>,
}

/// Examines an e-invoice by the rules in force on the day of receipt. Whatever happens in here, the answer is a
/// report, and only a report without a fatal finding recommends to accept.
pub fn check(xml: &[u8], day: Date) -> Report {
    check_for(&House::default(), xml, day)
}

/// The same for a house that has told something about itself.
pub fn check_for(house: &House, xml: &[u8], day: Date) -> Report {
    check_within(&own::Surroundings { house, day, fault: None, profile: None }, xml)
}

/// Examines an e-invoice by the profile of this name, whatever its BT-24 says; none where no profile has the name.
/// The answer is no official verdict where the profile has no official scenario.
pub fn check_as(profile: &str, xml: &[u8], day: Date) -> Option<Report> {
    let known = profile_names().contains(&profile);
    let house = &House::default();
    known.then(|| check_within(&own::Surroundings { house, day, fault: None, profile: Some(profile) }, xml))
}

/// Names that [`check_as`] knows.
pub fn profile_names() -> Vec<&'static str> {
    profile::names()
}

/// The same with a fault put into one rule: the proof that such a thing is never accepted.
pub fn check_with_fault(fault: &Fault, profile: Option<&str>, xml: &[u8], day: Date) -> Report {
    check_within(&own::Surroundings { house: &House::default(), day, fault: Some(fault), profile }, xml)
}

fn check_within(surroundings: &own::Surroundings, xml: &[u8]) -> Report {
    let examined = catch_unwind(AssertUnwindSafe(|| examine(xml, surroundings)));
    examined.unwrap_or_else(|_| refused(broken_off()))
}

/// Examines what was read from a page.
pub fn check_guessed(invoice: &Invoice) -> Report {
    let examined = catch_unwind(AssertUnwindSafe(|| {
        let mut findings = Findings::by(profile::guessed_profile());
        guessed::examine(invoice, &mut findings);
        findings.report(None, Edition::LATEST, None)
    }));
    examined.unwrap_or_else(|_| refused(broken_off()))
}

fn examine(xml: &[u8], surroundings: &own::Surroundings) -> Report {
    let edition = Edition::on(surroundings.day);
    let text = match text_of(xml) {
        Ok(text) => text,
        Err(error) => return refused(unreadable(&error)),
    };
    let tree = match Tree::parse(&text) {
        Ok(tree) => tree,
        Err(error) => return refused(unreadable(&error)),
    };
    let Some(syntax) = syntax_of_root(tree.name(0)) else { return refused(no_invoice()) };
    let mut doc = Doc::of(&tree, syntax, edition);
    doc.fault = surroundings.fault;
    let mut findings = chosen(doc.root(), surroundings.profile);
    let structure = structure::examine(&doc);
    let schema_valid = structure.is_empty();
    for finding in structure {
        findings.push(finding);
    }
    let books: Vec<&Book> = findings.profile.sets.iter().filter_map(|set| book(*set, syntax)).collect();
    engine::examine(&books, &doc, &mut |id, severity, element, broken| {
        findings.add(id, severity, element, broken);
    });
    if findings.profile.uses(Set::Laufmappe) {
        own::examine(doc.root(), surroundings, &mut findings);
    }
    findings.report(Some(syntax), edition, Some(schema_valid))
}

/// No findings yet but those about the choice of a profile, by its name or by BT-24.
fn chosen(root: Element, name: Option<&str>) -> Findings {
    let known = match name {
        Some(name) => profile::profile_named(name, root.doc.syntax),
        None => profile::profile_of(root),
    };
    let mut findings = Findings::by(known.unwrap_or_else(profile::unknown_profile));
    match (known, name) {
        (Some(_), Some(_)) => {}
        (Some(profile), None) if profile.official => {}
        (Some(profile), None) => {
            findings.push(own::unofficial_profile(&profile.name, profile::identifier(root)));
        }
        (None, Some(name)) => findings.push(of_another_syntax(name)),
        (None, None) => findings.push(own::unknown_profile(profile::identifier(root))),
    }
    findings
}

/// The official book of a set for a syntax.
fn book(set: Set, syntax: Syntax) -> Option<&'static Book> {
    match (set, syntax) {
        (Set::En16931, Syntax::Cii) => Some(&cii::BOOK),
        (Set::En16931, Syntax::UblInvoice | Syntax::UblCreditNote) => Some(&ubl::BOOK),
        (Set::Xrechnung, Syntax::Cii) => Some(&xrechnung::CII),
        (Set::Xrechnung, Syntax::UblInvoice | Syntax::UblCreditNote) => Some(&xrechnung::UBL),
        (Set::Peppol, Syntax::Cii) => Some(&peppol::CII),
        (Set::Peppol, Syntax::UblInvoice | Syntax::UblCreditNote) => Some(&peppol::UBL),
        (Set::FacturxMinimum, Syntax::Cii) => Some(&facturx::MINIMUM),
        (Set::FacturxBasicWl, Syntax::Cii) => Some(&facturx::BASIC_WL),
        (Set::FacturxBasic, Syntax::Cii) => Some(&facturx::BASIC),
        (Set::FacturxEn16931, Syntax::Cii) => Some(&facturx::EN16931),
        (Set::FacturxMinimum | Set::FacturxBasicWl | Set::FacturxBasic | Set::FacturxEn16931, _) => None,
        (Set::Laufmappe | Set::Guessed, _) => None,
    }
}

/// The findings so far, worded and weighed by the profile.
pub struct Findings {
    profile: &'static Profile,
    list: Vec<Finding>,
}

impl Findings {
    fn by(profile: &'static Profile) -> Self {
        Self { profile, list: Vec::new() }
    }

    fn add(
        &mut self,
        id: &'static str,
        severity: Severity,
        element: Element,
        broken: Result<Broken, Undecided>,
    ) {
        if self.list.len() > MAX_FINDINGS {
            return;
        }
        let Ok(broken) = broken else { return self.push(undecided(id, element.location())) };
        let leaf = || (element.is_leaf() && !element.text().is_empty()).then(|| element.text().to_owned());
        let (terms, legal_class, text) = wording(id);
        self.push(Finding {
            id: id.to_owned(),
            severity: self.profile.severity_of(id, element.doc.edition).unwrap_or(severity),
            location: element.location(),
            terms,
            legal_class: Some(legal_class),
            text,
            expected: broken.expected,
            found: broken.found.or_else(leaf).map(|found| found.chars().take(MAX_SHOWN).collect()),
        });
    }

    fn push(&mut self, finding: Finding) {
        match self.list.len() {
            0..MAX_FINDINGS => self.list.push(finding),
            MAX_FINDINGS => self.list.push(too_many()),
            _ => {}
        }
    }

    fn report(self, syntax: Option<Syntax>, edition: Edition, schema_valid: Option<bool>) -> Report {
        let mut report = Report {
            syntax,
            profile: Some(self.profile.name.clone()).filter(|name| !name.is_empty()),
            rule_sets: profile::rule_sets(self.profile, edition),
            schema_valid,
            findings: self.list,
            recommendation: Recommendation::Accept,
        };
        // Fail closed: an examination by no rules is none.
        if report.fatal() > 0 || report.rule_sets.is_empty() || schema_valid == Some(false) {
            report.recommendation = Recommendation::Reject;
        }
        report
    }
}

/// What is said about a rule. An id without an entry still names itself.
fn wording(id: &str) -> (Vec<Term>, LegalClass, Bilingual) {
    match texts::wording(id).or_else(|| table::wording(id)) {
        Some(wording) => (wording.terms.clone(), wording.legal_class, wording.text.clone()),
        None => (
            Vec::new(),
            LegalClass::BusinessRule,
            Bilingual::new(format!("Die Regel {id} ist eingehalten."), format!("Rule {id} holds.")),
        ),
    }
}

/// A report that says one thing.
fn refused(finding: Finding) -> Report {
    Report {
        syntax: None,
        profile: None,
        rule_sets: Vec::new(),
        schema_valid: None,
        findings: vec![finding],
        recommendation: Recommendation::Reject,
    }
}

fn whole_document(id: &str, legal_class: LegalClass, de: String, en: String) -> Finding {
    Finding {
        id: id.to_owned(),
        severity: Severity::Fatal,
        location: "/".to_owned(),
        terms: Vec::new(),
        legal_class: Some(legal_class),
        text: Bilingual::new(de, en),
        expected: None,
        found: None,
    }
}

/// Not XML, damaged, or built to harm.
fn unreadable(error: &Error) -> Finding {
    let de = match error.kind {
        crate::error::Kind::Empty => "Die Datei hat einen Inhalt. Bitte die Rechnung noch einmal anfordern.",
        crate::error::Kind::TooLarge => {
            "Die Datei hat eine Größe und einen Aufbau, wie sie Rechnungen haben. Bitte von Hand prüfen."
        }
        crate::error::Kind::Forbidden => {
            "Die Datei kommt ohne Dokumenttyp-Definition und eigene Entitäten aus. Bitte eine einfache XML-Datei anfordern."
        }
        _ => {
            "Die Datei ist wohlgeformtes XML. Bitte die Rechnung so anfordern, wie das Programm des Absenders sie schreibt."
        }
    };
    let mut finding = whole_document(
        "LM-XML",
        LegalClass::Format,
        de.to_owned(),
        "The file is well-formed XML of a size and shape invoices have.".to_owned(),
    );
    finding.found = Some(error.text.chars().take(MAX_SHOWN).collect());
    finding
}

fn no_invoice() -> Finding {
    whole_document(
        "LM-ROOT",
        LegalClass::Format,
        "Die Datei ist eine Rechnung in UBL 2.1 oder UN/CEFACT CII. Bitte eine XRechnung oder ZUGFeRD-Rechnung anfordern."
            .to_owned(),
        "The file is an invoice in UBL 2.1 or UN/CEFACT CII. Please ask for an XRechnung or ZUGFeRD invoice."
            .to_owned(),
    )
}

/// The profile that is asked for has no rules for the syntax of the document.
fn of_another_syntax(profile: &str) -> Finding {
    whole_document(
        "LM-ROOT",
        LegalClass::Format,
        format!(
            "Die Rechnung steht in einem Format, für das „{profile}“ Regeln hat. Bitte ein anderes Regelwerk wählen."
        ),
        format!("The invoice has a syntax for which “{profile}” has rules. Please choose other rules."),
    )
}

/// The examiner itself failed: nobody has checked this document.
fn broken_off() -> Finding {
    whole_document(
        "LM-BROKEN-OFF",
        LegalClass::BusinessRule,
        "Die Prüfung wurde abgebrochen, ein Programmfehler. Bitte von Hand prüfen und den Fehler melden."
            .to_owned(),
        "The examination broke off, a fault of the program. Please check by hand and report the fault."
            .to_owned(),
    )
}

fn undecided(id: &str, location: String) -> Finding {
    let finding = whole_document(
        "LM-UNDECIDED",
        LegalClass::BusinessRule,
        format!(
            "Die Regel {id} lässt sich entscheiden. Hier steht eine Angabe doppelt oder ein Wert ist keine brauchbare Zahl; bitte von Hand prüfen."
        ),
        format!(
            "Rule {id} can be decided. Here a value is given twice or is no usable number; please check by hand."
        ),
    );
    Finding { location, ..finding }
}

fn too_many() -> Finding {
    whole_document(
        "LM-MANY",
        LegalClass::BusinessRule,
        format!("Die Rechnung hat nicht mehr als {MAX_FINDINGS} Fehler; weitere werden nicht aufgeführt."),
        format!("The invoice has no more than {MAX_FINDINGS} findings; further ones are not listed."),
    )
}

/// BT-24, where a finding is about the choice of rules.
const SPECIFICATION: &[Term] = &[bt(24)];
