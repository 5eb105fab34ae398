//! Codes of EN 16931, in both syntaxes.

use crate::edit::{Edit, attribute, text};
use crate::{Case, case};
use jiff::civil::date;

const UBL: &str = include_str!("../invoices/complete-ubl.xml");
const CREDIT_NOTE: &str = include_str!("../invoices/credit-note.xml");
const CII: &str = include_str!("../invoices/complete-cii.xml");

const SELLER: &str = "cac:AccountingSupplierParty/cac:Party";
const AGREEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement";
const SETTLEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement";
const LINE: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem";

pub fn cases() -> Vec<Case> {
    let mut cases = ubl();
    cases.extend(cii());
    cases.extend(editions());
    cases
}

#[rustfmt::skip]
fn ubl() -> Vec<Case> {
    let totals = "cac:LegalMonetaryTotal/cbc:PayableAmount";
    let item = "cac:InvoiceLine/cac:Item";
    let price_quantity = "cac:InvoiceLine/cac:Price/cbc:BaseQuantity";
    let file = "cac:AdditionalDocumentReference[2]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject";
    let seller = |path| below(SELLER, path);
    let on_line = |path| below("cac:InvoiceLine", path);
    let on_item = |path| below(item, path);
    vec![
        ubl_code("BR-CL-01", "cbc:InvoiceTypeCode", "381", "380"),
        ubl_code("BR-CL-01", "cbc:InvoiceTypeCode", "0380", "\n 380 "),
        on_credit_note("BR-CL-01", "cbc:CreditNoteTypeCode", "380", "81"),
        ubl_scheme("BR-CL-03", totals, "currencyID", "eur", "EUR"),
        ubl_code("BR-CL-04", "cbc:DocumentCurrencyCode", "EURO", " EUR "),
        ubl_code("BR-CL-05", "cbc:TaxCurrencyCode", "", "XXX"),
        ubl_code("BR-CL-06", "cac:InvoicePeriod/cbc:DescriptionCode", "5", "432"),
        ubl_scheme("BR-CL-07", "cac:AdditionalDocumentReference/cbc:ID", "schemeID", "AOB", "AOA"),
        ubl_scheme("BR-CL-07", on_line("cac:DocumentReference/cbc:ID"), "schemeID", "", "ZZZ"),
        ubl_case("BR-CL-07",
            vec![attribute("cac:AdditionalDocumentReference/cbc:ID", "schemeID", "AOB")],
            vec![attribute("cac:AdditionalDocumentReference/cbc:ID", "schemeID", "AOB"),
                text("cac:AdditionalDocumentReference/cbc:DocumentTypeCode", "50")]),
        ubl_code("BR-CL-08", "cbc:Note", "#aai#klein", "#AAI#"),
        ubl_code("BR-CL-08", "cbc:Note", "vorn #XXX# hinten", "#XXXX# und #XXX#"),
        ubl_code("BR-CL-08", "cbc:Note", "#A-A#", "#A A#"),
        ubl_code("BR-CL-08", "cbc:Note", "#äöü#", "#äöü"),
        ubl_scheme("BR-CL-10", seller("cac:PartyIdentification[2]/cbc:ID"), "schemeID", "0092", "0091"),
        ubl_scheme("BR-CL-10", "cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID", "schemeID", "SEPA", "0002"),
        ubl_scheme("BR-CL-10", "cac:PayeeParty/cac:PartyIdentification/cbc:ID", "schemeID", "sepa", " SEPA "),
        ubl_scheme("BR-CL-11", seller("cac:PartyLegalEntity/cbc:CompanyID"), "schemeID", "9930", "0243"),
        ubl_scheme("BR-CL-13", on_item("cac:CommodityClassification/cbc:ItemClassificationCode"), "listID", "CPV", "STI"),
        ubl_code("BR-CL-14", seller("cac:PostalAddress/cac:Country/cbc:IdentificationCode"), "EL", "1A"),
        ubl_code("BR-CL-15", on_item("cac:OriginCountry/cbc:IdentificationCode"), "XK", "XI"),
        ubl_code("BR-CL-16", "cac:PaymentMeans/cbc:PaymentMeansCode", "71", "70"),
        ubl_code("BR-CL-17", "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID", "s", "B"),
        ubl_code("BR-CL-18", on_item("cac:ClassifiedTaxCategory/cbc:ID"), "AA", "Z"),
        ubl_code("BR-CL-19", "cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", "FC", "105"),
        ubl_code("BR-CL-19", on_line("cac:AllowanceCharge/cbc:AllowanceChargeReasonCode"), "FC", "41"),
        ubl_code("BR-CL-20", "cac:AllowanceCharge[2]/cbc:AllowanceChargeReasonCode", "95", "ZZZ"),
        ubl_code("BR-CL-20", on_line("cac:AllowanceCharge[2]/cbc:AllowanceChargeReasonCode"), "41", "AA"),
        ubl_scheme("BR-CL-21", on_item("cac:StandardItemIdentification/cbc:ID"), "schemeID", "GTIN", "0160"),
        ubl_code("BR-CL-22", "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReasonCode", "VATEX-DE-1", "vatex-eu-O"),
        ubl_scheme("BR-CL-23", price_quantity, "unitCode", "ST", "XZZ"),
        ubl_scheme("BR-CL-24", file, "mimeCode", " text/csv", "image/png"),
        ubl_scheme("BR-CL-25", seller("cbc:EndpointID"), "schemeID", "em", "9930"),
        ubl_scheme("BR-CL-26", "cac:Delivery/cac:DeliveryLocation/cbc:ID", "schemeID", "0249", "0088"),
    ]
}

