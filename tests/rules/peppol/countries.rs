//! Rules of single countries, in UBL.

use super::{all_prepared, below, on_credit_note, on_ubl, prepared, ubl_attribute, ubl_text};
use crate::Case;
use crate::edit::{Edit, after, attribute, drop, into, no_attribute, text};

const SELLER: &str = "cac:AccountingSupplierParty/cac:Party";
const BUYER: &str = "cac:AccountingCustomerParty/cac:Party";
const COUNTRY: &str = "cac:PostalAddress/cac:Country/cbc:IdentificationCode";
const LEGAL: &str = "cac:PartyLegalEntity/cbc:CompanyID";
const VAT: &str = "cac:PartyTaxScheme/cbc:CompanyID";
const OTHER_TAX: &str = "cac:PartyTaxScheme[2]/cbc:CompanyID";
const CODE: &str = "cac:PaymentMeans/cbc:PaymentMeansCode";
const PAYMENT_ID: &str = "cac:PaymentMeans/cbc:PaymentID";
const ACCOUNT: &str = "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID";
const BRANCH: &str = "cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch";
const REASON_CODE: &str = "cac:AllowanceCharge/cbc:AllowanceChargeReasonCode";
const REASON: &str = "cac:AllowanceCharge/cbc:AllowanceChargeReason";

pub fn cases() -> Vec<Case> {
    let mut cases = norway();
    cases.extend(italy());
    cases.extend(denmark());
    cases.extend(danish_payment());
    cases.extend(sweden());
    cases.extend(swedish_giro());
    cases.extend(greece());
    cases.extend(greek_parties());
    cases.extend(iceland());
    cases.extend(netherlands());
    cases
}

fn seller(path: &str) -> &'static str {
    below(SELLER, path)
}

fn buyer(path: &str) -> &'static str {
    below(BUYER, path)
}

fn seller_in(country: &str) -> Edit {
    text(seller(COUNTRY), country)
}

/// One more document, with a description that says what its number is.
fn document(number: &str, description: &str) -> Edit {
    let description = format!("<cbc:DocumentDescription>{description}</cbc:DocumentDescription>");
    let document = format!("<cbc:ID>{number}</cbc:ID>{description}");
    after(
        "cac:AdditionalDocumentReference",
        format!("<cac:AdditionalDocumentReference>{document}</cac:AdditionalDocumentReference>"),
    )
}

fn both_in(country: &str) -> Vec<Edit> {
    vec![seller_in(country), text(buyer(COUNTRY), country)]
}

#[rustfmt::skip]
fn norway() -> Vec<Case> {
    let register = vec![
        text(seller(OTHER_TAX), "Foretaksregisteret"),
        text(seller("cac:PartyTaxScheme[2]/cac:TaxScheme/cbc:ID"), "TAX"),
    ];
    vec![
        ubl_text("NO-R-001", seller(VAT), "NO974760674MVA", "NO974760673MVA"),
        prepared(vec![text(seller(VAT), "NO974760673MVA")], on_ubl("NO-R-002", vec![], register)),
    ]
}

#[rustfmt::skip]
fn italy() -> Vec<Case> {
    all_prepared(&[text(seller(VAT), "IT00743110157")], vec![
        ubl_text("IT-R-001", seller(OTHER_TAX), "0074311015", "00743110157"),
        ubl_text("IT-R-001", seller(OTHER_TAX), "rssmra85t10a562s", "RSSMRA85T10A562S"),
        on_ubl("IT-R-002", vec![drop(seller("cac:PostalAddress/cbc:StreetName"))], vec![]),
        on_ubl("IT-R-003", vec![drop(seller("cac:PostalAddress/cbc:CityName"))], vec![]),
        on_ubl("IT-R-004", vec![drop(seller("cac:PostalAddress/cbc:PostalZone"))], vec![]),
    ])
}

#[rustfmt::skip]
fn denmark() -> Vec<Case> {
    let version = "cac:InvoiceLine/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode";
    let mut cases = all_prepared(&both_in("DK"), vec![
        on_ubl("DK-R-002", vec![drop(seller(LEGAL))], vec![text(seller(LEGAL), "1")]),
        ubl_attribute("DK-R-014", seller(LEGAL), "schemeID", "0096", "0184"),
        on_credit_note("DK-R-016",
            vec![text("cac:LegalMonetaryTotal/cbc:PayableAmount", "-0.01")],
            vec![text("cac:LegalMonetaryTotal/cbc:PayableAmount", "0.00")]),
        on_ubl("DK-R-013",
            vec![no_attribute(seller("cac:PartyIdentification/cbc:ID"), "schemeID")],
            vec![attribute(seller("cac:PartyIdentification/cbc:ID"), "schemeID", "x")]),
        ubl_attribute("DK-R-017", buyer(LEGAL), "schemeID", "0204", "0184"),
        ubl_attribute("DK-R-003", version, "listVersionID", "19.05", "26.08.01"),
        prepared(vec![text(REASON_CODE, "ZZZ")], ubl_text("DK-R-004", REASON, "999", "0100")),
        prepared(vec![text(REASON_CODE, "ZZZ")], ubl_text("DK-R-004", REASON, "1#", "1#A")),
    ]);
    cases.push(prepared(vec![seller_in("DK")],
        on_ubl("DK-R-017", vec![text(buyer(COUNTRY), "DK")], vec![text(buyer(COUNTRY), "SE")])));
    cases
}

