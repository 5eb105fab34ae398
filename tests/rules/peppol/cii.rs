//! Rules for everybody, in CII.

use super::{below, cii_attribute, cii_text, identifier, on_cii, prepared};
use crate::Case;
use crate::edit::{after, drop, into, text};

const BILLING: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PROCESS: &str = "rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter";
const GUIDELINE: &str = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID";
const AGREEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement";
const SETTLEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement";
const LINE: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem";
const ALLOWANCE: &str = "ram:SpecifiedTradeAllowanceCharge";

pub fn cases() -> Vec<Case> {
    let mut cases = document();
    cases.extend(amounts());
    cases.extend(lines());
    cases.extend(identifiers());
    cases.extend(codes());
    cases
}

fn agreement(path: &str) -> &'static str {
    below(AGREEMENT, path)
}

fn settlement(path: &str) -> &'static str {
    below(SETTLEMENT, path)
}

fn line(path: &str) -> &'static str {
    below(LINE, path)
}

#[rustfmt::skip]
fn document() -> Vec<Case> {
    let note = "rsm:ExchangedDocument/ram:IncludedNote";
    let reference = agreement("ram:AdditionalReferencedDocument");
    let document = |code: &str| format!("<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>X-2</ram:IssuerAssignedID>\
        <ram:TypeCode>{code}</ram:TypeCode></ram:AdditionalReferencedDocument>");
    let address = |party: &str| agreement(&format!("{party}/ram:URIUniversalCommunication"));
    let means = settlement("ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode");
    let mandate = settlement("ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID");
    vec![
        on_cii("PEPPOL-EN16931-R001", vec![drop(PROCESS)], vec![text(below(PROCESS, "ram:ID"), "x")]),
        cii_text("PEPPOL-EN16931-R007", below(PROCESS, "ram:ID"), "billing:01:1.0", "urn:peppol:bis:billing_with_response"),
        // Pieces between comments name the profile; the official test reads the whole text.
        cii_text("PEPPOL-EN16931-R004", GUIDELINE,
            &format!("vorn<!-- -->{BILLING}"), &format!("{BILLING}<!-- -->#hinten")),
        on_cii("PEPPOL-EN16931-R003",
            vec![drop(agreement("ram:BuyerReference")), drop(agreement("ram:BuyerOrderReferencedDocument"))],
            vec![drop(agreement("ram:BuyerReference"))]),
        on_cii("PEPPOL-EN16931-R006", vec![after(reference, document("130"))], vec![after(reference, document("916"))]),
        on_cii("PEPPOL-EN16931-R080", vec![after(reference, document("50"))], vec![after(reference, document("916"))]),
        cii_text("PEPPOL-EN16931-R005", settlement("ram:TaxCurrencyCode"), "EUR", "USD"),
        on_cii("PEPPOL-EN16931-R002",
            vec![after(note, "<ram:IncludedNote><ram:Content>2</ram:Content></ram:IncludedNote>")], vec![]),
        on_cii("PEPPOL-EN16931-R002", vec![into(note, "<ram:SubjectCode>ADU</ram:SubjectCode>")], vec![drop(note)]),
        on_cii("PEPPOL-EN16931-R010", vec![drop(address("ram:BuyerTradeParty"))], vec![]),
        on_cii("PEPPOL-EN16931-R020", vec![drop(address("ram:SellerTradeParty"))], vec![]),
        prepared(vec![drop(mandate)], cii_text("PEPPOL-EN16931-R061", means, "49", "58")),
        on_cii("PEPPOL-EN16931-R061", vec![drop(mandate)], vec![text(mandate, "1")]),
    ]
}

#[rustfmt::skip]
fn amounts() -> Vec<Case> {
    let total = |number| settlement(&format!("ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount[{number}]"));
    let allowance = |path: &str| settlement(&format!("{ALLOWANCE}/{path}"));
    let (rate, base) = (allowance("ram:CalculationPercent"), allowance("ram:BasisAmount"));
    let price = "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge";
    vec![
        on_cii("PEPPOL-EN16931-R053", vec![drop(total(1))], vec![drop(total(2))]),
        on_cii("PEPPOL-EN16931-R054",
            vec![drop(total(2))],
            vec![drop(total(2)), drop(settlement("ram:TaxCurrencyCode"))]),
        cii_text("PEPPOL-EN16931-R055", total(2), "-0.01", "0"),
        on_cii("PEPPOL-EN16931-R041", vec![drop(base)], vec![drop(base), drop(rate)]),
        on_cii("PEPPOL-EN16931-R042", vec![drop(rate)], vec![drop(base), drop(rate)]),
        cii_text("PEPPOL-EN16931-R040", allowance("ram:ActualAmount"), "10.03", "10.02"),
        cii_text("PEPPOL-EN16931-R040",
            line("ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ActualAmount"), "1.97", "1.98"),
        cii_text("PEPPOL-EN16931-R043", allowance("ram:ChargeIndicator/udt:Indicator"), "0", " false "),
        cii_text("PEPPOL-EN16931-R043", line(&format!("{price}/ram:ChargeIndicator/udt:Indicator")), "0", "true"),
    ]
}

