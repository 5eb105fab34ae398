//! From a document to what it says: XML, ambiguity, classes and the guesser.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod typed;

use laufmappe::error::Kind as Wrong;
use laufmappe::extract::class::Class;
use laufmappe::extract::guess::guess;
use laufmappe::extract::{Content, Memory, Source, content};
use laufmappe::invoice::{Invoice, Syntax, Term, bg, bt};
use laufmappe::job::Kind;
use laufmappe::recognise::Text;
use typed::page;

/// What a document with these pages and embedded files says.
fn said(kind: Kind, bytes: &[u8], text: &Text, embedded: &[&[u8]]) -> Result<Content, laufmappe::error::Error> {
    let embedded: Vec<Vec<u8>> = embedded.iter().map(|bytes| bytes.to_vec()).collect();
    content(&Source { name: "beleg", kind, bytes, text, embedded: &embedded }, &Memory::default())
}

fn ubl(number: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>{number}</cbc:ID></ubl:Invoice>"#
    )
    .into_bytes()
}

fn typed(page_text: &str) -> Text {
    Text { pages: vec![page(1, page_text)] }
}

fn guessed(page_text: &str) -> Invoice {
    guess(&typed(page_text), Class::Invoice)
}

#[test]
fn the_xml_is_the_invoice() {
    let (first, second) = (ubl("R-1"), ubl("R-2"));
    let pages = typed("Rechnung 4711");
    let read = |kind: Kind, bytes: &[u8], files: &[&[u8]]| match said(kind, bytes, &pages, files) {
        Ok(Content::Invoice(invoice)) => Ok(invoice.number),
        Ok(Content::Letter(_)) => Ok(None),
        Err(error) => Err(error.kind),
    };
    assert_eq!(read(Kind::UblInvoice, &first, &[]), Ok(Some("R-1".to_owned())));
    assert_eq!(read(Kind::Pdf, b"%PDF", &[b"junk", &first]), Ok(Some("R-1".to_owned())));
    assert_eq!(read(Kind::Pdf, b"%PDF", &[&first, &first]), Ok(Some("R-1".to_owned())));
    assert_eq!(read(Kind::Pdf, b"%PDF", &[&first, b"junk", &second]), Err(Wrong::Ambiguous));
    assert_eq!(read(Kind::Pdf, b"%PDF", &[b"<Order/>"]), Ok(Some("4711".to_owned())));
    assert_eq!(read(Kind::Png, b"png", &[]), Ok(Some("4711".to_owned())));
    assert_eq!(read(Kind::PlainText, b"Rechnung 4711", &[]), Ok(None));
    for (kind, wrong) in [
        (Kind::OtherXml, Wrong::Unsupported),
        (Kind::Unknown, Wrong::Unsupported),
        (Kind::Mail, Wrong::Unsupported),
        (Kind::Zip, Wrong::Unsupported),
        (Kind::Empty, Wrong::Empty),
    ] {
        assert_eq!(read(kind, b"x", &[]), Err(wrong), "{kind:?}");
    }
}

#[test]
fn an_embedded_invoice_keeps_its_syntax() {
    let xml = ubl("R-1");
    let found = said(Kind::Pdf, b"%PDF", &Text::default(), &[&xml]).unwrap();
    let Content::Invoice(invoice) = found else { panic!("{found:?}") };
    assert_eq!(invoice.syntax, Some(Syntax::UblInvoice));
}

#[test]
fn letters_have_a_title_and_words() {
    let rows = [
        ("Von: a@x\nAn: b@y\nBetreff: Widerspruch\n\nSehr geehrte", Some("Widerspruch"), 8),
        ("1\n\n--\nSehr geehrte Damen und Herren\nx", Some("Sehr geehrte Damen und Herren"), 8),
        ("1 2 3", None, 3),
        ("", None, 0),
    ];
    for (text, title, words) in rows {
        let found = said(Kind::PlainText, text.as_bytes(), &Text::default(), &[]).unwrap();
        let Content::Letter(letter) = found else { panic!("{found:?}") };
        assert_eq!((letter.title.as_deref(), letter.words), (title, words), "{text:?}");
    }
}

const INVOICE: &str = "\
Musterbau GmbH · Am Weg 3 · 12345 Musterhausen

Stadt Beispiel
Bauamt                                        Rechnungsnummer:   RE-2026/017
Rathausplatz 1                                Rechnungsdatum:    3. November 2026
54321 Beispiel                                Ihre Bestellung:   B 4711
                                              Leitweg-ID:        04011000-1234512345-06

