//! Every kind of structural fault, in both syntaxes; a row is an edit of a faultless document.

use super::*;
use crate::validate::Edition;

const UBL: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
 xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:f">
 <ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><f:a>x<f:b/>y</f:a></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>
 <cbc:ID>RE-1</cbc:ID>
 <cbc:IssueDate>2026-11-21</cbc:IssueDate>
 <cbc:Note languageID="de">Danke</cbc:Note>
 <cac:AdditionalDocumentReference><cbc:ID schemeURI="urn:x">A</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv">QUJD</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
 <cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Bau AG</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty/>
 <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount><cac:Item/></cac:InvoiceLine>
</Invoice>"#;

const CII: &str = r#"<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <rsm:ExchangedDocumentContext><ram:TestIndicator><udt:Indicator>true</udt:Indicator></ram:TestIndicator></rsm:ExchangedDocumentContext>
 <rsm:ExchangedDocument><ram:ID>RE-1</ram:ID><ram:TypeCode listID="1001" listVersionID="X">380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20261121</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Bau AG</ram:Name></ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeDelivery/>
  <ram:ApplicableHeaderTradeSettlement><ram:ApplicableTradeTax><ram:CalculatedAmount>19.00</ram:CalculatedAmount><ram:CategoryCode>S</ram:CategoryCode></ram:ApplicableTradeTax></ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"#;

fn findings(xml: &str) -> Vec<Finding> {
    let tree = Tree::parse(xml).unwrap();
    let syntax = crate::invoice::syntax_of_root(tree.name(0)).unwrap();
    examine(&Doc::of(&tree, syntax, Edition::LATEST))
}

