//! EN 16931 in CII.

mod vat;

use crate::edit::{Edit, after, attribute, before, drop, into, no_attribute, text};
use crate::{Case, case};
use laufmappe::validate::Edition;

pub const BASE: &str = include_str!("../invoices/base-cii.xml");
pub const BOOK: &str = "en16931-cii";

/// Paths below the root.
macro_rules! at {
    (document $path:literal) => {
        concat!("rsm:ExchangedDocument/", $path)
    };
    (line $path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/", $path)
    };
    (line2 $path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem[2]/", $path)
    };
    (agreement $path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/", $path)
    };
    (delivery $path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/", $path)
    };
    (settlement $path:literal) => {
        concat!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/", $path)
    };
    (totals $path:literal) => {
        concat!(
            "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/",
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation/",
            $path
        )
    };
    (allowance $path:literal) => {
        concat!(
            "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/",
            $path
        )
    };
    (charge $path:literal) => {
        concat!(
            "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge[2]/",
            $path
        )
    };
    (line_allowance $path:literal) => {
        concat!(
            "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/",
            "ram:SpecifiedTradeAllowanceCharge/",
            $path
        )
    };
    (line_charge $path:literal) => {
        concat!(
            "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/",
            "ram:SpecifiedTradeAllowanceCharge[2]/",
            $path
        )
    };
}
use at;

pub fn cases() -> Vec<Case> {
    let mut cases = document();
    cases.extend(parties());
    cases.extend(payment());
    cases.extend(lines());
    cases.extend(line_allowances_and_charges());
    cases.extend(allowances_and_charges());
    cases.extend(totals());
    cases.extend(decimals());
    cases.extend(vat::cases());
    cases
}

fn row(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case(BOOK, BASE, id, breaks, holds)
}

/// By the rules in force before August 2026.
fn earlier(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    Case { day: Edition::January2026.from_day(), ..row(id, breaks, holds) }
}

const GUIDELINE: &str = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID";
const NO_BREAK_SPACE: &str = "\u{a0}";

#[rustfmt::skip]
fn document() -> Vec<Case> {
    vec![
        row("BR-01", vec![text(GUIDELINE, " ")], vec![text(GUIDELINE, "x")]),
        row("BR-02", vec![drop(at!(document "ram:ID"))], vec![text(at!(document "ram:ID"), NO_BREAK_SPACE)]),
        row("BR-03", vec![attribute(at!(document "ram:IssueDateTime/udt:DateTimeString"), "format", "203")],
            vec![text(at!(document "ram:IssueDateTime/udt:DateTimeString"), "gestern")]),
        row("BR-04", vec![text(at!(document "ram:TypeCode"), "\n")], vec![text(at!(document "ram:TypeCode"), "0")]),
        row("BR-05", vec![drop(at!(settlement "ram:InvoiceCurrencyCode"))],
            vec![text(at!(settlement "ram:InvoiceCurrencyCode"), "?")]),
        row("BR-06", vec![drop(at!(agreement "ram:SellerTradeParty/ram:Name"))],
            vec![text(at!(agreement "ram:SellerTradeParty/ram:Name"), "W")]),
        row("BR-07", vec![text(at!(agreement "ram:BuyerTradeParty/ram:Name"), "\t")],
            vec![text(at!(agreement "ram:BuyerTradeParty/ram:Name"), "S")]),
        row("BR-08", vec![drop(at!(agreement "ram:SellerTradeParty/ram:PostalTradeAddress"))],
            vec![text(at!(agreement "ram:SellerTradeParty/ram:PostalTradeAddress"), "")]),
        row("BR-09", vec![drop(at!(agreement "ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID"))],
            vec![text(at!(agreement "ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID"), "-")]),
        row("BR-10", vec![drop(at!(agreement "ram:BuyerTradeParty/ram:PostalTradeAddress"))],
            vec![text(at!(agreement "ram:BuyerTradeParty/ram:PostalTradeAddress"), "")]),
        row("BR-11", vec![text(at!(agreement "ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID"), " ")],
            vec![text(at!(agreement "ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID"), "-")]),
        row("BR-16", vec![drop(at!(line2 "")), drop(at!(line ""))], vec![drop(at!(line2 ""))]),
        row("BR-52", vec![drop(at!(agreement "ram:AdditionalReferencedDocument/ram:IssuerAssignedID"))],
            vec![text(at!(agreement "ram:AdditionalReferencedDocument/ram:IssuerAssignedID"), NO_BREAK_SPACE)]),
        row("BR-55", vec![text(at!(settlement "ram:InvoiceReferencedDocument/ram:IssuerAssignedID"), " ")],
            vec![drop(at!(settlement "ram:InvoiceReferencedDocument"))]),
        row("BR-57", vec![drop(at!(delivery "ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"))],
            vec![drop(at!(delivery "ram:ShipToTradeParty/ram:PostalTradeAddress"))]),
        row("BR-29", vec![text(at!(settlement "ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"), "20260930")],
            vec![text(at!(settlement "ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"), "20261001")]),
        row("BR-CO-19", vec![text(at!(settlement "ram:BillingSpecifiedPeriod"), "")],
            vec![drop(at!(settlement "ram:BillingSpecifiedPeriod/ram:StartDateTime"))]),
        row("BR-B-01", vec![text(at!(line2 "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"), "B")],
            vec![text(at!(line2 "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"), "b")]),
        row("BR-B-02", vec![text(at!(line2 "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"), "B")],
            vec![text(at!(line2 "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"), "Z")]),
        earlier("BR-CO-25", vec![drop(at!(settlement "ram:SpecifiedTradePaymentTerms"))],
            vec![drop(at!(settlement "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"))]),
        earlier("BR-CO-25", vec![text(at!(settlement "ram:SpecifiedTradePaymentTerms"), "")],
            vec![drop(at!(settlement "ram:SpecifiedTradePaymentTerms")), text(at!(totals "ram:DuePayableAmount"), "0.00")]),
        row("BR-CO-15", vec![text(at!(totals "ram:GrandTotalAmount"), "166.54")],
            vec![text(at!(totals "ram:GrandTotalAmount"), "166.550")]),
        row("BR-CO-15", vec![attribute(at!(totals "ram:TaxTotalAmount"), "currencyID", "CHF")],
            vec![drop(at!(totals "ram:TaxTotalAmount")), text(at!(totals "ram:GrandTotalAmount"), "145")]),
    ]
}

