//! Factur-X: rules of CEN under its profiles, codes, and what the profiles do not use.
//!
//! The tables are read here a second time, plainly: a row about a code is broken where its context says.

use crate::edit::{Edit, after, apply, attribute, drop, into, no_attribute, text};
use crate::{Case, case, cii, examined, has, syntax_cii};
use laufmappe::validate::{
    Edition, Recommendation, Report, Severity, catalogue, check, check_as, profile_names,
};
use std::collections::{BTreeMap, BTreeSet};

const COMPLETE: &str = include_str!("../invoices/complete-cii.xml");
const SPECIFICATION: &str =
    "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID";

struct Profile {
    book: &'static str,
    name: &'static str,
    identifier: &'static str,
    table: &'static str,
}

const PROFILES: &[Profile] = &[
    Profile {
        book: "facturx-minimum",
        name: "Factur-X MINIMUM",
        identifier: "urn:factur-x.eu:1p0:minimum",
        table: include_str!("../../rules/syntax/facturx-minimum.tsv"),
    },
    Profile {
        book: "facturx-basic-wl",
        name: "Factur-X BASIC WL",
        identifier: "urn:factur-x.eu:1p0:basicwl",
        table: include_str!("../../rules/syntax/facturx-basic-wl.tsv"),
    },
    Profile {
        book: "facturx-basic",
        name: "Factur-X BASIC",
        identifier: "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
        table: include_str!("../../rules/syntax/facturx-basic.tsv"),
    },
    Profile {
        book: "facturx-en16931",
        name: EN16931,
        identifier: "urn:cen.eu:en16931:2017",
        table: include_str!("../../rules/syntax/facturx-en16931.tsv"),
    },
];

/// Its identifier asks for the rules of CEN.
const EN16931: &str = "Factur-X EN 16931";

pub fn cases() -> Vec<Case> {
    PROFILES
        .iter()
        .flat_map(|profile| [taken_over(profile), in_code(profile), unused(profile)])
        .flatten()
        .collect()
}

impl Profile {
    /// A document that asks for the profile, or is examined by it because somebody else asks.
    fn case(&self, base: &'static str, id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
        let under = |mut edits: Vec<Edit>| {
            edits.insert(0, text(SPECIFICATION, self.identifier));
            edits
        };
        let case = case(self.book, base, id, under(breaks), under(holds));
        let by_name = self.name == EN16931 || id == "BR-01";
        Case { profile: by_name.then_some(self.name), ..case }
    }
}

/// Cases of the rules of CEN, once more under the profile.
fn taken_over(profile: &Profile) -> Vec<Case> {
    let ids: BTreeSet<&str> =
        catalogue().iter().filter(|entry| entry.book == profile.book).map(|entry| entry.id).collect();
    let of_cen = cii::cases().into_iter().chain(syntax_cii::cases());
    let chosen = of_cen.filter(|case| case.book == "en16931-cii" && ids.contains(case.id));
    let under_profile =
        |case: Case| Case { day: case.day, ..profile.case(case.base, case.id, case.breaks, case.holds) };
    chosen.map(under_profile).collect()
}

/// Rows about codes, and those that count by a condition.
fn in_code(profile: &Profile) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut place = String::new();
    for line in profile.table.lines() {
        if let Some(context) = line.strip_prefix("@ ") {
            place = path_of(context);
        }
        let columns: Vec<&'static str> = line.split('\t').collect();
        if let [id, _, "special", name] = columns[..]
            && id != "UNSPECIFIC"
        {
            cases.push(profile.case(COMPLETE, id, broken(name, place.clone().leak()), vec![]));
        }
    }
    if ["facturx-basic", "facturx-en16931"].contains(&profile.book) {
        let reference =
            "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:PaymentReference";
        let (breaks, holds) = (vec![text(reference, " ")], vec![drop(reference)]);
        cases.push(profile.case(COMPLETE, "PEPPOL-EN16931-R008", breaks, holds));
    }
    cases
}

