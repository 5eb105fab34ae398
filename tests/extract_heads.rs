//! The head of invoices in many layouts: typed pages in, number, dates, references and names out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use laufmappe::extract::class::Class;
use laufmappe::extract::guess::guess;
use laufmappe::invoice::{Invoice, bt};
use laufmappe::recognise::{Code, Page, PageKind, Symbology, Text, Word};

/// A page as it is typed: a blank is a narrow gap, several blanks are a wide one. `lean` is how far lines fall per
/// point, the way a page lies askew.
fn page(number: u32, typed: &str, lean: f32) -> Page {
    let mut words = Vec::new();
    for (line, text) in (0u32..).zip(typed.lines()) {
        let mut column = 0;
        for piece in text.split(' ') {
            let length = piece.chars().count();
            if length > 0 {
                let x = 40.0 + 5.0 * column as f32;
                words.push(Word {
                    text: piece.to_owned(),
                    x,
                    y: 30.0 + 13.0 * line as f32 + lean * x,
                    width: 5.0 * length as f32,
                    height: 9.0,
                    confidence: 0.96,
                    line,
                });
            }
            column += length + 1;
        }
    }
    Page { words, ..Page::empty(number, PageKind::Ocr, (595.0, 842.0)) }
}

fn typed(text: &str) -> Text {
    Text { pages: (1..).zip(text.split('\u{c}')).map(|(number, text)| page(number, text, 0.0)).collect() }
}

fn value(invoice: &Invoice, term: u16) -> Option<String> {
    match term {
        1 => invoice.number.clone(),
        2 => invoice.issue_date.map(|date| date.to_string()),
        9 => invoice.due_date.map(|date| date.to_string()),
        10 => invoice.buyer_reference.clone(),
        11 => invoice.project.clone(),
        12 => invoice.contract.clone(),
        13 => invoice.order.clone(),
        20 => invoice.payment_terms.clone(),
        25 => invoice.preceding.first().and_then(|preceding| preceding.number.clone()),
        27 => invoice.seller.name.clone(),
        44 => invoice.buyer.name.clone(),
        72 => invoice.delivery.as_ref().and_then(|delivery| delivery.date).map(|date| date.to_string()),
        73 => invoice.period.as_ref().and_then(|period| period.start).map(|date| date.to_string()),
        other => panic!("{other}"),
    }
}