#[rustfmt::skip]
fn parties() -> Vec<Case> {
    vec![
        row("BR-62", vec![attribute(at!(agreement "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID"), "schemeID", " ")],
            vec![drop(at!(agreement "ram:SellerTradeParty/ram:URIUniversalCommunication"))]),
        row("BR-63", vec![no_attribute(at!(agreement "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID"), "schemeID")],
            vec![after(at!(agreement "ram:BuyerTradeParty/ram:URIUniversalCommunication"),
                "<ram:URIUniversalCommunication><ram:URIID>zweite</ram:URIID></ram:URIUniversalCommunication>")]),
        row("BR-17", vec![text(at!(settlement "ram:PayeeTradeParty/ram:Name"), "Wintergrün Talheim GmbH")],
            vec![text(at!(settlement "ram:PayeeTradeParty/ram:Name"), "wintergrün Talheim GmbH")]),
        row("BR-17", vec![text(at!(settlement "ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:ID"), "HRB 9966")],
            vec![text(at!(settlement "ram:PayeeTradeParty/ram:GlobalID"), "4099999000001")]),
        row("BR-18", vec![drop(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:Name"))],
            vec![text(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:Name"), "")]),
        row("BR-19", vec![drop(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress"))],
            vec![text(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress"), "")]),
        row("BR-20", vec![drop(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress/ram:CountryID"))],
            vec![drop(at!(agreement "ram:SellerTaxRepresentativeTradeParty"))]),
        row("BR-56", vec![attribute(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:SpecifiedTaxRegistration/ram:ID"), "schemeID", "FC")],
            vec![text(at!(agreement "ram:SellerTaxRepresentativeTradeParty/ram:SpecifiedTaxRegistration/ram:ID"), "?")]),
        row("BR-CO-09", vec![text(at!(agreement "ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID"), "de987654366")],
            vec![text(at!(agreement "ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID"), "EL987654366")]),
        row("BR-CO-09", vec![text(at!(agreement "ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID"), " DE999999966")],
            vec![text(at!(agreement "ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID"), "XI")]),
        row("BR-CO-26", vec![drop(at!(agreement "ram:SellerTradeParty/ram:ID")), drop(at!(agreement "ram:SellerTradeParty/ram:GlobalID")),
                drop(at!(agreement "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID")),
                drop(at!(agreement "ram:SellerTradeParty/ram:SpecifiedTaxRegistration"))],
            vec![drop(at!(agreement "ram:SellerTradeParty/ram:ID")), drop(at!(agreement "ram:SellerTradeParty/ram:GlobalID")),
                drop(at!(agreement "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID"))]),
    ]
}

#[rustfmt::skip]
fn payment() -> Vec<Case> {
    let card = |number: &str| {
        let card = format!("<ram:ApplicableTradeSettlementFinancialCard><ram:ID>{number}</ram:ID></ram:ApplicableTradeSettlementFinancialCard>");
        before(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"), card)
    };
    vec![
        row("BR-49", vec![drop(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"))],
            vec![text(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"), "")]),
        row("BR-50", vec![text(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"), " ")],
            vec![text(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"), "<ram:ProprietaryID>1</ram:ProprietaryID>")]),
        earlier("BR-50", vec![drop(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"))],
            vec![text(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"), " ")]),
        row("BR-61", vec![drop(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"))],
            vec![drop(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID")),
                text(at!(settlement "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"), "57")]),
        row("BR-51", vec![card("12345678901")], vec![card("ÄÖÜ4567890")]),
    ]
}

#[rustfmt::skip]
fn lines() -> Vec<Case> {
    vec![
        row("BR-21", vec![text(at!(line "ram:AssociatedDocumentLineDocument/ram:LineID"), " ")],
            vec![text(at!(line "ram:AssociatedDocumentLineDocument/ram:LineID"), "0")]),
        row("BR-22", vec![drop(at!(line "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"))],
            vec![text(at!(line "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"), "0")]),
        row("BR-23", vec![no_attribute(at!(line "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"), "unitCode")],
            vec![attribute(at!(line "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"), "unitCode", "")]),
        row("BR-24", vec![drop(at!(line "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"))],
            vec![text(at!(line "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"), "0")]),
        row("BR-25", vec![text(at!(line "ram:SpecifiedTradeProduct/ram:Name"), "")],
            vec![text(at!(line "ram:SpecifiedTradeProduct/ram:Name"), ".")]),
        row("BR-26", vec![drop(at!(line "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"))],
            vec![text(at!(line "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"), "-1")]),
        row("BR-27", vec![text(at!(line "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"), "-0.00")],
            vec![text(at!(line "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"), "0.00")]),
        row("BR-28", vec![text(at!(line "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:ChargeAmount"), "-0.01")],
            vec![drop(at!(line "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:ChargeAmount"))]),
        row("BR-30", vec![text(at!(line "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"), "20261004")],
            vec![text(at!(line "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString"), "20261005")]),
        row("BR-CO-20", vec![text(at!(line "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"), "")],
            vec![drop(at!(line "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime"))]),
        row("BR-54", vec![drop(at!(line "ram:SpecifiedTradeProduct/ram:ApplicableProductCharacteristic/ram:Value"))],
            vec![text(at!(line "ram:SpecifiedTradeProduct/ram:ApplicableProductCharacteristic/ram:Value"), "")]),
        row("BR-64", vec![attribute(at!(line "ram:SpecifiedTradeProduct/ram:GlobalID"), "schemeID", " ")],
            vec![drop(at!(line "ram:SpecifiedTradeProduct/ram:GlobalID"))]),
        row("BR-65", vec![no_attribute(at!(line "ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode"), "listID")],
            vec![drop(at!(line "ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode"))]),
        row("BR-CO-04", vec![text(at!(line "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:TypeCode"), " VAT")],
            vec![text(at!(line "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:TypeCode"), "vat")]),
        row("BR-CO-18", vec![drop(at!(settlement "ram:ApplicableTradeTax[2]")), drop(at!(settlement "ram:ApplicableTradeTax"))],
            vec![drop(at!(settlement "ram:ApplicableTradeTax[2]")), text(at!(settlement "ram:ApplicableTradeTax"), "")]),
    ]
}

#[rustfmt::skip]
fn line_allowances_and_charges() -> Vec<Case> {
    vec![
        row("BR-41", vec![drop(at!(line_allowance "ram:ActualAmount"))], vec![text(at!(line_allowance "ram:ActualAmount"), "")]),
        row("BR-42", vec![drop(at!(line_allowance "ram:Reason")), drop(at!(line_allowance "ram:ReasonCode"))],
            vec![drop(at!(line_allowance "ram:Reason"))]),
        // Where the indicator is written as a number, the official context does not find it.
        row("BR-42", vec![drop(at!(line_allowance "ram:Reason")), drop(at!(line_allowance "ram:ReasonCode"))],
            vec![drop(at!(line_allowance "ram:Reason")), drop(at!(line_allowance "ram:ReasonCode")),
                text(at!(line_allowance "ram:ChargeIndicator/udt:Indicator"), "0")]),
        row("BR-CO-23", vec![drop(at!(line_allowance "ram:Reason")), drop(at!(line_allowance "ram:ReasonCode"))],
            vec![drop(at!(line_allowance "ram:ReasonCode"))]),
        row("BR-43", vec![drop(at!(line_charge "ram:ActualAmount"))], vec![text(at!(line_charge "ram:ActualAmount"), "")]),
        row("BR-44", vec![drop(at!(line_charge "ram:Reason")), drop(at!(line_charge "ram:ReasonCode"))],
            vec![drop(at!(line_charge "ram:Reason"))]),
        row("BR-CO-24", vec![drop(at!(line_charge "ram:Reason")), drop(at!(line_charge "ram:ReasonCode"))],
            vec![drop(at!(line_charge "ram:ReasonCode"))]),
    ]
}

#[rustfmt::skip]
fn allowances_and_charges() -> Vec<Case> {
    vec![
        row("BR-31", vec![drop(at!(allowance "ram:ActualAmount"))], vec![text(at!(allowance "ram:ActualAmount"), "")]),
        row("BR-32", vec![drop(at!(allowance "ram:CategoryTradeTax/ram:CategoryCode"))],
            vec![text(at!(allowance "ram:CategoryTradeTax/ram:TypeCode"), "Vat")]),
        row("BR-33", vec![drop(at!(allowance "ram:Reason")), drop(at!(allowance "ram:ReasonCode"))],
            vec![drop(at!(allowance "ram:Reason"))]),
        row("BR-CO-21", vec![drop(at!(allowance "ram:Reason")), drop(at!(allowance "ram:ReasonCode"))],
            vec![drop(at!(allowance "ram:ReasonCode"))]),
        row("BR-36", vec![drop(at!(charge "ram:ActualAmount"))], vec![text(at!(charge "ram:ActualAmount"), "")]),
        row("BR-37", vec![text(at!(charge "ram:CategoryTradeTax/ram:TypeCode"), "GST")],
            vec![text(at!(charge "ram:CategoryTradeTax/ram:CategoryCode"), "")]),
        row("BR-38", vec![drop(at!(charge "ram:Reason")), drop(at!(charge "ram:ReasonCode"))],
            vec![drop(at!(charge "ram:Reason"))]),
        row("BR-CO-22", vec![drop(at!(charge "ram:Reason")), drop(at!(charge "ram:ReasonCode"))],
            vec![drop(at!(charge "ram:ReasonCode"))]),
    ]
}

const TAX_IN_FRANCS: &str = "<ram:TaxTotalAmount currencyID=\"CHF\">20.009</ram:TaxTotalAmount>";

#[rustfmt::skip]
fn totals() -> Vec<Case> {
    let accounts_in = |currency: &str| {
        before(at!(settlement "ram:InvoiceCurrencyCode"), format!("<ram:TaxCurrencyCode>{currency}</ram:TaxCurrencyCode>"))
    };
    vec![
        row("BR-12", vec![drop(at!(totals "ram:LineTotalAmount"))], vec![text(at!(totals "ram:LineTotalAmount"), "0")]),
        row("BR-13", vec![drop(at!(totals "ram:TaxBasisTotalAmount"))], vec![text(at!(totals "ram:TaxBasisTotalAmount"), "0")]),
        row("BR-14", vec![drop(at!(totals "ram:GrandTotalAmount"))], vec![text(at!(totals "ram:GrandTotalAmount"), "0")]),
        row("BR-15", vec![drop(at!(totals "ram:DuePayableAmount"))], vec![text(at!(totals "ram:DuePayableAmount"), "0")]),
        row("BR-53", vec![accounts_in("CHF")], vec![accounts_in("CHF"), after(at!(totals "ram:TaxTotalAmount"), TAX_IN_FRANCS)]),
        row("BR-53", vec![accounts_in("EUR")], vec![text(at!(totals "ram:LineTotalAmount"), "0")]),
        row("BR-CO-10", vec![text(at!(totals "ram:LineTotalAmount"), "150.01")], vec![text(at!(totals "ram:LineTotalAmount"), "150")]),
        row("BR-CO-11", vec![text(at!(totals "ram:AllowanceTotalAmount"), "9.99")], vec![text(at!(totals "ram:AllowanceTotalAmount"), "10.0")]),
        row("BR-CO-11", vec![drop(at!(totals "ram:AllowanceTotalAmount"))],
            vec![text(at!(totals "ram:AllowanceTotalAmount"), "10.01"), text(at!(allowance "ram:ActualAmount"), "10.005")]),
        row("BR-CO-12", vec![text(at!(totals "ram:ChargeTotalAmount"), "5.01")],
            vec![drop(at!(charge "")), drop(at!(totals "ram:ChargeTotalAmount"))]),
        row("BR-CO-12", vec![drop(at!(charge "")), text(at!(totals "ram:ChargeTotalAmount"), "-0.00")],
            vec![drop(at!(charge "")), text(at!(totals "ram:ChargeTotalAmount"), "-0")]),
        row("BR-CO-13", vec![text(at!(totals "ram:TaxBasisTotalAmount"), "144.99")],
            vec![drop(at!(totals "ram:ChargeTotalAmount")), text(at!(totals "ram:TaxBasisTotalAmount"), "140")]),
        row("BR-CO-14", vec![text(at!(totals "ram:TaxTotalAmount"), "21.56")], vec![text(at!(totals "ram:TaxTotalAmount"), "21.550")]),
        row("BR-CO-16", vec![text(at!(totals "ram:DuePayableAmount"), "149.99")],
            vec![drop(at!(totals "ram:TotalPrepaidAmount")), text(at!(totals "ram:DuePayableAmount"), "167")]),
        row("BR-CO-16", vec![drop(at!(totals "ram:RoundingAmount"))],
            vec![drop(at!(totals "ram:RoundingAmount")), text(at!(totals "ram:DuePayableAmount"), "149.55")]),
        row("BR-DEC-13", vec![text(at!(totals "ram:TaxTotalAmount"), "21.555")], vec![text(at!(totals "ram:TaxTotalAmount"), "21.5500")]),
        row("BR-DEC-15", vec![accounts_in("CHF"), after(at!(totals "ram:TaxTotalAmount"), TAX_IN_FRANCS)],
            vec![after(at!(totals "ram:TaxTotalAmount"), TAX_IN_FRANCS)]),
    ]
}

/// Two decimals are the edge, and three are too many, were they zeros.
#[rustfmt::skip]
fn decimals() -> Vec<Case> {
    let fields = [
        ("BR-DEC-01", at!(allowance "ram:ActualAmount")),
        ("BR-DEC-02", at!(allowance "ram:BasisAmount")),
        ("BR-DEC-05", at!(charge "ram:ActualAmount")),
        ("BR-DEC-06", at!(charge "ram:BasisAmount")),
        ("BR-DEC-09", at!(totals "ram:LineTotalAmount")),
        ("BR-DEC-10", at!(totals "ram:AllowanceTotalAmount")),
        ("BR-DEC-11", at!(totals "ram:ChargeTotalAmount")),
        ("BR-DEC-12", at!(totals "ram:TaxBasisTotalAmount")),
        ("BR-DEC-14", at!(totals "ram:GrandTotalAmount")),
        ("BR-DEC-16", at!(totals "ram:TotalPrepaidAmount")),
        ("BR-DEC-17", at!(totals "ram:RoundingAmount")),
        ("BR-DEC-18", at!(totals "ram:DuePayableAmount")),
        ("BR-DEC-19", at!(settlement "ram:ApplicableTradeTax/ram:BasisAmount")),
        ("BR-DEC-20", at!(settlement "ram:ApplicableTradeTax/ram:CalculatedAmount")),
        ("BR-DEC-23", at!(line "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount")),
        ("BR-DEC-24", at!(line_allowance "ram:ActualAmount")),
        ("BR-DEC-25", at!(line_allowance "ram:BasisAmount")),
        ("BR-DEC-27", at!(line_charge "ram:ActualAmount")),
        ("BR-DEC-28", at!(line_charge "ram:BasisAmount")),
    ];
    fields.map(|(id, field)| row(id, vec![text(field, "1.000")], vec![text(field, "1.00")])).into()
}

/// Puts a fragment into the second row of the VAT breakdown, behind its type.
fn reason(fragment: &str) -> Edit {
    after(at!(settlement "ram:ApplicableTradeTax[2]/ram:TypeCode"), fragment)
}

/// Puts a fragment at the end of that row.
fn in_row(fragment: &str) -> Edit {
    into(at!(settlement "ram:ApplicableTradeTax[2]"), fragment)
}