#[rustfmt::skip]
fn cii() -> Vec<Case> {
    let agreement = |path| below(AGREEMENT, path);
    let settlement = |path| below(SETTLEMENT, path);
    let line = |path| below(LINE, path);
    let ship_to = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID";
    vec![
        cii_code("BR-CL-01", "rsm:ExchangedDocument/ram:TypeCode", "999", "381"),
        cii_scheme("BR-CL-03", settlement("ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount"), "currencyID", "", "EUR"),
        cii_code("BR-CL-04", settlement("ram:InvoiceCurrencyCode"), "eur", "USD"),
        cii_code("BR-CL-05", settlement("ram:TaxCurrencyCode"), "DM", "CHF"),
        cii_code("BR-CL-06", settlement("ram:ApplicableTradeTax/ram:DueDateTypeCode"), "35", "72"),
        cii_code("BR-CL-07", agreement("ram:AdditionalReferencedDocument[3]/ram:ReferenceTypeCode"), "X", "ABZ"),
        cii_code("BR-CL-08", "rsm:ExchangedDocument/ram:IncludedNote/ram:SubjectCode", "AAH", "BAT"),
        cii_scheme("BR-CL-10", agreement("ram:SellerTradeParty/ram:GlobalID"), "schemeID", "0001", "0002"),
        cii_case("BR-CL-10", vec![attribute(agreement("ram:BuyerTradeParty/ram:GlobalID"), "schemeID", "X")],
            vec![attribute(ship_to, "schemeID", "X")]),
        cii_scheme("BR-CL-11", agreement("ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID"), "schemeID", "VA", "0204"),
        cii_scheme("BR-CL-13", line("ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode"), "listID", "cva", "SUM"),
        cii_code("BR-CL-14", agreement("ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID"), "de", "XI"),
        cii_code("BR-CL-15", line("ram:SpecifiedTradeProduct/ram:OriginTradeCountry/ram:ID"), "ZZZ", "1A"),
        cii_code("BR-CL-16", settlement("ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"), "99", "98"),
        cii_code("BR-CL-17", settlement("ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax/ram:CategoryCode"), "X", "M"),
        cii_code("BR-CL-18", settlement("ram:ApplicableTradeTax/ram:CategoryCode"), "H", "L"),
        cii_code("BR-CL-18", line("ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"), "s", "K"),
        cii_code("BR-CL-19", settlement("ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"), "ADZ", "71"),
        cii_code("BR-CL-20", settlement("ram:SpecifiedTradeAllowanceCharge[2]/ram:ReasonCode"), "1", "ADZ"),
        cii_scheme("BR-CL-21", line("ram:SpecifiedTradeProduct/ram:GlobalID"), "schemeID", "ZZZ", "0088"),
        cii_code("BR-CL-22", settlement("ram:ApplicableTradeTax/ram:ExemptionReasonCode"), "X", "vatex-eu-132-1a"),
        cii_scheme("BR-CL-23", line("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"), "unitCode", "9", "ZZ"),
        cii_scheme("BR-CL-24", agreement("ram:AdditionalReferencedDocument/ram:AttachmentBinaryObject"), "mimeCode", "text/xml", "application/pdf"),
        cii_scheme("BR-CL-25", agreement("ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID"), "schemeID", "email", "EM"),
        cii_scheme("BR-CL-26", ship_to, "schemeID", "0092", "0093"),
    ]
}

