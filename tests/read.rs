//! `laufmappe read` on the samples: its contract, its German, what it does with files it cannot read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::Value;
use support::house::{House, Ran, samples};

fn post(name: &str) -> String {
    samples().join(name).to_string_lossy().into_owned()
}

fn read(arguments: &[&str]) -> Ran {
    let mut all = vec!["read"];
    all.extend(arguments);
    House::new().laufmappe(&all)
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_scanned_invoice_gives_its_fields_with_place_and_confidence() {
    let ran = read(&["--format", "jsonl", &post("07-rechnung-scan.pdf")]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let [answer] = &lines(&ran)[..] else { panic!("one document expected: {}", ran.output) };
    assert_eq!(answer["part"], 1);
    assert_eq!(answer["class"]["name"], "invoice");
    assert!(answer["file"].as_str().unwrap().ends_with("07-rechnung-scan.pdf"));
    for term in ["BT-1", "BT-2", "BT-27", "BT-84", "BT-112"] {
        let field = &answer["fields"][term];
        assert!(field["value"].as_str().is_some_and(|value| !value.is_empty()), "{term}: {field}");
        let confidence = field["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence), "{term}: {field}");
        assert_eq!(field["page"], 1, "{term}");
        let place: Vec<f64> = field["box"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        assert!(
            place.len() == 4 && place[2] > 0.0 && place[3] > 0.0 && place[0] + place[2] < 700.0,
            "{term}: {field}"
        );
    }
    let page = &answer["pages"][0];
    assert_eq!(
        (&page["source_page"], &page["blank"], &page["separator"]),
        (&0.into(), &false.into(), &false.into())
    );
    assert!(page["rotation"].is_u64() && page["skew"].is_number() && page["ocr_ms"].is_u64(), "{page}");
    assert!(answer["text"].as_str().unwrap().contains("Rechnung"));
}

#[test]
fn a_batch_gives_its_documents_and_every_sheet_is_accounted_for() {
    let ran = read(&["--format", "jsonl", &post("08-stapel-duplex.tif")]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let answers = lines(&ran);
    assert!(answers.len() > 1);
    for (part, answer) in (1..).zip(&answers) {
        assert_eq!(answer["part"], part);
        let sheets = &answer["sheets"];
        let count = |name: &str| sheets[name].as_u64().unwrap();
        assert_eq!(count("in"), count("filed") + count("separators") + count("blanks"), "{sheets}");
        assert_eq!(sheets["separator_pages"].as_array().unwrap().len() as u64, count("separators"));
        assert_eq!(sheets["blank_pages"].as_array().unwrap().len() as u64, count("blanks"));
    }
    let pages = answers.iter().flat_map(|answer| answer["pages"].as_array().unwrap());
    let filed = answers[0]["sheets"]["filed"].as_u64().unwrap() as usize;
    assert_eq!(pages.filter(|page| page["blank"] == false && page["separator"] == false).count(), filed);
}

#[test]
fn what_cannot_be_read_is_said_in_german_and_the_rest_goes_on() {
    let ran = read(&["--format", "jsonl", &post("11-defekt.pdf"), &post("09-brief.pdf"), "/nirgends.pdf"]);
    assert_eq!(ran.code, 1);
    let answers = lines(&ran);
    assert_eq!(answers.len(), 1, "{}", ran.output);
    assert!(answers[0]["file"].as_str().unwrap().ends_with("09-brief.pdf"));
    assert!(ran.errors.contains("11-defekt.pdf: Die Datei ist beschädigt"), "{}", ran.errors);
    assert!(ran.errors.contains("/nirgends.pdf"), "{}", ran.errors);
}

#[test]
fn people_get_words_and_programs_get_one_json() {
    let path = post("07-rechnung-scan.pdf");
    let text = read(&[&path]);
    assert!(
        text.output.contains(": Rechnung (") && text.output.contains("Rechnungsnummer: "),
        "{}",
        text.output
    );
    let json = read(&["--format", "json", &path]);
    let whole: Value = serde_json::from_str(&json.output).unwrap();
    assert_eq!(whole.as_array().map(Vec::len), Some(1));
}