#[rustfmt::skip]
fn danish_payment() -> Vec<Case> {
    let mandate = into("cac:PaymentMeans", "<cac:PaymentMandate><cbc:ID>M-31</cbc:ID>\
        <cac:PayerFinancialAccount><cbc:ID>1</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>");
    let by = |code: &str, payment_id: &str, account: &str| {
        vec![text(CODE, code), text(PAYMENT_ID, payment_id), text(ACCOUNT, account)]
    };
    all_prepared(&both_in("DK"), vec![
        ubl_text("DK-R-005", CODE, "30", "97"),
        prepared(vec![text(CODE, "31")], on_ubl("DK-R-006", vec![drop(BRANCH)], vec![])),
        prepared(vec![text(CODE, "49")], on_ubl("DK-R-007", vec![], vec![mandate])),
        on_ubl("DK-R-008", by("50", "01#", "123456"), by("50", "01#", "1234567")),
        on_ubl("DK-R-008", by("50", "02#", "12345678"), by("50", "15#", "12345678")),
        on_ubl("DK-R-009", by("50", "04#123456789012345", "1234567"), by("50", "04#1234567890123456", "1234567")),
        on_ubl("DK-R-010", by("93", "73#", "1234567"), by("93", "73#", "12345678")),
        on_ubl("DK-R-011", by("93", "71#12345678901234", "12345678"), by("93", "71#123456789012345", "12345678")),
    ])
}