/// What changed with the rules of 31 August 2026: the other edition answers the other way round.
fn editions() -> Vec<Case> {
    let currency = |breaks: &str, holds: &str| ubl_code("BR-CL-04", "cbc:DocumentCurrencyCode", breaks, holds);
    let party = "cac:PayeeParty/cac:PartyIdentification/cbc:ID";
    let endpoint = below(SELLER, "cbc:EndpointID");
    vec![
        currency("BGN", "XCG"),
        before(currency("XCG", "BGN")),
        ubl_code("BR-CL-01", "cbc:InvoiceTypeCode", "502", "501"),
        before(on_credit_note("BR-CL-01", "cbc:CreditNoteTypeCode", "502", "532")),
        ubl_scheme("BR-CL-10", party, "schemeID", "0249", "0248"),
        before(ubl_scheme("BR-CL-10", party, "schemeID", "0244", "0243")),
        ubl_scheme("BR-CL-25", endpoint, "schemeID", "0243", "0242"),
        before(ubl_scheme("BR-CL-25", endpoint, "schemeID", "0242", "0244")),
    ]
}

fn before(case: Case) -> Case {
    Case { day: date(2026, 8, 30), ..case }
}

fn ubl_code(id: &'static str, path: &'static str, breaks: &str, holds: &str) -> Case {
    ubl_case(id, vec![text(path, breaks)], vec![text(path, holds)])
}

fn ubl_scheme(
    id: &'static str,
    path: &'static str,
    name: &'static str,
    breaks: &'static str,
    holds: &'static str,
) -> Case {
    ubl_case(id, vec![attribute(path, name, breaks)], vec![attribute(path, name, holds)])
}

fn ubl_case(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case("en16931-ubl", UBL, id, breaks, holds)
}

fn on_credit_note(id: &'static str, path: &'static str, breaks: &str, holds: &str) -> Case {
    case("en16931-ubl", CREDIT_NOTE, id, vec![text(path, breaks)], vec![text(path, holds)])
}

fn cii_code(id: &'static str, path: &'static str, breaks: &str, holds: &str) -> Case {
    cii_case(id, vec![text(path, breaks)], vec![text(path, holds)])
}

fn cii_scheme(
    id: &'static str,
    path: &'static str,
    name: &'static str,
    breaks: &'static str,
    holds: &'static str,
) -> Case {
    cii_case(id, vec![attribute(path, name, breaks)], vec![attribute(path, name, holds)])
}

fn cii_case(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case("en16931-cii", CII, id, breaks, holds)
}

/// A path that lives as long as the tests.
fn below(path: &str, rest: &str) -> &'static str {
    format!("{path}/{rest}").leak()
}