/// A path below the root to an element of the base for which the guard is true.
fn path_of(context: &str) -> String {
    let (place, guard) = context.split_once(" ? ").unwrap_or((context, ""));
    let below = place.strip_prefix("/rsm:CrossIndustryInvoice/").unwrap_or_default().to_owned();
    let second = |name: &str| below.replace(name, &format!("{name}[2]"));
    match guard {
        "charge" | "of_charge" | "of_charge_without_list" | "of_charge_with_other_list" => {
            second("ram:SpecifiedTradeAllowanceCharge")
        }
        "has_tax_number" | "of_tax_number" => second("ram:SpecifiedTaxRegistration"),
        "in_tax_currency" => second("ram:TaxTotalAmount"),
        "tender" | "of_tender" | "of_object_or_tender" | "of_tender_or_support" => {
            second("ram:AdditionalReferencedDocument")
        }
        "object" | "of_object" => {
            below.replace("ram:AdditionalReferencedDocument", "ram:AdditionalReferencedDocument[3]")
        }
        _ => below,
    }
}

fn broken(name: &str, path: &'static str) -> Vec<Edit> {
    let inside = |inner: &str| -> &'static str { format!("{path}/{inner}").leak() };
    let registration = |scheme: &str| {
        let number = format!(
            "<ram:SpecifiedTaxRegistration><ram:ID schemeID=\"{scheme}\">7</ram:ID></ram:SpecifiedTaxRegistration>"
        );
        vec![into(path, number)]
    };
    let total = |currency: &str| {
        vec![into(path, format!("<ram:TaxTotalAmount currencyID=\"{currency}\">1</ram:TaxTotalAmount>"))]
    };
    match name {
        "one_vat_registration" => registration("VA"),
        "one_tax_registration" => registration("FC"),
        "one_total_in_invoice_currency" => total("EUR"),
        "one_total_in_tax_currency" => total("CHF"),
        "one_discount" => {
            let discount = "<ram:AppliedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator></ram:AppliedTradeAllowanceCharge>";
            vec![after(inside("ram:AppliedTradeAllowanceCharge"), discount)]
        }
        // A document that is no longer of its kind belongs to other rows; a second code leaves it there.
        "code_support" | "code_tender" | "code_object" if !path.contains("LineItem") => {
            vec![after(path, "<ram:TypeCode>x</ram:TypeCode>")]
        }
        // Another identifier would ask for other rules; a second one does not.
        _ if name.starts_with("code_guideline") => vec![after(path, "<ram:ID>x</ram:ID>")],
        _ if name.starts_with("code_") => vec![text(path, "B ")],
        "unitCode_unit" if path.contains("Gross") => {
            let price = path.strip_suffix("/ram:BasisQuantity").unwrap();
            vec![into(price, "<ram:BasisQuantity unitCode=\"h\">1</ram:BasisQuantity>")]
        }
        // The currency of the invoice and its own currency are both none.
        "currencyID_currency" => {
            let settlement = path.split("/ram:SpecifiedTradeSettlementHeader").next().unwrap();
            let named = if path.contains("[2]") { "ram:TaxCurrencyCode" } else { "ram:InvoiceCurrencyCode" };
            vec![attribute(path, "currencyID", "eur"), text(format!("{settlement}/{named}").leak(), "eur")]
        }
        _ => vec![attribute(path, name.split('_').next().unwrap().to_owned().leak(), "x")],
    }
}

/// Elements the base has and the profile has not.
fn unused(profile: &Profile) -> Vec<Case> {
    const BUYER: &str =
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty";
    const CHANGE: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge";
    let at = |from: &str, path: &str| drop(format!("{from}/{path}").leak());
    let mut drops = match profile.book {
        "facturx-minimum" => {
            vec![at(BUYER, "ram:PostalTradeAddress"), at(BUYER, "ram:SpecifiedTaxRegistration")]
        }
        "facturx-en16931" => return unused_in_en16931(profile),
        _ => vec![at(BUYER, "ram:SpecifiedLegalOrganization/ram:TradingBusinessName")],
    };
    if profile.book == "facturx-basic" {
        for path in ["ram:CalculationPercent", "ram:BasisAmount"] {
            drops.extend([at(CHANGE, path), at(&format!("{CHANGE}[2]"), path)]);
        }
    }
    vec![profile.case(COMPLETE, "UNSPECIFIC", vec![], drops)]
}

