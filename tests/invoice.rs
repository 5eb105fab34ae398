//! Reading e-invoices: every business term in both syntaxes, odd but honest XML, and hostile XML.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use laufmappe::error::Kind;
use laufmappe::invoice::{Invoice, Syntax, bg, bt, is_xml, read, syntax_of};
use serde_json::Value;

const UBL: &str = include_str!("invoices/complete-ubl.xml");
const CII: &str = include_str!("invoices/complete-cii.xml");
const CREDIT_NOTE: &str = include_str!("invoices/credit-note.xml");
const XRECHNUNG: &str = include_str!("invoices/xrechnung.xml");

fn invoice(xml: &str) -> Invoice {
    read(xml.as_bytes()).unwrap()
}

/// The invoice without what depends on the syntax: places, syntax, and the code list of BT-8.
fn meaning(xml: &str) -> Value {
    let mut invoice = invoice(xml);
    let in_2005 = [("5", "3"), ("29", "35"), ("72", "432")];
    if invoice.syntax == Some(Syntax::Cii) {
        let code = invoice.tax_point_code.unwrap();
        invoice.tax_point_code = in_2005.iter().find(|(cii, _)| *cii == code).map(|(_, ubl)| (*ubl).to_owned());
    }
    invoice.syntax = None;
    let mut value = serde_json::to_value(invoice).unwrap();
    forget_places(&mut value);
    value
}

fn forget_places(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("place");
            fields.remove("places");
            fields.values_mut().for_each(forget_places);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_places),
        _ => {}
    }
}

#[test]
fn the_same_invoice_reads_the_same_in_both_syntaxes() {
    assert_eq!(meaning(UBL), meaning(CII));
}

/// Where the standard has no such term, so that nothing can be read.
const NO_SUCH_TERM: &[&str] = &[
    "syntax",
    "misread",
    "padded",
    "evidence",
    "buyer.tax_number",
    "buyer.legal_info",
    "payee.trading_name",
    "payee.vat_id",
    "payee.tax_number",
    "payee.legal_info",
    "payee.electronic_address",
    "payee.address",
    "payee.contact",
    "tax_representative.trading_name",
    "tax_representative.ids",
    "tax_representative.registration",
    "tax_representative.tax_number",
    "tax_representative.legal_info",
    "tax_representative.electronic_address",
    "tax_representative.contact",
    "lines.allowances.vat_category",
    "lines.allowances.vat_rate",
    "lines.charges.vat_category",
    "lines.charges.vat_rate",
    "seller.ids.scheme",
];

#[test]
fn every_business_term_is_reached_in_both_syntaxes() {
    for xml in [UBL, CII] {
        let mut empty = Vec::new();
        find_empty(&meaning(xml), "", &mut empty);
        empty.retain(|path| !NO_SUCH_TERM.contains(&path.as_str()));
        assert!(empty.is_empty(), "not read: {empty:?}");
    }
}

fn find_empty(value: &Value, path: &str, empty: &mut Vec<String>) {
    match value {
        Value::Null => empty.push(path.to_owned()),
        Value::String(text) if text.is_empty() => empty.push(path.to_owned()),
        Value::Array(items) if items.is_empty() => empty.push(path.to_owned()),
        Value::Object(fields) if fields.is_empty() => empty.push(path.to_owned()),
        Value::Array(items) => items.iter().for_each(|item| find_empty(item, path, empty)),
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                find_empty(field, &path, empty);
            }
        }
        _ => {}
    }
}