/// What is typed, and for each term what is read (`-`: nothing).
const PAGES: &[(&str, &[(u16, &str)])] = &[
    // a table of references above the text
    (
        "Holzwerk Auer KG · Sägeweg 3 · 87509 Immenstadt\n\nGemeinde Beispielberg\nBauamt\nDorfplatz 1\n87500 Beispielberg\n\n\n\n\
         Rechnungs-Nr.     Datum          Kunden-Nr.     Bestell-Nr.\n2026-0815         03.11.2026     10077          B 4711\n\nRechnung",
        &[
            (1, "2026-0815"),
            (2, "2026-11-03"),
            (13, "B 4711"),
            (27, "Holzwerk Auer KG"),
            (44, "Gemeinde Beispielberg"),
        ],
    ),
    // a block of labels at the right
    (
        "Muster Druck GmbH, Ring 9, 10115 Berlin\n\nStadt Probe                                   Rechnungsnummer:    RG26-100234\n\
         Stadtkasse                                    Rechnungsdatum:     05.02.2026\nMarkt 1                                       Ihre Bestellnummer: 45-00871\n\
         12345 Probe                                   Leistungsdatum:     30.01.2026",
        &[
            (1, "RG26-100234"),
            (2, "2026-02-05"),
            (13, "45-00871"),
            (72, "2026-01-30"),
            (27, "Muster Druck GmbH"),
            (44, "Stadt Probe"),
        ],
    ),
    // labels above their values in a column
    (
        "                                                        Rechnungsnummer\n                                                        V-778812\n\n\
                                                                 Rechnungsdatum\n                                                        12.01.2026\n\n\
                                                                 Kundennummer\n                                                        556677",
        &[(1, "V-778812"), (2, "2026-01-12")],
    ),
    ("Rechnung Nr. 4711 vom 03.11.2026", &[(1, "4711"), (2, "2026-11-03")]),
    ("Rechnung Nr.: 26/0042 vom 3. März 2026", &[(1, "26/0042"), (2, "2026-03-03")]),
    ("Kostenrechnung Nr. 3517992 vom 3.11.2026", &[(1, "3517992"), (2, "2026-11-03")]),
    (
        "2. Abschlagsrechnung Nr. AR-2026-55 vom 17.06.2026\nzum Auftrag vom 02.01.2026",
        &[(1, "AR-2026-55"), (2, "2026-06-17")],
    ),
    ("Schlussrechnung\nRe.-Nr.: 9912    Re.-Datum: 30.06.26", &[(1, "9912"), (2, "2026-06-30")]),
    ("Rg.-Nr.4711/26\nRg.-Datum 01.07.2026", &[(1, "4711/26"), (2, "2026-07-01")]),
    ("RECHNUNG 2026-1001\n\nHamburg, den 4. August 2026", &[(1, "2026-1001"), (2, "2026-08-04")]),
    (
        "Invoice No. / Rechnungs-Nr.: INV-3391\nInvoice Date / Rechnungsdatum: 2026-03-09\nDue Date / Fällig am: 2026-04-08",
        &[(1, "INV-3391"), (2, "2026-03-09"), (9, "2026-04-08")],
    ),
    (
        "Invoice number  A-77\nDate of issue  March 9, 2026\nDate due  April 8, 2026",
        &[(1, "A-77"), (2, "2026-03-09"), (9, "2026-04-08")],
    ),
    ("Rechnungsnummer (bitte bei Zahlung angeben)  80012345", &[(1, "80012345")]),
    ("Rechnungsnurnmer: 100200\nRechnungsdatuın: 11.11.2026", &[(1, "100200"), (2, "2026-11-11")]),
    ("Rechnungs - Nr . : 5533\nDatum : 02.02.2026", &[(1, "5533"), (2, "2026-02-02")]),
    ("Rechnung # 10234\nDatum: 2. Februar 2026", &[(1, "10234"), (2, "2026-02-02")]),
    ("Liquidation Nr. 7781\nKöln, 12.05.2026", &[(1, "7781"), (2, "2026-05-12")]),
    ("Honorarrechnung Nr. 26-117\nMünchen, den 30.4.2026", &[(1, "26-117"), (2, "2026-04-30")]),
    ("Beleg-Nr. 000451   Kasse 3\n14.03.2026 17:42 Uhr", &[(1, "000451"), (2, "2026-03-14")]),
    ("Bon-Nr.: 8812 Filiale 17\n14.03.2026  09:05", &[(1, "8812"), (2, "2026-03-14")]),
    ("Tankstelle Nord\nBeleg-Nr 4455 Datum 01.02.26 Zeit 12:30", &[(1, "4455"), (2, "2026-02-01")]),
    (
        "Kundennummer 12345\nVertragskonto 200300400\nRechnungsnummer 7000111222\nDatum 03.03.2026\nFällig am 20.03.2026",
        &[(1, "7000111222"), (12, "200300400"), (2, "2026-03-03"), (9, "2026-03-20")],
    ),
    (
        "Gutschrift Nr. GU-88 vom 04.05.2026\nzu Rechnung Nr. RE-1234 vom 01.04.2026",
        &[(1, "GU-88"), (2, "2026-05-04"), (25, "RE-1234")],
    ),
    (
        "Stornorechnung\nRechnungsnummer: S-2026-9\nStorno zu Rechnung: R-2026-3",
        &[(1, "S-2026-9"), (25, "R-2026-3")],
    ),
    ("Rechnung\nNr. 2026/118\nDatum 05.05.2026", &[(1, "2026/118"), (2, "2026-05-05")]),
    (
        "Rechnung\nNummer          Datum          Fälligkeit\n260042          05.06.2026     19.06.2026",
        &[(1, "260042"), (2, "2026-06-05"), (9, "2026-06-19"), (27, "-")],
    ),
    (
        "Rechnungsnr. / Invoice-No.     Datum / Date     Kunde / Customer\n9001234                        05.06.2026       K-778",
        &[(1, "9001234"), (2, "2026-06-05"), (27, "-"), (44, "-")],
    ),
    ("Kunden-Nr.: 1234 Rechnung: 889911 Datum: 05.06.26 Seite: 1", &[(1, "889911"), (2, "2026-06-05")]),
    (
        "R E C H N U N G\n\nRechnungs-Nr:  AB-99 123\nvom: 05.06.2026",
        &[(1, "AB-99 123"), (2, "2026-06-05"), (27, "-")],
    ),
    (
        "Ihre Zeichen   Ihre Nachricht vom   Unsere Zeichen   Datum\nXY-17          01.05.2026           mm/ab            05.06.2026",
        &[(10, "XY-17"), (2, "2026-06-05")],
    ),
    (
        "Rechnung vom 04.05.2026      Rechnungs-Nr. 26-0815\nDatum   Leistung   Betrag\n02.04.2026   Beratung   10,72",
        &[(1, "26-0815"), (2, "2026-05-04")],
    ),
    (
        "Hotel Adler, Inh. Karl Adler\nHauptstr. 1\n79098 Freiburg\nTel. 0761 1234\n\nGemeinde Au\nDorfstr. 2\n79280 Au\n\nRechnung 4478",
        &[(27, "Hotel Adler"), (44, "Gemeinde Au")],
    ),
    ("Rechnungsdatum: 05.06.2026\nZahlung: 14 Tage 2% Skonto / 30 Tage netto", &[(9, "2026-07-05")]),
    ("Rechnungsdatum: 05.06.2026\nBetrag dankend erhalten am 05.06.2026. Zahlungsziel: entfällt", &[(9, "-")]),
    // references of other papers are not the number
    ("Rechnung\nLieferschein-Nr. 991122\nAuftrags-Nr. 334455\nKunden-Nr. 778899", &[(1, "-")]),
    ("Rechnungsnummer: siehe unten\nTelefon 0301234567", &[(1, "-")]),
    // due dates
    ("Rechnungsdatum 01.03.2026\nZahlbar innerhalb von 14 Tagen ohne Abzug.", &[(9, "2026-03-15")]),
    ("Rechnungsdatum 01.03.2026\nZahlungsbedingungen: 30 Tage netto", &[(9, "2026-03-31")]),
    ("Rechnungsdatum 01.03.2026\nZahlungsziel: 21 Tage", &[(9, "2026-03-22")]),
    ("Rechnungsdatum 01.03.2026\n10 Tage 2 % Skonto, 30 Tage netto", &[(9, "2026-03-31")]),
    (
        "Rechnungsdatum 01.03.2026\nZahlbar innerhalb 8 Tagen mit 3% Skonto oder 30 Tagen netto.",
        &[(9, "2026-03-31")],
    ),
    ("Rechnungsdatum 01.03.2026\nBei Zahlung innerhalb von 10 Tagen gewähren wir 2 % Skonto.", &[(9, "-")]),
    (
        "Rechnungsdatum 01.03.2026\nZahlbar bis 11.03.2026 mit 2 % Skonto, bis 31.03.2026 ohne Abzug",
        &[(9, "2026-03-31")],
    ),
    (
        "Rechnungsdatum 01.03.2026\nBitte überweisen Sie den Betrag innerhalb von zwei Wochen.",
        &[(9, "2026-03-15")],
    ),
    ("Rechnungsdatum 01.03.2026\nDer Betrag ist sofort fällig.", &[(9, "-")]),
    (
        "Rechnungsdatum 01.03.2026\nZahlbar sofort ohne Abzug.\nSie können binnen 14 Tagen widerrufen.",
        &[(9, "-")],
    ),
    (
        "Rechnungsdatum 01.12.2026\nDer Rechnungsbetrag wird am 15.12.2026 von Ihrem Konto abgebucht.",
        &[(9, "2026-12-15")],
    ),
    (
        "Rechnungsdatum 01.12.2026\nWir ziehen den Betrag zum 10.12.2026 per Lastschrift ein.",
        &[(9, "2026-12-10")],
    ),
    ("Invoice date 2026-03-01\nPayment terms: net 30 days", &[(9, "2026-03-31")]),
    ("Invoice date 2026-03-01\nPlease pay within 14 days.", &[(9, "2026-03-15")]),
    ("Rechnungsdatum 01.03.2026\nReklamationen innerhalb von 8 Tagen. Zahlung sofort.", &[(9, "-")]),
    (
        "Rechnungsdatum 01.03.2026\nBitte begleichen Sie die Rechnung bis spätestens\n20. März 2026 auf unser Konto.",
        &[(9, "2026-03-20")],
    ),
    // references
    ("Leitweg-ID: 04011000-1234512345-06", &[(10, "04011000-1234512345-06")]),
    ("Leitweg-ID 04011000-\n           1234512345-06", &[(10, "04011000-1234512345-06")]),
    ("Leitweg-ID: 04O11000-1234512345-06", &[(10, "04011000-1234512345-06")]),
    ("Ihr Zeichen: 20.3-17\nUnser Zeichen: ab/99", &[(10, "20.3-17")]),
    ("Ihre Referenz: KST 4711", &[(10, "KST 4711")]),
    ("PO-Number: 4500012345", &[(13, "4500012345")]),
    ("Ihre Bestellung Nr. 4500-77 vom 02.03.2026", &[(13, "4500-77")]),
    ("gemäß Ihrer Bestellung 4500077 liefern wir", &[(13, "4500077")]),
    ("Ihre\nBestellung    B-99/12", &[(13, "B-99/12")]),
    ("Leistungszeitraum: 01.02.2026 - 28.02.2026", &[(73, "2026-02-01"), (2, "-")]),
    (
        "Abrechnungszeitraum 01.01.2025 bis 31.12.2025\nRechnungsdatum 05.02.2026",
        &[(73, "2025-01-01"), (2, "2026-02-05")],
    ),
    (
        "Bestelldatum 01.02.2026\nLieferdatum 03.02.2026\nRechnungsdatum 05.02.2026",
        &[(2, "2026-02-05"), (72, "2026-02-03")],
    ),
    // a stamp of the town hall is not the date
    (
        "Musterstadt                    EINGEGANGEN\n                               07. NOV. 2026\n\n\n\n\n\nDatum: 03.11.2026",
        &[(2, "2026-11-03")],
    ),
    // names
    (
        "Anna Beispiel\nGrafikdesign\nLindenstr. 4 · 50674 Köln\n\nZweckverband Wasser Süd\nPostfach 12\n54321 Hausen\n\n\nRechnung 12-2026\n\n\n\n\nMit freundlichen Grüßen\n\nAnna Beispiel",
        &[(27, "Anna Beispiel"), (44, "Zweckverband Wasser Süd")],
    ),
    (
        "Dachdeckerei Huber e.K. | Gewerbestr. 8 | 84028 Landshut\n\nHerrn\nMax Mustermann\nAm Anger 2\n84030 Ergolding\n\nRechnung Nr. 55",
        &[(27, "Dachdeckerei Huber e.K."), (44, "Max Mustermann")],
    ),
    (
        "Spedition Nord UG (haftungsbeschränkt) - Hafenstraße 12 - 20457 Hamburg\n\nAn die\nVerbandsgemeinde Loreley\nFinanzabteilung\nDolkstraße 3\n56346 St. Goarshausen",
        &[(27, "Spedition Nord UG (haftungsbeschränkt)"), (44, "Verbandsgemeinde Loreley")],
    ),
    (
        "Rechnungssteller                         Rechnungsempfänger\nGarten & Land GbR                        Landkreis Musterland\nTalweg 5                                 Kreisstraße 1\n34117 Kassel                             34119 Kassel",
        &[(27, "Garten & Land GbR"), (44, "Landkreis Musterland")],
    ),
    (
        "From: Cloud Services Ltd.\nBill to: Stadtwerke Neustadt GmbH\nInvoice no. 99-1",
        &[(27, "Cloud Services Ltd."), (44, "Stadtwerke Neustadt GmbH"), (1, "99-1")],
    ),
    (
        "Rechnung an:\nFreiwillige Feuerwehr Hain e.V.\nRingweg 1\n11111 Hain\n\n\n\nKontoinhaber: Metallbau Schröder & Söhne OHG\nIBAN DE89 3704 0044 0532 0130 00",
        &[(44, "Freiwillige Feuerwehr Hain e.V."), (27, "Metallbau Schröder & Söhne OHG")],
    ),
];

