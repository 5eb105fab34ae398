//! Factur-X: rules of CEN under its profiles, codes, and what the profiles do not use.
//!
//! The tables are read here a second time, plainly: a row about a code is broken where its context says.

use crate::edit::{Edit, after, attribute, drop, into, no_attribute, text};
use crate::{Case, case, cii, examined, has, syntax_cii};
use laufmappe::validate::catalogue;
use std::collections::BTreeSet;

const COMPLETE: &str = include_str!("../invoices/complete-cii.xml");
const SPECIFICATION: &str =
    "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID";

/// Book, identifier, table.
const PROFILES: &[(&str, &str, &str)] = &[
    ("facturx-minimum", "urn:factur-x.eu:1p0:minimum", include_str!("../../rules/syntax/facturx-minimum.tsv")),
    (
        "facturx-basic-wl",
        "urn:factur-x.eu:1p0:basicwl",
        include_str!("../../rules/syntax/facturx-basic-wl.tsv"),
    ),
    (
        "facturx-basic",
        "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
        include_str!("../../rules/syntax/facturx-basic.tsv"),
    ),
];

pub fn cases() -> Vec<Case> {
    PROFILES
        .iter()
        .flat_map(|profile| [taken_over(profile), in_code(profile), unused(profile)])
        .flatten()
        .collect()
}

/// The document asks for the profile.
fn under(identifier: &'static str, mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.insert(0, text(SPECIFICATION, identifier));
    edits
}

/// Cases of the rules of CEN, once more under the profile.
fn taken_over((book, identifier, _): &(&'static str, &'static str, &str)) -> Vec<Case> {
    let ids: BTreeSet<&str> =
        catalogue().iter().filter(|entry| entry.book == *book).map(|entry| entry.id).collect();
    let of_cen = cii::cases().into_iter().chain(syntax_cii::cases());
    let chosen = of_cen.filter(|case| case.book == "en16931-cii" && ids.contains(case.id));
    let under_profile = |case: Case| Case {
        book,
        breaks: under(identifier, case.breaks),
        holds: under(identifier, case.holds),
        ..case
    };
    chosen.map(under_profile).collect()
}

/// Rows about codes, and those that count by a condition.
fn in_code((book, identifier, table): &(&'static str, &'static str, &'static str)) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut place = String::new();
    for line in table.lines() {
        if let Some(context) = line.strip_prefix("@ ") {
            place = path_of(context);
        }
        let columns: Vec<&'static str> = line.split('\t').collect();
        if let [id, _, "special", name] = columns[..]
            && id != "UNSPECIFIC"
        {
            let path: &'static str = place.clone().leak();
            cases.push(case(
                book,
                COMPLETE,
                id,
                under(identifier, broken(name, path)),
                under(identifier, vec![]),
            ));
        }
    }
    if *book == "facturx-basic" {
        let reference =
            "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:PaymentReference";
        let (breaks, holds) = (vec![text(reference, " ")], vec![drop(reference)]);
        cases.push(case(
            book,
            COMPLETE,
            "PEPPOL-EN16931-R008",
            under(identifier, breaks),
            under(identifier, holds),
        ));
    }
    cases
}

/// A path below the root to an element of the base for which the guard is true.
fn path_of(context: &str) -> String {
    let (place, guard) = context.split_once(" ? ").unwrap_or((context, ""));
    let below = place.strip_prefix("/rsm:CrossIndustryInvoice/").unwrap_or_default().to_owned();
    let second = |name: &str| below.replace(name, &format!("{name}[2]"));
    match guard {
        "charge" | "of_charge" | "of_charge_without_list" => second("ram:SpecifiedTradeAllowanceCharge"),
        "has_tax_number" | "of_tax_number" => second("ram:SpecifiedTaxRegistration"),
        "in_tax_currency" => second("ram:TaxTotalAmount"),
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
fn unused((book, identifier, _): &(&'static str, &'static str, &str)) -> Vec<Case> {
    const BUYER: &str =
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty";
    const CHANGE: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge";
    let at = |from: &str, path: &str| drop(format!("{from}/{path}").leak());
    let mut drops = match *book {
        "facturx-minimum" => {
            vec![at(BUYER, "ram:PostalTradeAddress"), at(BUYER, "ram:SpecifiedTaxRegistration")]
        }
        _ => vec![at(BUYER, "ram:SpecifiedLegalOrganization/ram:TradingBusinessName")],
    };
    if *book == "facturx-basic" {
        for path in ["ram:CalculationPercent", "ram:BasisAmount"] {
            drops.extend([at(CHANGE, path), at(&format!("{CHANGE}[2]"), path)]);
        }
    }
    vec![case(book, COMPLETE, "UNSPECIFIC", under(identifier, vec![]), under(identifier, drops))]
}

#[test]
fn every_row_about_how_often_is_broken_and_kept() {
    for (book, identifier, table) in PROFILES {
        let mut place: &'static str = "";
        for line in table.lines() {
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
            let row = case(book, COMPLETE, id, under(identifier, vec![breaks]), under(identifier, vec![]));
            assert!(has(&examined(&row, &row.breaks), id), "{book} {id} is not found where it is broken");
            assert!(!has(&examined(&row, &row.holds), id), "{book} {id} is found where it holds");
        }
    }
}
