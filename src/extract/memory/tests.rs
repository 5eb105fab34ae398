//! Lessons on typed pages: a blank is a narrow gap, several blanks are a wide one.

use super::*;
use crate::extract::class::of;
use crate::invoice::{Invoice, bt};
use crate::recognise::{Page, PageKind, Text, Word};

fn guess(text: &Text, memory: &Memory) -> Invoice {
    let mut invoice = crate::extract::guess::guess(text, crate::extract::class::Class::Invoice);
    memory.recall(text, &mut invoice);
    invoice
}

fn typed(text: &str) -> Text {
    let mut page = Page::empty(1, PageKind::Layer, (595.0, 842.0));
    for (line, written) in (0_u32..).zip(text.lines()) {
        let mut column = 0;
        for piece in written.split(' ') {
            let length = piece.chars().count();
            if length > 0 {
                page.words.push(Word {
                    text: piece.to_owned(),
                    x: 40.0 + 6.0 * column as f32,
                    y: 30.0 + 14.0 * line as f32,
                    width: 6.0 * length as f32,
                    height: 10.0,
                    confidence: 1.0,
                    line,
                });
            }
            column += length + 1;
        }
    }
    Text { pages: vec![page] }
}

/// An invoice of one supplier in his own layout, with labels no list knows.
fn invoice(number: &str, due: &str, iban: &str) -> Text {
    typed(&format!(
        "Muster Werke\nStadt Beispiel\nRechnung\n\nVorgangskennung   {number}\nZieltag   {due}\nDatum 03.11.2026\n\n\
         Nettobetrag 100,00\n19 % MwSt 19,00\nGesamtbetrag 119,00 EUR\n\nIBAN {iban}\nUSt-IdNr. DE136695976\n\
         Steuernummer 12/345/67890"
    ))
}

const ACCOUNT: &str = "DE89 3704 0044 0532 0130 00";
const OTHER_ACCOUNT: &str = "DE02 1203 0000 0000 2020 51";

fn corrections(written: &[&str]) -> Vec<Correction> {
    written.iter().map(|written| Correction::read(written).unwrap()).collect()
}

fn lesson(id: &str, text: &Text, written: &[&str]) -> Entry {
    let corrections = corrections(written);
    let (identity, places) = learn(text, &guess(text, &Memory::default()), &corrections).unwrap();
    let confirmed = corrections.iter().map(|said| said.term).collect();
    Entry::Learnt(Lesson {
        lesson: id.to_owned(),
        at: Timestamp::UNIX_EPOCH,
        by: "Frau Muster".to_owned(),
        document: ContentHash::of(b"x"),
        identity,
        confirmed,
        places,
    })
}

fn marks(invoice: &Invoice, number: u16) -> Vec<&str> {
    invoice
        .evidence
        .get(&bt(number))
        .map_or_else(Vec::new, |evidence| evidence.marks.iter().map(AsRef::as_ref).collect())
}

fn confidence(invoice: &Invoice, number: u16) -> f32 {
    invoice.evidence.get(&bt(number)).map_or(0.0, |evidence| evidence.confidence)
}

const SAID: [&str; 3] = ["BT-1=VK-4711/26", "BT-9=2026-12-01", "BT-27=Muster Werke Süd GmbH"];

#[test]
fn a_correction_makes_the_next_invoice_right_and_forgetting_undoes_it() {
    let first = invoice("VK-4711/26", "01.12.2026", ACCOUNT);
    let next = invoice("VK-5002/27", "15.02.2027", ACCOUNT);
    assert!(of(&next).class.is_invoice());
    let before = guess(&next, &Memory::default());
    assert_ne!(
        (before.number.as_deref(), before.seller.name.as_deref()),
        (Some("VK-5002/27"), Some("Muster Werke Süd GmbH"))
    );

    let mut book = vec![lesson("l1", &first, &SAID)];
    let taught = guess(&next, &Memory::of(Vec::new(), &book));
    assert_eq!(taught.number.as_deref(), Some("VK-5002/27"));
    assert_eq!(taught.due_date.map(|day| day.to_string()).as_deref(), Some("2027-02-15"));
    assert_eq!(taught.seller.name.as_deref(), Some("Muster Werke Süd GmbH"));
    assert!(marks(&taught, 1).contains(&"learnt") && marks(&taught, 9).contains(&"learnt"));
    assert!(marks(&taught, 27).contains(&"known") && marks(&taught, 84).contains(&"known"));
    assert!(confidence(&taught, 84) >= 0.99 && confidence(&taught, 31) >= 0.99);
    assert!(taught.evidence[&bt(1)].area[2] > 0.0);

    book.push(Entry::Forgotten { lesson: "l1".to_owned(), at: Timestamp::UNIX_EPOCH, by: "x".to_owned() });
    assert_eq!(guess(&next, &Memory::of(Vec::new(), &book)), before);
}

