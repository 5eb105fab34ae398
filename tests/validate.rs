//! `laufmappe validate` and `laufmappe rules` through the real binary, and the reports they rest on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use laufmappe::invoice::Tree;
use laufmappe::validate::{Recommendation, Report, catalogue};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Stdio;
use support::house::{House, Ran, samples};

/// A report as version 0.1.0 kept it before findings had a legal class.
const FORMER: &str = r#"{"syntax":"ubl-invoice","profile":"XRechnung 3.0","rule_sets":["EN 16931 (CEN) in Auswahl 1"],
"findings":[{"id":"BR-DE-15","severity":"fatal","location":"/ubl:Invoice[1]","terms":["BT-10"],
"text":{"de":"Die Angabe „Käuferreferenz (Leitweg-ID)“ (BT-10) ist vorhanden.","en":"“Buyer reference” (BT-10) is given."},
"expected":null,"found":null}],"recommendation":"reject"}"#;

#[test]
fn reports_in_old_ledgers_are_still_readable() {
    let report: Report = serde_json::from_str(FORMER).unwrap();
    assert_eq!(report.recommendation, Recommendation::Reject);
    assert_eq!((report.fatal(), report.schema_valid), (1, None));
    assert_eq!(report.findings[0].legal_class, None);
}

fn good() -> String {
    samples().join("01-xrechnung-ubl.xml").to_string_lossy().into_owned()
}

/// An invoice whose specification nobody knows: rejected, and everything about it can be read.
fn bad(house: &House) -> String {
    let invoice = std::fs::read_to_string(good()).unwrap();
    place(house, "unbekannt.xml", invoice.replacen("xrechnung_3.0", "xrechnung_9.9", 1).as_bytes())
}

fn place(house: &House, name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = house.folder().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path.to_string_lossy().into_owned()
}

fn validate(house: &House, arguments: &[&str]) -> Ran {
    let arguments = [&["validate"], arguments].concat();
    house.laufmappe(&arguments)
}

#[test]
fn every_format_says_the_same() {
    let house = House::new();
    let bad = bad(&house);
    for (file, code, recommendation, words) in
        [(good(), 0, "accept", "annehmen"), (bad, 1, "reject", "ablehnen")]
    {
        let run = |format: &str| {
            let ran = validate(&house, &["--format", format, "--date", "2026-11-02", &file]);
            assert_eq!(ran.code, code, "{format}: {}{}", ran.output, ran.errors);
            ran.output
        };
        assert!(run("text").starts_with(&format!("{file}: {words} (")), "{}", run("text"));
        let json: Value = serde_json::from_str(&run("json")).unwrap();
        let line = run("jsonl");
        assert_eq!(line.lines().count(), 1);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), json);
        assert_eq!(
            (json["recommendation"].as_str(), json["file"].as_str()),
            (Some(recommendation), Some(file.as_str()))
        );
        assert_eq!(
            (json["syntax"].as_str(), json["sha256"].as_str().unwrap().len()),
            (Some("ubl-invoice"), 64)
        );
        let page = run("html");
        assert!(Tree::parse(page.trim_start_matches("<!DOCTYPE html>")).is_ok());
        assert!(page.contains(if code == 0 { "Annehmen: " } else { "Nicht annehmen: " }), "{page}");
        let varl = run("varl");
        assert!(Tree::parse(&varl).is_ok());
        assert!(varl.contains(&format!("<rep:assessment><rep:{recommendation}>")), "{varl}");
    }
    let english = validate(&house, &["--lang", "en", &good()]);
    assert!(english.output.contains(": accept (XRechnung 3.0"), "{}", english.output);
}

#[test]
fn a_folder_is_walked_in_the_order_of_names() {
    let house = House::new();
    let invoice = std::fs::read(good()).unwrap();
    for name in ["pile/b.xml", "pile/a/z.xml", "pile/a/.hidden.xml", "pile/c/c/c.xml"] {
        place(&house, name, &invoice);
    }
    place(&house, "pile/b2.xml", b"<Rechnung/>");
    std::os::unix::fs::symlink(house.folder().join("pile"), house.folder().join("pile/again")).unwrap();

    let ran = validate(&house, &["--format", "jsonl", "pile"]);
    assert_eq!(ran.code, 1, "{}", ran.errors);
    let lines: Vec<Value> = ran.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["pile/a/.hidden.xml", "pile/a/z.xml", "pile/b.xml", "pile/b2.xml", "pile/c/c/c.xml"]);
    assert!(!house.data().exists(), "nothing is kept");

    let array: Value = serde_json::from_str(&validate(&house, &["--format", "json", "pile"]).output).unwrap();
    assert_eq!(array, Value::Array(lines));
    let alone: Value = serde_json::from_str(&validate(&house, &["--format", "json", "pile/c"]).output).unwrap();
    assert_eq!(alone.as_array().map(Vec::len), Some(1), "a folder is an array, whatever is in it");
    let page = validate(&house, &["--format", "html", "pile"]).output;
    assert_eq!(page.matches("<article>").count(), 5);
    assert!(Tree::parse(page.trim_start_matches("<!DOCTYPE html>")).is_ok());
    let text = validate(&house, &["pile"]).output;
    assert!(text.ends_with("5 Dokumente: 4 annehmen, 1 ablehnen\n"), "{text}");
}

