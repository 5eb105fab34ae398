//! Rules for everybody, in UBL.

use super::{identifier, on_credit_note, on_ubl, prepared, ubl_attribute, ubl_text};
use crate::Case;
use crate::edit::{after, drop, into, text};

const BILLING: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const BUYER_COUNTRY: &str =
    "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode";
const SELLER_ID: &str = "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID";
const BUYER_ENDPOINT: &str = "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID";
const CATEGORY: &str = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID";

pub fn cases() -> Vec<Case> {
    let mut cases = document();
    cases.extend(amounts());
    cases.extend(lines());
    cases.extend(identifiers());
    cases.extend(codes());
    cases
}

#[rustfmt::skip]
fn document() -> Vec<Case> {
    let note = "<cbc:Note>Zweite Bemerkung</cbc:Note>";
    let document = |code: &str| format!("<cac:AdditionalDocumentReference><cbc:ID>P-5</cbc:ID>\
        <cbc:DocumentTypeCode>{code}</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>");
    vec![
        ubl_text("PEPPOL-EN16931-R008", "cbc:Note", "\n  ", "-"),
        on_credit_note("PEPPOL-EN16931-R080",
            vec![after("cac:AdditionalDocumentReference", document("50"))],
            vec![after("cac:AdditionalDocumentReference", document("130"))]),
        on_ubl("PEPPOL-EN16931-R001", vec![drop("cbc:ProfileID")], vec![text("cbc:ProfileID", "x")]),
        ubl_text("PEPPOL-EN16931-R007", "cbc:ProfileID",
            "urn:fdc:peppol.eu:2017:poacc:billing:01", "urn:peppol:bis:billing_with_response"),
        on_ubl("PEPPOL-EN16931-R002",
            vec![text(BUYER_COUNTRY, "FR"), after("cbc:Note", note)],
            vec![after("cbc:Note", note)]),
        on_ubl("PEPPOL-EN16931-R003",
            vec![drop("cbc:BuyerReference"), drop("cac:OrderReference")],
            vec![drop("cbc:BuyerReference")]),
        // Pieces between comments name the profile; the official test reads the whole text.
        ubl_text("PEPPOL-EN16931-R004", "cbc:CustomizationID",
            &format!("vorn<!-- -->{BILLING}"), &format!("{BILLING}<!-- -->#hinten")),
        on_ubl("PEPPOL-EN16931-R005",
            vec![text("cbc:TaxCurrencyCode", "EUR")],
            vec![text("cbc:TaxCurrencyCode", "USD")]),
        on_ubl("PEPPOL-EN16931-R010", vec![drop(BUYER_ENDPOINT)], vec![text(BUYER_ENDPOINT, "x")]),
        on_ubl("PEPPOL-EN16931-R020",
            vec![drop("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID")],
            vec![text("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", "x")]),
        ubl_text("PEPPOL-EN16931-R061", "cac:PaymentMeans/cbc:PaymentMeansCode", "49", "48"),
        on_ubl("PEPPOL-EN16931-R061",
            vec![text("cac:PaymentMeans/cbc:PaymentMeansCode", "59")],
            vec![text("cac:PaymentMeans/cbc:PaymentMeansCode", "59"),
                into("cac:PaymentMeans", "<cac:PaymentMandate><cbc:ID>M-31</cbc:ID></cac:PaymentMandate>")]),
    ]
}

