//! Several tenants in one house, one of them with a WebDAV drawer that goes down and comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use support::apache::Apache;
use support::house::{House, files, samples};

#[test]
fn tenants_are_apart_and_a_drawer_that_is_down_is_waited_for() {
    let apache = Apache::start_new();
    let folder = tempfile::tempdir().unwrap();
    let works = folder.path().join("werke");
    std::fs::create_dir(&works).unwrap();
    let settings = settings(folder.path(), &apache, &works);
    let house = House::new();
    let run = |tenant: &str, format: &str| {
        let file = samples().join("03-rechnung-cii.xml");
        let settings = settings.to_str().unwrap();
        house.laufmappe(&[
            "--settings",
            settings,
            "--tenant",
            tenant,
            "run",
            "--format",
            format,
            file.to_str().unwrap(),
        ])
    };

    apache.stop();
    let down = run("stadt", "json");
    assert_eq!(down.code, 3, "the work could not be done: {}", down.errors);
    assert!(down.errors.contains("1 documents wait"), "{}", down.errors);
    let waiting: Vec<Value> = serde_json::from_str(&down.output).unwrap();
    assert_eq!(
        (&waiting[0]["state"], &waiting[0]["attempts"]),
        (&"open".into(), &0.into()),
        "no attempt is burnt"
    );
    assert!(files(apache.root()).is_empty());

    let other = run("werke", "json");
    let filed: Vec<Value> = serde_json::from_str(&other.output).unwrap();
    assert_eq!(filed[0]["state"], "filed", "one tenant's trouble is not the other's: {}", other.errors);
    assert_eq!(filed[0]["document"]["repeats"], Value::Null, "another tenant's document is no earlier one");
    assert_ne!(filed[0]["document"]["id"], waiting[0]["document"]["id"]);

    apache.start();
    for round in 0..2 {
        let up = run("stadt", "json");
        assert_eq!(up.code, 0, "round {round}: {}", up.errors);
        let filed: Vec<Value> = serde_json::from_str(&up.output).unwrap();
        assert_eq!(filed[0]["state"], "filed");
        let papers: Vec<_> = files(apache.root());
        let once = |name: &str| papers.iter().filter(|path| path.ends_with(name)).count();
        assert_eq!((once("original.xml"), once("metadata.json")), (1, 1), "{papers:?}");
    }
    assert_eq!(files(&works).iter().filter(|path| path.ends_with("metadata.json")).count(), 1);
    let settings = settings.to_str().unwrap();
    let verified = house.laufmappe(&["--settings", settings, "ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.errors);
    assert_eq!(verified.output.lines().count(), 2, "one chain per tenant: {}", verified.output);
}

fn settings(folder: &Path, apache: &Apache, works: &Path) -> PathBuf {
    let password = folder.join("password");
    std::fs::write(&password, Apache::PASSWORD).unwrap();
    let text = format!(
        "[tenants.stadt.targets.akte]\nkind = 'webdav'\nurl = '{}'\nuser = '{}'\npassword-file = '{}'\n\
         [tenants.werke.targets.akte]\nkind = 'folder'\npath = '{}'\n",
        apache.url(),
        Apache::USER,
        password.display(),
        works.display()
    );
    let place = folder.join("laufmappe.toml");
    std::fs::write(&place, text).unwrap();
    place
}