#[test]
fn bad_input_gets_one_clear_line_each() {
    let house = House::new();
    let sample = |name: &str| std::fs::read(samples().join(name)).unwrap();
    let invoice = String::from_utf8(sample("01-xrechnung-ubl.xml")).unwrap();
    let root = invoice.find("<cbc:").unwrap();
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY a \"{}\"><!ENTITY b \"{}\">]><a>&b;</a>",
        "x".repeat(50),
        "&a;".repeat(50)
    );
    let nested = format!("{}{}{}", &invoice[..root], "<a>".repeat(50_000), &invoice[root..]);
    let pile: Vec<(&str, Vec<u8>, &str)> = vec![
        ("leer.xml", Vec::new(), "LM-XML"),
        ("brief.xml", b"Sehr geehrte Damen und Herren".to_vec(), "LM-XML"),
        ("anderes.xml", b"<Rechnung/>".to_vec(), "LM-ROOT"),
        ("html.xml", b"<!DOCTYPE html><html></html>".to_vec(), "LM-XML"),
        ("doctype.xml", sample("20-doctype.xml"), "LM-XML"),
        ("entitaet.xml", bomb.into_bytes(), "LM-XML"),
        ("fremde-entitaet.xml", invoice.replacen("<cbc:ID>", "<cbc:ID>&geheim;", 1).into_bytes(), "LM-XML"),
        ("halb.xml", invoice.as_bytes()[..invoice.len() / 2].to_vec(), "LM-XML"),
        ("tief.xml", nested.into_bytes(), "LM-XML"),
        ("latin.xml", b"<?xml version=\"1.0\"?><a>\xe4</a>".to_vec(), "LM-XML"),
        ("null.xml", vec![0; 5_000], "LM-XML"),
        ("archiv.xml", sample("18-archiv.zip"), "LM-KIND"),
        ("mail.eml", sample("13-mail-mit-anlagen.eml"), "LM-KIND"),
        ("bild.tif", sample("08-stapel-duplex.tif"), "LM-KIND"),
        ("ohne.pdf", sample("06-rechnung-digital.pdf"), "LM-PDF"),
        ("passwort.pdf", sample("17-passwort.pdf"), "LM-PDF"),
        ("defekt.pdf", sample("11-defekt.pdf"), "LM-PDF"),
    ];
    for (name, bytes, _) in &pile {
        place(&house, &format!("pile/{name}"), bytes);
    }
    // A gigabyte of nothing: named without being read.
    std::fs::File::create(house.folder().join("pile/riesig.xml")).unwrap().set_len(1 << 30).unwrap();

    let ran = validate(&house, &["--format", "jsonl", "pile"]);
    assert_eq!(ran.code, 1, "{}", ran.errors);
    let lines: Vec<Value> = ran.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), pile.len() + 1);
    let expected = |file: &str| pile.iter().find(|row| file.ends_with(row.0)).map_or("LM-SIZE", |row| row.2);
    for line in &lines {
        let file = line["file"].as_str().unwrap();
        let findings = line["findings"].as_array().unwrap();
        assert_eq!(line["recommendation"], "reject", "{file}");
        assert_eq!(findings.len(), 1, "{file}: {findings:?}");
        assert_eq!(findings[0]["id"], expected(file), "{file}");
        assert!(findings[0]["text"]["de"].as_str().unwrap().len() > 30, "{file}");
    }
}