#[rustfmt::skip]
fn amounts() -> Vec<Case> {
    let subtotal = "<cac:TaxSubtotal><cbc:TaxableAmount currencyID=\"CHF\">88.90</cbc:TaxableAmount>\
        <cbc:TaxAmount currencyID=\"CHF\">16.90</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>\
        <cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>";
    let rate = "cac:AllowanceCharge/cbc:MultiplierFactorNumeric";
    let base = "cac:AllowanceCharge/cbc:BaseAmount";
    vec![
        on_ubl("PEPPOL-EN16931-R053", vec![into("cac:TaxTotal[2]", subtotal)], vec![drop("cac:TaxTotal[2]")]),
        on_ubl("PEPPOL-EN16931-R054",
            vec![drop("cac:TaxTotal[2]")],
            vec![drop("cac:TaxTotal[2]"), drop("cbc:TaxCurrencyCode")]),
        ubl_text("PEPPOL-EN16931-R055", "cac:TaxTotal[2]/cbc:TaxAmount", "-16.90", "0"),
        on_ubl("PEPPOL-EN16931-R041", vec![drop(base)], vec![drop(base), drop(rate)]),
        on_ubl("PEPPOL-EN16931-R042", vec![drop(rate)], vec![drop(base), drop(rate)]),
        ubl_text("PEPPOL-EN16931-R040", "cac:AllowanceCharge/cbc:Amount", "10.03", "10.02"),
        ubl_text("PEPPOL-EN16931-R040", "cac:InvoiceLine/cac:AllowanceCharge/cbc:Amount", "1.97", "1.98"),
        ubl_text("PEPPOL-EN16931-R043", "cac:AllowanceCharge/cbc:ChargeIndicator", "0", " false "),
        ubl_attribute("PEPPOL-EN16931-R051", "cac:LegalMonetaryTotal/cbc:PayableAmount", "currencyID", "USD", "EUR"),
        on_ubl("PEPPOL-EN16931-R051",
            vec![text("cbc:DocumentCurrencyCode", "CHF")],
            vec![text("cbc:TaxCurrencyCode", "USD")]),
    ]
}

