//! What operators do: urgency, retry with proof, requeue, pause, backup and restore, status and forecast, through
//! the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::house::{House, files, samples, terminate};
use support::postgres::fresh_database;
use support::rabbit::broker;

const INVOICES: [&str; 3] = ["01-xrechnung-ubl.xml", "02-gutschrift-ubl.xml", "03-rechnung-cii.xml"];

fn sample(name: &str) -> String {
    samples().join(name).to_str().unwrap().to_owned()
}

fn id(summary: &Value) -> String {
    summary["document"]["id"].as_str().unwrap().to_owned()
}

/// A backup lies outside of the data folder.
fn elsewhere() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sicherung").to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn an_arrival_says_how_urgent_it_is_and_a_discount_that_ends_soon_says_so_by_itself() {
    let house = House::new();
    let text = std::fs::read_to_string(sample(INVOICES[0])).unwrap();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let near = house.folder().join("nah.xml");
    std::fs::write(&near, text.replace("2026-10-12", &today.to_string()).replace("TAGE=14", "TAGE=3")).unwrap();
    let far = house.folder().join("fern.xml");
    std::fs::write(&far, text.replace("2026-10-12", &today.to_string()).replace("TAGE=14", "TAGE=90")).unwrap();
    for (file, priority) in
        [(near.as_path(), None), (far.as_path(), None), (Path::new(&sample(INVOICES[2])), Some("backfill"))]
    {
        let said: Vec<&str> = priority.map_or(vec![], |class| vec!["--priority", class]);
        let line = [vec!["submit"], said, vec![file.to_str().unwrap()]].concat();
        let ran = house.laufmappe(&line);
        assert_eq!(ran.code, 0, "{}", ran.errors);
    }
    let classes: Vec<_> =
        house.summaries().iter().map(|summary| summary["document"]["arrival"]["priority"].clone()).collect();
    assert_eq!(classes, [Value::from("urgent"), Value::Null, Value::from("backfill")]);
    let summary = house.laufmappe(&["status", "--summary", "--format", "json"]);
    let standing: Value = serde_json::from_str(&summary.output).unwrap();
    assert_eq!(standing["queue"]["classes"], serde_json::json!({"urgent": 1, "normal": 1, "backfill": 1}));
}