#[test]
fn the_invoice_in_a_pdf_is_examined() {
    let house = House::new();
    for name in ["04-zugferd-en16931.pdf", "05-xrechnung-in-pdf.pdf"] {
        let file = samples().join(name);
        let ran = validate(&house, &["--format", "json", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.output, ran.errors);
        let json: Value = serde_json::from_str(&ran.output).unwrap();
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(json["sha256"], laufmappe::job::ContentHash::of(&bytes).hex(), "of the PDF as it came");
        assert!(json["profile"].is_string(), "{json}");
    }
}

#[test]
fn exit_codes_tell_what_happened() {
    let house = House::new();
    let (good, bad) = (good(), bad(&house));
    std::fs::create_dir(house.folder().join("leer")).unwrap();
    let rows: [(&[&str], i32); 9] = [
        (&[&good], 0),
        (&[&good, &bad], 1),
        (&[], 2),
        (&["--date", "gestern", &good], 2),
        (&["--format", "pdf", &good], 2),
        (&["--format", "varl", &good, &bad], 2),
        (&["--format", "json", "--reply", "text", &good], 2),
        (&["leer"], 2),
        (&["/nirgends.xml", &bad], 3),
    ];
    for (arguments, code) in rows {
        let ran = validate(&house, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.errors);
    }
    let ran = validate(&house, &["--format", "jsonl", "/nirgends.xml", &good]);
    assert!(ran.errors.contains("Nicht geprüft, weil nicht lesbar: /nirgends.xml."), "{}", ran.errors);
    assert_eq!(ran.output.lines().count(), 1, "the others are validated all the same");
}

#[test]
fn the_day_of_receipt_chooses_the_edition() {
    let house = House::new();
    let sets = |day: &str| {
        let ran = validate(&house, &["--format", "json", "--date", day, &good()]);
        let json: Value = serde_json::from_str(&ran.output).unwrap();
        json["rule_sets"].to_string()
    };
    assert!(sets("2026-08-30").contains("1.3.15") && sets("2026-08-31").contains("1.3.16"));
}

#[test]
fn a_reply_is_written_for_what_is_rejected_only() {
    let house = House::new();
    let bad = bad(&house);
    let text = validate(&house, &["--reply", "text", &good(), &bad]);
    assert_eq!(text.code, 1);
    assert_eq!(text.output.matches("Betreff: ").count(), 1, "{}", text.output);
    assert!(text.output.contains("haben wir nicht gebucht"));
    assert!(!text.output.contains(house.folder().to_str().unwrap()), "where it lies is nobody's business");
    let posted = validate(&house, &["--reply", "text", "--posted", &bad]);
    assert!(posted.output.contains("bereits gebucht"), "{}", posted.output);
    let page = validate(&house, &["--reply", "html", &bad]).output;
    assert!(Tree::parse(page.trim_start_matches("<!DOCTYPE html>")).is_ok());
    let nothing = validate(&house, &["--reply", "text", &good()]);
    assert_eq!(
        (nothing.code, nothing.output.as_str()),
        (0, "Alles ist in Ordnung; eine Antwort ist nicht nötig.\n")
    );
}

#[test]
fn standard_input_is_a_document() {
    let house = House::new();
    let mut running = house.command(&["validate", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    running.stdin.take().unwrap().write_all(&std::fs::read(good()).unwrap()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn whoever_stops_reading_ends_the_run() {
    let house = House::new();
    let invoice = std::fs::read(good()).unwrap();
    for number in 0..300 {
        place(&house, &format!("pile/{number}.xml"), &invoice);
    }
    let mut running = house.command(&["validate", "--format", "jsonl", "pile"]).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("{\"file\""));
    drop(lines);
    let output = running.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_page_of_rules_names_every_id() {
    let house = House::new();
    let text = house.laufmappe(&["rules", "list"]);
    let page = house.laufmappe(&["rules", "list", "--markdown"]);
    assert_eq!((text.code, page.code), (0, 0));
    for entry in catalogue() {
        assert!(text.output.contains(&format!("{}\t{}\t", entry.id, entry.book)), "{}", entry.id);
        assert!(page.output.contains(&format!("| {} |", entry.id)), "{}", entry.id);
    }
    let file = house.folder().join("regeln.md");
    let written = house.laufmappe(&["rules", "list", "--markdown", "--output", file.to_str().unwrap()]);
    assert_eq!((written.code, written.output.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(file).unwrap().trim_end(), page.output.trim_end());
}

#[test]
fn a_profile_can_be_asked_for_by_name() {
    let invoice = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/invoices/base-cii.xml");
    let run = |profile: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_laufmappe"))
            .args(["validate", "--format", "json", "--profile", profile, invoice])
            .output()
            .unwrap()
    };
    let report: serde_json::Value = serde_json::from_slice(&run("Factur-X EN 16931").stdout).unwrap();
    assert_eq!(report["profile"], "Factur-X EN 16931");
    let unknown = run("Factur-Y");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("Factur-X EN 16931"));
}
