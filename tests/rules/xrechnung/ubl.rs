use super::{EXTENSION, UBL, VEHICLES, formerly};
use crate::edit::{Edit, after, attribute, before, drop, first, into, no_attribute, text};
use crate::{Case, case};

const BOOK: &str = "xrechnung-ubl";
const CODE: &str = "cac:PaymentMeans/cbc:PaymentMeansCode";
const ACCOUNT: &str = "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID";
const URI: &str = "cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference/cbc:URI";
const FILE: &str = "cac:AdditionalDocumentReference[2]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject";
const LINE: &str = "cac:InvoiceLine";
const DUE: &str = "cac:LegalMonetaryTotal/cbc:PayableAmount";
const CLASS: &str = "cac:InvoiceLine/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode";
const CLEAN: &str = "cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty/cbc:Value";

const TAX_IN_FRANCS: &str = "<cbc:TaxCurrencyCode>CHF</cbc:TaxCurrencyCode>";
const IN_FRANCS: &str = r#"<cac:TaxTotal><cbc:TaxAmount currencyID="CHF">26.40</cbc:TaxAmount></cac:TaxTotal>"#;
const SECOND_BREAKDOWN: &str =
    r#"<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0</cbc:TaxAmount><cac:TaxSubtotal/></cac:TaxTotal>"#;
const MANDATE: &str = "<cac:PaymentMandate><cbc:ID>M-1</cbc:ID><cac:PayerFinancialAccount><cbc:ID>DE39999999990012345678</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>";
const CARD: &str = "<cac:CardAccount><cbc:PrimaryAccountNumberID>1234</cbc:PrimaryAccountNumberID><cbc:NetworkID>X</cbc:NetworkID></cac:CardAccount>";
const PRECEDING: &str = "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>RE-1</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>";
const REPRESENTATIVE: &str = "<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Steuerbüro Talheim</cbc:Name></cac:PartyName></cac:TaxRepresentativeParty>";
const SUB_LINE: &str = r#"<cac:SubInvoiceLine><cbc:ID>1.1</cbc:ID><cbc:InvoicedQuantity unitCode="HUR">4</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Hecke</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID></cac:ClassifiedTaxCategory></cac:Item></cac:SubInvoiceLine>"#;
const THIRD_PARTY: &str = r#"<cac:PrepaidPayment><cbc:ID>Abgabe</cbc:ID><cbc:PaidAmount currencyID="EUR">5.00</cbc:PaidAmount><cbc:InstructionID>Entsorgung</cbc:InstructionID></cac:PrepaidPayment>"#;

fn extension(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.insert(0, text("cbc:CustomizationID", EXTENSION));
    edits
}