#[test]
fn terms_that_share_an_element_are_told_apart() {
    for invoice in [invoice(UBL), invoice(CII)] {
        assert_eq!(invoice.tender.as_deref(), Some("LOS-3"));
        assert_eq!(invoice.project.as_deref(), Some("P-4"));
        assert_eq!(invoice.contract.as_deref(), Some("V-9"));
        assert_eq!(invoice.invoiced_object.unwrap().value, "ZAEHLER-12");
        assert_eq!(invoice.attachments.len(), 1);
        assert_eq!(invoice.attachments[0].embedded.as_ref().unwrap().bytes, b"Stunden;3\n");
        assert_eq!(invoice.seller.vat_id.as_deref(), Some("DE999999122"));
        assert_eq!(invoice.seller.tax_number.as_deref(), Some("99/123/45678"));
        assert_eq!(invoice.seller.ids.len(), 2);
        assert_eq!(invoice.payment[0].debit.as_ref().unwrap().creditor.as_deref(), Some("DE98ZZZ09999999999"));
        assert_eq!(invoice.totals.vat.unwrap().to_string(), "18.05");
        assert_eq!(invoice.totals.vat_accounting.unwrap().to_string(), "16.90");
        assert_eq!(invoice.notes[0].subject.as_deref(), Some("ADU"));
        assert_eq!(invoice.lines[0].price.unwrap().decimals(), 4);
    }
}

#[test]
fn a_credit_note_has_its_own_elements() {
    let note = invoice(CREDIT_NOTE);
    assert_eq!(note.syntax, Some(Syntax::UblCreditNote));
    assert_eq!(note.type_code.as_deref(), Some("381"));
    assert_eq!(note.due_date.unwrap().to_string(), "2026-12-05");
    assert_eq!(note.tax_point_code.as_deref(), Some("432"));
    assert_eq!(note.period, None);
    assert_eq!(note.project.as_deref(), Some("P-4"));
    assert!(note.attachments.is_empty());
    assert_eq!(note.lines[0].quantity.unwrap().to_string(), "1");
    assert_eq!(note.lines[0].unit.as_deref(), Some("C62"));
    assert_eq!(note.places.xpath(note.lines[0].place), "/cn:CreditNote[1]/cac:CreditNoteLine[1]");
}

#[test]
fn places_are_xpaths_of_the_document() {
    let ubl = invoice(XRECHNUNG);
    assert_eq!(ubl.places.xpath(ubl.lines[1].place), "/ubl:Invoice[1]/cac:InvoiceLine[2]");
    assert_eq!(ubl.places.xpath(ubl.charges[0].place), "/ubl:Invoice[1]/cac:AllowanceCharge[2]");
    let address = ubl.seller.address.as_ref().unwrap().place;
    let expected = "/ubl:Invoice[1]/cac:AccountingSupplierParty[1]/cac:Party[1]/cac:PostalAddress[1]";
    assert_eq!(ubl.places.xpath(address), expected);
    assert!(ubl.places.within(address, ubl.seller.place) && !ubl.places.within(address, ubl.buyer.place));
    let cii = invoice(CII);
    let expected = "/rsm:CrossIndustryInvoice[1]/rsm:SupplyChainTradeTransaction[1]\
                    /ram:IncludedSupplyChainTradeLineItem[1]";
    assert_eq!(cii.places.xpath(cii.lines[0].place), expected);
}

#[test]
fn neutral_changes_change_nothing() {
    let plain = meaning(XRECHNUNG);
    let marked = format!("\u{feff}{XRECHNUNG}");
    let prefixed = XRECHNUNG
        .replace("cac:", "x1:")
        .replace("xmlns:cac", "xmlns:x1")
        .replace("cbc:", "b:")
        .replace("xmlns:cbc", "xmlns:b")
        .replace("<Invoice xmlns=", "<i:Invoice xmlns:i=")
        .replace("</Invoice>", "</i:Invoice>");
    let cdata = XRECHNUNG.replace(">Pflasterstein<", "><![CDATA[Pflaster]]>stein<");
    let commented = XRECHNUNG.replace(">Pflasterstein<", ">Pfla<!-- hier -->ster<?hier auch?>stein<");
    let referenced = XRECHNUNG.replace(">Pflasterstein<", ">Pflaster&#115;&#x74;ein<");
    let windows = XRECHNUNG.replace('\n', "\r\n");
    let blanks = XRECHNUNG.replace("2026-11-02", "\n 2026-11-02 ").replace(">27.55<", "> 27.55<");
    for (what, xml) in [
        ("byte order mark", marked),
        ("prefixes", prefixed),
        ("CDATA", cdata),
        ("comments", commented),
        ("references", referenced),
        ("line ends", windows),
        ("blanks around numbers", blanks),
    ] {
        assert_ne!(xml, XRECHNUNG, "{what}");
        assert_eq!(meaning(&xml), plain, "{what}");
    }
}

