//! Rules of single countries, in CII.

use super::{all_prepared, below, cii_attribute, cii_text, on_cii, prepared};
use crate::Case;
use crate::edit::{Edit, attribute, drop, into, no_attribute, text};

const AGREEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement";
const SETTLEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement";
const LINE: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem";
const TYPE: &str = "rsm:ExchangedDocument/ram:TypeCode";
const COUNTRY: &str = "ram:PostalTradeAddress/ram:CountryID";
const LEGAL: &str = "ram:SpecifiedLegalOrganization/ram:ID";
const VAT: &str = "ram:SpecifiedTaxRegistration/ram:ID";
const OTHER_TAX: &str = "ram:SpecifiedTaxRegistration[2]/ram:ID";

pub fn cases() -> Vec<Case> {
    let mut cases = norway();
    cases.extend(italy());
    cases.extend(denmark());
    cases.extend(danish_payment());
    cases.extend(sweden());
    cases.extend(swedish_giro());
    cases.extend(netherlands());
    cases
}

fn seller(path: &str) -> &'static str {
    below(AGREEMENT, &format!("ram:SellerTradeParty/{path}"))
}

fn buyer(path: &str) -> &'static str {
    below(AGREEMENT, &format!("ram:BuyerTradeParty/{path}"))
}

fn settlement(path: &str) -> &'static str {
    below(SETTLEMENT, path)
}

fn means(path: &str) -> &'static str {
    below(SETTLEMENT, &format!("ram:SpecifiedTradeSettlementPaymentMeans/{path}"))
}

fn code() -> &'static str {
    means("ram:TypeCode")
}

fn seller_in(country: &str) -> Edit {
    text(seller(COUNTRY), country)
}

fn both_in(country: &str) -> Vec<Edit> {
    vec![seller_in(country), text(buyer(COUNTRY), country)]
}

#[rustfmt::skip]
fn norway() -> Vec<Case> {
    all_prepared(&[seller_in("NO")], vec![
        prepared(vec![attribute(seller(VAT), "schemeID", "VAT")],
            cii_text("NO-R-001", seller(VAT), "NO974760674MVA", "NO974760673MVA")),
        on_cii("NO-R-002", vec![], vec![text(seller(OTHER_TAX), "Foretaksregisteret")]),
    ])
}

#[rustfmt::skip]
fn italy() -> Vec<Case> {
    all_prepared(&[seller_in("IT")], vec![
        cii_text("IT-R-001", seller(OTHER_TAX), "0074311015", "00743110157"),
        on_cii("IT-R-002", vec![drop(seller("ram:PostalTradeAddress/ram:LineOne"))], vec![]),
        on_cii("IT-R-003", vec![drop(seller("ram:PostalTradeAddress/ram:CityName"))], vec![]),
        on_cii("IT-R-004", vec![drop(seller("ram:PostalTradeAddress/ram:PostcodeCode"))], vec![]),
    ])
}

#[rustfmt::skip]
fn denmark() -> Vec<Case> {
    let class = below(LINE, "ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode");
    let due = settlement("ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:DuePayableAmount");
    let reason = |path: &str| settlement(&format!("ram:SpecifiedTradeAllowanceCharge/{path}"));
    let tax = vec![drop(settlement("ram:SpecifiedTradeAllowanceCharge[2]")), text(reason("ram:ReasonCode"), "ZZZ")];
    all_prepared(&both_in("DK"), vec![
        on_cii("DK-R-002", vec![drop(seller(LEGAL))], vec![text(seller(LEGAL), "1")]),
        prepared(tax, cii_text("DK-R-004", reason("ram:Reason"), "Abgabe", "0100")),
        on_cii("DK-R-013",
            vec![no_attribute(seller("ram:GlobalID"), "schemeID")],
            vec![attribute(seller("ram:GlobalID"), "schemeID", "x")]),
        cii_attribute("DK-R-014", seller(LEGAL), "schemeID", "0096", "0184"),
        prepared(vec![text(TYPE, "381")], cii_text("DK-R-016", due, "-0.01", "0")),
        cii_attribute("DK-R-003", class, "listVersionID", "19.05", "26.0801"),
    ])
}

