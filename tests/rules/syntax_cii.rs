//! EN 16931 in CII, syntax: the rows that stand in code. Rows of the table make their own cases.

use crate::edit::{Edit, after, attribute, before, drop, first, into, no_attribute, text};
use crate::{Case, case};

const COMPLETE: &str = include_str!("../invoices/complete-cii.xml");

macro_rules! line {
    ($path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/", $path)
    };
}
macro_rules! agreement {
    ($path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/", $path)
    };
}
macro_rules! settlement {
    ($path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/", $path)
    };
}

pub fn cases() -> Vec<Case> {
    [lines(), header(), payment(), kinds_of_elements()].into_iter().flatten().collect()
}

fn row(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case("en16931-cii", COMPLETE, id, breaks, holds)
}

const PRODUCT: &str = line!("ram:SpecifiedTradeProduct");
const PRODUCT_NUMBER: &str = line!("ram:SpecifiedTradeProduct/ram:GlobalID");
const ORIGIN: &str = line!("ram:SpecifiedTradeProduct/ram:OriginTradeCountry");
const DISCOUNT: &str =
    line!("ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge");
const INDICATOR: &str = line!(
    "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator"
);
const LINE_OBJECT: &str = line!("ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument");
const LINE_OBJECT_TYPE: &str =
    line!("ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument/ram:TypeCode");
const LINE_TAX: &str = line!("ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax");
const LINE_TAX_TYPE: &str = line!("ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:TypeCode");
const LINE_END: &str =
    line!("ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString");
const INVOICED: &str = line!("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity");
const BASIS: &str = line!("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity");

#[rustfmt::skip]
fn lines() -> Vec<Case> {
    let object = |code: &str| format!("<ram:AdditionalReferencedDocument><ram:TypeCode>{code}</ram:TypeCode></ram:AdditionalReferencedDocument>");
    vec![
        row("CII-SR-046", vec![no_attribute(PRODUCT_NUMBER, "schemeID")], vec![attribute(PRODUCT_NUMBER, "schemeID", "")]),
        row("CII-SR-046", vec![no_attribute(PRODUCT_NUMBER, "schemeID")], vec![drop(PRODUCT_NUMBER)]),
        row("CII-SR-090", vec![into(ORIGIN, "<ram:ID>AT</ram:ID>")], vec![drop(ORIGIN)]),
        row("CII-SR-090", vec![drop(line!("ram:SpecifiedTradeProduct/ram:OriginTradeCountry/ram:ID"))], vec![into(PRODUCT, "<ram:InformationNote/>")]),
        row("CII-SR-119", vec![text(INDICATOR, "true")], vec![text(INDICATOR, " 0 ")]),
        row("CII-SR-119", vec![drop(line!("ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ActualAmount"))], vec![drop(DISCOUNT)]),
        row("CII-SR-474", vec![after(LINE_OBJECT, object(" 130 "))], vec![after(LINE_OBJECT, object("50"))]),
        row("CII-DT-018", vec![text(LINE_OBJECT_TYPE, "51")], vec![text(LINE_OBJECT_TYPE, "50")]),
        row("CII-DT-024", vec![text(LINE_OBJECT_TYPE, "50")], vec![]),
        row("CII-DT-037", vec![text(LINE_TAX_TYPE, "VAT ")], vec![drop(LINE_TAX_TYPE)]),
        row("CII-DT-041", vec![into(LINE_TAX, "<ram:BasisAmount>1</ram:BasisAmount>")], vec![]),
        row("CII-DT-054", vec![into(LINE_TAX, "<ram:TaxPointDate/>")], vec![]),
        row("CII-DT-058", vec![into(LINE_TAX, "<ram:DueDateTypeCode>5</ram:DueDateTypeCode>")], vec![]),
        row("CII-DT-033", vec![no_attribute(INVOICED, "unitCode")], vec![no_attribute(INVOICED, "unitCode"), no_attribute(BASIS, "unitCode")]),
        row("CII-DT-097", vec![text(LINE_END, "20261301")], vec![text(LINE_END, "\n 20260231\t")]),
        row("CII-DT-097", vec![text(LINE_END, "20261232")], vec![text(LINE_END, "20261231")]),
        row("CII-DT-097", vec![text(LINE_END, "2026-10-9")], vec![text(LINE_END, "2026-10-09"), attribute(LINE_END, "format", "203")]),
    ]
}

