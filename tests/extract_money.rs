//! Money of guessed invoices: sums, lines, accounts and identifiers on pages of many layouts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod typed;

use laufmappe::extract::class::Class;
use laufmappe::extract::guess::guess;
use laufmappe::extract::{breakdown, fields, lines};
use laufmappe::invoice::Invoice;
use laufmappe::recognise::{Code, Symbology, Text};
use std::collections::BTreeMap;
use typed::page;

/// Pages are parted by a line of `----`.
fn guessed(typed: &str) -> Invoice {
    let pages = typed.split("\n----\n").zip(1..).map(|(typed, number)| page(number, typed));
    guess(&Text { pages: pages.collect() }, Class::Invoice)
}

/// What was read, as `net 100.00 · vat 19.00 · …`; absent values are left out.
fn sums(invoice: &Invoice) -> String {
    let named = [
        ("net", "BT-109"),
        ("vat", "BT-110"),
        ("gross", "BT-112"),
        ("paid", "BT-113"),
        ("rounding", "BT-114"),
        ("due", "BT-115"),
        ("less", "BT-107"),
        ("plus", "BT-108"),
    ];
    let fields = fields(invoice);
    let mut told: Vec<String> = Vec::new();
    for (name, term) in named {
        told.extend(fields.get(term).map(|field| format!("{name} {}", field.value)));
    }
    for row in breakdown(invoice) {
        let value = |term: &str| row.get(term).map_or("?", |field| field.value.as_str()).to_owned();
        told.push(format!(
            "{}%{} of {} = {}",
            value("BT-119"),
            match value("BT-118").as_str() {
                "S" => String::new(),
                other => format!(" {other}"),
            },
            value("BT-116"),
            value("BT-117")
        ));
    }
    told.join(" · ")
}

/// `quantity × price = total` of every line.
fn rows(invoice: &Invoice) -> Vec<String> {
    let value = |row: &BTreeMap<String, laufmappe::extract::Field>, term: &str| {
        row.get(term).map_or("?", |field| field.value.as_str()).to_owned()
    };
    lines(invoice)
        .iter()
        .map(|row| format!("{} × {} = {}", value(row, "BT-129"), value(row, "BT-146"), value(row, "BT-131")))
        .collect()
}

