//! The scenarios of the official validator that our profiles stand for.
//!
//! In: the profiles of the examiner. Out: their names, and the configuration as the official daemon shows it.

use super::markup::escape;
use crate::invoice::Syntax;
use crate::job::german_day;
use crate::validate::profiles;
use jiff::Timestamp;

/// The name existing clients know: `EN16931 XRechnung (UBL Invoice)`.
pub fn name(profile: &str, syntax: Syntax) -> String {
    let syntax = match syntax {
        Syntax::UblInvoice => "UBL Invoice",
        Syntax::UblCreditNote => "UBL CreditNote",
        Syntax::Cii => "CII",
    };
    match profile.strip_prefix("XRechnung 3.0") {
        Some(kind) => format!("EN16931 XRechnung{kind} ({syntax})"),
        None => format!("{} ({syntax})", profile.replace("EN 16931", "EN16931")),
    }
}

/// One `s:scenario`: its name, what it matches and what it is checked with.
pub fn scenario(profile: &str, syntax: Syntax) -> String {
    let found = profiles().iter().find(|row| row.name == profile && row.syntaxes.contains(&syntax));
    let id = found.map_or("", |row| row.id.as_str());
    let (root, path, schema) = match syntax {
        Syntax::UblInvoice => ("ubl:Invoice", "cbc:CustomizationID", "UBL 2.1 Invoice"),
        Syntax::UblCreditNote => ("cn:CreditNote", "cbc:CustomizationID", "UBL 2.1 CreditNote"),
        Syntax::Cii => (
            "rsm:CrossIndustryInvoice",
            "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
            "UN/CEFACT CII D16B",
        ),
    };
    let matches = format!("/{root}[{path} = '{id}']");
    let mut scenario = format!("<s:scenario><s:name>{}</s:name>", escape(&name(profile, syntax)));
    for (prefix, uri) in spaces(syntax) {
        scenario.push_str(&format!("<s:namespace prefix=\"{prefix}\">{uri}</s:namespace>"));
    }
    scenario.push_str(&format!("<s:match>{}</s:match>", escape(&matches)));
    scenario.push_str(&format!("<s:validateWithXmlSchema>{}</s:validateWithXmlSchema>", resource(schema)));
    let mut books = vec![EUROPEAN];
    if profile.starts_with("XRechnung") {
        books.push(NATIONAL);
    }
    for book in books {
        scenario.push_str(&format!("<s:validateWithSchematron>{}</s:validateWithSchematron>", resource(book)));
    }
    scenario.push_str(&format!("<s:createReport>{}</s:createReport></s:scenario>", resource("Prüfprotokoll")));
    scenario
}

/// What the steps of an examination are called.
pub const EUROPEAN: &str = "EN 16931 (CEN)";
pub const NATIONAL: &str = "XRechnung (KoSIT)";

pub fn resource(name: &str) -> String {
    format!("<s:resource><s:name>{}</s:name><s:location>urn:laufmappe</s:location></s:resource>", escape(name))
}

fn spaces(syntax: Syntax) -> &'static [(&'static str, &'static str)] {
    const CBC: (&str, &str) = ("cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2");
    match syntax {
        Syntax::UblInvoice => &[("ubl", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"), CBC],
        Syntax::UblCreditNote => &[("cn", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"), CBC],
        Syntax::Cii => &[
            ("rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
            ("ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
        ],
    }
}

/// Every scenario, as `GET /server/config` shows them.
pub fn configuration(now: Timestamp) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:scenarios xmlns:s=\"http://www.xoev.de/de/validator/framework/1/scenarios\" \
         frameworkVersion=\"1.0.0\"><s:name>Laufmappe {}</s:name><s:date>{}</s:date>\
         <s:description><s:p>Die Regeln sind Teil des Programms.</s:p></s:description>",
        env!("CARGO_PKG_VERSION"),
        german_day(now),
    );
    for profile in profiles().iter().filter(|profile| profile.official) {
        for syntax in &profile.syntaxes {
            xml.push_str(&scenario(&profile.name, *syntax));
        }
    }
    xml.push_str(&format!(
        "<s:noScenarioReport>{}</s:noScenarioReport></s:scenarios>\n",
        resource("Prüfprotokoll")
    ));
    xml
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::Tree;

    #[test]
    fn scenarios_have_the_names_clients_know() {
        for (profile, syntax, known) in [
            ("XRechnung 3.0", Syntax::UblInvoice, "EN16931 XRechnung (UBL Invoice)"),
            ("XRechnung 3.0", Syntax::UblCreditNote, "EN16931 XRechnung (UBL CreditNote)"),
            ("XRechnung 3.0 Extension", Syntax::Cii, "EN16931 XRechnung Extension (CII)"),
            ("EN 16931", Syntax::Cii, "EN16931 (CII)"),
        ] {
            assert_eq!(name(profile, syntax), known);
        }
    }

    #[test]
    fn the_configuration_is_xml_and_names_every_official_profile() {
        let xml = configuration("2026-11-02T08:00:00Z".parse().unwrap());
        assert!(Tree::parse(&xml).is_ok());
        assert!(!profiles().is_empty());
        for profile in profiles().iter().filter(|profile| profile.official) {
            assert!(xml.contains(&escape(&profile.id)), "{}", profile.name);
        }
    }
}