/// The profile EN 16931 has all the base has, so that what it does not use must come to it: every row once.
fn unused_in_en16931(profile: &Profile) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut place: &'static str = "";
    for line in profile.table.lines() {
        if let Some(context) = line.strip_prefix("@ ") {
            place = path_of(context).leak();
        }
        let (parent, name) = place.rsplit_once('/').unwrap_or_default();
        let breaks = match line.split('\t').collect::<Vec<&'static str>>()[..] {
            // The base has no such element.
            ["UNSPECIFIC", _, "absent", _] if SELDOM.iter().any(|seldom| place.ends_with(seldom)) => continue,
            ["UNSPECIFIC", _, "absent", path] => attribute(place, path.strip_prefix('@').unwrap(), "x"),
            ["UNSPECIFIC", ..] if name == "ram:ReasonCode" && place.contains("[2]") => {
                attribute(place, "listID", "x")
            }
            ["UNSPECIFIC", ..] if name == "ram:TaxTotalAmount" => attribute(place, "currencyID", "x"),
            ["UNSPECIFIC", ..] => into(parent.to_owned().leak(), format!("<{name}>x</{name}>")),
            _ => continue,
        };
        cases.push(profile.case(COMPLETE, "UNSPECIFIC", vec![breaks], vec![]));
    }
    cases
}

const SELDOM: &[&str] = &[
    "ram:BuyerTradeParty/ram:ID",
    "ram:ShipToTradeParty/ram:ID",
    "ram:PayeeTradeParty/ram:ID",
    "ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID",
];

#[test]
fn every_row_about_how_often_is_broken_and_kept() {
    for profile in PROFILES {
        let book = profile.book;
        let mut place: &'static str = "";
        for line in profile.table.lines() {
            if let Some(context) = line.strip_prefix("@ ") {
                place = path_of(context).leak();
            }
            let columns: Vec<&'static str> = line.split('\t').collect();
            let [id, _, test, path] = columns[..] else { continue };
            if id == "UNSPECIFIC" || test == "special" {
                continue;
            }
            let breaks = match path.strip_prefix('@') {
                // The number chooses its rules by its scheme; a second one beside it may lack one.
                Some("schemeID") if place.contains("ram:SellerTradeParty/ram:SpecifiedTaxRegistration") => {
                    after(place, "<ram:ID>7</ram:ID>")
                }
                Some(name) => no_attribute(place, name),
                None if test == "present" => drop(format!("{place}/{path}").leak()),
                None => into(place, format!("<{path}/><{path}/>")),
            };
            let row = profile.case(COMPLETE, id, vec![breaks], vec![]);
            assert!(has(&examined(&row, &row.breaks), id), "{book} {id} is not found where it is broken");
            assert!(!has(&examined(&row, &row.holds), id), "{book} {id} is found where it holds");
        }
    }
}

const BASE: &str = include_str!("../invoices/base-cii.xml");
const XRECHNUNG: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0";

fn is_about_the_choice(report: &Report) -> bool {
    ["LM-PROFILE", "LM-SCENARIO", "LM-ROOT"].iter().any(|id| has(report, id))
}

#[test]
fn a_profile_is_asked_for_by_its_name() {
    let document = apply(BASE, &[text(SPECIFICATION, "urn:cen.eu:en16931:2017")]);
    let day = Edition::LATEST.from_day();
    let report = check_as(EN16931, document.as_bytes(), day).unwrap();
    assert_eq!(report.profile.as_deref(), Some(EN16931));
    assert_eq!(report.rule_sets[0], "Factur-X EN 16931 1.09.2");
    assert!(!is_about_the_choice(&report));
    assert_eq!(report.recommendation, Recommendation::Accept, "{:?}", report.findings);

    let twice = apply(&document, &[after(SPECIFICATION, "<ram:ID>x</ram:ID>")]);
    let report = check_as(EN16931, twice.as_bytes(), day).unwrap();
    assert!(has(&report, "FX-SCH-A-000407") && report.recommendation == Recommendation::Reject);
}