#[rustfmt::skip]
fn lines() -> Vec<Case> {
    let own = "ram:SpecifiedLineTradeSettlement";
    let period = |path: &str| line(&format!("{own}/ram:BillingSpecifiedPeriod/{path}/udt:DateTimeString"));
    let reference = line(&format!("{own}/ram:AdditionalReferencedDocument"));
    let object = "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>OBJ-2</ram:IssuerAssignedID>\
        <ram:TypeCode>130</ram:TypeCode></ram:AdditionalReferencedDocument>";
    let quantity = line("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity");
    let total = line(&format!("{own}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"));
    vec![
        cii_text("PEPPOL-EN16931-R110", period("ram:StartDateTime"), "20260930", "20261001"),
        cii_text("PEPPOL-EN16931-R111", period("ram:EndDateTime"), "20261101", "20261031"),
        cii_text("PEPPOL-EN16931-R120", total, "99.97", "99.98"),
        cii_text("PEPPOL-EN16931-R120", quantity, "2", "0"),
        on_cii("PEPPOL-EN16931-R100", vec![after(reference, object)], vec![]),
        cii_text("PEPPOL-EN16931-R101", below(reference, "ram:TypeCode"), "50", "130"),
        cii_text("PEPPOL-EN16931-R121", quantity, "0", "0.01"),
        cii_attribute("PEPPOL-EN16931-R130", quantity, "unitCode", "DAY", "HUR"),
    ]
}

#[rustfmt::skip]
fn identifiers() -> Vec<Case> {
    let seller = agreement("ram:SellerTradeParty/ram:GlobalID");
    let party = |id, scheme, breaks, holds| identifier(on_cii, seller, id, scheme, breaks, holds);
    let address = agreement("ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID");
    let vat = agreement("ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID");
    vec![
        party("PEPPOL-COMMON-R040", "0088", "4099999000013", "4099999000012"),
        party("PEPPOL-COMMON-R041", "0192", "974760674", "974760673"),
        party("PEPPOL-COMMON-R042", "0184", "DK1234567", "12345678"),
        party("PEPPOL-COMMON-R052", "0096", "123456789", "1234567890"),
        party("PEPPOL-COMMON-R053", "0198", "12345678", "DK12345678"),
        party("PEPPOL-COMMON-R043", "0208", "0202239952", "0202239951"),
        party("PEPPOL-COMMON-R044", "0201", "UFABC12", "ufabc1"),
        party("PEPPOL-COMMON-R045", "0210", "RSSMRA85T10A562", "00743110157"),
        identifier(on_cii, address, "PEPPOL-COMMON-R046", "9907", "0074311015", "00743110157"),
        party("PEPPOL-COMMON-R047", "0211", "IT00743110158", "IT00743110157"),
        party("PEPPOL-COMMON-R049", "0007", "5560360794", "5560360793"),
        party("PEPPOL-COMMON-R050", "0151", "51824753557", "51824753556"),
        party("PEPPOL-COMMON-R054", "0106", "123456789", "12345678"),
        party("PEPPOL-COMMON-R055", "0190", "0000000123456789000", "00000001234567890000"),
        party("PEPPOL-COMMON-R056-1", "9944", "NL123456789B1", "NL123456789B12"),
        cii_text("PEPPOL-COMMON-R056-2", vat, "NL123456789B1", "NL123456789B12"),
        party("PEPPOL-COMMON-R057", "0217", "123456789012", "12345678901234567890"),
    ]
}

#[rustfmt::skip]
fn codes() -> Vec<Case> {
    let address = agreement("ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID");
    let total = settlement("ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount");
    let file = agreement("ram:AdditionalReferencedDocument/ram:AttachmentBinaryObject");
    let due = settlement("ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString");
    vec![
        cii_attribute("PEPPOL-EN16931-CL001", file, "mimeCode", "text/xml", "image/png"),
        cii_text("PEPPOL-EN16931-CL002", settlement("ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"), "FC", "104"),
        cii_text("PEPPOL-EN16931-CL003", settlement("ram:SpecifiedTradeAllowanceCharge[2]/ram:ReasonCode"), "95", "ZZZ"),
        cii_attribute("PEPPOL-EN16931-CL007", total, "currencyID", "eur", "USD"),
        cii_text("PEPPOL-EN16931-F001", due, "19991202", "20261202"),
        cii_attribute("PEPPOL-EN16931-CL008", address, "schemeID", "9999", "9930"),
    ]
}
