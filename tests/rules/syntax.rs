//! EN 16931 in UBL, syntax: the rows that stand in code. Rows of the table make their own cases.

use crate::edit::{Edit, after, attribute, before, drop, first, into, no_attribute, text};
use crate::{Case, case};

const COMPLETE: &str = include_str!("../invoices/complete-ubl.xml");
const CREDIT_NOTE: &str = include_str!("../invoices/credit-note.xml");

const SELLER: &str = "cac:AccountingSupplierParty/cac:Party";
const BUYER: &str = "cac:AccountingCustomerParty/cac:Party";
const VAT_ID: &str = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme";
const TAX_NUMBER_SCHEME: &str =
    "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[2]/cac:TaxScheme/cbc:ID";
const BUYER_VAT_ID: &str = "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme";
const PAYEE_NAME: &str = "cac:PayeeParty/cac:PartyName/cbc:Name";
const OBJECT: &str = "cac:AdditionalDocumentReference";
const OBJECT_TYPE: &str = "cac:AdditionalDocumentReference/cbc:DocumentTypeCode";
const DOCUMENT: &str = "cac:AdditionalDocumentReference[2]";

pub fn cases() -> Vec<Case> {
    [parties(), payee(), documents(), payment(), others()].into_iter().flatten().collect()
}

fn row(id: &'static str, breaks: Edit, holds: Edit) -> Case {
    case("en16931-ubl", COMPLETE, id, vec![breaks], vec![holds])
}