#[test]
fn the_name_counts_and_not_the_identifier() {
    let day = Edition::LATEST.from_day();
    for identifier in ["urn:factur-x.eu:1p0:minimum", XRECHNUNG, "nobody knows this", ""] {
        let document = apply(BASE, &[text(SPECIFICATION, identifier)]);
        for name in profile_names() {
            let report = check_as(name, document.as_bytes(), day).unwrap();
            assert_eq!(report.profile.as_deref(), Some(name), "{identifier}");
            assert!(!is_about_the_choice(&report), "{name} {identifier}");
            let refused = report.recommendation == Recommendation::Reject;
            assert_eq!(refused, report.fatal() > 0 || report.schema_valid != Some(true), "{name} {identifier}");
        }
        let report = check_as(EN16931, document.as_bytes(), day).unwrap();
        assert_eq!(has(&report, "FX-SCH-A-000556"), !identifier.is_empty(), "{identifier}");
        assert_eq!(has(&report, "BR-01"), identifier.is_empty(), "{identifier}");
    }
}

#[test]
fn a_rule_of_cen_may_weigh_more_in_the_profile() {
    const CONTACT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:DefinedTradeContact";
    let twice = into(CONTACT, "<ram:DepartmentName>Vertrieb</ram:DepartmentName>");
    let document = apply(COMPLETE, &[twice]);
    let day = Edition::LATEST.from_day();
    let weighs = |report: Report| {
        report.findings.into_iter().find(|finding| finding.id == "CII-SR-465").map(|finding| finding.severity)
    };
    assert_eq!(weighs(check(document.as_bytes(), day)), Some(Severity::Warning));
    assert_eq!(weighs(check_as(EN16931, document.as_bytes(), day).unwrap()), Some(Severity::Fatal));
}

/// The identifier of Factur-X EN 16931 is that of the official scenario.
#[test]
fn what_can_be_asked_for_by_name_alone_changes_no_official_verdict() {
    let document = apply(BASE, &[text(SPECIFICATION, "urn:cen.eu:en16931:2017")]);
    let report = check(document.as_bytes(), Edition::LATEST.from_day());
    assert_eq!(report.profile.as_deref(), Some("EN 16931"));
    let none = apply(BASE, &[text(SPECIFICATION, "")]);
    let report = check(none.as_bytes(), Edition::LATEST.from_day());
    assert!(has(&report, "LM-PROFILE") && report.profile.as_deref() != Some(EN16931));
}

#[test]
fn nothing_is_examined_by_a_name_nobody_has() {
    for name in ["", "unbekannt", "guessed", "factur-x en 16931", "Factur-X EXTENDED"] {
        assert!(check_as(name, BASE.as_bytes(), Edition::LATEST.from_day()).is_none(), "{name}");
    }
    let names = profile_names();
    assert!(names.contains(&EN16931) && names.contains(&"XRechnung 3.0"));
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
}

#[test]
fn a_profile_without_rules_for_the_syntax_accepts_nothing() {
    let ubl = include_str!("../invoices/base-ubl.xml");
    for profile in PROFILES {
        let report = check_as(profile.name, ubl.as_bytes(), Edition::LATEST.from_day()).unwrap();
        assert!(has(&report, "LM-ROOT") && report.recommendation == Recommendation::Reject);
    }
    let report = check_as(EN16931, b"<a/>", Edition::LATEST.from_day()).unwrap();
    assert_eq!(report.recommendation, Recommendation::Reject);
}

/// Ids were given in the order of the book: those of codes differ from profile to profile, all others are the
/// same wherever a profile asks the same.
#[test]
fn the_same_row_has_the_same_id_in_every_profile() {
    let mut ids = BTreeMap::new();
    for profile in PROFILES {
        let mut place = "";
        for line in profile.table.lines() {
            place = line.strip_prefix("@ ").unwrap_or(place);
            let columns: Vec<&str> = line.split('\t').collect();
            let [id, _, test, path] = columns[..] else { continue };
            if id != "UNSPECIFIC" && (test != "special" || path.starts_with("one_")) {
                let first = ids.entry((place, test, path)).or_insert(id);
                assert_eq!(*first, id, "{} {place} {path}", profile.book);
            }
        }
    }
    let different: BTreeSet<&&str> = ids.values().collect();
    assert_eq!(different.len(), ids.len(), "an id stands for two rows");
}
