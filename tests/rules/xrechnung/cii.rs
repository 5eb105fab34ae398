use super::{CII, CII_ID, EXTENSION, VEHICLES, formerly};
use crate::edit::{Edit, after, attribute, before, drop, first, into, no_attribute, text};
use crate::{Case, case};

/// Paths to the places the cases change.
macro_rules! places {
    ($($name:ident $path:literal)*) => {
        $(macro_rules! $name {
            () => { $path };
            ($below:literal) => { concat!($path, $below) };
        })*
    };
}

places! {
    delivery "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery"
    agreed "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
    head "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
    payment "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans"
    seller "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty"
    item "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
    product "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct"
    settled "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement"
    net "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
    gross "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice"
}

const BOOK: &str = "xrechnung-cii";
const CURRENCY: &str = head!("/ram:InvoiceCurrencyCode");
const MEANS: &str = payment!();
const CODE: &str = payment!("/ram:TypeCode");
const ACCOUNT: &str = payment!("/ram:PayeePartyCreditorFinancialAccount/ram:IBANID");
const TERMS: &str = head!("/ram:SpecifiedTradePaymentTerms");
const TAX: &str = head!("/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount");
const TAX_NUMBER: &str = seller!("/ram:SpecifiedTaxRegistration/ram:ID");
const URI: &str = agreed!("/ram:AdditionalReferencedDocument/ram:URIID");
const FILE: &str = agreed!("/ram:AdditionalReferencedDocument[2]/ram:AttachmentBinaryObject");
const CLASS: &str = product!("/ram:DesignatedProductClassification/ram:ClassCode");
const CLEAN: &str = product!("/ram:ApplicableProductCharacteristic/ram:Value");

const IN_FRANCS: &str = "<ram:TaxCurrencyCode>CHF</ram:TaxCurrencyCode>";
const FRANCS: &str = r#"<ram:TaxTotalAmount currencyID="CHF">26.40</ram:TaxTotalAmount>"#;
const MANDATE: &str = "<ram:DirectDebitMandateID>M-1</ram:DirectDebitMandateID>";
const DEBITED: &str = "<ram:PayerPartyDebtorFinancialAccount><ram:IBANID>DE39999999990012345678</ram:IBANID></ram:PayerPartyDebtorFinancialAccount>";
const CARD: &str = "<ram:ApplicableTradeSettlementFinancialCard><ram:ID>1234</ram:ID></ram:ApplicableTradeSettlementFinancialCard>";
const DELIVERED: &str = r#"<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime><udt:DateTimeString format="102">20261030</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>"#;

fn extension(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.insert(0, text(CII_ID, EXTENSION));
    edits
}