#[test]
fn many_layouts_are_read() {
    let mut wrong = Vec::new();
    for (text, expected) in PAGES {
        let credit = ["Gutschrift", "Storno"].iter().any(|title| text.starts_with(title));
        let class = if credit { Class::CreditNote } else { Class::Invoice };
        let invoice = guess(&typed(text), class);
        for (term, expected) in *expected {
            let found = value(&invoice, *term).unwrap_or_else(|| "-".to_owned());
            if found != *expected {
                wrong.push(format!("BT-{term}: {found:?} instead of {expected:?} in\n{text}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_page_that_lies_askew_is_read_the_same() {
    for (text, expected) in PAGES.iter().take(2) {
        for lean in [-0.012, 0.012] {
            let invoice = guess(&Text { pages: vec![page(1, text, lean)] }, Class::Invoice);
            for (term, expected) in *expected {
                assert_eq!(value(&invoice, *term).as_deref(), Some(*expected), "BT-{term} {lean}");
            }
        }
    }
}

#[test]
fn discounts_are_written_as_xrechnung_asks() {
    let invoice = guess(
        &typed("Rechnungsdatum 01.03.2026\nZahlbar innerhalb 8 Tagen mit 2,5% Skonto, 30 Tage netto."),
        Class::Invoice,
    );
    let terms = invoice.payment_terms.unwrap();
    assert!(terms.ends_with("#SKONTO#TAGE=8#PROZENT=2.50#\n"), "{terms}");
    assert!(terms.starts_with("Zahlbar innerhalb 8 Tagen"), "{terms}");
}

#[test]
fn what_two_places_say_is_surer() {
    let once = guess(&typed("Rechnungsnummer: RE-2026-77"), Class::Invoice);
    let twice = guess(&typed("Rechnungsnummer: RE-2026-77\n\nVerwendungszweck RE-2026-77"), Class::Invoice);
    let [once, twice] = [once, twice].map(|invoice| invoice.evidence[&bt(1)].clone());
    assert!(twice.confidence >= once.confidence);
    assert!(twice.marks.iter().any(|mark| mark == "again"), "{:?}", twice.marks);
    let torn = guess(&typed("Rechnungsnummer: RE-2026-77\n\nRechnungsnummer: RE-2026-99"), Class::Invoice);
    assert!(torn.evidence[&bt(1)].marks.iter().any(|mark| mark == "several"));
    assert!(torn.evidence[&bt(1)].confidence < once.confidence);
}

#[test]
fn a_payment_code_names_the_seller() {
    let mut text = typed("Rechnung Nr. 17-2026");
    let code = "BCD\n002\n1\nSCT\nCOBADEFFXXX\nBlumen Rot GmbH\nDE89370400440532013000\nEUR119.00\n\n\n17-2026";
    text.pages[0].codes.push(Code { symbology: Symbology::Qr, text: code.to_owned(), area: [0.0; 4] });
    let invoice = guess(&text, Class::Invoice);
    assert_eq!(invoice.seller.name.as_deref(), Some("Blumen Rot GmbH"));
    assert!(invoice.evidence[&bt(1)].marks.iter().any(|mark| mark == "again"));
}

/// Words of invoices thrown together, in a fixed disorder.
fn soup(words: u32, seed: u32) -> Text {
    const SCRAPS: [&str; 32] = [
        "Rechnung",
        "Nr.",
        "Datum",
        "vom",
        "03.11.2026",
        "Rechnungsnummer:",
        "Leitweg-ID",
        "GmbH",
        "&",
        "Co.",
        "KG",
        "12345",
        "Musterstadt",
        "Straße",
        "7",
        "zahlbar",
        "14",
        "Tage",
        "Skonto",
        "2%",
        "bis",
        "Gemeinde",
        "/",
        "(",
        "ı",
        "\u{202e}",
        "٣",
        "Ihre",
        "Bestellung",
        "·",
        "freundlichen",
        "Grüßen",
    ];
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let word = |line: u32, next: &mut dyn FnMut() -> u32| Word {
        text: SCRAPS[next() as usize % SCRAPS.len()].to_owned(),
        x: (next() % 560) as f32,
        y: (next() % 820) as f32,
        width: (next() % 60) as f32,
        height: (next() % 14) as f32,
        confidence: (next() % 100) as f32 / 100.0,
        line,
    };
    let words = (0..words).map(|number| word(number / 9, &mut next)).collect();
    Text { pages: vec![Page { words, ..Page::empty(1, PageKind::Ocr, (595.0, 842.0)) }] }
}

#[test]
fn any_disorder_of_words_is_survived() {
    for seed in 0..150 {
        guess(&soup(60 + seed, seed), Class::Invoice);
    }
    guess(&soup(20_000, 7), Class::Invoice);
    // everything in one row, and everything in one place
    let mut text = soup(20_000, 8);
    for (place, word) in text.pages[0].words.iter_mut().enumerate() {
        (word.x, word.y, word.height) = (place as f32, 100.0, 9.0);
    }
    guess(&text, Class::Invoice);
    for word in &mut text.pages[0].words {
        (word.x, word.width) = (50.0, 20.0);
    }
    guess(&text, Class::Invoice);
}