#[test]
fn what_still_has_its_cause_stays_in_clearing_and_says_why() {
    let house = House::new();
    let run = house.laufmappe(&["run", samples().to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.errors);
    let before = house.summaries();
    let clearing: Vec<&Value> = before.iter().filter(|summary| summary["state"] == "clearing").collect();
    assert!(clearing.len() > 5);
    let ids: Vec<String> = clearing.iter().map(|summary| id(summary)).collect();
    let line: Vec<&str> =
        ["retry", "--by", "Frau Muster"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let retried = house.laufmappe(&line);
    assert_eq!(retried.code, 1, "{}{}", retried.output, retried.errors);
    for (line, id) in retried.output.lines().zip(&ids) {
        assert!(line.starts_with(&format!("{id}: bleibt in der Klärung (")), "{line}");
        assert!(line.contains(" → "), "reason and next step: {line}");
    }
    assert_eq!(house.summaries(), before, "a rehearsal notes nothing and files nothing");
    assert_eq!(house.laufmappe(&["ledger", "verify"]).code, 0);
}

#[test]
fn a_target_that_refused_is_proved_to_take_it_before_the_case_goes_back() {
    let (other, document, place) = house_with_something_else_in_the_place();

    let retry =
        |wishes: &[&str]| other.laufmappe(&[&["retry", &document, "--by", "Herr Test"], wishes].concat());
    let stays = retry(&[]);
    assert_eq!(stays.code, 1);
    assert!(stays.output.contains("bleibt in der Klärung"), "{}", stays.output);
    assert_eq!(retry(&["--not-found"]).code, 2, "the machine can look for itself");

    std::fs::remove_dir_all(&place).unwrap();
    let gone = retry(&[]);
    assert_eq!(gone.code, 0, "{}{}", gone.output, gone.errors);
    assert!(gone.output.contains("abgelegt"), "{}", gone.output);
    assert_eq!(other.summaries()[0]["state"], "filed");
    assert_eq!(retry(&[]).code, 1, "it does not lie in clearing any more");
}

#[test]
fn a_person_who_found_it_in_the_target_closes_the_case_in_his_name() {
    let (other, document, _) = house_with_something_else_in_the_place();
    let closed =
        other.laufmappe(&["retry", &document, "--by", "Frau Muster", "--found-filed", "Akte 20.1, Nr. 4711"]);
    assert_eq!(closed.code, 0, "{}{}", closed.output, closed.errors);
    let summary = &other.summaries()[0];
    assert_eq!(summary["state"], "filed");
    assert_eq!(summary["locations"][0], "Akte 20.1, Nr. 4711");
    let shown = other.laufmappe(&["ledger", "show", &document]).output;
    assert!(shown.contains(r#""by":"Frau Muster","statement":"filed""#), "{shown}");
    assert_eq!(other.laufmappe(&["ledger", "verify"]).code, 0);
}

#[test]
fn a_purged_queue_is_filled_again_from_the_ledger() {
    let house = House::new();
    for name in INVOICES {
        assert_eq!(house.laufmappe(&["submit", &sample(name)]).code, 0);
    }
    // The index holds the queue; without it nothing rings.
    std::fs::remove_dir_all(house.data().join("index")).unwrap();
    let rung = house.laufmappe(&["requeue"]);
    assert_eq!(rung.code, 0, "{}", rung.errors);
    assert!(rung.output.contains("3 Vorgänge"), "{}", rung.output);
    let summary = house.laufmappe(&["status", "--summary", "--format", "json"]);
    let standing: Value = serde_json::from_str(&summary.output).unwrap();
    assert_eq!(standing["queue"]["ready"], 3);
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert!(house.summaries().iter().all(|summary| summary["state"] == "filed"));
}

#[test]
fn a_purged_broker_is_filled_again_from_the_database() {
    let house = shared("leergefegt");
    for name in INVOICES {
        assert_eq!(house.laufmappe(&["submit", &sample(name)]).code, 0);
    }
    let waiting = || broker().control(&["-q", "list_queues", "--no-table-headers", "name", "messages"]);
    for line in waiting().lines().filter(|line| line.contains("leergefegt") && !line.ends_with("\t0")) {
        broker().control(&["-q", "purge_queue", line.split('\t').next().unwrap()]);
    }
    // Bells that rang within the last ten seconds are not rung again.
    std::thread::sleep(Duration::from_secs(11));
    let rung = house.laufmappe(&["requeue"]);
    assert!(rung.output.contains("3 Vorgänge"), "{}{}", rung.output, rung.errors);
    let again = house.laufmappe(&["requeue"]);
    assert!(again.output.contains("Nichts zu tun"), "they rang just now: {}", again.output);
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert_eq!(states(&house), BTreeMap::from([("filed".to_owned(), 3)]));
}

#[test]
fn a_pause_lets_nobody_begin_and_intake_goes_on() {
    let house = shared("pause");
    let mut worker = house.start(&["worker"]);
    let drained = house.laufmappe(&["drain", "--by", "Frau Muster", "--wait", "60"]);
    assert_eq!(drained.code, 0, "{}{}", drained.output, drained.errors);
    assert_eq!(house.laufmappe(&["submit", &sample(INVOICES[0])]).code, 0, "intake goes on");
    let status = house.laufmappe(&["status", "--summary"]);
    assert!(status.output.contains("Wartungspause seit"), "{}", status.output);
    assert!(status.output.contains("durch Frau Muster"), "{}", status.output);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(states(&house), BTreeMap::from([("open".to_owned(), 1)]));
    assert_eq!(house.laufmappe(&["drain", "--end"]).code, 0);
    let begun = std::time::Instant::now();
    while states(&house).contains_key("open") {
        assert!(begun.elapsed() < Duration::from_secs(60), "after the pause it goes on");
        std::thread::sleep(Duration::from_millis(500));
    }
    terminate(&worker);
    assert!(worker.wait().unwrap().success());
    assert_eq!(house.laufmappe(&["drain"]).code, 2, "somebody must say so");
}

#[test]
fn an_embedded_house_is_paused_beside_its_worker() {
    let house = House::new();
    assert_eq!(house.laufmappe(&["submit", &sample(INVOICES[0])]).code, 0);
    let mut worker = house.start(&["worker"]);
    // Whoever comes first has the ledger.
    std::thread::sleep(Duration::from_secs(4));
    let drained = house.laufmappe(&["drain", "--by", "Frau Muster", "--wait", "60"]);
    assert_eq!(drained.code, 0, "{}{}", drained.output, drained.errors);
    assert!(house.data().join("pause").exists());
    assert!(drained.output.contains("Niemand arbeitet mehr"), "{}", drained.output);
    let ended = house.laufmappe(&["drain", "--end"]);
    assert!(ended.output.contains("zu Ende"), "{}{}", ended.output, ended.errors);
    assert!(!house.data().join("pause").exists());
    terminate(&worker);
    assert!(worker.wait().unwrap().success());
    assert_eq!(states(&house), BTreeMap::from([("filed".to_owned(), 1)]));
}

#[test]
fn a_restored_house_verifies_and_goes_on_filing() {
    let house = House::new();
    // A mail, a batch, a ZUGFeRD PDF, a scan: renditions that name further contents.
    assert_eq!(house.laufmappe(&["run", samples().to_str().unwrap()]).code, 1);
    assert_eq!(house.laufmappe(&["submit", &written(&house, "neu.xml", "R-4711")]).code, 0);
    let (_kept, backup) = elsewhere();
    let taken = house.laufmappe(&["backup", &backup]);
    assert_eq!(taken.code, 0, "{}{}", taken.output, taken.errors);
    assert!(taken.output.contains("Sicherung vollständig"), "{}", taken.output);

    let new = House::new();
    let restored = new.laufmappe(&["restore", &backup]);
    assert_eq!(restored.code, 0, "{}{}", restored.output, restored.errors);
    assert!(restored.output.contains("Nächster Schritt: laufmappe requeue"), "{}", restored.output);
    let verified = |house: &House| house.laufmappe(&["ledger", "verify"]).output;
    assert_eq!(verified(&new), verified(&house), "bit for bit");
    assert_eq!(contents(&new), contents(&house), "and every content");

    // Everything is there: what is in clearing can be rehearsed, what is open is filed.
    for summary in new.summaries().iter().filter(|summary| summary["state"] == "clearing") {
        assert_eq!(new.laufmappe(&["retry", &id(summary), "--by", "x"]).code, 1);
    }
    assert_eq!(new.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert!(!states(&new).contains_key("open"));
    assert_eq!(new.laufmappe(&["ledger", "verify"]).code, 0);
    assert_eq!(new.laufmappe(&["restore", &backup]).code, 2, "only into an empty house");
}

#[test]
fn a_backup_beside_a_running_worker_moves_an_embedded_house_to_a_database() {
    let house = House::new();
    for name in INVOICES {
        assert_eq!(house.laufmappe(&["submit", &sample(name)]).code, 0);
    }
    let mut worker = house.start(&["worker"]);
    let (_kept, backup) = elsewhere();
    let taken = house.laufmappe(&["backup", &backup]);
    assert_eq!(taken.code, 0, "while the worker holds the ledger: {}{}", taken.output, taken.errors);
    std::thread::sleep(Duration::from_secs(3));
    let more = house.laufmappe(&["backup", &backup]);
    assert_eq!(more.code, 0, "{}{}", more.output, more.errors);
    terminate(&worker);
    assert!(worker.wait().unwrap().success());
    let chains = std::fs::read_dir(Path::new(&backup).join("ledger")).unwrap().count();
    assert_eq!(chains, 1, "the older chain is gone");

    let scaled = House::shared(&broker().url(), &fresh_database());
    let restored = scaled.laufmappe(&["restore", &backup]);
    assert_eq!(restored.code, 0, "{}{}", restored.output, restored.errors);
    assert_eq!(scaled.laufmappe(&["ledger", "verify"]).code, 0);
    std::thread::sleep(Duration::from_secs(11));
    assert_eq!(scaled.laufmappe(&["requeue"]).code, 0);
    assert_eq!(scaled.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert_eq!(states(&scaled), BTreeMap::from([("filed".to_owned(), 3)]));

    // And back again: the backup of a database into a data folder.
    let (_kept, second) = elsewhere();
    assert_eq!(scaled.laufmappe(&["backup", &second]).code, 0);
    let embedded = House::new();
    assert_eq!(embedded.laufmappe(&["restore", &second]).code, 0);
    assert_eq!(states(&embedded), states(&scaled));
}

#[test]
fn an_old_backup_and_a_newer_drawer_come_to_nothing_twice_and_nothing_lost() {
    let house = House::new();
    let first: Vec<String> =
        (0..4).map(|n| written(&house, &format!("alt-{n}.xml"), &format!("ALT-{n}"))).collect();
    let second: Vec<String> =
        (0..4).map(|n| written(&house, &format!("neu-{n}.xml"), &format!("NEU-{n}"))).collect();
    // Two are filed, two stand open when the backup is taken.
    assert_eq!(house.laufmappe(&["run", &first[0], &first[1]]).code, 0);
    assert_eq!(house.laufmappe(&["submit", &first[2], &first[3]]).code, 0);
    let (_kept, backup) = elsewhere();
    assert_eq!(house.laufmappe(&["backup", &backup]).code, 0);
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    let run: Vec<&str> = std::iter::once("run").chain(second.iter().map(String::as_str)).collect();
    assert_eq!(house.laufmappe(&run).code, 0);
    let before = drawer(&house);
    assert_eq!(before.len(), 8);

    // The disk is lost; the drawer lay on another one.
    let tree = house.folder().join("drawer");
    std::fs::rename(house.tree(), &tree).unwrap();
    std::fs::remove_dir_all(house.data()).unwrap();
    std::fs::create_dir_all(house.data()).unwrap();
    std::fs::rename(&tree, house.tree()).unwrap();
    assert_eq!(house.laufmappe(&["restore", &backup]).code, 0);
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert_eq!(states(&house), BTreeMap::from([("filed".to_owned(), 4)]), "what was open is adopted");
    // Somebody has changed one of those that came after the backup.
    let changed = before.keys().find(|folder| original_in(folder).contains("NEU-2")).unwrap();
    std::fs::write(Path::new(changed).join("original.xml"), b"etwas anderes").unwrap();
    let before = drawer(&house);
    // What came after the backup is handed in again, and some of before as well.
    let again: Vec<&str> =
        std::iter::once("run").chain(second.iter().chain(&first).map(String::as_str)).collect();
    assert_eq!(house.laufmappe(&again).code, 1, "one of them needs a person");

    assert_eq!(drawer(&house), before, "0 twice, 0 lost, nothing changed");
    let known: BTreeSet<String> = house.summaries().iter().map(id).collect();
    assert_eq!(known.len(), 8, "every arrival is in the ledger once");
    assert_eq!(states(&house), BTreeMap::from([("filed".to_owned(), 7), ("clearing".to_owned(), 1)]));
    for summary in house.summaries() {
        let name = summary["document"]["name"].as_str().unwrap_or_default();
        assert_eq!(summary["clearing"]["reason"] == "conflict", name == "neu-2.xml", "{summary}");
        if name.starts_with("neu-") && name != "neu-2.xml" {
            let shown = house.laufmappe(&["ledger", "show", &id(&summary)]).output;
            assert!(shown.contains(r#""adopted":true"#), "{shown}");
        }
    }
    assert_eq!(house.laufmappe(&["ledger", "verify"]).code, 0);
}

/// The original of a filing.
fn original_in(folder: &str) -> String {
    std::fs::read_to_string(Path::new(folder).join("original.xml")).unwrap()
}

#[test]
fn a_backup_that_is_damaged_or_unfinished_is_refused() {
    let house = House::new();
    assert_eq!(house.laufmappe(&["run", &sample(INVOICES[0])]).code, 0);
    let (_kept, backup) = elsewhere();
    assert_eq!(house.laufmappe(&["backup", &backup]).code, 0);
    let folder = PathBuf::from(&backup);
    let restore = || House::new().laufmappe(&["restore", &backup]);

    let manifest = folder.join("manifest.json");
    let text = std::fs::read(&manifest).unwrap();
    std::fs::remove_file(&manifest).unwrap();
    assert_eq!(restore().code, 2, "without manifest it is none");
    std::fs::write(&manifest, &text).unwrap();

    let chain = std::fs::read_dir(folder.join("ledger")).unwrap().next().unwrap().unwrap().path();
    let lines = std::fs::read_to_string(&chain).unwrap();
    let cut: String = lines.lines().take(2).map(|line| format!("{line}\n")).collect();
    std::fs::write(&chain, cut).unwrap();
    let refused = restore();
    assert_eq!(refused.code, 3, "cut off at its end");
    assert!(refused.errors.contains("manifest"), "{}", refused.errors);
    std::fs::write(&chain, lines.replace("Claimed", "claimed").replace("akte", "Akte")).unwrap();
    assert_eq!(restore().code, 3, "altered");
    std::fs::write(&chain, &lines).unwrap();

    let content = std::fs::read(sample(INVOICES[0])).unwrap();
    let hash = laufmappe::job::ContentHash::of(&content).hex();
    let place = folder.join("content").join(&hash[..2]).join(&hash[2..4]).join(&hash);
    std::fs::write(&place, b"something else").unwrap();
    let refused = restore();
    assert_eq!(refused.code, 3);
    assert!(refused.errors.contains("altered"), "{}", refused.errors);
    std::fs::remove_file(&place).unwrap();
    assert_eq!(restore().code, 3, "missing");

    // A damaged content stops a backup, and the one before stays.
    assert_eq!(house.laufmappe(&["backup", &backup]).code, 0, "what is missing is saved again");
    assert_eq!(restore().code, 0);
    let own = house.data().join("content").join(&hash[..2]).join(&hash[2..4]).join(&hash);
    std::fs::write(own, b"damaged").unwrap();
    let (_other, fresh) = elsewhere();
    let damaged = house.laufmappe(&["backup", &fresh]);
    assert_eq!(damaged.code, 3, "{}", damaged.output);
    assert!(!Path::new(&fresh).join("manifest.json").exists());
    let inside = house.data().join("sicherung");
    assert_eq!(
        house.laufmappe(&["backup", inside.to_str().unwrap()]).code,
        2,
        "it would be lost with the data"
    );
}

#[test]
fn status_sums_up_and_a_forecast_says_what_it_rests_on() {
    let house = House::new();
    let nothing = house.laufmappe(&["forecast", "--until", "16:00"]);
    assert_eq!(nothing.code, 0, "{}", nothing.errors);
    assert!(nothing.output.contains("Gemessen: nichts"), "{}", nothing.output);
    let files: Vec<String> = (0..24).map(|n| written(&house, &format!("{n}.xml"), &format!("F-{n}"))).collect();
    let run: Vec<&str> = std::iter::once("run").chain(files.iter().map(String::as_str)).collect();
    assert_eq!(house.laufmappe(&run).code, 0);
    assert_eq!(house.laufmappe(&["submit", &sample(INVOICES[0])]).code, 0);
    let told = house.laufmappe(&["forecast", "--until", "16:00", "--workers", "2", "--format", "json"]);
    let told: Value = serde_json::from_str(&told.output).unwrap();
    assert_eq!((&told["backlog"], &told["workers"], &told["needed"]), (&1.into(), &2.into(), &1.into()));
    assert_eq!((&told["measured"]["settled"], &told["measured"]["window_s"]), (&24.into(), &900.into()));
    assert_eq!(told["in_time"], true);
    assert_eq!(house.laufmappe(&["forecast", "--until", "25:00"]).code, 2);
    let status = house.laufmappe(&["status", "--summary"]);
    assert!(status.output.contains("24 abgelegt, 0 aufgeteilt, 0 in Klärung, 1 offen"), "{}", status.output);
    assert!(status.output.contains("in der letzten Stunde 24 erledigt"), "{}", status.output);
    let english = house.laufmappe(&["--lang", "en", "status", "--summary"]);
    assert!(english.output.contains("24 filed"), "{}", english.output);
}

/// A house on broker and database, with a tenant whose queues nobody else uses.
fn shared(tenant: &str) -> House {
    let house = House::shared(&broker().url(), &fresh_database());
    let settings = format!("[work]\nlease = 6\n[tenants.{tenant}]\n");
    std::fs::write(house.folder().join("laufmappe.toml"), settings).unwrap();
    house
}

/// An invoice of its own, which differs from the sample in its number.
fn written(house: &House, name: &str, number: &str) -> String {
    let text = std::fs::read_to_string(sample(INVOICES[0])).unwrap();
    let begin = text.find("<cbc:ID>").unwrap() + "<cbc:ID>".len();
    let end = begin + text[begin..].find('<').unwrap();
    let folder = house.folder().join("post");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, format!("{}{number}{}", &text[..begin], &text[end..])).unwrap();
    path.to_str().unwrap().to_owned()
}

fn states(house: &House) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for summary in house.summaries() {
        *states.entry(summary["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    states
}

fn contents(house: &House) -> BTreeSet<PathBuf> {
    let root = house.data().join("content");
    files(&root).into_iter().map(|path| path.strip_prefix(&root).unwrap().to_owned()).collect()
}

/// A house whose only document lies in clearing, because something else lies in its place: its id and that place.
fn house_with_something_else_in_the_place() -> (House, String, PathBuf) {
    let (first, file) = (House::new(), sample(INVOICES[0]));
    assert_eq!(first.laufmappe(&["run", &file]).code, 0);
    let filed = first.summaries()[0]["locations"][0].as_str().unwrap().to_owned();
    // The same arrival in a house that knows nothing of it.
    let house = House::new();
    let place =
        house.tree().join(Path::new(&filed).strip_prefix(first.tree().canonicalize().unwrap()).unwrap());
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("original.xml"), b"etwas anderes").unwrap();
    assert_eq!(house.laufmappe(&["run", &file]).code, 1);
    let summary = &house.summaries()[0];
    assert_eq!(summary["clearing"]["reason"], "conflict");
    let document = id(summary);
    (house, document, place)
}

/// Every file of the drawer with its hash.
fn drawer(house: &House) -> BTreeMap<String, Vec<(String, String)>> {
    let mut filings: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for path in files(&house.tree()) {
        let hash = laufmappe::job::ContentHash::of(&std::fs::read(&path).unwrap()).hex();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let folder = path.parent().unwrap().to_str().unwrap().to_owned();
        filings.entry(folder).or_default().push((name, hash));
    }
    filings.values_mut().for_each(|files| files.sort());
    filings
}