#[rustfmt::skip]
fn lines() -> Vec<Case> {
    let line = "cac:InvoiceLine";
    let object = "<cac:DocumentReference><cbc:ID>OBJ-2</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>";
    vec![
        ubl_text("PEPPOL-EN16931-R110", "cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate", "2026-09-30", "2026-10-01"),
        ubl_text("PEPPOL-EN16931-R111", "cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate", "2026-11-01", "2026-10-31"),
        ubl_text("PEPPOL-EN16931-R120", "cac:InvoiceLine/cbc:LineExtensionAmount", "100.03", "100.02"),
        ubl_text("PEPPOL-EN16931-R120", "cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "2", "0"),
        ubl_text("PEPPOL-EN16931-R121", "cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "0", "0.01"),
        on_ubl("PEPPOL-EN16931-R100",
            vec![after("cac:InvoiceLine/cac:DocumentReference", object)],
            vec![drop("cac:InvoiceLine/cac:DocumentReference"), after("cac:InvoiceLine/cac:OrderLineReference", object)]),
        ubl_text("PEPPOL-EN16931-R101", "cac:InvoiceLine/cac:DocumentReference/cbc:DocumentTypeCode", "50", "130"),
        ubl_text("PEPPOL-EN16931-R044", "cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:ChargeIndicator", "true", "false"),
        ubl_text("PEPPOL-EN16931-R046", "cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:BaseAmount", "54.99", "55"),
        ubl_attribute("PEPPOL-EN16931-R130", "cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "unitCode", "DAY", "HUR"),
        prepared(vec![drop("cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate")],
            ubl_text("PEPPOL-EN16931-R110", super::below(line, "cac:InvoicePeriod/cbc:StartDate"), "2025-10-31", "2027-01-01")),
    ]
}

#[rustfmt::skip]
fn identifiers() -> Vec<Case> {
    let party = |id, scheme, breaks, holds| identifier(on_ubl, SELLER_ID, id, scheme, breaks, holds);
    let vat = "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID";
    vec![
        party("PEPPOL-COMMON-R040", "0088", "4099999000013", " 4099999000012 "),
        party("PEPPOL-COMMON-R041", "0192", "974760674", "974760673"),
        party("PEPPOL-COMMON-R042", "0184", "DK1234567", "12345678"),
        party("PEPPOL-COMMON-R052", "0096", "123456789", "1234567890"),
        party("PEPPOL-COMMON-R053", "0198", "12345678", "DK12345678"),
        party("PEPPOL-COMMON-R043", "0208", "0202239952", "0202239951"),
        party("PEPPOL-COMMON-R044", "0201", "UFABC-", "UFABC1"),
        party("PEPPOL-COMMON-R045", "0210", "RSSMRA85T10A56", "RSSMRA85T10A562S"),
        identifier(on_ubl, BUYER_ENDPOINT, "PEPPOL-COMMON-R046", "9907", "0074311015", "00743110157"),
        party("PEPPOL-COMMON-R047", "0211", "IT00743110158", "IT00743110157"),
        party("PEPPOL-COMMON-R049", "0007", "5560360794", "5560360793"),
        party("PEPPOL-COMMON-R050", "0151", "51824753557", "51824753556"),
        party("PEPPOL-COMMON-R054", "0106", "1234567", "12345678"),
        party("PEPPOL-COMMON-R055", "0190", "0000000123456789000", "00000001234567890000"),
        party("PEPPOL-COMMON-R056-1", "9944", "NL123456789B1", "NL123456789B12"),
        ubl_text("PEPPOL-COMMON-R056-2", vat, "NL123456789B1", "NL123456789B12"),
        party("PEPPOL-COMMON-R057", "0217", "12345678901", "123456789012"),
    ]
}

#[rustfmt::skip]
fn codes() -> Vec<Case> {
    let file = "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject";
    let mut cases = vec![
        ubl_attribute("PEPPOL-EN16931-CL001", file, "mimeCode", "text/xml", "application/pdf"),
        ubl_text("PEPPOL-EN16931-CL002", "cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", "FC", "104"),
        ubl_text("PEPPOL-EN16931-CL003", "cac:AllowanceCharge[2]/cbc:AllowanceChargeReasonCode", "95", "ZZZ"),
        ubl_text("PEPPOL-EN16931-CL006", "cac:InvoicePeriod/cbc:DescriptionCode", "5", "432"),
        ubl_attribute("PEPPOL-EN16931-CL007", "cac:LegalMonetaryTotal/cbc:PayableAmount", "currencyID", "eur", "USD"),
        ubl_text("PEPPOL-EN16931-P0100", "cbc:InvoiceTypeCode", "389", "383"),
        prepared(vec![text("cbc:InvoiceTypeCode", "326")],
            on_ubl("PEPPOL-EN16931-P0112", vec![text(BUYER_COUNTRY, "AT")], vec![text(BUYER_COUNTRY, "de")])),
        on_credit_note("PEPPOL-EN16931-P0101",
            vec![text("cbc:CreditNoteTypeCode", "261")],
            vec![text("cbc:CreditNoteTypeCode", "83")]),
        ubl_text("PEPPOL-EN16931-F001", "cbc:DueDate", "2026-12-02Z", "2026-12-02"),
        ubl_attribute("PEPPOL-EN16931-CL008", BUYER_ENDPOINT, "schemeID", "9999", "9930"),
    ];
    for (id, reason, category) in [
        ("PEPPOL-EN16931-P0104", "VATEX-EU-G", "G"),
        ("PEPPOL-EN16931-P0105", "VATEX-EU-O", "O"),
        ("PEPPOL-EN16931-P0106", "vatex-eu-ic", "K"),
        ("PEPPOL-EN16931-P0107", "VATEX-EU-AE", "AE"),
        ("PEPPOL-EN16931-P0108", "VATEX-EU-D", "E"),
        ("PEPPOL-EN16931-P0109", "VATEX-EU-F", "E"),
        ("PEPPOL-EN16931-P0110", "VATEX-EU-I", "E"),
        ("PEPPOL-EN16931-P0111", "VATEX-EU-J", "E"),
    ] {
        let reason = format!("<cbc:TaxExemptionReasonCode>{reason}</cbc:TaxExemptionReasonCode>");
        let given = vec![after("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", reason)];
        cases.push(prepared(given, ubl_text(id, CATEGORY, "Z", category)));
    }
    cases
}
