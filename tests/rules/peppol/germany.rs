//! Rules for invoices from Germany to Germany.

use super::{on_ubl, prepared, ubl_text};
use crate::Case;
use crate::edit::{Edit, after, drop, into, text};

const SELLER: &str = "cac:AccountingSupplierParty/cac:Party";
const CODE: &str = "cac:PaymentMeans/cbc:PaymentMeansCode";
const CARD: &str = "<cac:CardAccount><cbc:PrimaryAccountNumberID>4711</cbc:PrimaryAccountNumberID>\
    <cbc:NetworkID>x</cbc:NetworkID></cac:CardAccount>";

pub fn cases() -> Vec<Case> {
    let mut cases = document();
    cases.extend(parties());
    cases.extend(payment());
    cases
}

#[rustfmt::skip]
fn document() -> Vec<Case> {
    let file = |name: &str| format!("<cac:AdditionalDocumentReference><cbc:ID>ANL-2</cbc:ID><cac:Attachment>\
        <cbc:EmbeddedDocumentBinaryObject mimeCode=\"text/csv\" filename=\"{name}\">U3R1bmRlbjszCg==</cbc:EmbeddedDocumentBinaryObject>\
        </cac:Attachment></cac:AdditionalDocumentReference>");
    let document = "cac:AdditionalDocumentReference";
    vec![
        on_ubl("DE-R-001", vec![drop("cac:PaymentMeans")], vec![text(CODE, "1")]),
        ubl_text("DE-R-015", "cbc:BuyerReference", "\n ", "-"),
        on_ubl("DE-R-016",
            vec![drop("cac:TaxRepresentativeParty"), drop(tax_scheme(2)), drop(tax_scheme(1))],
            vec![drop("cac:TaxRepresentativeParty"), drop(tax_scheme(1))]),
        ubl_text("DE-R-017", "cbc:InvoiceTypeCode", "383", "389"),
        ubl_text("DE-R-018", "cac:PaymentTerms/cbc:Note",
            "#SKONTO#TAGE=14#PROZENT=2#\n", "#SKONTO#TAGE=14#PROZENT=2.00#\n"),
        ubl_text("DE-R-018", "cac:PaymentTerms/cbc:Note",
            "#SKONTO#TAGE=14#PROZENT=2.00#", "Zahlbar in 30 Tagen #"),
        on_ubl("DE-R-022", vec![after(document, file("stunden.csv"))], vec![after(document, file("Stunden.csv"))]),
        prepared(vec![text("cbc:InvoiceTypeCode", "384")],
            on_ubl("DE-R-026", vec![drop("cac:BillingReference")], vec![text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "x")])),
        ubl_text("DE-R-T02", "cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference/cbc:URI", "anl-1", "ftp:anl-1"),
        on_ubl("DE-R-014",
            vec![drop("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent")],
            vec![text("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "0")]),
    ]
}

#[rustfmt::skip]
fn parties() -> Vec<Case> {
    let seller = |path| super::below(SELLER, path);
    let contact = |path| super::below(SELLER, &format!("cac:Contact/{path}"));
    let buyer = |path| super::below("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", path);
    let delivery = |path| super::below("cac:Delivery/cac:DeliveryLocation/cac:Address", path);
    vec![
        on_ubl("DE-R-002", vec![drop(seller("cac:Contact"))], vec![drop(contact("cbc:Name"))]),
        ubl_text("DE-R-003", seller("cac:PostalAddress/cbc:CityName"), "\t", "x"),
        ubl_text("DE-R-004", seller("cac:PostalAddress/cbc:PostalZone"), "", "1"),
        ubl_text("DE-R-005", contact("cbc:Name"), " ", "x"),
        ubl_text("DE-R-006", contact("cbc:Telephone"), " ", "x"),
        ubl_text("DE-R-007", contact("cbc:ElectronicMail"), " ", "x"),
        ubl_text("DE-R-027", contact("cbc:Telephone"), "+1-2", "1-2/3"),
        ubl_text("DE-R-028", contact("cbc:ElectronicMail"), "feder@example", "f@x.y"),
        on_ubl("DE-R-008", vec![drop(buyer("cbc:CityName"))], vec![text(buyer("cbc:CityName"), "x")]),
        on_ubl("DE-R-009", vec![drop(buyer("cbc:PostalZone"))], vec![text(buyer("cbc:PostalZone"), "x")]),
        on_ubl("DE-R-010", vec![drop(delivery("cbc:CityName"))], vec![text(delivery("cbc:CityName"), "x")]),
        on_ubl("DE-R-011", vec![drop(delivery("cbc:PostalZone"))], vec![text(delivery("cbc:PostalZone"), "x")]),
    ]
}

#[rustfmt::skip]
fn payment() -> Vec<Case> {
    let account = "cac:PaymentMeans/cac:PayeeFinancialAccount";
    let creditor = || after(super::below(SELLER, "cac:PartyIdentification"),
        "<cac:PartyIdentification><cbc:ID schemeID=\"SEPA\">DE98ZZZ09999999999</cbc:ID></cac:PartyIdentification>");
    let card = || after("cac:PaymentMeans/cbc:PaymentID", CARD);
    vec![
        on_ubl("DE-R-030", vec![mandate("")], vec![mandate(""), creditor()]),
        on_ubl("DE-R-031", vec![mandate("")], vec![mandate("x")]),
        ubl_text("DE-R-019", "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID",
            "DE38999999990012345678", "DE39 9999 9999 0012 3456 78"),
        on_ubl("DE-R-023-1", vec![drop(account)], vec![drop(account), text(CODE, "1")]),
        on_ubl("DE-R-023-2", vec![card()], vec![card(), text(CODE, "31")]),
        prepared(vec![text(CODE, "48")], on_ubl("DE-R-024-1", vec![], vec![card()])),
        prepared(vec![text(CODE, "54"), card()], on_ubl("DE-R-024-2", vec![], vec![drop(account)])),
        prepared(vec![text(CODE, "59")],
            on_ubl("DE-R-020", vec![mandate("DE1")], vec![mandate("DE39999999990012345678")])),
        prepared(vec![text(CODE, "59")], on_ubl("DE-R-025-1", vec![], vec![mandate("")])),
        prepared(vec![text(CODE, "59")], on_ubl("DE-R-025-2", vec![], vec![drop(account)])),
    ]
}

/// A mandate for direct debits, and the account of the payer where one is given.
fn mandate(account: &str) -> Edit {
    let account = match account {
        "" => String::new(),
        account => format!("<cac:PayerFinancialAccount><cbc:ID>{account}</cbc:ID></cac:PayerFinancialAccount>"),
    };
    into("cac:PaymentMeans", format!("<cac:PaymentMandate><cbc:ID>M-31</cbc:ID>{account}</cac:PaymentMandate>"))
}

fn tax_scheme(number: usize) -> &'static str {
    super::below(SELLER, &format!("cac:PartyTaxScheme[{number}]"))
}