#[test]
fn another_supplier_learns_nothing_from_it() {
    let book = [lesson("l1", &invoice("VK-4711/26", "01.12.2026", ACCOUNT), &SAID)];
    let memory = Memory::of(Vec::new(), &book);
    let stranger = typed(
        "Fremd AG\nRechnung\nVorgangskennung   VK-9/99\nBetrag 12,00 EUR\nIBAN DE02 1203 0000 0000 2020 51\nUSt-IdNr. DE111111125",
    );
    assert_eq!(guess(&stranger, &memory), guess(&stranger, &Memory::default()));
}

#[test]
fn another_account_of_a_known_supplier_is_a_contradiction() {
    let book = [lesson("l1", &invoice("VK-4711/26", "01.12.2026", ACCOUNT), &SAID)];
    let memory = Memory::of(Vec::new(), &book);
    let forged = guess(&invoice("VK-5002/27", "15.02.2027", OTHER_ACCOUNT), &memory);
    assert!(marks(&forged, 84).contains(&"contradiction"), "{:?}", forged.evidence.get(&bt(84)));
    assert!(confidence(&forged, 84) <= 0.3);
    assert_eq!(forged.payment[0].transfers[0].account.as_deref(), Some("DE02120300000000202051"));

    // Learning something else from the forged page does not make its account known.
    let page = invoice("VK-5002/27", "15.02.2027", OTHER_ACCOUNT);
    let silent = [book[0].clone(), lesson("l2", &page, &["BT-9=2027-02-15"])];
    let still = guess(&page, &Memory::of(Vec::new(), &silent));
    assert!(marks(&still, 84).contains(&"contradiction"));
    // A person who says that it is the account does.
    let said = [book[0].clone(), lesson("l3", &page, &["BT-84=DE02 1203 0000 0000 2020 51"])];
    assert!(marks(&guess(&page, &Memory::of(Vec::new(), &said)), 84).contains(&"known"));
}

#[test]
fn master_data_prove_what_the_page_says() {
    let list = "Name;USt-Id;Steuernummer;IBAN;BIC\n\"Muster Werke GmbH\";DE 136 695 976;;DE89 3704 0044 0532 0130 00;COBADEFFXXX\n\nOhne Konto;;12/999/11111;;\n";
    let memory = Memory::of(suppliers("k.csv", list).unwrap(), &[]);
    let read = guess(&invoice("1", "01.12.2026", ACCOUNT), &memory);
    assert_eq!(read.seller.name.as_deref(), Some("Muster Werke GmbH"));
    assert!(marks(&read, 27).contains(&"known") && confidence(&read, 27) >= 0.97);
    for (wrong, text) in [
        ("Name;Konto\nA;1", "no column"),
        ("name;iban\nA;DE00", "no IBAN"),
        ("name;iban\nA;", "neither"),
        ("name;iban\nA;;;", "too many"),
    ] {
        let error = suppliers("k.csv", wrong).unwrap_err();
        assert!(error.text.contains(text), "{}", error.text);
    }
}

#[test]
fn values_keep_their_shape() {
    use super::learn::shape;
    let page = |value: &str| invoice(value, "01.12.2026", ACCOUNT);
    let memory = Memory::of(Vec::new(), &[lesson("l1", &page("RE-2026/017"), &["BT-1=RE-2026/017"])]);
    assert_eq!(shape("RE-2026/017"), "RE-####/###");
    for (value, taken) in [
        ("RE-2027/1234", true),
        ("RE-2027/1", true),
        ("GS-2027/017", false),
        ("RE-2027", false),
        ("siehe unten", false),
    ] {
        let read = guess(&page(value), &memory);
        assert_eq!(marks(&read, 1).contains(&"learnt"), taken, "{value}");
    }
}

#[test]
fn what_cannot_be_taught_is_refused() {
    for wrong in ["BT-1", "BT-1=", "=4711", "BT-999=1", "BT-9=morgen", "BT-112=viel", "BT-84=DE00", "BG-23=1"] {
        assert!(Correction::read(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Correction::read("BT-9 = 1.12.2026").unwrap().value, "2026-12-01");
    assert_eq!(Correction::read("BT-112=1.190,00").unwrap().value, "1190.00");
    let page = invoice("1", "01.12.2026", ACCOUNT);
    let read = guess(&page, &Memory::default());
    assert!(learn(&page, &read, &corrections(&["BT-1=99999"])).is_err());
    let nobody = typed("Rechnung 17\nBetrag 12,00");
    assert!(learn(&nobody, &guess(&nobody, &Memory::default()), &corrections(&["BT-1=17"])).is_err());
}