fn registration(number: &str, scheme: &str) -> String {
    format!(
        "<cac:PartyTaxScheme>{number}<cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    )
}

const NUMBER: &str = "<cbc:CompanyID>4711</cbc:CompanyID>";

#[rustfmt::skip]
fn parties() -> Vec<Case> {
    let twice = format!("{0}{0}", registration(NUMBER, "FC"));
    vec![
        row("UBL-SR-42", after(VAT_ID, registration(NUMBER, "EHR")), drop(VAT_ID)),
        row("UBL-SR-42", into(SELLER, twice), into(BUYER, registration(NUMBER, "FC"))),
        row("UBL-SR-53", drop("cac:TaxRepresentativeParty/cac:PartyTaxScheme/cbc:CompanyID"), text("cac:TaxRepresentativeParty/cac:PartyTaxScheme/cbc:CompanyID", "")),
        row("UBL-SR-53", drop(TAX_NUMBER_SCHEME), text(TAX_NUMBER_SCHEME, "")),
        row("UBL-SR-12", after(VAT_ID, registration(NUMBER, "vat")), after(VAT_ID, registration("", "VAT"))),
        row("UBL-SR-12", text(TAX_NUMBER_SCHEME, "Vat"), text(TAX_NUMBER_SCHEME, " VAT")),
        row("UBL-SR-13", after(VAT_ID, registration(NUMBER, "")), after(VAT_ID, registration("", "FC"))),
        row("UBL-SR-18", after(BUYER_VAT_ID, registration(NUMBER, "VAT")), after(BUYER_VAT_ID, registration(NUMBER, "FC"))),
        row("UBL-SR-29", attribute("cac:PayeeParty/cac:PartyIdentification/cbc:ID", "schemeID", "sepa"), attribute("cac:PayeeParty/cac:PartyIdentification/cbc:ID", "schemeID", "SEPA ")),
    ]
}

#[rustfmt::skip]
fn payee() -> Vec<Case> {
    let id = |scheme: &str| format!("<cac:PartyIdentification><cbc:ID{scheme}>7</cbc:ID></cac:PartyIdentification>");
    vec![
        row("UBL-SR-19", text(PAYEE_NAME, "Musterbau Talheim GmbH"), text(PAYEE_NAME, "Musterbau Talheim GmbH ")),
        row("UBL-SR-19", drop(PAYEE_NAME), text(PAYEE_NAME, "")),
        row("UBL-SR-19", after("cac:PayeeParty/cac:PartyName", "<cac:PartyName><cbc:Name>Zweiter</cbc:Name></cac:PartyName>"), first("cac:PayeeParty", "<cac:PartyName/>")),
        row("UBL-SR-20", first("cac:PayeeParty", id("")), first("cac:PayeeParty", id(" schemeID=\"Sepa\""))),
        row("UBL-SR-20", drop(PAYEE_NAME), drop("cac:PayeeParty/cac:PartyIdentification")),
        row("UBL-SR-21", into("cac:PayeeParty/cac:PartyLegalEntity", NUMBER), drop("cac:PayeeParty/cac:PartyLegalEntity")),
        row("UBL-SR-21", text(PAYEE_NAME, "Musterbau Talheim GmbH"), text(PAYEE_NAME, "Musterbau")),
    ]
}

#[rustfmt::skip]
fn documents() -> Vec<Case> {
    let object = |id: &str| format!("<cac:AdditionalDocumentReference>{id}<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>");
    vec![
        row("UBL-SR-04", after(OBJECT, object("<cbc:ID>2</cbc:ID>")), after(OBJECT, object(""))),
        row("UBL-SR-43", text(OBJECT_TYPE, "50"), text(OBJECT_TYPE, "130")),
        row("UBL-SR-43", drop(OBJECT_TYPE), drop(OBJECT)),
        row("UBL-SR-43", attribute("cac:AdditionalDocumentReference[2]/cbc:ID", "schemeID", ""), attribute("cac:AdditionalDocumentReference[2]/cbc:ID", "schemeAgencyID", "")),
        case("en16931-ubl", CREDIT_NOTE, "UBL-SR-43", vec![text(OBJECT_TYPE, "50 ")], vec![attribute("cac:AdditionalDocumentReference/cbc:ID", "schemeID", "AAB")]),
        row("UBL-CR-665", drop(OBJECT_TYPE), no_attribute("cac:AdditionalDocumentReference[2]/cbc:ID", "schemeID")),
        row("UBL-CR-665", attribute("cac:AdditionalDocumentReference[2]/cbc:ID", "schemeID", ""), text(OBJECT_TYPE, "130")),
        row("UBL-CR-666", into(OBJECT, "<cac:Attachment/>"), into(DOCUMENT, "<cac:Attachment/>")),
        row("UBL-CR-673", into(OBJECT, "<cbc:DocumentDescription/>"), text(OBJECT_TYPE, "130 ")),
    ]
}

#[rustfmt::skip]
fn payment() -> Vec<Case> {
    let means = |code: &str, reference: &str| format!("<cac:PaymentMeans><cbc:PaymentMeansCode>{code}</cbc:PaymentMeansCode><cbc:PaymentID>{reference}</cbc:PaymentID></cac:PaymentMeans>");
    vec![
        row("UBL-SR-44", after("cac:PaymentMeans", means("59", "RE-1 / B-77 ")), after("cac:PaymentMeans", means("59", "RE-1 / B-77"))),
        row("UBL-SR-47", after("cac:PaymentMeans", means("58", "RE-1 / B-77")), after("cac:PaymentMeans", means("59", "anders"))),
        row("UBL-CR-412", into("cac:PaymentMeans", "<cbc:PaymentDueDate>2026-12-02</cbc:PaymentDueDate>"), text("cbc:DueDate", "2026-12-03")),
        row("UBL-DT-18", attribute("cac:PaymentMeans/cbc:PaymentID", "name", ""), attribute("cac:PaymentMeans/cbc:PaymentMeansCode", "name", "anders")),
    ]
}

#[rustfmt::skip]
fn others() -> Vec<Case> {
    vec![
        row("UBL-CR-002", before("cbc:CustomizationID", "<cbc:UBLVersionID>2.1 </cbc:UBLVersionID>"), before("cbc:CustomizationID", "<cbc:UBLVersionID>2.1</cbc:UBLVersionID>")),
        row("UBL-DT-01", text("cac:LegalMonetaryTotal/cbc:PayableAmount", "100.000"), text("cac:LegalMonetaryTotal/cbc:PayableAmount", "100.")),
        row("UBL-DT-01", text("cac:TaxTotal/cbc:TaxAmount", "18.05 "), text("cac:TaxTotal/cbc:TaxAmount", " 18.05")),
        row("UBL-DT-01", text("cac:InvoiceLine/cac:AllowanceCharge/cbc:Amount", "2.000"), text("cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:Amount", "5.0000")),
    ]
}

#[test]
fn a_credit_note_has_its_due_date_with_the_means_of_payment() {
    let report =
        laufmappe::validate::check(CREDIT_NOTE.as_bytes(), laufmappe::validate::Edition::LATEST.from_day());
    assert!(!crate::has(&report, "UBL-CR-412"));
}