const SELLER_CONTACT: &str = agreement!("ram:SellerTradeParty/ram:DefinedTradeContact");
const BUYER_CONTACT: &str = agreement!("ram:BuyerTradeParty/ram:DefinedTradeContact");
const BUYER_NUMBER: &str = agreement!("ram:BuyerTradeParty/ram:GlobalID");
const SUPPORTING: &str = agreement!("ram:AdditionalReferencedDocument");
const DELIVERED_TO: &str =
    "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty";

#[rustfmt::skip]
fn header() -> Vec<Case> {
    let document = |code: &str, more: &str| format!("<ram:AdditionalReferencedDocument><ram:TypeCode>{code}</ram:TypeCode>{more}</ram:AdditionalReferencedDocument>");
    let department = "<ram:DepartmentName>Vertrieb</ram:DepartmentName>";
    let person = "<ram:PersonName>Emil Erle</ram:PersonName>";
    let attached = "<ram:AttachmentBinaryObject>QQ==</ram:AttachmentBinaryObject>";
    vec![
        row("CII-SR-450", vec![before(BUYER_NUMBER, "<ram:ID/>")], vec![before(BUYER_NUMBER, "<ram:ID/>"), drop(BUYER_NUMBER)]),
        row("CII-SR-449", vec![first(DELIVERED_TO, "<ram:ID>1</ram:ID>")], vec![first(DELIVERED_TO, "<ram:GlobalID>1</ram:GlobalID>")]),
        row("CII-SR-451", vec![first(settlement!("ram:PayeeTradeParty"), "<ram:ID>1</ram:ID>")], vec![drop(settlement!("ram:PayeeTradeParty/ram:GlobalID"))]),
        row("CII-SR-457", vec![before(SUPPORTING, document("50", ""))], vec![before(SUPPORTING, document("050", ""))]),
        row("CII-SR-458", vec![before(SUPPORTING, document("130", ""))], vec![before(SUPPORTING, document(" 130", ""))]),
        row("CII-SR-465", vec![into(SELLER_CONTACT, department)], vec![drop(agreement!("ram:SellerTradeParty/ram:DefinedTradeContact/ram:PersonName")), into(SELLER_CONTACT, department)]),
        row("CII-SR-465", vec![after(SELLER_CONTACT, format!("<ram:DefinedTradeContact>{department}</ram:DefinedTradeContact>"))], vec![after(SELLER_CONTACT, format!("<ram:DefinedTradeContact>{person}</ram:DefinedTradeContact>"))]),
        row("CII-SR-466", vec![into(BUYER_CONTACT, person)], vec![into(BUYER_CONTACT, department)]),
        row("CII-SR-475", vec![after(SUPPORTING, document(" 916 ", "<ram:Name>a</ram:Name>"))], vec![after(SUPPORTING, document("916", ""))]),
        row("CII-SR-476", vec![after(SUPPORTING, document("916", attached))], vec![after(SUPPORTING, document("916", "<ram:Name/>"))]),
    ]
}

const MEANS: &str = settlement!("ram:SpecifiedTradeSettlementPaymentMeans");
const MEANS_TYPE: &str = settlement!("ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode");
const ACCOUNT: &str =
    settlement!("ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount");
const IBAN: &str =
    settlement!("ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID");
const TAX: &str = settlement!("ram:ApplicableTradeTax");