#[rustfmt::skip]
fn danish_payment() -> Vec<Case> {
    let by = |code: &str, payment_id: &str, account: &str| vec![
        text(means("ram:TypeCode"), code),
        text(settlement("ram:PaymentReference"), payment_id),
        text(means("ram:PayeePartyCreditorFinancialAccount/ram:IBANID"), account),
    ];
    let bank = means("ram:PayeeSpecifiedCreditorFinancialInstitution");
    all_prepared(&both_in("DK"), vec![
        cii_text("DK-R-005", code(), "30", "97"),
        prepared(vec![text(code(), "31")], on_cii("DK-R-006", vec![drop(bank)], vec![])),
        cii_text("DK-R-007", code(), "49", "48"),
        on_cii("DK-R-008", by("50", "01#", "123456"), by("50", "01#", "1234567")),
        on_cii("DK-R-009", by("50", "15#123456789012345", "1234567"), by("50", "15#1234567890123456", "1234567")),
        on_cii("DK-R-010", by("93", "73#", "1234567"), by("93", "73#", "12345678")),
        on_cii("DK-R-011", by("93", "75#12345678901234", "12345678"), by("93", "75#1234567890123456", "12345678")),
    ])
}

#[rustfmt::skip]
fn sweden() -> Vec<Case> {
    let rate = |rate: &str| vec![
        text(settlement("ram:ApplicableTradeTax/ram:RateApplicablePercent"), rate),
        text(settlement("ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax/ram:RateApplicablePercent"), "6"),
        text(settlement("ram:SpecifiedTradeAllowanceCharge[2]/ram:CategoryTradeTax/ram:RateApplicablePercent"), "12.0"),
        text(below(LINE, "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:RateApplicablePercent"), "25.00"),
    ];
    let here = [seller_in("SE"), attribute(seller(VAT), "schemeID", "VAT"), text(seller(VAT), "SE556036079301")];
    all_prepared(&here, vec![
        cii_text("SE-R-001", seller(VAT), "SE55603607930", "SE556036079301"),
        cii_text("SE-R-002", seller(VAT), "SE55603607930X", "SE556036079302"),
        cii_text("SE-R-003", seller(LEGAL), "556036-0793", "5560360793"),
        cii_text("SE-R-004", seller(LEGAL), "55603607930", "5560360793"),
        cii_text("SE-R-013", seller(LEGAL), "5560360794", "5560360793"),
        cii_text("SE-R-005", seller(OTHER_TAX), "F-Skatt", "godkänd för f-skatt"),
        on_cii("SE-R-006", rate("19"), rate("25")),
        cii_text("SE-R-011", code(), "50", "49"),
        prepared(vec![text(code(), "31")], on_cii("SE-R-012", vec![text(buyer(COUNTRY), "SE")], vec![])),
    ])
}

#[rustfmt::skip]
fn swedish_giro() -> Vec<Case> {
    let account = means("ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID");
    let by = |giro: &str| vec![
        seller_in("SE"),
        text(code(), "30"),
        text(means("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"), giro),
        into(means("ram:PayeePartyCreditorFinancialAccount"), "<ram:ProprietaryID>1</ram:ProprietaryID>"),
    ];
    let mut cases = all_prepared(&by("SE:PLUSGIRO"), vec![
        cii_text("SE-R-007", account, "123-4", "1234"),
        cii_text("SE-R-010", account, "1", "12"),
    ]);
    cases.extend(all_prepared(&by("SE:BANKGIRO"), vec![
        cii_text("SE-R-008", account, "123-4567", "1234567"),
        cii_text("SE-R-009", account, "123456789", "12345678"),
    ]));
    cases
}

#[rustfmt::skip]
fn netherlands() -> Vec<Case> {
    let representative = |path: &str| below(AGREEMENT, &format!("ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress/{path}"));
    let due = settlement("ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:DuePayableAmount");
    let paid = |amount: &str| vec![drop(settlement("ram:SpecifiedTradeSettlementPaymentMeans")), text(due, amount)];
    all_prepared(&both_in("NL"), vec![
        prepared(vec![text(TYPE, "381")],
            on_cii("NL-R-001", vec![drop(settlement("ram:InvoiceReferencedDocument"))], vec![])),
        on_cii("NL-R-002", vec![drop(seller("ram:PostalTradeAddress/ram:CityName"))], vec![]),
        cii_attribute("NL-R-003", seller(LEGAL), "schemeID", "0204", "0106"),
        on_cii("NL-R-004", vec![drop(buyer("ram:PostalTradeAddress/ram:LineOne"))], vec![]),
        cii_attribute("NL-R-005", buyer(LEGAL), "schemeID", "0204", "0190"),
        prepared(vec![drop(representative("ram:PostcodeCode"))],
            on_cii("NL-R-006", vec![text(representative("ram:CountryID"), "NL")], vec![])),
        on_cii("NL-R-007", paid("0.01"), paid("0")),
        cii_text("NL-R-008", code(), "42", "57"),
        on_cii("NL-R-009", vec![drop(below(AGREEMENT, "ram:BuyerOrderReferencedDocument"))], vec![]),
    ])
}