/// Layout, page, sums.
type Case = (&'static str, &'static str, &'static str);

fn check(cases: &[Case]) {
    let mut wrong = Vec::new();
    for (layout, typed, expected) in cases {
        let told = sums(&guessed(typed));
        if told != *expected {
            wrong.push(format!("{layout}\n  expected {expected}\n  told     {told}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn sums_of_plain_invoices() {
    check(&[
        (
            "net on the left, gross by words",
            "Rechnung 4711\nNettobetrag:      1.250,00 EUR\n+ 19% USt:          237,50 EUR\nRechnungsendbetrag: 1.487,50 EUR",
            "net 1250.00 · vat 237.50 · gross 1487.50 · due 1487.50 · 19% of 1250.00 = 237.50",
        ),
        (
            "tax contained in the gross sum",
            "Rechnung 17\nGesamtbetrag                  199,99 €\ndarin enthalten 19 % MwSt      31,93 €",
            "net 168.06 · vat 31.93 · gross 199.99 · due 199.99 · 19% of 168.06 = 31.93",
        ),
        (
            "tax contained, said in one line",
            "Rechnung 17\nEndbetrag (inkl. 19% MwSt. 31,93 €)      199,99 €",
            "net 168.06 · vat 31.93 · gross 199.99 · due 199.99 · 19% of 168.06 = 31.93",
        ),
        (
            "sums in a row under their names",
            "Rechnung\nNetto      USt %     USt      Brutto\n840,34     19       159,66    1.000,00",
            "net 840.34 · vat 159.66 · gross 1000.00 · due 1000.00 · 19% of 840.34 = 159.66",
        ),
        (
            "two rates in a table, sums below",
            "Rechnung\nMwSt-Satz    Nettobetrag   MwSt-Betrag    Bruttobetrag\n 7,0 %            50,00          3,50           53,50\n19,0 %           200,00         38,00          238,00\nGesamt           250,00         41,50          291,50",
            "net 250.00 · vat 41.50 · gross 291.50 · due 291.50 · 7% of 50.00 = 3.50 · 19% of 200.00 = 38.00",
        ),
        (
            "hotel: lodging and breakfast",
            "Rechnung Zimmer 12\nÜbernachtung 7 %          2 Nächte      214,00\nFrühstück 19 %                           38,00\nGesamtsumme EUR                         252,00\nNetto 7 %    200,00   MwSt 7 %    14,00\nNetto 19 %    31,93   MwSt 19 %    6,07",
            "net 231.93 · vat 20.07 · gross 252.00 · due 252.00 · 7% of 200.00 = 14.00 · 19% of 31.93 = 6.07",
        ),
        (
            "tax on a base, in one line",
            "Rechnung\nSumme netto                    500,00 €\nzzgl. 19 % MwSt. auf 500,00 €   95,00 €\nGesamtsumme                    595,00 €",
            "net 500.00 · vat 95.00 · gross 595.00 · due 595.00 · 19% of 500.00 = 95.00",
        ),
        (
            "two rates with their bases in the line",
            "Rechnung\nNettosumme 300,00 €\nUmsatzsteuer 7 % aus 100,00 € 7,00 €\nUmsatzsteuer 19 % aus 200,00 € 38,00 €\nBruttosumme 345,00 €",
            "net 300.00 · vat 45.00 · gross 345.00 · due 345.00 · 7% of 100.00 = 7.00 · 19% of 200.00 = 38.00",
        ),
        (
            "two rates without bases",
            "Rechnung\nNetto                 1.500,00\n7 % MwSt                 35,00\n19 % MwSt               190,00\nGesamtbetrag          1.725,00",
            "net 1500.00 · vat 225.00 · gross 1725.00 · due 1725.00 · 7% of ? = 35.00 · 19% of ? = 190.00",
        ),
        (
            "English",
            "Invoice INV-77\nSubtotal      1,200.00 EUR\nVAT 19%         228.00 EUR\nTotal amount  1,428.00 EUR\nAmount due    1,428.00 EUR",
            "net 1200.00 · vat 228.00 · gross 1428.00 · due 1428.00 · 19% of 1200.00 = 228.00",
        ),
        (
            "Swiss francs",
            "Rechnung\nZwischentotal  CHF 1'000.00\nMWST 8.1%      CHF 81.00\nRechnungstotal CHF 1'081.00",
            "net 1000.00 · vat 81.00 · gross 1081.00 · due 1081.00 · 8.1% of 1000.00 = 81.00",
        ),
        (
            "Austrian rates",
            "Rechnung\nSumme netto 100,00 €\n20% USt 20,00 €\nGesamtbetrag brutto 120,00 €",
            "net 100.00 · vat 20.00 · gross 120.00 · due 120.00 · 20% of 100.00 = 20.00",
        ),
        (
            "the sum in a sentence",
            "Rechnung\nFür unsere Leistungen berechnen wir netto 1.000,00 €\nzuzüglich 19 % Umsatzsteuer 190,00 €\nBitte überweisen Sie den Betrag von 1.190,00 € bis zum 12.12.2026.",
            "net 1000.00 · vat 190.00 · gross 1190.00 · due 1190.00 · 19% of 1000.00 = 190.00",
        ),
        (
            "small business",
            "Rechnung 12\nGartenpflege                 340,00 €\nGesamtbetrag                 340,00 €\nGemäß § 19 UStG wird keine Umsatzsteuer berechnet.",
            "gross 340.00 · due 340.00",
        ),
        (
            "the receiver owes the tax",
            "Rechnung\nNettobetrag           8.400,00 €\n0 % MwSt                  0,00 €\nRechnungsbetrag       8.400,00 €\nSteuerschuldnerschaft des Leistungsempfängers nach § 13b UStG",
            "net 8400.00 · vat 0.00 · gross 8400.00 · due 8400.00 · 0% AE of 8400.00 = 0.00",
        ),
        (
            "the receiver owes the tax, only one sum",
            "Rechnung\nGesamtbetrag netto      8.400,00 €\nEs gilt die Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG).",
            "net 8400.00 · vat 0.00 · gross 8400.00 · due 8400.00 · 0% AE of 8400.00 = 0.00",
        ),
        (
            "a part without tax",
            "Rechnung\nGebühren netto 500,00 €\n19 % Umsatzsteuer auf 500,00 € 95,00 €\nSteuerfreie Auslagen (Gerichtskosten) 120,00 €\nRechnungsbetrag 715,00 €",
            "net 620.00 · vat 95.00 · gross 715.00 · due 715.00 · 19% of 500.00 = 95.00 · 0% E of 120.00 = 0.00",
        ),
    ]);
}

#[test]
fn sums_with_payments_discounts_and_traps() {
    check(&[
        (
            "discount for paying early is no sum",
            "Rechnung\nNetto 2.000,00\nMwSt 19 % 380,00\nGesamtbetrag 2.380,00\nBei Zahlung bis 10.12.2026 abzüglich 2 % Skonto = 47,60 € zahlen Sie 2.332,40 €",
            "net 2000.00 · vat 380.00 · gross 2380.00 · due 2380.00 · 19% of 2000.00 = 380.00",
        ),
        (
            "instalments were paid",
            "Jahresrechnung\nNettobetrag 1.000,00 €\nUmsatzsteuer 19 % 190,00 €\nRechnungsbetrag 1.190,00 €\nabzüglich geleisteter Abschlagszahlungen -1.100,00 €\nNachzahlung 90,00 €\nIhr neuer Abschlag beträgt 105,00 € monatlich.",
            "net 1000.00 · vat 190.00 · gross 1190.00 · paid 1100.00 · due 90.00 · 19% of 1000.00 = 190.00",
        ),
        (
            "more was paid than is due",
            "Jahresrechnung\nNettobetrag 1.000,00 €\nUmsatzsteuer 19 % 190,00 €\nRechnungsbetrag 1.190,00 €\nBereits gezahlte Abschläge 1.300,00 €\nIhr Guthaben 110,00 €",
            "net 1000.00 · vat 190.00 · gross 1190.00 · paid 1300.00 · due -110.00 · 19% of 1000.00 = 190.00",
        ),
        (
            "final account of a building site",
            "Schlussrechnung\nSumme netto              50.000,00 €\n19 % Umsatzsteuer         9.500,00 €\nGesamtsumme brutto       59.500,00 €\n1. Abschlagszahlung vom 01.03.2026    -20.000,00 €\n2. Abschlagszahlung vom 01.05.2026    -25.000,00 €\nNoch zu zahlen           14.500,00 €",
            "net 50000.00 · vat 9500.00 · gross 59500.00 · paid 45000.00 · due 14500.00 · 19% of 50000.00 = 9500.00",
        ),
        (
            "a deposit was paid and the rest has no name of its own",
            "Rechnung\nNetto 400,00\n19 % MwSt 76,00\nGesamtbetrag 476,00\nAnzahlung vom 03.04.2026 200,00\nRestbetrag 276,00",
            "net 400.00 · vat 76.00 · gross 476.00 · paid 200.00 · due 276.00 · 19% of 400.00 = 76.00",
        ),
        (
            "a receipt paid in cash",
            "Kaffee            2,50 A\nKuchen            3,50 B\nSUMME EUR         6,00\nBar              10,00\nRückgeld          4,00\nMwSt      Netto   Steuer  Brutto\nA 19%      2,10     0,40    2,50\nB 7%       3,27     0,23    3,50",
            "net 5.37 · vat 0.63 · gross 6.00 · 19% of 2.10 = 0.40 · 7% of 3.27 = 0.23",
        ),
        (
            "fuel",
            "Super E10  40,12 l  x 1,749 EUR/l\n            70,17 EUR\nGesamtbetrag  70,17 EUR\nTyp A  MwSt 19,00%   Netto 58,97   MwSt 11,20\nKartenzahlung EC  70,17 EUR",
            "net 58.97 · vat 11.20 · gross 70.17 · 19% of 58.97 = 11.20",
        ),
        (
            "discount and freight of the document",
            "Rechnung\nPos Bezeichnung        Menge  Einzelpreis   Gesamt\n1   Stuhl                  4       100,00   400,00\n2   Tisch                  1       200,00   200,00\nZwischensumme                               600,00\nabzgl. Rabatt 10 %                          -60,00\nVersandkosten                                20,00\nNettobetrag                                 560,00\n19 % MwSt                                   106,40\nGesamtbetrag                                666,40",
            "net 560.00 · vat 106.40 · gross 666.40 · due 666.40 · less 60.00 · plus 20.00 · 19% of 560.00 = 106.40",
        ),
        (
            "a carry at the foot of the page",
            "Rechnung\nPos Bezeichnung        Menge  Einzelpreis   Gesamt\n1   Ziegel               100         3,00   300,00\nÜbertrag                                    300,00\n----\nÜbertrag                                    300,00\nPos Bezeichnung        Menge  Einzelpreis   Gesamt\n2   Mörtel                10        20,00   200,00\nSumme netto                                 500,00\n19 % MwSt                                    95,00\nRechnungsbetrag                             595,00",
            "net 500.00 · vat 95.00 · gross 595.00 · due 595.00 · 19% of 500.00 = 95.00",
        ),
        (
            "credit note without minus",
            "Gutschrift 9\nNetto 80,00 EUR\nUSt 19 % 15,20 EUR\nGutschriftsbetrag 95,20 EUR",
            "net 80.00 · vat 15.20 · gross 95.20 · due 95.20 · 19% of 80.00 = 15.20",
        ),
        (
            "cancelled: every sum with minus behind",
            "Stornorechnung\nSumme netto 80,00-\nUSt 19 % 15,20-\nGesamtbetrag 95,20-",
            "net -80.00 · vat -15.20 · gross -95.20 · due -95.20 · 19% of -80.00 = -15.20",
        ),
        (
            "rounded to five cents",
            "Rechnung CHF\nZwischentotal CHF 101.00\nMWST 8.1% CHF 8.18\nGesamtbetrag CHF 109.18\nRundung CHF 0.02\nZu zahlen CHF 109.20",
            "net 101.00 · vat 8.18 · gross 109.18 · rounding 0.02 · due 109.20 · 8.1% of 101.00 = 8.18",
        ),
        (
            "dates, telephone, account and article numbers are no amounts",
            "Rechnung vom 03.11.26\nTel. 0361 19,00 Kd 100,00\nIBAN DE02 1203 0000 0000 2020 51\nNettobetrag 50,00 €\n19 % MwSt 9,50 €\nGesamt 59,50 €\nFällig 30.11.26",
            "net 50.00 · vat 9.50 · gross 59.50 · due 59.50 · 19% of 50.00 = 9.50",
        ),
        ("amounts that add up by chance say nothing", "Brief\n10,00\n20,00\n30,00\n1,90\n11,90", ""),
        (
            "labels that contradict each other prove nothing",
            "Rechnung\nGesamtbetrag 50,00 €\nGesamtbetrag 70,00 €",
            "gross 70.00 · due 70.00",
        ),
        (
            "old balance and reminder fees beside the sum",
            "Rechnung\nNetto 100,00\n19 % MwSt 19,00\nRechnungsbetrag 119,00\nMahngebühr Vorjahr 5,00",
            "net 100.00 · vat 19.00 · gross 119.00 · due 119.00 · 19% of 100.00 = 19.00",
        ),
        (
            "share capital in the footer is no sum",
            "Rechnung\nNetto 100,00\n19 % MwSt 19,00\nRechnungsbetrag 119,00\nStammkapital 25.000,00 EUR · HRB 12",
            "net 100.00 · vat 19.00 · gross 119.00 · due 119.00 · 19% of 100.00 = 19.00",
        ),
        (
            "several months, each with its own sum",
            "Rechnung\nJanuar netto 100,00 €\nFebruar netto 100,00 €\nSumme netto 200,00 €\n19 % USt 38,00 €\nRechnungsbetrag 238,00 €",
            "net 200.00 · vat 38.00 · gross 238.00 · due 238.00 · 19% of 200.00 = 38.00",
        ),
    ]);
}

#[test]
fn sums_of_special_trades() {
    check(&[
        (
            "an instalment of a building site",
            "2. Abschlagsrechnung\nAbschlagszahlung netto 10.000,00 €\n19 % MwSt 1.900,00 €\nAbschlagsbetrag brutto 11.900,00 €",
            "net 10000.00 · vat 1900.00 · gross 11900.00 · due 11900.00 · 19% of 10000.00 = 1900.00",
        ),
        (
            "what was built so far, less what was charged, then tax",
            "Rechnung\nLeistung netto gesamt 50.000,00 €\nabzgl. 1. Abschlagsrechnung netto -20.000,00 €\nNettobetrag 30.000,00 €\n19 % USt 5.700,00 €\nRechnungsbetrag 35.700,00 €",
            "net 30000.00 · vat 5700.00 · gross 35700.00 · due 35700.00 · 19% of 30000.00 = 5700.00",
        ),
        (
            "an insurance: its tax is no VAT",
            "Beitragsrechnung\nJahresbeitrag 100,00 €\nVersicherungsteuer 19 % 19,00 €\nZu zahlen 119,00 €",
            "gross 119.00 · due 119.00",
        ),
        (
            "a balance in English",
            "Invoice\nNet amount 1,000.00\nVAT (19%) 190.00\nInvoice total 1,190.00\nLess deposit paid 190.00\nBalance due 1,000.00",
            "net 1000.00 · vat 190.00 · gross 1190.00 · paid 190.00 · due 1000.00 · 19% of 1000.00 = 190.00",
        ),
        (
            "postage without tax",
            "Rechnung\nSumme netto 42,00 €\n7 % MwSt 2,94 €\nPorto (durchlaufender Posten) 5,00 €\nEndbetrag 49,94 €",
            "net 47.00 · vat 2.94 · gross 49.94 · due 49.94 · 7% of 42.00 = 2.94 · 0% E of 5.00 = 0.00",
        ),
        (
            "freight forwarder: tax by key at the foot",
            "Rechnung\nSchl.  Nettobetrag   USt-%   USt-Betrag   Rechnungsbetrag\n1        1.234,50      19       234,56          1.469,06",
            "net 1234.50 · vat 234.56 · gross 1469.06 · due 1469.06 · 19% of 1234.50 = 234.56",
        ),
        (
            "telephone: sum of services, then tax",
            "Ihre Rechnung\nSumme aller Leistungen (netto)    110,05\nUmsatzsteuer 19 %                  20,91\nZu zahlender Betrag               130,96 €\nDen Betrag buchen wir am 30.11.2026 ab.",
            "net 110.05 · vat 20.91 · gross 130.96 · due 130.96 · 19% of 110.05 = 20.91",
        ),
        (
            "a publisher with prices that hold the tax",
            "Rechnung\nTitel                 Menge   Preis    Betrag\nHandbuch Vergabe          2   53,50    107,00\nGesamtbetrag                           107,00\nIm Betrag sind 7 % MwSt enthalten        7,00",
            "net 100.00 · vat 7.00 · gross 107.00 · due 107.00 · 7% of 100.00 = 7.00",
        ),
        (
            "the tax is named above its amount",
            "Rechnung\nNettobetrag\n200,00 €\nUmsatzsteuer 19 %\n38,00 €\nGesamtbetrag\n238,00 €",
            "net 200.00 · vat 38.00 · gross 238.00 · due 238.00 · 19% of 200.00 = 38.00",
        ),
        (
            "dollars, no tax",
            "Invoice\nSubtotal $1,250.00\nTotal $1,250.00\nAmount due $1,250.00",
            "gross 1250.00 · due 1250.00",
        ),
    ]);
}

#[test]
fn damaged_digits_are_put_right_only_by_proof() {
    check(&[
        (
            "the comma of the net is lost",
            "Rechnung\nNettobetrag 125000 €\n19 % MwSt 237,50 €\nGesamtbetrag 1.487,50 €",
            "net 1250.00 · vat 237.50 · gross 1487.50 · due 1487.50 · 19% of 1250.00 = 237.50",
        ),
        (
            "one digit of the tax is wrong",
            "Rechnung\nNettobetrag 1.250,00 €\n19 % MwSt 287,50 €\nGesamtbetrag 1.487,50 €",
            "net 1250.00 · vat 237.50 · gross 1487.50 · due 1487.50 · 19% of 1250.00 = 237.50",
        ),
        (
            "letters in the gross sum",
            "Rechnung\nNettobetrag 1.250,00 €\n19 % MwSt 237,50 €\nGesamtbetrag 1.4B7,5O €",
            "net 1250.00 · vat 237.50 · gross 1487.50 · due 1487.50 · 19% of 1250.00 = 237.50",
        ),
        (
            "a blank in every number",
            "Rechnung\nNettobetrag 1 250,00 €\n19 % MwSt 237, 50 €\nGesamtbetrag 1. 487,50 €",
            "net 1250.00 · vat 237.50 · gross 1487.50 · due 1487.50 · 19% of 1250.00 = 237.50",
        ),
        ("without a proof the damaged number is not taken", "Rechnung\nGesamtbetrag 1.4B7,5O €", ""),
        (
            "the row of one rate is damaged, the others say what it was",
            "Rechnung\nSatz   Netto EUR   MwSt EUR   Brutto EUR\n7 %       100,00       7,00       107,00\n19 %      2O0.00      38,00       238,00\nSumme     300,00      45,00       345,00",
            "net 300.00 · vat 45.00 · gross 345.00 · due 345.00 · 7% of 100.00 = 7.00 · 19% of 200.00 = 38.00",
        ),
    ]);
}

#[test]
fn lines_of_many_tables() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "position, text, quantity, unit, price, total",
            "Pos.  Bezeichnung            Menge  Einheit   Einzelpreis    Gesamtpreis\n1     Toner schwarz              2  Stk             49,90          99,80\n2     Papier A4                 10  Pack             4,15          41,50\nNettobetrag                                                        141,30\n19 % MwSt                                                           26,85\nGesamtbetrag                                                       168,15",
            &["2 × 49.90 = 99.80", "10 × 4.15 = 41.50"],
        ),
        (
            "quantity first, hours with decimals",
            "Menge  ME    Leistung                    EP €       GP €\n7,50   Std   Programmierung             95,00     712,50\n1,00   psch  Anfahrt                    50,00      50,00\nSumme netto                                       762,50",
            &["7.50 × 95.00 = 712.50", "1.00 × 50.00 = 50.00"],
        ),
        (
            "date and text, amount only",
            "Datum       Leistung                        Betrag\n01.03.2026  Beratung Vergabe                500,00 €\n02.03.2026  Fahrtkosten                      45,00 €\nGesamtbetrag                                545,00 €",
            &["? × ? = 500.00", "? × ? = 45.00"],
        ),
        (
            "a description of two lines",
            "Pos  Artikel                 Menge     Preis    Betrag\n1    Tisch höhenverstellbar      1    399,00    399,00\n     Buche, 160 x 80 cm\n2    Stuhl                       4     89,50    358,00\nSumme                                          757,00",
            &["1 × 399.00 = 399.00", "4 × 89.50 = 358.00"],
        ),
        (
            "a lost quantity comes back",
            "Pos  Artikel                 Menge     Preis    Betrag\n1    Tisch                              20,00     60,00\n2    Stuhl                       4      89,50    358,00\nSumme                                            418,00",
            &["3 × 20.00 = 60.00", "4 × 89.50 = 358.00"],
        ),
        (
            "discount in percent",
            "Pos  Artikel               Menge   Preis   Rabatt    Betrag\n1    Locher                   10   12,00       10    108,00\nSumme                                                108,00",
            &["10 × 12.00 = 108.00"],
        ),
        (
            "a receipt: quantity below the name",
            "Bäckerei\nBrötchen          4,50 B\n 10 x 0,45\nMilch             1,29 B\nSUMME EUR         5,79",
            &["10 × 0.45 = 4.50", "? × ? = 1.29"],
        ),
        (
            "English with points",
            "Item  Description         Qty   Unit price     Amount\n1     Licence               3       120.00     360.00\n2     Support               1        99.50      99.50\nSubtotal                                       459.50\nVAT 19%                                         87.31\nTotal                                          546.81",
            &["3 × 120.00 = 360.00", "1 × 99.50 = 99.50"],
        ),
        (
            "thousands of kilowatt hours at a price of four decimals",
            "Preisbestandteil   Menge   Einheit   Preis (netto)   Betrag €\nArbeitspreis       7.898   kWh              0,2865   2.262,78\nGrundpreis            12   Monat             11,90     142,80\nNettobetrag                                          2.405,58",
            &["7898 × 0.2865 = 2262.78", "12 × 11.90 = 142.80"],
        ),
        (
            "a damaged total that quantity and price prove",
            "Pos  Artikel                 Menge     Preis    Betrag\n1    Tisch                       3     20,00      6000\n2    Stuhl                       4     89,50    358,00\nSumme                                          418,00",
            &["3 × 20.00 = 60.00", "4 × 89.50 = 358.00"],
        ),
        (
            "net, tax and gross in the line",
            "Pos  Text           Menge   Einzelpreis   MwSt   Gesamt\n1    Buch               2         10,00    7 %    20,00\n2    Stift              1          5,00   19 %     5,00\nNetto                                             25,00\n7 % MwSt                                           1,40\n19 % MwSt                                          0,95\nGesamtbetrag                                      27,35",
            &["2 × 10.00 = 20.00", "1 × 5.00 = 5.00"],
        ),
    ];
    let mut wrong = Vec::new();
    for (layout, typed, expected) in cases {
        let told = rows(&guessed(typed));
        if told != *expected {
            wrong.push(format!("{layout}\n  expected {expected:?}\n  told     {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_line_tells_unit_rate_and_name() {
    let invoice = guessed(
        "Pos  Bezeichnung        Menge  Einheit   Preis   MwSt   Betrag\n1    Rasen mähen          120  m²         0,50   19 %    60,00\n     Sportplatz West\nSumme netto                                              60,00",
    );
    let line = &lines(&invoice)[0];
    for (term, expected) in [
        ("BT-126", "1"),
        ("BT-129", "120"),
        ("BT-130", "MTK"),
        ("BT-131", "60.00"),
        ("BT-146", "0.50"),
        ("BT-152", "19"),
        ("BT-153", "Rasen mähen Sportplatz West"),
    ] {
        assert_eq!(line.get(term).map(|field| field.value.as_str()), Some(expected), "{term}");
    }
    assert!(line["BT-131"].marks.iter().any(|mark| mark == "sums"), "{:?}", line["BT-131"].marks);
}

#[test]
fn accounts_and_identifiers() {
    let cases: &[(&str, &str, Option<&str>)] = &[
        ("IBAN: DE02 1203 0000 0000 2020 51", "BT-84", Some("DE02120300000000202051")),
        ("IBAN DE02120300000000202051 BIC BYLADEM1001", "BT-84", Some("DE02120300000000202051")),
        ("IBAN DEO2 12O3 0000 0000 2020 5l", "BT-84", Some("DE02120300000000202051")),
        ("IBAN: DE02 1203 0000 0000 2020\n      51", "BT-84", Some("DE02120300000000202051")),
        ("auf das Konto DE02 1203 0000\n0000 2020 51 (Musterbank).", "BT-84", Some("DE02120300000000202051")),
        ("IBAN DE02 1203 0000 0000 2020 52", "BT-84", None),
        ("IBAN NL91 ABNA 0417 1643 00", "BT-84", Some("NL91ABNA0417164300")),
        ("Wir buchen von Ihrem Konto DE02 1203 0000 0000 2020 51 ab", "BT-84", None),
        ("Fremdgeldkonto DE02 1203 0000 0000 2020 51", "BT-84", None),
        (
            "Sparkasse DE89 3704 0044 0532 0130 00\nx\nBitte überweisen Sie auf DE02 1203 0000 0000 2020 51",
            "BT-84",
            Some("DE02120300000000202051"),
        ),
        ("Rechnungsnummer DE0212030000", "BT-84", None),
        ("IBAN DE02 1203 0000 0000 2020 51 BIC: BYLADEM1001", "BT-86", Some("BYLADEM1001")),
        ("IBAN DE02 1203 0000 0000 2020 51 BIC: COBAFRPPXXX", "BT-86", None),
        ("IBAN DE02 1203 0000 0000 2020 51 BIC: GENODEMIGLS", "BT-86", Some("GENODEM1GLS")),
        ("IBAN DE02 1203 0000 0000 2020 51 BIC: COLSDEIIXXX", "BT-86", None),
        ("IBAN DE02 1203 0000 0000 2020 51\nKontoinhaber: Anna Muster", "BT-85", Some("Anna Muster")),
        ("USt-IdNr.: DE136695976", "BT-31", Some("DE136695976")),
        ("USt-IdNr. DE 136 695 976", "BT-31", Some("DE136695976")),
        ("USt-IdNr. DEI36695976", "BT-31", Some("DE136695976")),
        ("USt-IdNr. DE136695977", "BT-31", Some("DE136695977")),
        ("USt-IdNr. DEI36695977", "BT-31", None),
        ("Ihre USt-IdNr. DE136695976", "BT-31", None),
        ("USt-IdNr. des Leistungsempfängers: DE136695976", "BT-31", None),
        ("UID-Nr. ATU13585627", "BT-31", Some("ATU13585627")),
        ("BTW nr NL004495445B01", "BT-31", Some("NL004495445B01")),
        (
            "Rechnungsempfänger\nStadt Beispiel\nUSt-IdNr. DE136695976\nx\nx\nx\nx\nUSt-IdNr. DE811907980 HRB 1",
            "BT-31",
            Some("DE811907980"),
        ),
        ("Steuernummer: 12/345/67890", "BT-32", Some("12/345/67890")),
        ("St.-Nr. 123/456/78901", "BT-32", Some("123/456/78901")),
        ("StNr. 123/4567/8901", "BT-32", Some("123/4567/8901")),
        ("Steuer-Nr.: 12345/67890", "BT-32", Some("12345/67890")),
        ("St.-NO: 069 207 95325", "BT-32", Some("069 207 95325")),
        ("Steuernummer 2893081508152", "BT-32", Some("2893081508152")),
        ("Steuernummer 7887699720302", "BT-32", None),
        ("Steuernummer 12/34", "BT-32", None),
        ("Gesamt 12,00 €", "BT-5", Some("EUR")),
        ("Gesamt CHF 12.00", "BT-5", Some("CHF")),
        ("Total $12.00", "BT-5", Some("USD")),
        ("nach $ 19 UStG\nGesamt 12,00 €", "BT-5", Some("EUR")),
        ("Total £ 12.00", "BT-5", Some("GBP")),
        ("Gesamt 12,00", "BT-5", None),
    ];
    let mut wrong = Vec::new();
    for (typed, term, expected) in cases {
        let fields = fields(&guessed(typed));
        let told = fields.get(*term).map(|field| field.value.as_str());
        if told != *expected {
            wrong.push(format!("{typed:?} {term}: expected {expected:?}, told {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn with_code(typed: &str, code: &str) -> Invoice {
    let mut page = page(1, typed);
    page.codes.push(Code { symbology: Symbology::Qr, text: code.to_owned(), area: [400.0, 600.0, 80.0, 80.0] });
    guess(&Text { pages: vec![page] }, Class::Invoice)
}

#[test]
fn a_giro_code_confirms_or_contradicts() {
    const SUMS: &str = "Rechnung 7\nNetto 100,00 €\n19 % MwSt 19,00 €\nGesamtbetrag 119,00 €\nIBAN DE02 1203 0000 0000 2020 51";
    let code = |amount: &str| {
        format!(
            "BCD\n002\n1\nSCT\nBYLADEM1001\nMuster GmbH\nDE02120300000000202051\n{amount}\n\n\nRechnung 7\n"
        )
    };
    let marked = |invoice: &Invoice, term: &str, mark: &str| {
        fields(invoice).get(term).is_some_and(|field| field.marks.iter().any(|found| found == mark))
    };
    let agreeing = with_code(SUMS, &code("EUR119.00"));
    for term in ["BT-84", "BT-112", "BT-115", "BT-86"] {
        assert!(marked(&agreeing, term, "giro"), "{term}");
    }
    assert_eq!(fields(&agreeing)["BT-86"].value, "BYLADEM1001");
    let contradicting = with_code(SUMS, &code("EUR19.00"));
    assert!(marked(&contradicting, "BT-115", "contradiction"));
    assert!(fields(&contradicting)["BT-115"].confidence.unwrap() < 0.5);
    let other = with_code("IBAN DE89 3704 0044 0532 0130 00", &code("EUR1.00"));
    assert!(marked(&other, "BT-84", "contradiction"));
    for broken in
        ["", "BCD", "BCD\n\n\n", "BCD\n002\n1\nSCT\n\n\nDE00\nEURx", "https://example.org", &code("EUR1e9")]
    {
        with_code(SUMS, broken);
    }
}

#[test]
fn values_tell_what_proved_them() {
    let invoice = guessed(
        "Pos  Artikel      Menge     Preis    Betrag\n1    Tisch            3     20,00     60,00\nNetto                                60,00 €\n19 % MwSt                            11,40 €\nGesamtbetrag                         71,40 €",
    );
    let fields = fields(&invoice);
    let gross = &fields["BT-112"];
    assert_eq!(gross.marks[..4], ["sums", "rate", "lines", "label"]);
    assert!(gross.confidence.unwrap() >= 0.98, "{:?}", gross.confidence);
    assert!(gross.area.is_some() && gross.page == Some(1));
}

#[test]
fn sums_written_otherwise() {
    check(&[
        (
            "blanks between thousands, a minus before the currency",
            "Summe Positionen           EUR 13 149,33\nabzüglich Sonderrabatt    -EUR 1 577,92\nNetto                      EUR 11 571,41\n19 % USt                   EUR 2 198,57\nBruttobetrag               EUR 13 769,98",
            "net 11571.41 · vat 2198.57 · gross 13769.98 · due 13769.98 · 19% of 11571.41 = 2198.57",
        ),
        (
            "a receipt whose tax stands before its base, paid at the counter",
            "Brezeln          3,24 B\nHandseife        1,40 A\nSumme €            4,64\nMastercard         4,64\nSatz    MwSt   Netto   Brutto\nB 7%    0,21    3,03    3,24\nA 19%   0,22    1,18    1,40",
            "net 4.21 · vat 0.43 · gross 4.64 · 7% of 3.03 = 0.21 · 19% of 1.18 = 0.22",
        ),
        (
            "the rate stands in the head",
            "Nettobetrag    MwSt. 19 %\n1.992,58       378,59\nSumme brutto   2.371,17",
            "net 1992.58 · vat 378.59 · gross 2371.17 · due 2371.17 · 19% of 1992.58 = 378.59",
        ),
    ]);
}

#[test]
fn the_receivers_vat_id_is_not_the_sellers() {
    let rows = [
        ("USt-ID Kunde:   DE136695976\nUSt ID:   DE811128135", Some("DE811128135")),
        ("Your VAT ID:   DE136695976\n\nVAT number: DE811128135", Some("DE811128135")),
        ("Nr.     vom          USt-ID Kunde\n4711    27.05.2024   DE136695976", None),
        (
            "Kundennummer: 4711   Ihre\nUSt-ID: DE136695976   StNr.: 95 905 29580   USt-IdNr.: DE811128135",
            Some("DE811128135"),
        ),
    ];
    for (typed, expected) in rows {
        let invoice = guessed(typed);
        assert_eq!(fields(&invoice).get("BT-31").map(|field| field.value.as_str()), expected, "{typed}");
    }
}

/// A small generator, so that failures repeat.
fn random(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

#[test]
fn word_soup_is_endured() {
    const WORDS: &[&str] = &[
        "Netto",
        "MwSt",
        "19%",
        "7",
        "%",
        "1.234,56",
        "12,00",
        "€",
        "Summe",
        "Gesamtbetrag",
        "DE02",
        "1203",
        "0000",
        "2020",
        "51",
        "IBAN",
        "BIC",
        "Pos",
        "Menge",
        "Einzelpreis",
        "Gesamt",
        "x",
        "1",
        "2,5",
        "0,00",
        "-",
        "-5,00",
        "Skonto",
        "ä",
        "₂",
        "١٢,٣٤",
        "|",
        "§",
        "13b",
        "UStG",
        "Übertrag",
        "O,OO",
        "l,23",
        "99999999999999,99",
        "St.-Nr.",
        "12/345/67890",
        "DE",
        "DEO",
        "DEı2",
        "Rundung",
        "Anzahlung",
        "zu",
        "zahlen",
        "0",
        "1e9",
        ",",
        ".",
        ",,",
        "..",
        "1.",
        "€€",
        "EUR",
        "100",
        "\u{202e}",
        "GENODE",
        "GENODEI",
        "BIC:",
        "GENODEÄ1",
        "USt-IdNr.",
        "ATU1",
    ];
    let mut seed = 7;
    for _ in 0..300 {
        let mut typed = String::new();
        for _ in 0..120 {
            typed.push_str(WORDS[random(&mut seed) % WORDS.len()]);
            typed.push_str(["\n", " ", " ", "     "][random(&mut seed) % 4]);
        }
        guessed(&typed);
    }
}

#[test]
fn a_page_of_nothing_but_amounts_ends() {
    let mut seed = 3;
    let mut typed = String::from("Pos Bezeichnung Menge Preis Gesamt\n");
    for number in 0..2_000 {
        let label = ["Netto", "MwSt 19 %", "Gesamtbetrag", "Artikel 7 %", "zu zahlen", "Anzahlung"]
            [random(&mut seed) % 6];
        typed.push_str(&format!("{label} a b c d e f {},{:02}\n", number * 7 % 991, number % 100));
    }
    guessed(&typed);
    guessed(&"DE DE DE DE02 DE02 1 2 3 4 5 6 7 8 9 0 1 2 3\n".repeat(1_200));
}