#[rustfmt::skip]
fn sweden() -> Vec<Case> {
    let here = [seller_in("SE"), text(seller(VAT), "SE556036079301")];
    let rate = |rate: &str| vec![
        text("cac:AllowanceCharge/cac:TaxCategory/cbc:Percent", rate),
        text("cac:AllowanceCharge[2]/cac:TaxCategory/cbc:Percent", rate),
        text("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "6.00"),
        text("cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "12"),
    ];
    all_prepared(&here, vec![
        ubl_text("SE-R-001", seller(VAT), "SE55603607930", "SE556036079301"),
        ubl_text("SE-R-002", seller(VAT), "SE55603607930X", "SE556036079302"),
        ubl_text("SE-R-003", seller(LEGAL), "556036-0793", "5560360793"),
        ubl_text("SE-R-004", seller(LEGAL), "55603607930", "5560360793"),
        ubl_text("SE-R-013", seller(LEGAL), "5560360794", "5560360793"),
        ubl_text("SE-R-005", seller(OTHER_TAX), "F-Skatt", "godkänd  för F-skatt"),
        on_ubl("SE-R-006", rate("19"), rate("25")),
        on_ubl("SE-R-011", vec![text(CODE, "56")], vec![text(CODE, "30")]),
        prepared(vec![text(CODE, "31")],
            on_ubl("SE-R-012", vec![text(buyer(COUNTRY), "SE")], vec![text(buyer(COUNTRY), "DK")])),
    ])
}

#[rustfmt::skip]
fn swedish_giro() -> Vec<Case> {
    let by = |giro: &str| vec![seller_in("SE"), text(CODE, "30"), text(below(BRANCH, "cbc:ID"), giro)];
    let mut cases = all_prepared(&by("SE:PLUSGIRO"), vec![
        ubl_text("SE-R-007", ACCOUNT, "123-4", "1234"),
        ubl_text("SE-R-010", ACCOUNT, "1", "12"),
        ubl_text("SE-R-010", ACCOUNT, "123456789", "12345678"),
    ]);
    cases.extend(all_prepared(&by("SE:BANKGIRO"), vec![
        ubl_text("SE-R-008", ACCOUNT, "123-4567", "1234567"),
        ubl_text("SE-R-009", ACCOUNT, "123456", "1234567"),
        ubl_text("SE-R-009", ACCOUNT, "123456789", "12345678"),
    ]));
    cases
}

#[rustfmt::skip]
fn greece() -> Vec<Case> {
    let number = |id, breaks: &str| ubl_text(id, "cbc:ID", breaks, "094019245|02/11/2026|0|1.1|0|A-7");
    let mark = |id| document(id, "##M.AR.K##");
    let url = || document("1", "##INVOICE|URL##");
    let address = "<cac:Attachment><cac:ExternalReference><cbc:URI>x</cbc:URI></cac:ExternalReference></cac:Attachment>";
    all_prepared(&[seller_in("GR"), text(seller(VAT), "EL094019245")], vec![
        number("GR-R-001-1", "094019245|02/11/2026|0|1.1|0"),
        number("GR-R-001-2", "094019246|02/11/2026|0|1.1|0|A-7"),
        number("GR-R-001-3", "094019245|2/11/2026|0|1.1|0|A-7"),
        number("GR-R-001-4", "094019245|02/11/2026|-1|1.1|0|A-7"),
        number("GR-R-001-5", "094019245|02/11/2026|0|1.2|0|A-7"),
        number("GR-R-001-6", "094019245|02/11/2026|0|1.1||A-7"),
        number("GR-R-001-7", "094019245|02/11/2026|0|1.1|0|"),
        on_ubl("GR-R-004-1", vec![], vec![mark("1")]),
        on_ubl("GR-R-004-2", vec![mark("01")], vec![mark("10")]),
        on_ubl("GR-S-008-1", vec![], vec![url()]),
        on_ubl("GR-R-008-2", vec![url(), url()], vec![url()]),
        on_ubl("GR-R-008-3", vec![url()], vec![url(), into("cac:AdditionalDocumentReference[2]", address)]),
    ])
}

#[rustfmt::skip]
fn greek_parties() -> Vec<Case> {
    let endpoint = |party: &str, number: &str| {
        let path = below(party, "cbc:EndpointID");
        vec![attribute(path, "schemeID", "9933"), text(path, number)]
    };
    all_prepared(&[text(seller(VAT), "EL094019245"), text(buyer(VAT), "EL094019245")], vec![
        on_ubl("GR-R-002", vec![drop(seller("cac:PartyName"))], vec![]),
        ubl_text("GR-S-011", seller(VAT), "EL094019246", "EL094019245"),
        ubl_text("GR-R-003", seller(VAT), "GR094019245", "EL094019245"),
        on_ubl("GR-R-005", vec![drop(buyer("cac:PartyName"))], vec![]),
        on_ubl("GR-R-006", vec![text(buyer(VAT), "EL094019246")], vec![]),
        on_ubl("GR-R-009", endpoint(SELLER, "094019246"), endpoint(SELLER, "094019245")),
        on_ubl("GR-R-010", vec![], endpoint(BUYER, "094019245")),
    ])
}

#[rustfmt::skip]
fn iceland() -> Vec<Case> {
    let deadline = |day: &str| document(day, "EINDAGI");
    let paid = |code: &str, account: &str| vec![text(CODE, code), text(ACCOUNT, account)];
    all_prepared(&both_in("IS"), vec![
        ubl_text("IS-R-001", "cbc:InvoiceTypeCode", "383", "380"),
        ubl_attribute("IS-R-002", seller(LEGAL), "schemeID", "0204", "0196"),
        on_ubl("IS-R-003", vec![drop(seller("cac:PostalAddress/cbc:StreetName"))], vec![]),
        ubl_attribute("IS-R-004", buyer(LEGAL), "schemeID", "0204", "0196"),
        on_ubl("IS-R-005", vec![drop(buyer("cac:PostalAddress/cbc:PostalZone"))], vec![]),
        on_ubl("IS-R-006", paid("9", "12345678901"), paid("9", "123456789012")),
        on_ubl("IS-R-007", paid("42", "1234567890123"), paid("42", "123456789012")),
        on_ubl("IS-R-008", vec![deadline("10.12.2026")], vec![deadline("2026-12-10")]),
        prepared(vec![deadline("2026-12-10")], on_ubl("IS-R-009", vec![drop("cbc:DueDate")], vec![])),
        on_ubl("IS-R-010", vec![deadline("2026-12-01")], vec![deadline("2026-12-02")]),
    ])
}

#[rustfmt::skip]
fn netherlands() -> Vec<Case> {
    let representative = "cac:TaxRepresentativeParty/cac:PostalAddress";
    let paid = |amount: &str| vec![drop("cac:PaymentMeans"), text("cac:LegalMonetaryTotal/cbc:PayableAmount", amount)];
    all_prepared(&both_in("NL"), vec![
        on_credit_note("NL-R-001", vec![drop("cac:BillingReference")], vec![]),
        on_ubl("NL-R-002", vec![drop(seller("cac:PostalAddress/cbc:CityName"))], vec![]),
        ubl_attribute("NL-R-003", seller(LEGAL), "schemeID", "0204", "0106"),
        on_ubl("NL-R-004", vec![drop(buyer("cac:PostalAddress/cbc:StreetName"))], vec![]),
        ubl_attribute("NL-R-005", buyer(LEGAL), "schemeID", "0204", "0190"),
        prepared(vec![drop(below(representative, "cbc:PostalZone"))],
            on_ubl("NL-R-006", vec![text(below(representative, "cac:Country/cbc:IdentificationCode"), "NL")], vec![])),
        on_ubl("NL-R-007", paid("0.01"), paid("0")),
        ubl_text("NL-R-008", CODE, "42", "30"),
        on_ubl("NL-R-009", vec![drop("cac:OrderReference")], vec![]),
    ])
}