Rechnung

1   Sand    10,0 t   8,00   80,00
2   Kies     2,0 t  10,00   20,00

Nettobetrag                    100,00 €
zzgl. 19 % MwSt                 19,00 €
Gesamtbetrag                   119,00 €

Bitte überweisen Sie den Betrag bis zum 03.12.2026 auf unser Konto.
IBAN: DE89 3704 0044 0532 0130 00   BIC: COBADEFFXXX
USt-IdNr.: DE136695976   Steuernummer: 12/345/67890
";

fn value(invoice: &Invoice, term: Term) -> Option<String> {
    let transfer = invoice.payment.first().and_then(|payment| payment.transfers.first());
    match term {
        Term::Bt(1) => invoice.number.clone(),
        Term::Bt(2) => invoice.issue_date.map(|date| date.to_string()),
        Term::Bt(3) => invoice.type_code.clone(),
        Term::Bt(5) => invoice.currency.clone(),
        Term::Bt(9) => invoice.due_date.map(|date| date.to_string()),
        Term::Bt(10) => invoice.buyer_reference.clone(),
        Term::Bt(13) => invoice.order.clone(),
        Term::Bt(27) => invoice.seller.name.clone(),
        Term::Bt(31) => invoice.seller.vat_id.clone(),
        Term::Bt(32) => invoice.seller.tax_number.clone(),
        Term::Bt(84) => transfer.and_then(|transfer| transfer.account.clone()),
        Term::Bt(86) => transfer.and_then(|transfer| transfer.provider.clone()),
        Term::Bt(109) => invoice.totals.without_vat.map(|amount| amount.to_string()),
        Term::Bt(110) => invoice.totals.vat.map(|amount| amount.to_string()),
        Term::Bt(112) => invoice.totals.with_vat.map(|amount| amount.to_string()),
        Term::Bt(115) => invoice.totals.due.map(|amount| amount.to_string()),
        Term::Bg(23) => {
            let share = |vat: &laufmappe::invoice::VatBreakdown| {
                Some(format!("{} % of {} = {}", vat.rate?, vat.base?, vat.tax?))
            };
            let shares: Vec<String> = invoice.vat.iter().filter_map(share).collect();
            (!shares.is_empty()).then(|| shares.join(", "))
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_plain_invoice_is_read_with_evidence() {
    let invoice = guessed(INVOICE);
    let rows = [
        (bt(1), "RE-2026/017"),
        (bt(2), "2026-11-03"),
        (bt(5), "EUR"),
        (bt(9), "2026-12-03"),
        (bt(10), "04011000-1234512345-06"),
        (bt(13), "B 4711"),
        (bt(27), "Musterbau GmbH"),
        (bt(31), "DE136695976"),
        (bt(32), "12/345/67890"),
        (bt(84), "DE89370400440532013000"),
        (bt(86), "COBADEFFXXX"),
        (bt(109), "100.00"),
        (bt(110), "19.00"),
        (bt(112), "119.00"),
        (bt(115), "119.00"),
        (bg(23), "19 % of 100.00 = 19.00"),
    ];
    for (term, expected) in rows {
        assert_eq!(value(&invoice, term).as_deref(), Some(expected), "{term}");
        let evidence = invoice.evidence.get(&term).unwrap_or_else(|| panic!("no evidence for {term}"));
        assert!(evidence.confidence > 0.7 && evidence.confidence <= 1.0, "{term}: {}", evidence.confidence);
        assert_eq!(evidence.page, 1);
        assert!(evidence.area[2] > 0.0 && evidence.area[3] > 0.0, "{term}");
    }
    assert_eq!(invoice.syntax, None);
    let [left, top, width, height] = invoice.evidence[&bt(84)].area;
    assert_eq!((left, top, width, height), (40.0 + 6.0 * 6.0, 30.0 + 14.0 * 18.0, 6.0 * 27.0, 10.0));
}

#[test]
fn values_stand_beside_or_below_and_are_left_out_when_unsure() {
    // what is typed, the term, what is read
    let rows = [
        ("Rechnungs-Nr. 4711 vom 03.11.2026", bt(1), Some("4711")),
        ("Rechnungs-Nr. 4711 vom 03.11.2026", bt(2), Some("2026-11-03")),
        ("Rechnung Nr.:4711", bt(1), Some("4711")),
        ("Rechnung  Nr .  RE 2026 17", bt(1), Some("RE 2026 17")),
        ("Rechnungsnummer   Datum       Kunde\n4711              03.11.2026  12", bt(1), Some("4711")),
        ("Rechnungsnummer   Datum       Kunde\n4711              03.11.2026  12", bt(2), Some("2026-11-03")),
        ("Rechnung 2026-0815", bt(1), Some("2026-0815")),
        ("Rechnung 03.11.2026", bt(1), None),
        ("Rechnungsnummer: USt-IdNr.DE136695976", bt(1), None),
        ("Rechnungsnummer: siehe Anlage", bt(1), None),
        ("Rechnungsnummer: 119,00", bt(1), None),
        ("Köln, den 3. November 2026", bt(2), Some("2026-11-03")),
        ("01.10.2026\n31.10.2026", bt(2), None),
        ("Lieferdatum 03.11.2026", bt(2), None),
        ("Zahlbar innerhalb von 14 Tagen", bt(9), None),
        ("Fällig am: 03.12.2026", bt(9), Some("2026-12-03")),
        ("Zahlung bis 10.11.2026 mit 2 % Skonto", bt(9), None),
        ("Bitte zahlen Sie bis spätestens\n3. Dezember 2026", bt(9), Some("2026-12-03")),
        ("Bitte zahlen Sie\nbis spätestens 3. Dezember 2026", bt(9), Some("2026-12-03")),
        ("Leitweg-ID: 04011000-1234512345-07", bt(10), None),
        ("Ihr Zeichen: 20.3-17", bt(10), Some("20.3-17")),
        ("IBAN DE89 3704 0044 0532 0130 00", bt(84), Some("DE89370400440532013000")),
        ("IBAN: DE89370400440532013000.", bt(84), Some("DE89370400440532013000")),
        ("Konto DE89 3704 0044 0532 0130\n00 (Bank)", bt(84), Some("DE89370400440532013000")),
        ("IBAN DEB9 37O4 0044 0S32 0I30 00", bt(84), Some("DE89370400440532013000")),
        ("IBAN DE89 3704 0044 0532 0130 01", bt(84), None),
        ("IBAN DE89 3704 0044 0532 0130", bt(84), None),
        ("Telefon ESTF0N 5552 3780 FAX5 5523 78", bt(84), None),
        ("BANKVERBINDUNG RECHNUNG", bt(86), None),
        ("USt-IdNr. DE 136 695 976", bt(31), Some("DE136695976")),
        ("USt-IdNr. DE13669S976", bt(31), Some("DE136695976")),
        ("DE136695977", bt(31), None),
        ("Ihre USt-IdNr. DE136695976", bt(31), None),
        ("St.-Nr. 123 456 78901", bt(32), Some("123 456 78901")),
        ("Steuernummer 123", bt(32), None),
        ("Summe 119,00 EUR", bt(5), Some("EUR")),
        ("Summe 119,00 CHF, etwa 120,00 EUR", bt(5), None),
        ("Kontoinhaber: Anna Muster", bt(27), Some("Anna Muster")),
        ("Stadtwerke Beispiel AG\nWeg 1, 12345 Beispiel", bt(27), Some("Stadtwerke Beispiel AG")),
        ("Stadt Beispiel\nRathausplatz 1", bt(27), None),
    ];
    for (typed, term, expected) in rows {
        assert_eq!(value(&guessed(typed), term).as_deref(), expected, "{typed:?} {term}");
    }
}

#[test]
fn sums_prove_each_other() {
    // what is typed, then net, VAT, gross, due, breakdown, and the confidence of the gross sum (percent; proved is above 90)
    type Row<'a> = (&'a str, [Option<&'a str>; 5], u32);
    let rows: &[Row] = &[
        (
            "Summe netto 100,00\n19 % MwSt 19,00\nSumme brutto 119,00",
            [Some("100.00"), Some("19.00"), Some("119.00"), Some("119.00"), Some("19 % of 100.00 = 19.00")],
            97,
        ),
        (
            "Warenwert 1.000,00 €\nzzgl. 7% USt 70,00 €\nRechnungsbetrag 1.070,00 €",
            [Some("1000.00"), Some("70.00"), Some("1070.00"), Some("1070.00"), Some("7 % of 1000.00 = 70.00")],
            97,
        ),
        (
            "Netto    MwSt    Gesamt\n100,00   19,00   119,00",
            [Some("100.00"), Some("19.00"), Some("119.00"), Some("119.00"), None],
            97,
        ),
        (
            "A 100,00\nMwSt 19,00\nGesamtbetrag 119,00",
            [Some("100.00"), Some("19.00"), Some("119.00"), Some("119.00"), None],
            97,
        ),
        (
            "100,00\n19 % 19,00\n119,00",
            [Some("100.00"), Some("19.00"), Some("119.00"), Some("119.00"), Some("19 % of 100.00 = 19.00")],
            80,
        ),
        (
            "B 7% 166,40 11,65 178,05\nA 19% 33,52 6,37 39,89\nNetto 199,92\nSUMME EUR 217,94",
            [
                Some("199.92"),
                Some("18.02"),
                Some("217.94"),
                Some("217.94"),
                Some("7 % of 166.40 = 11.65, 19 % of 33.52 = 6.37"),
            ],
            97,
        ),
        ("Netto 100,00\nMwSt 19,00\nGesamt 129,00", [Some("100.00"), Some("19.00"), None, None, None], 0),
        ("Gesamtbetrag 50,00 €", [None, None, Some("50.00"), Some("50.00"), None], 60),
        (
            "Netto 100,00\nMwSt 19% 19,00\nBrutto 119,00\nabzgl. Anzahlung 50,00\nZu zahlen 69,00",
            [Some("100.00"), Some("19.00"), Some("119.00"), Some("69.00"), Some("19 % of 100.00 = 19.00")],
            97,
        ),
        (
            "Gutschrift\nNetto -100,00\n19 % MwSt -19,00\nGesamtbetrag -119,00",
            [
                Some("-100.00"),
                Some("-19.00"),
                Some("-119.00"),
                Some("-119.00"),
                Some("19 % of -100.00 = -19.00"),
            ],
            97,
        ),
        (
            "Netto % MwSt Brutto\n70,00 7,00 4,90 74,90\n100,00 19,00 19,00 119,00\nSumme 170,00 23,90 193,90",
            [
                Some("170.00"),
                Some("23.90"),
                Some("193.90"),
                Some("193.90"),
                Some("7 % of 70.00 = 4.90, 19 % of 100.00 = 19.00"),
            ],
            97,
        ),
        ("Seite 1 von 2", [None, None, None, None, None], 0),
    ];
    for (typed, [net, vat, gross, due, breakdown], percent) in rows {
        let invoice = guessed(typed);
        for (term, expected) in
            [(bt(109), net), (bt(110), vat), (bt(112), gross), (bt(115), due), (bg(23), breakdown)]
        {
            assert_eq!(value(&invoice, term).as_deref(), *expected, "{typed:?} {term}");
        }
        let marks = invoice.evidence.get(&bt(112)).map_or(&[][..], |evidence| &evidence.marks);
        let proved = marks.iter().any(|mark| mark.starts_with("prior-9"));
        assert_eq!(proved, *percent > 90, "{typed:?} {marks:?}");
    }
}

#[test]
fn a_badly_read_word_lowers_the_confidence() {
    let mut text = typed(INVOICE);
    for word in &mut text.pages[0].words {
        word.confidence = 0.4;
    }
    let (sure, doubtful) = (guessed(INVOICE), guess(&text, Class::Invoice));
    assert_eq!(sure.number, doubtful.number);
    assert!(doubtful.evidence[&bt(1)].confidence < sure.evidence[&bt(1)].confidence);
}

#[test]
fn hostile_pages_end() {
    let odd = "٣٤ ﷽ ä: :ä 1. .. :: DE €€ -, ,- % 1% \u{202e}x Rechnung Nr ".repeat(2_000);
    assert_eq!(guessed(&odd).syntax, None);
    let amounts = "Netto 1,00 MwSt 1,00 Brutto 3,00 19%\n".repeat(2_000);
    guessed(&amounts);
    let sums = "Netto 1,00\nMwSt 1,00\nBrutto 3,00\n1% 2% 3% 4% 5% 6% 7% 8% 9% 10% 11%\nA GmbH\n".repeat(2_000);
    guessed(&sums);
    let mut text = typed("Rechnung 4711");
    for word in &mut text.pages[0].words {
        (word.x, word.y, word.width, word.height) = (f32::NAN, f32::INFINITY, -1.0, 0.0);
    }
    text.pages[0].height = 0.0;
    guess(&text, Class::Invoice);
    guess(&Text::default(), Class::Invoice);
}