/// The first line is about a clean vehicle.
fn vehicles(edits: Vec<Edit>) -> Vec<Edit> {
    let mut all = vec![
        text(CII_ID, VEHICLES),
        into(
            agreed!(),
            "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>Los 3</ram:IssuerAssignedID><ram:TypeCode>50</ram:TypeCode></ram:AdditionalReferencedDocument>",
        ),
        after(
            agreed!("/ram:BuyerOrderReferencedDocument"),
            "<ram:ContractReferencedDocument><ram:IssuerAssignedID>V-7</ram:IssuerAssignedID></ram:ContractReferencedDocument>",
        ),
        attribute(CLASS, "listID", "CVD"),
        text(CLASS, "M1"),
        text(product!("/ram:ApplicableProductCharacteristic/ram:Description"), "cva"),
        text(CLEAN, "clean"),
    ];
    all.extend(edits);
    all
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    vec![
        case(BOOK, CII, "PEPPOL-EN16931-R001", vec![drop("rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter")], vec![text("rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", "M1")]),
        case(BOOK, CII, "PEPPOL-EN16931-R005", vec![before(CURRENCY, "<ram:TaxCurrencyCode> EUR </ram:TaxCurrencyCode>")], vec![before(CURRENCY, IN_FRANCS)]),
        case(BOOK, CII, "PEPPOL-EN16931-R053", vec![after(TAX, r#"<ram:TaxTotalAmount currencyID="EUR">0</ram:TaxTotalAmount>"#)], vec![drop(TAX)]),
        case(BOOK, CII, "PEPPOL-EN16931-R054", vec![after(TAX, FRANCS)], vec![after(TAX, FRANCS), before(CURRENCY, IN_FRANCS)]),
        case(BOOK, CII, "PEPPOL-EN16931-R055", vec![before(CURRENCY, IN_FRANCS), after(TAX, FRANCS.replace("26", "-26"))], vec![before(CURRENCY, IN_FRANCS), after(TAX, FRANCS.replace("26.40", "-0"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R010", vec![drop(agreed!("/ram:BuyerTradeParty/ram:URIUniversalCommunication"))], vec![text(agreed!("/ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID"), "x")]),
        case(BOOK, CII, "PEPPOL-EN16931-R020", vec![drop(seller!("/ram:URIUniversalCommunication"))], vec![text(seller!("/ram:URIUniversalCommunication/ram:URIID"), "x")]),
        case(BOOK, CII, "PEPPOL-EN16931-R041", vec![drop(head!("/ram:SpecifiedTradeAllowanceCharge/ram:BasisAmount"))], vec![drop(head!("/ram:SpecifiedTradeAllowanceCharge/ram:BasisAmount")), drop(head!("/ram:SpecifiedTradeAllowanceCharge/ram:CalculationPercent"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R042", vec![drop(head!("/ram:SpecifiedTradeAllowanceCharge/ram:CalculationPercent"))], vec![drop(head!("/ram:SpecifiedTradeAllowanceCharge/ram:BasisAmount")), drop(head!("/ram:SpecifiedTradeAllowanceCharge/ram:CalculationPercent"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R040", vec![text(head!("/ram:SpecifiedTradeAllowanceCharge/ram:ActualAmount"), "7.47")], vec![text(head!("/ram:SpecifiedTradeAllowanceCharge/ram:ActualAmount"), "7.48")]),
        case(BOOK, CII, "PEPPOL-EN16931-R043-1", vec![text(head!("/ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator"), "0")], vec![text(head!("/ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator"), " true ")]),
        case(BOOK, CII, "PEPPOL-EN16931-R043-2", vec![text(gross!("/ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator"), "0")], vec![text(gross!("/ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator"), " false")]),
        case(BOOK, CII, "PEPPOL-EN16931-R061", vec![text(CODE, "49")], vec![text(CODE, "49"), into(TERMS, MANDATE)]),
        case(BOOK, CII, "PEPPOL-EN16931-R110", vec![text(settled!("/ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString"), "20260930")], vec![text(settled!("/ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString"), "20261001 ")]),
        case(BOOK, CII, "PEPPOL-EN16931-R111", vec![text(settled!("/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"), "20261101")], vec![text(settled!("/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"), "20261031")]),
        case(BOOK, CII, "PEPPOL-EN16931-R120", vec![text(settled!("/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"), "99.97")], vec![text(settled!("/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"), "100.02")]),
        case(BOOK, CII, "PEPPOL-EN16931-R120", vec![drop(net!("/ram:BasisQuantity")), text(gross!("/ram:BasisQuantity"), "1")], vec![drop(net!("/ram:BasisQuantity"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R101", vec![text(settled!("/ram:AdditionalReferencedDocument/ram:TypeCode"), "50")], vec![drop(settled!("/ram:AdditionalReferencedDocument"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R121", vec![text(gross!("/ram:BasisQuantity"), "-1")], vec![drop(gross!("/ram:BasisQuantity"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R130", vec![attribute(net!("/ram:BasisQuantity"), "unitCode", "DAY")], vec![no_attribute(net!("/ram:BasisQuantity"), "unitCode")]),
        case(BOOK, CII, "PEPPOL-EN16931-R008", vec![text(product!("/ram:Name"), "")], vec![text(delivery!(), "")]),
        case(BOOK, CII, "PEPPOL-EN16931-R044", vec![text(gross!("/ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator"), "true")], vec![drop(gross!("/ram:AppliedTradeAllowanceCharge"))]),
        case(BOOK, CII, "PEPPOL-EN16931-R046", vec![text(gross!("/ram:ChargeAmount"), "50.001")], vec![text(gross!("/ram:ChargeAmount"), "50.000")]),
        case(BOOK, CII, "BR-DE-30", vec![into(TERMS, MANDATE)], vec![into(TERMS, MANDATE), first(head!(), "<ram:CreditorReferenceID>DE99</ram:CreditorReferenceID>")]),
        case(BOOK, CII, "BR-DE-31", vec![into(TERMS, MANDATE)], vec![into(TERMS, MANDATE), into(MEANS, DEBITED)]),
        case(BOOK, CII, "BR-DE-1", vec![drop(MEANS)], vec![text(CODE, "1")]),
        case(BOOK, CII, "BR-DE-15", vec![text(agreed!("/ram:BuyerReference"), " ")], vec![text(agreed!("/ram:BuyerReference"), "0")]),
        case(BOOK, CII, "BR-DE-16", vec![attribute(TAX_NUMBER, "schemeID", "VAT")], vec![attribute(TAX_NUMBER, "schemeID", " FC ")]),
        case(BOOK, CII, "BR-DE-17", vec![text("rsm:ExchangedDocument/ram:TypeCode", "82")], vec![text("rsm:ExchangedDocument/ram:TypeCode", " 877 ")]),
        case(BOOK, CII, "BR-DE-18", vec![text(head!("/ram:SpecifiedTradePaymentTerms/ram:Description"), "#SKONTO#TAGE=14#PROZENT=2.0#\n")], vec![text(head!("/ram:SpecifiedTradePaymentTerms/ram:Description"), "2 % bei Zahlung in 14 Tagen #")]),
        case(BOOK, CII, "BR-DE-22", vec![attribute(FILE, "filename", "foto.png")], vec![attribute(FILE, "filename", "Foto.png")]),
        case(BOOK, CII, "BR-DE-26", vec![text("rsm:ExchangedDocument/ram:TypeCode", "384")], vec![text("rsm:ExchangedDocument/ram:TypeCode", "384"), into(head!(), "<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>RE-1</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>")]),
        case(BOOK, CII, "BR-DE-2", vec![drop(seller!("/ram:DefinedTradeContact"))], vec![drop(seller!("/ram:DefinedTradeContact/ram:PersonName"))]),
        case(BOOK, CII, "BR-DE-3", vec![text(seller!("/ram:PostalTradeAddress/ram:CityName"), " ")], vec![text(seller!("/ram:PostalTradeAddress/ram:CityName"), "rsm:SupplyChainTradeTransaction")]),
        case(BOOK, CII, "BR-DE-4", vec![drop(seller!("/ram:PostalTradeAddress/ram:PostcodeCode"))], vec![text(seller!("/ram:PostalTradeAddress/ram:PostcodeCode"), "0")]),
        case(BOOK, CII, "BR-DE-5", vec![drop(seller!("/ram:DefinedTradeContact/ram:PersonName"))], vec![drop(seller!("/ram:DefinedTradeContact/ram:PersonName")), first(seller!("/ram:DefinedTradeContact"), "<ram:DepartmentName>Buchhaltung</ram:DepartmentName>")]),
        case(BOOK, CII, "BR-DE-6", vec![drop(seller!("/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication"))], vec![text(seller!("/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber"), "-")]),
        case(BOOK, CII, "BR-DE-7", vec![text(seller!("/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"), "\n")], vec![text(seller!("/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"), "-")]),
        case(BOOK, CII, "BR-DE-27", vec![text(seller!("/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber"), "12 x")], vec![text(seller!("/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber"), "1-1-0")]),
        case(BOOK, CII, "BR-DE-28", vec![text(seller!("/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"), "a@b@c.de")], vec![text(seller!("/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"), "a@b.c.de")]),
        case(BOOK, CII, "BR-DE-8", vec![drop(agreed!("/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CityName"))], vec![text(agreed!("/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CityName"), "B")]),
        case(BOOK, CII, "BR-DE-9", vec![drop(agreed!("/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode"))], vec![text(agreed!("/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode"), "0")]),
        case(BOOK, CII, "BR-TMP-2", vec![text(URI, "//plan.example/7")], vec![text(URI, "ab:")]),
        formerly(case(BOOK, CII, "BR-TMP-2", vec![text(URI, " https://plan.example/7")], vec![drop(URI)])),
        case(BOOK, CII, "BR-TMP-4", vec![into(agreed!("/ram:AdditionalReferencedDocument"), "<ram:Name>Plan</ram:Name>")], vec![text(agreed!("/ram:AdditionalReferencedDocument/ram:TypeCode"), "130"), into(agreed!("/ram:AdditionalReferencedDocument"), "<ram:Name>Plan</ram:Name>")]),
        case(BOOK, CII, "BR-TMP-5", vec![after(FILE, "<ram:AttachmentBinaryObject>MQ==</ram:AttachmentBinaryObject>")], vec![]),
        case(BOOK, CII, "BR-TMP-7", vec![attribute("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", "format", "610")], vec![text("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", " 20261116\n")]),
        case(BOOK, CII, "BR-DE-10", vec![drop(delivery!("/ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CityName"))], vec![drop(delivery!("/ram:ShipToTradeParty/ram:PostalTradeAddress"))]),
        case(BOOK, CII, "BR-DE-11", vec![text(delivery!("/ram:ShipToTradeParty/ram:PostalTradeAddress/ram:PostcodeCode"), "")], vec![drop(delivery!("/ram:ShipToTradeParty/ram:PostalTradeAddress"))]),
        case(BOOK, CII, "BR-DE-19", vec![text(ACCOUNT, "DE38999999990012345678")], vec![text(ACCOUNT, "DE38999999990012345678"), text(CODE, "30")]),
        case(BOOK, CII, "BR-DE-23-a", vec![drop(payment!("/ram:PayeePartyCreditorFinancialAccount"))], vec![text(CODE, "1"), drop(payment!("/ram:PayeePartyCreditorFinancialAccount"))]),
        case(BOOK, CII, "BR-DE-23-b", vec![into(TERMS, MANDATE)], vec![into(TERMS, MANDATE), text(CODE, "1")]),
        case(BOOK, CII, "BR-DE-24-a", vec![text(CODE, "55")], vec![text(CODE, "55"), after(CODE, CARD)]),
        case(BOOK, CII, "BR-DE-24-b", vec![text(CODE, "48")], vec![text(CODE, "48"), drop(payment!("/ram:PayeePartyCreditorFinancialAccount"))]),
        case(BOOK, CII, "BR-DE-20", vec![text(CODE, "59"), after(CODE, DEBITED.replace("DE39", "DE93"))], vec![text(CODE, "59"), after(CODE, DEBITED.replace("DE39", "DE39 "))]),
        case(BOOK, CII, "BR-DE-25-a", vec![text(CODE, "59")], vec![text(CODE, "59"), into(TERMS, MANDATE)]),
        case(BOOK, CII, "BR-DE-25-b", vec![text(CODE, "59")], vec![text(CODE, "59"), drop(payment!("/ram:PayeePartyCreditorFinancialAccount"))]),
        case(BOOK, CII, "BR-DE-14", vec![drop(head!("/ram:ApplicableTradeTax/ram:RateApplicablePercent"))], vec![text(head!("/ram:ApplicableTradeTax/ram:RateApplicablePercent"), "0")]),
        case(BOOK, CII, "BR-DE-TMP-32", vec![drop(head!("/ram:BillingSpecifiedPeriod"))], vec![drop(head!("/ram:BillingSpecifiedPeriod")), into(delivery!(), DELIVERED)]),
        case(BOOK, CII, "BR-TMP-3", vec![text(gross!("/ram:BasisQuantity"), "2.0")], vec![no_attribute(gross!("/ram:BasisQuantity"), "unitCode")]),
        case(BOOK, CII, "BR-DEX-15", extension(vec![into(item!("/ram:AssociatedDocumentLineDocument"), "<ram:ParentLineID>1</ram:ParentLineID>")]), extension(vec![])),
        case(BOOK, CII, "BR-DEX-04", extension(vec![attribute(seller!("/ram:GlobalID"), "schemeID", "SEPA")]), extension(vec![attribute(seller!("/ram:GlobalID"), "schemeID", "XR01")])),
        case(BOOK, CII, "BR-DEX-05", extension(vec![attribute(seller!("/ram:SpecifiedLegalOrganization/ram:ID"), "schemeID", "HRB")]), extension(vec![attribute(seller!("/ram:SpecifiedLegalOrganization/ram:ID"), "schemeID", " XR02 ")])),
        case(BOOK, CII, "BR-DEX-06", extension(vec![attribute(product!("/ram:GlobalID"), "schemeID", "0092")]), extension(vec![attribute(product!("/ram:GlobalID"), "schemeID", "XR03")])),
        case(BOOK, CII, "BR-DEX-07", extension(vec![attribute(seller!("/ram:URIUniversalCommunication/ram:URIID"), "schemeID", "MAIL")]), extension(vec![attribute(seller!("/ram:URIUniversalCommunication/ram:URIID"), "schemeID", "XR01")])),
        case(BOOK, CII, "BR-DEX-08", extension(vec![attribute(delivery!("/ram:ShipToTradeParty/ram:GlobalID"), "schemeID", "88")]), extension(vec![attribute(delivery!("/ram:ShipToTradeParty/ram:GlobalID"), "schemeID", "XR01")])),
        case(BOOK, CII, "BR-DEX-01", extension(vec![no_attribute(FILE, "mimeCode")]), extension(vec![attribute(FILE, "mimeCode", "application/xml")])),
        case(BOOK, CII, "BR-DE-CVD-03", vehicles(vec![attribute(CLASS, "listID", "STI")]), vehicles(vec![])),
        case(BOOK, CII, "BR-DE-CVD-06-a", vehicles(vec![text(product!("/ram:ApplicableProductCharacteristic/ram:Description"), "CVA")]), vehicles(vec![])),
        case(BOOK, CII, "BR-DE-CVD-06-b", vehicles(vec![attribute(CLASS, "listID", "cvd")]), vehicles(vec![])),
        case(BOOK, CII, "BR-TMP-CVD-01", vehicles(vec![attribute(CLASS, "listID", "CVA")]), vehicles(vec![no_attribute(CLASS, "listID")])),
        case(BOOK, CII, "BR-DE-CVD-04", vehicles(vec![text(CLASS, "L7")]), vehicles(vec![text(CLASS, " N3 ")])),
        case(BOOK, CII, "BR-DE-CVD-05", vehicles(vec![text(CLEAN, "dirty")]), vehicles(vec![text(CLEAN, " other ")])),
        case(BOOK, CII, "BR-DE-CVD-01", vehicles(vec![drop(agreed!("/ram:ContractReferencedDocument"))]), vehicles(vec![])),
        case(BOOK, CII, "BR-DE-CVD-02", vehicles(vec![text(agreed!("/ram:AdditionalReferencedDocument[4]/ram:TypeCode"), "916")]), vehicles(vec![text(agreed!("/ram:AdditionalReferencedDocument[4]/ram:TypeCode"), " 50 ")])),
    ]
}