#[test]
fn encodings_are_followed() {
    let utf16: Vec<u8> = UBL.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [vec![0xfe, 0xff], utf16.clone()].concat();
    let latin: Vec<u8> =
        UBL.replace("UTF-8", "ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [utf16, marked, latin] {
        assert_eq!(syntax_of(&bytes), Some(Syntax::UblInvoice));
        let mut read = serde_json::to_value(read(&bytes).unwrap()).unwrap();
        let mut plain = serde_json::to_value(invoice(UBL)).unwrap();
        forget_places(&mut read);
        forget_places(&mut plain);
        assert_eq!(read, plain);
    }
}

#[test]
fn what_cannot_be_read_is_noted_and_left_out() {
    let wrong = XRECHNUNG
        .replace(">2026-11-02<", ">02.11.2026<")
        .replace(">172.55</cbc:PayableAmount>", ">172,55</cbc:PayableAmount>")
        .replace(">false</cbc:ChargeIndicator>", ">nein</cbc:ChargeIndicator>");
    let invoice = invoice(&wrong);
    assert_eq!((invoice.issue_date, invoice.totals.due), (None, None));
    assert!(invoice.allowances.is_empty());
    let noted: Vec<_> = invoice.misread.iter().map(|misread| (misread.term, misread.found.as_str())).collect();
    assert_eq!(noted, [(bg(20), "nein"), (bt(2), "02.11.2026"), (bt(115), "172,55")]);
    assert!(invoice.places.within(invoice.misread[2].place, invoice.totals.place));
}

#[test]
fn text_beside_elements_is_noted() {
    let mixed = XRECHNUNG.replace("<cac:Party>", "<cac:Party>Zahlen Sie anderswohin");
    assert_eq!(invoice(&mixed).misread[0].term, bg(0));
}

#[test]
fn two_totals_in_one_currency_are_none() {
    let total = "<cac:TaxTotal><cbc:TaxAmount currencyID=\"EUR\">1.00</cbc:TaxAmount></cac:TaxTotal>";
    let twice = XRECHNUNG.replace("<cac:LegalMonetaryTotal>", &format!("{total}<cac:LegalMonetaryTotal>"));
    let invoice = invoice(&twice);
    assert_eq!(invoice.totals.vat, None);
    assert_eq!(invoice.misread[0].term, bt(110));
}