fn told(xml: &str) -> String {
    let told = findings(xml);
    let told = told.iter().map(|finding| {
        let place = finding.location.rsplit('/').next().unwrap_or_default();
        format!("{} {place}", finding.id.trim_start_matches("LM-XSD-"))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Text of the base, what stands there instead, and what is said then.
fn examine_all(base: &str, rows: &[(&str, &str, &str)]) {
    assert_eq!(told(base), "");
    for (from, to, expected) in rows {
        assert!(base.contains(from), "{from}");
        assert_eq!(&told(&base.replacen(from, to, 1)), expected, "{from} → {to}");
    }
}

#[test]
#[rustfmt::skip]
fn faults_in_ubl() {
    let total = r#"<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>"#;
    examine_all(UBL, &[
        // Order, number, names.
        ("<cbc:ID>RE-1</cbc:ID>", "", "MISSING ubl:Invoice[1]"),
        ("<cbc:ID>RE-1</cbc:ID>", "<cbc:ID>RE-1</cbc:ID><cbc:ID>RE-2</cbc:ID>", "ELEMENT cbc:ID[2]"),
        ("<cbc:ID>RE-1</cbc:ID>", "<cbc:Id>RE-1</cbc:Id>", "ELEMENT cbc:Id[1], MISSING ubl:Invoice[1]"),
        ("<cbc:ID>RE-1</cbc:ID>", "<ID>RE-1</ID><cbc:ID>RE-1</cbc:ID>", "ELEMENT ID[1]"),
        ("<cbc:ID>RE-1</cbc:ID>", "<f:ID>RE-1</f:ID><cbc:ID>RE-1</cbc:ID>", "ELEMENT f:ID[1]"),
        ("<cbc:ID>RE-1</cbc:ID>", "<cbc:CopyIndicator>true</cbc:CopyIndicator><cbc:ID>RE-1</cbc:ID>", "ELEMENT cbc:CopyIndicator[1]"),
        ("<cbc:Note languageID=\"de\">", "<cbc:Note>a</cbc:Note><cbc:Note>", ""),
        (total, "", "MISSING ubl:Invoice[1]"),
        (total, &format!("{total}{total}"), "ELEMENT cac:LegalMonetaryTotal[2]"),
        ("<cac:AccountingSupplierParty>", &format!("{total}<cac:AccountingSupplierParty>"), "ELEMENT cac:LegalMonetaryTotal[1]"),
        ("<cac:AccountingCustomerParty/>", "<cac:AccountingCustomerParty/><cac:TaxTotal/>", "MISSING cac:TaxTotal[1]"),
        ("<cbc:Name>Bau AG</cbc:Name>", "<cbc:Name>Bau AG</cbc:Name><cbc:Name>Bau GmbH</cbc:Name>", "ELEMENT cbc:Name[2]"),
        ("<cac:Item/>", "<cac:Item><cbc:Name>a</cbc:Name><cbc:Description>b</cbc:Description></cac:Item>", "ELEMENT cbc:Name[1]"),
        // Values.
        ("2026-11-21", "2026-02-30", "VALUE cbc:IssueDate[1]"),
        ("2026-11-21", "", "VALUE cbc:IssueDate[1]"),
        ("2026-11-21", " <!-- x -->2026-11<?x?><![CDATA[-21]]>&#32;", ""),
        ("2026-11-21", "<x/>", "ELEMENT x[1]"),
        (">1</cbc:PayableAmount>", ">1,5</cbc:PayableAmount>", "VALUE cbc:PayableAmount[1]"),
        (">QUJD<", ">QUJ<", "VALUE cbc:EmbeddedDocumentBinaryObject[1]"),
        ("RE-1", "", ""),
        // Attributes.
        (" mimeCode=\"text/csv\"", "", "ATTRIBUTE cbc:EmbeddedDocumentBinaryObject[1]"),
        ("<cbc:PayableAmount currencyID=\"EUR\">", "<cbc:PayableAmount>", "ATTRIBUTE cbc:PayableAmount[1]"),
        ("<cbc:PayableAmount currencyID=\"EUR\">", "<cbc:PayableAmount currencyID=\"\">", ""),
        ("<cbc:PayableAmount currencyID=\"EUR\">", "<cbc:PayableAmount cbc:currencyID=\"EUR\">", "ATTRIBUTE cbc:PayableAmount[1], ATTRIBUTE cbc:PayableAmount[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID schemeid=\"x\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID listID=\"x\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID xml:lang=\"de\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID f:x=\"de\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("languageID=\"de\"", "languageID=\"de_DE\"", "VALUE cbc:Note[1]"),
        ("schemeURI=\"urn:x\"", "schemeURI=\"100%\"", "VALUE cbc:ID[1]"),
        ("<cac:AccountingCustomerParty/>", "<cac:AccountingCustomerParty id=\"1\"/>", "ATTRIBUTE cac:AccountingCustomerParty[1]"),
        // Attributes about the schema.
        ("xmlns:f=\"urn:f\"", "xmlns:f=\"urn:f\" xsi:schemaLocation=\"a\" xsi:noNamespaceSchemaLocation=\"b\"", ""),
        ("xmlns:f=\"urn:f\"", "xmlns:f=\"urn:f\" xsi:schemaLocation=\"a %\"", "ATTRIBUTE ubl:Invoice[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID xsi:nil=\"false\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID xsi:type=\"cbc:IDType\">RE-1", ""),
        ("<cbc:ID>RE-1", "<cbc:ID xsi:type=\"cbc:NameType\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("<cbc:ID>RE-1", "<cbc:ID xsi:type=\"xs:string\">RE-1", "ATTRIBUTE cbc:ID[1]"),
        ("<cac:AccountingCustomerParty/>", "<cac:AccountingCustomerParty xsi:type=\"cac:CustomerPartyType\"/>", ""),
        ("<cac:AccountingCustomerParty/>", "<cac:AccountingCustomerParty xsi:type=\"CustomerPartyType\"/>", "ATTRIBUTE cac:AccountingCustomerParty[1]"),
        // Text.
        ("<cac:AccountingCustomerParty/>", "<cac:AccountingCustomerParty>&#32;<!-- x --></cac:AccountingCustomerParty>", ""),
        ("<cac:AccountingCustomerParty/>", "<cac:AccountingCustomerParty>x</cac:AccountingCustomerParty>", "TEXT cac:AccountingCustomerParty[1]"),
        ("<cac:PartyName>", "<cac:PartyName>&#160;", "TEXT cac:PartyName[1]"),
        ("</cac:PartyName>", "<![CDATA[ ]]>&#32;</cac:PartyName>", ""),
        ("</cac:PartyName>", "x</cac:PartyName>", "TEXT cac:PartyName[1]"),
        // Extensions.
        ("<f:a>x<f:b/>y</f:a>", "", "MISSING ext:ExtensionContent[1]"),
        ("<f:a>x<f:b/>y</f:a>", "<a xmlns=\"\"/>", "ELEMENT a[1]"),
        ("<f:a>x<f:b/>y</f:a>", "<a/>", ""),
        ("<f:a>x<f:b/>y</f:a>", "<ext:UBLExtensions/>", "ELEMENT ext:UBLExtensions[1]"),
        ("<f:a>x<f:b/>y</f:a>", "<f:a/><f:b/>", "ELEMENT f:b[2]"),
        ("<f:a>x<f:b/>y</f:a>", "t<f:a/>", "TEXT ext:ExtensionContent[1]"),
        ("<f:a>x<f:b/>y</f:a>", "<f:a x=\"1\"><cbc:IssueDate>heute</cbc:IssueDate></f:a>", "VALUE cbc:IssueDate[1]"),
    ]);
}

#[test]
#[rustfmt::skip]
fn faults_in_cii() {
    examine_all(CII, &[
        ("<ram:ID>RE-1</ram:ID><ram:TypeCode", "<ram:TypeCode", "MISSING rsm:ExchangedDocument[1]"),
        ("<ram:ApplicableHeaderTradeDelivery/>", "", "MISSING rsm:SupplyChainTradeTransaction[1]"),
        ("<ram:ApplicableHeaderTradeDelivery/>", "<ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeDelivery/>", "ELEMENT ram:ApplicableHeaderTradeDelivery[2]"),
        ("<rsm:ExchangedDocumentContext>", "<rsm:ExchangedDocument/><rsm:ExchangedDocumentContext>", "ELEMENT rsm:ExchangedDocument[1], MISSING rsm:ExchangedDocument[1], MISSING rsm:ExchangedDocument[1]"),
        ("<ram:Name>Bau AG</ram:Name>", "<udt:Name>Bau AG</udt:Name>", "ELEMENT udt:Name[1]"),
        ("<udt:Indicator>true</udt:Indicator>", "", "MISSING ram:TestIndicator[1]"),
        ("<udt:Indicator>true</udt:Indicator>", "true", "TEXT ram:TestIndicator[1], MISSING ram:TestIndicator[1]"),
        ("<udt:Indicator>true</udt:Indicator>", "<udt:IndicatorString>true</udt:IndicatorString>", ""),
        ("<udt:Indicator>true</udt:Indicator>", "<udt:Indicator>1</udt:Indicator><udt:Indicator>1</udt:Indicator>", "ELEMENT udt:Indicator[2]"),
        ("<udt:Indicator>true</udt:Indicator>", "<udt:Date>2026-11-21</udt:Date>", "ELEMENT udt:Date[1]"),
        (">true<", ">yes<", "VALUE udt:Indicator[1]"),
        ("<udt:Indicator>", "<udt:Indicator xsi:type=\"xs:boolean\">", ""),
        ("<udt:Indicator>", "<udt:Indicator xsi:type=\"boolean\">", "ATTRIBUTE udt:Indicator[1]"),
        ("format=\"102\"", "format=\"x\"", ""),
        ("format=\"102\"", "formal=\"102\"", "ATTRIBUTE udt:DateTimeString[1]"),
        ("19.00", "19 00", "VALUE ram:CalculatedAmount[1]"),
        ("listID=\"1001\"", "listID=\" 1001\"", ""),
        ("listID=\"1001\"", "listID=\"1002\"", "ATTRIBUTE ram:TypeCode[1]"),
        ("<ram:CategoryCode>", "<ram:CategoryCode listAgencyID=\"7\">", "ATTRIBUTE ram:CategoryCode[1]"),
        ("<ram:CategoryCode>", "<ram:CategoryCode listAgencyID=\"6\" listVersionID=\"7\">", ""),
        ("<ram:ApplicableHeaderTradeDelivery/>", "<ram:ApplicableHeaderTradeDelivery languageID=\"de\"/>", "ATTRIBUTE ram:ApplicableHeaderTradeDelivery[1]"),
    ]);
}

#[test]
fn one_element_too_early_is_one_finding() {
    let line = &CII[CII.find("<ram:ApplicableHeaderTradeSettlement>").unwrap()..];
    let line = &line[..line.find("\n </rsm").unwrap()];
    let moved = CII.replacen(line, "", 1).replacen(
        "<ram:ApplicableHeaderTradeAgreement>",
        &format!("{line}<ram:ApplicableHeaderTradeAgreement>"),
        1,
    );
    assert_eq!(told(&moved), "ELEMENT ram:ApplicableHeaderTradeSettlement[1]");
}

#[test]
fn a_finding_says_what_could_stand_there() {
    let found = findings(&UBL.replacen("<cac:Item/>", "<cac:Item/><cac:Foo/>", 1));
    assert_eq!(
        found[0].expected.as_deref(),
        Some("cac:Price, cac:DeliveryTerms, cac:SubInvoiceLine, cac:ItemPriceExtension")
    );
    assert_eq!(found[0].found.as_deref(), Some("cac:Foo"));
    assert_eq!(found[0].location, "/ubl:Invoice[1]/cac:InvoiceLine[1]/cac:Foo[1]");
    assert!(found[0].text.de.contains("cac:InvoiceLine") && found[0].text.en.contains("cac:Foo"));
    let found = findings(&UBL.replacen("2026-11-21", "21.11.2026", 1));
    assert_eq!(found[0].expected.as_deref(), Some("2026-11-21"));
    assert_eq!(found[0].found.as_deref(), Some("21.11.2026"));
}

#[test]
fn the_findings_end_somewhere() {
    let many = "<cac:AccountingCustomerParty/>".repeat(5_000);
    assert_eq!(findings(&UBL.replacen("<cac:AccountingCustomerParty/>", &many, 1)).len(), MAX_FINDINGS);
}

/// The extension of the base holds text beside an element, and may.
#[test]
fn an_extension_hides_no_text_elsewhere() {
    assert_eq!(told(&UBL.replacen("<cac:Item/>", "<cac:Item/>x", 1)), "TEXT cac:InvoiceLine[1]");
}

#[test]
fn a_credit_note_has_a_structure_of_its_own() {
    let note = UBL.replace("Invoice", "CreditNote");
    assert_eq!(told(&note), "");
    assert_eq!(told(&note.replacen("<cbc:ID>1</cbc:ID>", "", 1)), "MISSING cac:CreditNoteLine[1]");
    let line = note.replacen("cac:CreditNoteLine>", "cac:InvoiceLine>", 2);
    assert_eq!(told(&line), "ELEMENT cac:InvoiceLine[1], MISSING cn:CreditNote[1]");
}