/// The first line is about a clean vehicle.
fn vehicles(edits: Vec<Edit>) -> Vec<Edit> {
    let mut all = vec![
        text("cbc:CustomizationID", VEHICLES),
        after(
            "cac:OrderReference",
            "<cac:OriginatorDocumentReference><cbc:ID>Los 3</cbc:ID></cac:OriginatorDocumentReference><cac:ContractDocumentReference><cbc:ID>V-7</cbc:ID></cac:ContractDocumentReference>",
        ),
        attribute(CLASS, "listID", "CVD"),
        text(CLASS, "M1"),
        text("cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty/cbc:Name", "cva"),
        text(CLEAN, "clean"),
    ];
    all.extend(edits);
    all
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    vec![
        case(BOOK, UBL, "PEPPOL-EN16931-R008", vec![text("cac:InvoiceLine/cac:Item/cbc:Name", " \n")], vec![text("cac:OrderReference/cbc:ID", "")]),
        formerly(case(BOOK, UBL, "PEPPOL-EN16931-R008", vec![text("cac:OrderReference/cbc:ID", "")], vec![text("cac:OrderReference/cbc:ID", "\u{a0}")])),
        case(BOOK, UBL, "PEPPOL-EN16931-R001", vec![drop("cbc:ProfileID")], vec![text("cbc:ProfileID", "M1")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R053", vec![after("cac:TaxTotal", SECOND_BREAKDOWN)], vec![]),
        case(BOOK, UBL, "PEPPOL-EN16931-R054", vec![after("cbc:DocumentCurrencyCode", TAX_IN_FRANCS)], vec![after("cbc:DocumentCurrencyCode", TAX_IN_FRANCS), after("cac:TaxTotal", IN_FRANCS)]),
        case(BOOK, UBL, "PEPPOL-EN16931-R055", vec![after("cbc:DocumentCurrencyCode", TAX_IN_FRANCS), after("cac:TaxTotal", IN_FRANCS.replace("26", "-26"))], vec![after("cbc:DocumentCurrencyCode", TAX_IN_FRANCS), after("cac:TaxTotal", IN_FRANCS.replace("26.40", "0"))]),
        case(BOOK, UBL, "PEPPOL-EN16931-R005", vec![after("cbc:DocumentCurrencyCode", TAX_IN_FRANCS.replace("CHF", " EUR "))], vec![after("cbc:DocumentCurrencyCode", TAX_IN_FRANCS)]),
        case(BOOK, UBL, "PEPPOL-EN16931-R010", vec![drop("cac:AccountingCustomerParty/cac:Party/cbc:EndpointID")], vec![text("cac:AccountingCustomerParty/cac:Party/cbc:EndpointID", "x")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R020", vec![drop("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID")], vec![text("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", "x")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R041", vec![drop("cac:AllowanceCharge/cbc:BaseAmount")], vec![drop("cac:AllowanceCharge/cbc:BaseAmount"), drop("cac:AllowanceCharge/cbc:MultiplierFactorNumeric")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R042", vec![drop("cac:AllowanceCharge/cbc:MultiplierFactorNumeric")], vec![drop("cac:AllowanceCharge/cbc:BaseAmount"), drop("cac:AllowanceCharge/cbc:MultiplierFactorNumeric")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R040", vec![text("cac:AllowanceCharge/cbc:Amount", "7.53")], vec![text("cac:AllowanceCharge/cbc:Amount", "7.52")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R040", vec![text("cbc:DocumentCurrencyCode", "HUF"), text("cac:AllowanceCharge/cbc:Amount", "8.01")], vec![text("cbc:DocumentCurrencyCode", "HUF"), text("cac:AllowanceCharge/cbc:Amount", "8.00")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R043", vec![text("cac:AllowanceCharge/cbc:ChargeIndicator", "0")], vec![text("cac:AllowanceCharge/cbc:ChargeIndicator", " false\n")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R061", vec![text(CODE, "49")], vec![text(CODE, "49"), into("cac:PaymentMeans", MANDATE)]),
        case(BOOK, UBL, "PEPPOL-EN16931-R110", vec![text("cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate", "2026-09-30")], vec![text("cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate", "2026-10-01Z")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R111", vec![text("cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate", "2026-10-31-01:00")], vec![text("cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate", "2026-10-31+01:00")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R120", vec![text("cac:InvoiceLine/cbc:LineExtensionAmount", "100.03")], vec![text("cac:InvoiceLine/cbc:LineExtensionAmount", "99.98")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R121", vec![text("cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "0")], vec![text("cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "0.001")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R101", vec![text("cac:InvoiceLine/cac:DocumentReference/cbc:DocumentTypeCode", "50")], vec![drop("cac:InvoiceLine/cac:DocumentReference")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R044", vec![text("cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:ChargeIndicator", "true")], vec![text("cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:ChargeIndicator", " false ")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R046", vec![text("cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:Amount", "5.001")], vec![drop("cac:InvoiceLine/cac:Price/cac:AllowanceCharge/cbc:BaseAmount")]),
        case(BOOK, UBL, "PEPPOL-EN16931-R130", vec![attribute("cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "unitCode", "DAY")], vec![no_attribute("cac:InvoiceLine/cac:Price/cbc:BaseQuantity", "unitCode")]),
        case(BOOK, UBL, "BR-DE-1", vec![drop("cac:PaymentMeans")], vec![text(CODE, "1")]),
        case(BOOK, UBL, "BR-DE-15", vec![text("cbc:BuyerReference", " ")], vec![text("cbc:BuyerReference", "0")]),
        case(BOOK, UBL, "BR-DE-16", vec![drop("cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme")], vec![drop("cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"), after("cac:AccountingCustomerParty", REPRESENTATIVE)]),
        case(BOOK, UBL, "BR-DE-17", vec![text("cbc:InvoiceTypeCode", "82")], vec![text("cbc:InvoiceTypeCode", " 877 ")]),
        case(BOOK, UBL, "BR-DE-18", vec![text("cac:PaymentTerms/cbc:Note", "#SKONTO#TAGE=14#PROZENT=2.00#")], vec![text("cac:PaymentTerms/cbc:Note", "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=-357.93# \n")]),
        case(BOOK, UBL, "BR-DE-22", vec![attribute(FILE, "filename", "foto.png")], vec![attribute(FILE, "filename", "Foto.png")]),
        case(BOOK, UBL, "BR-DE-26", vec![text("cbc:InvoiceTypeCode", "384")], vec![text("cbc:InvoiceTypeCode", "384"), after("cac:OrderReference", PRECEDING)]),
        case(BOOK, UBL, "BR-DE-30", vec![into("cac:PaymentMeans", MANDATE)], vec![into("cac:PaymentMeans", MANDATE), attribute("cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID", "schemeID", "SEPA")]),
        case(BOOK, UBL, "BR-DE-31", vec![into("cac:PaymentMeans", "<cac:PaymentMandate><cbc:ID>M</cbc:ID></cac:PaymentMandate>")], vec![into("cac:PaymentMeans", MANDATE)]),
        case(BOOK, UBL, "BR-DE-TMP-32", vec![drop("cac:InvoicePeriod")], vec![drop("cac:InvoicePeriod"), first("cac:Delivery", "<cbc:ActualDeliveryDate>2026-10-30</cbc:ActualDeliveryDate>")]),
        case(BOOK, UBL, "BR-TMP-2", vec![text(URI, "www.waldhof-gaerten.example/7")], vec![text(URI, "ab:")]),
        formerly(case(BOOK, UBL, "BR-TMP-2", vec![drop(URI)], vec![text(URI, "sftp://plan.example")])),
        case(BOOK, UBL, "BR-TMP-6", vec![text("cbc:IssueDate", "2026-11-16Z")], vec![text("cbc:IssueDate", "\n2026-11-16 ")]),
        case(BOOK, UBL, "BR-DE-2", vec![drop("cac:AccountingSupplierParty/cac:Party/cac:Contact")], vec![drop("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Name")]),
        case(BOOK, UBL, "BR-DE-3", vec![text("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:CityName", "\t")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:CityName", "\u{a0}")]),
        case(BOOK, UBL, "BR-DE-4", vec![text("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "\t")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "\u{a0}")]),
        case(BOOK, UBL, "BR-DE-5", vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Name", "\t")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Name", "\u{a0}")]),
        case(BOOK, UBL, "BR-DE-6", vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Telephone", "\t")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Telephone", "\u{a0}")]),
        case(BOOK, UBL, "BR-DE-7", vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:ElectronicMail", "\t")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:ElectronicMail", "\u{a0}")]),
        case(BOOK, UBL, "BR-DE-27", vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Telephone", "12")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Telephone", "1a2b3")]),
        case(BOOK, UBL, "BR-DE-28", vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:ElectronicMail", "feder@waldhof")], vec![text("cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:ElectronicMail", " f@w.e\n")]),
        case(BOOK, UBL, "BR-DE-8", vec![drop("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:CityName")], vec![text("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:CityName", "B")]),
        case(BOOK, UBL, "BR-DE-9", vec![drop("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:PostalZone")], vec![text("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "0")]),
        case(BOOK, UBL, "BR-DE-10", vec![drop("cac:Delivery/cac:DeliveryLocation/cac:Address/cbc:CityName")], vec![drop("cac:Delivery/cac:DeliveryLocation/cac:Address")]),
        case(BOOK, UBL, "BR-DE-11", vec![text("cac:Delivery/cac:DeliveryLocation/cac:Address/cbc:PostalZone", "")], vec![drop("cac:Delivery/cac:DeliveryLocation/cac:Address")]),
        case(BOOK, UBL, "BR-DE-19", vec![text(ACCOUNT, "DE38999999990012345678")], vec![text(ACCOUNT, "DE38999999990012345678"), text(CODE, "30")]),
        case(BOOK, UBL, "BR-DE-23-a", vec![drop("cac:PaymentMeans/cac:PayeeFinancialAccount")], vec![drop("cac:PaymentMeans/cac:PayeeFinancialAccount"), text(CODE, "1")]),
        case(BOOK, UBL, "BR-DE-23-b", vec![into("cac:PaymentMeans", MANDATE)], vec![into("cac:PaymentMeans", MANDATE), text(CODE, "1")]),
        case(BOOK, UBL, "BR-DE-24-a", vec![text(CODE, "54")], vec![text(CODE, "54"), before("cac:PaymentMeans/cac:PayeeFinancialAccount", CARD)]),
        case(BOOK, UBL, "BR-DE-24-b", vec![text(CODE, "48")], vec![text(CODE, "48"), drop("cac:PaymentMeans/cac:PayeeFinancialAccount")]),
        case(BOOK, UBL, "BR-DE-20", vec![text(CODE, "59"), into("cac:PaymentMeans", MANDATE.replace("DE39", "DE93"))], vec![text(CODE, "59"), into("cac:PaymentMeans", MANDATE.replace("DE39", "DE 39 "))]),
        case(BOOK, UBL, "BR-DE-25-a", vec![text(CODE, "59")], vec![text(CODE, "59"), into("cac:PaymentMeans", "<cac:PaymentMandate/>")]),
        case(BOOK, UBL, "BR-DE-25-b", vec![text(CODE, "59")], vec![text(CODE, "59"), drop("cac:PaymentMeans/cac:PayeeFinancialAccount")]),
        case(BOOK, UBL, "BR-DE-14", vec![drop("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent")], vec![text("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "0")]),
        case(BOOK, UBL, "BR-DEX-01", extension(vec![attribute(FILE, "mimeCode", "text/xml")]), extension(vec![attribute(FILE, "mimeCode", "application/xml")])),
        case(BOOK, UBL, "BR-DEX-02", extension(vec![into(LINE, SUB_LINE.replace("100.00", "99.99"))]), extension(vec![into(LINE, SUB_LINE)])),
        case(BOOK, UBL, "BR-DEX-03", extension(vec![into(LINE, SUB_LINE.replace("cac:ClassifiedTaxCategory", "cac:OriginCountry"))]), extension(vec![into(LINE, SUB_LINE)])),
        case(BOOK, UBL, "BR-DEX-09", extension(vec![after("cac:PaymentTerms", THIRD_PARTY)]), extension(vec![after("cac:PaymentTerms", THIRD_PARTY), text(DUE, "174.58")])),
        case(BOOK, UBL, "BR-DEX-04", extension(vec![attribute("cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID", "schemeID", "XR04")]), extension(vec![attribute("cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID", "schemeID", "SEPA")])),
        case(BOOK, UBL, "BR-DEX-05", extension(vec![attribute("cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID", "schemeID", "SEPA")]), extension(vec![attribute("cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID", "schemeID", " XR01 ")])),
        case(BOOK, UBL, "BR-DEX-06", extension(vec![attribute("cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID", "schemeID", "0181")]), extension(vec![attribute("cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID", "schemeID", "0180")])),
        case(BOOK, UBL, "BR-DEX-07", extension(vec![attribute("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", "schemeID", "em")]), extension(vec![attribute("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", "schemeID", "XR03")])),
        case(BOOK, UBL, "BR-DEX-08", extension(vec![attribute("cac:Delivery/cac:DeliveryLocation/cbc:ID", "schemeID", "GLN")]), extension(vec![attribute("cac:Delivery/cac:DeliveryLocation/cbc:ID", "schemeID", "XR02")])),
        case(BOOK, UBL, "BR-DEX-10", extension(vec![after("cac:PaymentTerms", THIRD_PARTY), text("cac:PrepaidPayment/cbc:ID", " ")]), extension(vec![after("cac:PaymentTerms", THIRD_PARTY)])),
        case(BOOK, UBL, "BR-DEX-11", extension(vec![after("cac:PaymentTerms", THIRD_PARTY), text("cac:PrepaidPayment/cbc:PaidAmount", " ")]), extension(vec![after("cac:PaymentTerms", THIRD_PARTY)])),
        case(BOOK, UBL, "BR-DEX-12", extension(vec![after("cac:PaymentTerms", THIRD_PARTY), text("cac:PrepaidPayment/cbc:InstructionID", " ")]), extension(vec![after("cac:PaymentTerms", THIRD_PARTY)])),
        case(BOOK, UBL, "BR-DEX-13", extension(vec![after("cac:PaymentTerms", THIRD_PARTY), text("cac:PrepaidPayment/cbc:PaidAmount", "5.000")]), extension(vec![after("cac:PaymentTerms", THIRD_PARTY)])),
        case(BOOK, UBL, "BR-DEX-14", extension(vec![after("cac:PaymentTerms", THIRD_PARTY), attribute("cac:PrepaidPayment/cbc:PaidAmount", "currencyID", "CHF")]), extension(vec![after("cac:PaymentTerms", THIRD_PARTY)])),
        case(BOOK, UBL, "BR-DE-CVD-01", vehicles(vec![drop("cac:ContractDocumentReference")]), vehicles(vec![])),
        case(BOOK, UBL, "BR-DE-CVD-02", vehicles(vec![text("cac:OriginatorDocumentReference/cbc:ID", " ")]), vehicles(vec![])),
        case(BOOK, UBL, "BR-DE-CVD-03", vehicles(vec![attribute(CLASS, "listID", "STI")]), vehicles(vec![])),
        case(BOOK, UBL, "BR-DE-CVD-04", vehicles(vec![text(CLASS, "m1")]), vehicles(vec![text(CLASS, " N3 ")])),
        case(BOOK, UBL, "BR-DE-CVD-05", vehicles(vec![text(CLEAN, "Clean")]), vehicles(vec![text(CLEAN, " zero-emission ")])),
        case(BOOK, UBL, "BR-DE-CVD-06-a", vehicles(vec![text("cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty/cbc:Name", "CVA")]), vehicles(vec![])),
        case(BOOK, UBL, "BR-DE-CVD-06-b", vehicles(vec![after("cac:InvoiceLine/cac:Item/cac:CommodityClassification", "<cac:CommodityClassification><cbc:ItemClassificationCode listID=\"CVD\">M2</cbc:ItemClassificationCode></cac:CommodityClassification>")]), vehicles(vec![])),
        case(BOOK, UBL, "BR-TMP-CVD-01", vehicles(vec![attribute(CLASS, "listID", "CVA")]), vehicles(vec![no_attribute(CLASS, "listID")])),
    ]
}