#[test]
fn hostile_and_broken_documents_are_refused() {
    let root = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"";
    let with = |inside: &str| XRECHNUNG.replace("RE-2026-0815", inside);
    let nested = |depth: usize| format!("{root}>{}{}</Invoice>", "<a>".repeat(depth), "</a>".repeat(depth));
    let attributes = |number: usize| {
        let list: String = (0..number).map(|n| format!(" a{n}='x'")).collect();
        format!("{root}{list}/>")
    };
    let declarations: String = (0..300).map(|n| format!("<a xmlns:p{n}='urn:x'>")).collect();
    let cases: Vec<(&str, String, Kind)> = vec![
        ("nothing", String::new(), Kind::Empty),
        ("text", "Sehr geehrte Damen und Herren".into(), Kind::Damaged),
        ("other XML", "<a/>".into(), Kind::Unsupported),
        ("invoice without its namespace", "<Invoice/>".into(), Kind::Unsupported),
        ("DOCTYPE", format!("<!DOCTYPE Invoice>{root}/>"), Kind::Forbidden),
        ("DOCTYPE with entity", format!("<!DOCTYPE a [<!ENTITY b 'c'>]>{root}>&b;</Invoice>"), Kind::Forbidden),
        ("entity", with("&bombe;"), Kind::Forbidden),
        ("entity in an attribute", XRECHNUNG.replace("\"HUR\"", "\"&bombe;\""), Kind::Forbidden),
        ("null reference", with("&#0;"), Kind::Damaged),
        ("control character", with("\u{1}"), Kind::Damaged),
        ("lone ampersand", with("Meier & Sohn"), Kind::Damaged),
        ("depth", nested(200), Kind::TooLarge),
        ("attributes", attributes(200), Kind::TooLarge),
        ("declarations", format!("{root}>{declarations}"), Kind::TooLarge),
        ("attribute twice", format!("{root} a='1' a='2'/>"), Kind::Damaged),
        ("'<' in an attribute", format!("{root} a='<'/>"), Kind::Damaged),
        ("undeclared prefix", format!("{root}><p:a/></Invoice>"), Kind::Damaged),
        ("undeclared prefix of an attribute", format!("{root} p:a='x'/>"), Kind::Damaged),
        ("two roots", format!("{root}/><a/>"), Kind::Damaged),
        ("text behind the root", format!("{root}/>x"), Kind::Damaged),
        ("wrong end", format!("{root}><a></b></Invoice>"), Kind::Damaged),
        ("end of CDATA in text", with("]]>"), Kind::Damaged),
        ("no such name", format!("{root}><1a/></Invoice>"), Kind::Damaged),
        (
            "groups",
            format!(
                "{root}>{}</Invoice>",
                "<b:Note xmlns:b='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'/>"
                    .repeat(500_001)
            ),
            Kind::TooLarge,
        ),
        ("size", " ".repeat(100 * 1024 * 1024 + 1), Kind::TooLarge),
    ];
    for (what, xml, kind) in cases {
        match read(xml.as_bytes()) {
            Err(error) => assert_eq!(error.kind, kind, "{what}: {error}"),
            Ok(_) => panic!("{what} was read"),
        }
    }
    assert!(read(nested(99).as_bytes()).is_ok(), "a depth of 100 is allowed");
    assert!(read(attributes(99).as_bytes()).is_ok(), "100 attributes are allowed");
    assert_eq!(read(b"\xff\xfe\xfa").unwrap_err().kind, Kind::Damaged);
}

#[test]
fn a_truncated_document_is_damage_wherever_it_ends() {
    let whole = XRECHNUNG.trim_end();
    for end in (1..whole.len()).step_by(13) {
        assert_eq!(read(&whole.as_bytes()[..end]).unwrap_err().kind, Kind::Damaged, "cut at {end}");
    }
}

#[test]
fn a_changed_byte_never_stops_the_program() {
    for place in 0..CII.len() {
        let mut bytes = CII.as_bytes().to_vec();
        bytes[place] ^= 0x15;
        let _ = read(&bytes);
        let _ = syntax_of(&bytes);
    }
}

#[test]
fn kinds_are_told_by_the_first_tag() {
    for (xml, syntax) in [(UBL, Syntax::UblInvoice), (CREDIT_NOTE, Syntax::UblCreditNote), (CII, Syntax::Cii)] {
        assert_eq!(syntax_of(xml.as_bytes()), Some(syntax));
        assert_eq!(syntax_of(&xml.as_bytes()[..900]), Some(syntax), "a part is enough");
        assert!(is_xml(xml.as_bytes()));
    }
    for xml in ["<Invoice/>", "<a xmlns='urn:x'/>", "", "%PDF-1.7", "<", "Rechnung <Invoice"] {
        assert_eq!(syntax_of(xml.as_bytes()), None, "{xml}");
    }
    for (text, xml) in [
        ("  <a/>", true),
        ("<!-- x --><a/>", true),
        ("<html><body>", false),
        ("<!DOCTYPE html>", false),
        ("1 < 2", false),
        ("%PDF-1.7", false),
        ("", false),
    ] {
        assert_eq!(is_xml(text.as_bytes()), xml, "{text}");
    }
}