#[rustfmt::skip]
fn payment() -> Vec<Case> {
    let means = |code: &str, said: &str| format!("<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>{code}</ram:TypeCode><ram:Information>{said}</ram:Information></ram:SpecifiedTradeSettlementPaymentMeans>");
    let tax = |code: &str| format!("<ram:ApplicableTradeTax><ram:DueDateTypeCode>{code}</ram:DueDateTypeCode></ram:ApplicableTradeTax>");
    let reference = settlement!("ram:PaymentReference");
    vec![
        row("CII-SR-462", vec![after(TAX, tax("5"))], vec![after(TAX, tax("29"))]),
        row("CII-SR-470", vec![text(MEANS_TYPE, " 58"), drop(ACCOUNT)], vec![drop(ACCOUNT)]),
        row("CII-SR-470", vec![text(MEANS_TYPE, "30"), drop(IBAN)], vec![text(MEANS_TYPE, "30"), text(IBAN, "")]),
        row("CII-SR-470", vec![text(MEANS_TYPE, "30"), drop(IBAN)], vec![text(MEANS_TYPE, "30"), drop(IBAN), into(ACCOUNT, "<ram:ProprietaryID>1</ram:ProprietaryID>")]),
        row("CII-SR-467", vec![after(MEANS, means("58", "SEPA-Lastschrift"))], vec![after(MEANS, means(" 59 ", "anders"))]),
        row("CII-SR-468", vec![after(MEANS, means("59", "Lastschrift"))], vec![after(MEANS, means("10", "\nSEPA-Lastschrift "))]),
        row("CII-SR-469", vec![after(reference, "<ram:PaymentReference/>")], vec![drop(reference)]),
        row("CII-SR-438", vec![into("", "<ram:ValuationBreakdownStatement/>")], vec![into("", "<rsm:ValuationBreakdownStatement/>")]),
    ]
}

const BUYER_ORDER: &str = agreement!("ram:BuyerOrderReferencedDocument");
const SUPPORTING_TYPE: &str = agreement!("ram:AdditionalReferencedDocument/ram:TypeCode");
const ALLOWANCE_TAX: &str = settlement!("ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax");

#[rustfmt::skip]
fn kinds_of_elements() -> Vec<Case> {
    let tender = agreement!("ram:AdditionalReferencedDocument[2]");
    vec![
        row("CII-DT-015", vec![into(BUYER_ORDER, "<ram:URIID>x</ram:URIID>")], vec![]),
        row("CII-DT-015", vec![into(tender, "<ram:URIID/>")], vec![text(agreement!("ram:AdditionalReferencedDocument[2]/ram:TypeCode"), "916"), into(tender, "<ram:URIID/>")]),
        row("CII-DT-018", vec![into(BUYER_ORDER, "<ram:TypeCode>130</ram:TypeCode>")], vec![drop(SUPPORTING_TYPE)]),
        row("CII-DT-021", vec![into(BUYER_ORDER, "<ram:Name>x</ram:Name>")], vec![]),
        row("CII-DT-022", vec![text(SUPPORTING_TYPE, " 916")], vec![text(SUPPORTING_TYPE, "916")]),
        row("CII-DT-027", vec![into(BUYER_ORDER, "<ram:FormattedIssueDateTime/>")], vec![]),
        row("CII-DT-037", vec![text(settlement!("ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax/ram:TypeCode"), "GST")], vec![]),
        row("CII-DT-041", vec![into(LINE_TAX, "<ram:BasisAmount>1</ram:BasisAmount>")], vec![into(ALLOWANCE_TAX, "<ram:BasisAmount>1</ram:BasisAmount>")]),
        row("CII-DT-052", vec![into(ALLOWANCE_TAX, "<ram:ExemptionReasonCode>x</ram:ExemptionReasonCode>")], vec![into(LINE_TAX, "<ram:ExemptionReasonCode>x</ram:ExemptionReasonCode>")]),
        row("CII-DT-098", vec![into(ALLOWANCE_TAX, "<ram:ExemptionReason>x</ram:ExemptionReason>")], vec![into(LINE_TAX, "<ram:ExemptionReason>x</ram:ExemptionReason>")]),
    ]
}
