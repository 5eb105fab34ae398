//! The drawers: one suite over every adapter, and every bad answer a WebDAV server can give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[allow(dead_code, reason = "shared with other tests")]
mod support {
    pub mod apache;
    pub mod dav;
    pub mod watchdog;
}

use laufmappe::error::{Error, Kind};
use laufmappe::filing::protocol::Timing;
use laufmappe::filing::{
    self, Adapter, Class, Filing, FilingKey, Folder, Login, Patience, Receipt, TargetSettings, WebDav, adapter,
    file, item,
};
use laufmappe::job::{Arrival, Channel, ContentHash, Document, DocumentId, Kind as Format, Priority, Tenant};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use support::apache::Apache;
use support::dav::{Dav, Fault};

/// A target with the folder behind it, so that a test can look and tamper.
struct Drawer {
    name: &'static str,
    adapter: Arc<dyn Adapter>,
    root: PathBuf,
    _folder: tempfile::TempDir,
}

/// One of each adapter, empty.
fn drawers() -> Vec<Drawer> {
    vec![folder_drawer(), webdav_drawer(apache())]
}

fn folder_drawer() -> Drawer {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("ablage");
    fs::create_dir(&root).unwrap();
    Drawer { name: "folder", adapter: Arc::new(Folder::new("akte", &root)), root, _folder: folder }
}

fn webdav_drawer(apache: &Apache) -> Drawer {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = format!("ablage-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let root = apache.root().join(&name);
    fs::create_dir(&root).unwrap();
    open_to_all(&root);
    let folder = tempfile::tempdir().unwrap();
    let settings = TargetSettings::Webdav {
        url: format!("{}{name}", apache.url()),
        user: Some(Apache::USER.to_owned()),
        password_file: Some(password_file(folder.path(), Apache::PASSWORD)),
    };
    Drawer { name: "webdav", adapter: adapter("akte", &settings).unwrap().into(), root, _folder: folder }
}

fn apache() -> &'static Apache {
    static APACHE: OnceLock<Apache> = OnceLock::new();
    APACHE.get_or_init(Apache::start_new)
}

fn password_file(folder: &Path, password: &str) -> PathBuf {
    let place = folder.join("password");
    fs::write(&place, format!("{password}\n")).unwrap();
    place
}

/// Apache runs as another user.
fn open_to_all(place: &Path) {
    let mode = if place.is_dir() { 0o777 } else { 0o666 };
    fs::set_permissions(place, fs::Permissions::from_mode(mode)).unwrap();
}

fn document(tenant: &str, bytes: &[u8]) -> Document {
    let tenant: Tenant = tenant.parse().unwrap();
    let content = ContentHash::of(bytes);
    let arrival = Arrival {
        channel: Channel::Folder,
        source: "eingang/rechnung.xml".into(),
        at: "2026-11-02T08:00:00Z".parse().unwrap(),
        batch: None,
        scan: None,
        priority: Priority::Normal,
    };
    Document {
        id: DocumentId::of_arrival(&tenant, Channel::Folder, &arrival.source, &content),
        tenant,
        content,
        size: bytes.len() as u64,
        kind: Format::UblInvoice,
        name: "rechnung.xml".into(),
        arrival,
        part_of: None,
        annexes: Vec::new(),
        repeats: None,
    }
}

fn filing_of(tenant: &str) -> Filing {
    let original = b"<Invoice>4711</Invoice>".to_vec();
    Filing {
        key: FilingKey::of(&document(tenant, &original), "akte"),
        file: "20 Kämmerei/Eingangsrechnungen 2026".into(),
        case: "Bürobedarf Klein 4711".into(),
        title: "Rechnung 4711 vom 2026-03-01".into(),
        items: vec![
            item("original.xml", "application/xml", original),
            item("bericht.html", "text/html", b"<p>gut</p>".to_vec()),
            item("metadata.json", "application/json", b"{\"v\":1}".to_vec()),
        ],
    }
}

fn filing() -> Filing {
    filing_of("musterstadt")
}

/// Every file below a folder, with its path from there; links are not followed.
fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Where this filing lies, as both adapters promise.
fn place(filing: &Filing) -> String {
    format!(
        "20 Kämmerei/Eingangsrechnungen 2026/Bürobedarf Klein 4711/Rechnung 4711 vom 2026-03-01 {}",
        &filing.key.as_str()[..10]
    )
}

fn expected_files(filing: &Filing) -> Vec<String> {
    let mut names: Vec<String> =
        filing.items.iter().map(|item| format!("{}/{}", place(filing), item.name)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_was_put_is_found_and_filed_once() {
    for drawer in drawers() {
        let filing = filing();
        drawer.adapter.probe().await.unwrap();
        assert_eq!(drawer.adapter.find(&filing).await.unwrap(), None, "{}", drawer.name);
        assert_eq!(files(&drawer.root), [""; 0], "{}: looking changes nothing", drawer.name);

        let first = file(&*drawer.adapter, &filing).await.unwrap();
        assert!(!first.adopted);
        assert_eq!((first.target.as_str(), &first.key), ("akte", &filing.key));
        let wanted: Vec<_> = filing.items.iter().map(|item| (item.name.clone(), item.content)).collect();
        assert_eq!(first.items, wanted);
        assert_eq!(files(&drawer.root), expected_files(&filing), "{}", drawer.name);
        for item in &filing.items {
            assert_eq!(fs::read(drawer.root.join(place(&filing)).join(&item.name)).unwrap(), item.bytes);
        }

        let second = file(&*drawer.adapter, &filing).await.unwrap();
        assert!(second.adopted, "{}", drawer.name);
        assert_eq!((&second.location, &second.items), (&first.location, &first.items));
        // A repeated put does no harm either.
        drawer.adapter.put(&filing).await.unwrap();
        assert_eq!(files(&drawer.root), expected_files(&filing), "{}", drawer.name);
    }
}

#[tokio::test]
async fn the_location_is_where_it_lies() {
    let drawer = folder_drawer();
    let receipt = file(&*drawer.adapter, &filing()).await.unwrap();
    let root = drawer.root.canonicalize().unwrap();
    assert_eq!(receipt.location, root.join(place(&filing())).to_str().unwrap());
    let drawer = webdav_drawer(apache());
    let receipt = file(&*drawer.adapter, &filing()).await.unwrap();
    assert!(receipt.location.starts_with(&apache().url()) && receipt.location.ends_with('/'));
    assert!(receipt.location.contains("/20%20K%C3%A4mmerei/Eingangsrechnungen%202026/"));
}

#[tokio::test]
async fn a_crash_in_the_middle_is_completed_to_one_filing() {
    for drawer in drawers() {
        let filing = filing();
        let above = drawer.root.join(place(&filing)).parent().unwrap().to_owned();
        fs::create_dir_all(&above).unwrap();
        if drawer.name == "folder" {
            // Killed while it wrote: half a part, twice.
            for number in [1, 2] {
                let part = above.join(format!(".{}.77-{number}.part", filing.key));
                fs::create_dir(&part).unwrap();
                fs::write(part.join("original.xml"), b"<Inv").unwrap();
            }
        } else {
            // Killed after the first file and in the middle of the second.
            let own = drawer.root.join(place(&filing));
            fs::create_dir(&own).unwrap();
            fs::write(own.join("original.xml"), &filing.items[0].bytes).unwrap();
            let part = format!(".{}-{}.tmp", &filing.key.as_str()[..10], &filing.items[1].content.hex()[..16]);
            fs::write(own.join(part), b"<p").unwrap();
            for entry in own.ancestors().take_while(|above| above.starts_with(&drawer.root)) {
                open_to_all(entry);
            }
            for entry in fs::read_dir(&own).unwrap() {
                open_to_all(&entry.unwrap().path());
            }
        }
        assert_eq!(drawer.adapter.find(&filing).await.unwrap(), None, "{}: it is not complete", drawer.name);
        file(&*drawer.adapter, &filing).await.unwrap();
        assert_eq!(files(&drawer.root), expected_files(&filing), "{}", drawer.name);
        assert!(drawer.adapter.find(&filing).await.unwrap().unwrap().adopted);
    }
}

#[tokio::test]
async fn something_else_under_our_name_is_a_conflict_and_is_left_alone() {
    for number in 0..3 {
        for drawer in drawers() {
            let filing = filing();
            file(&*drawer.adapter, &filing).await.unwrap();
            let foreign = drawer.root.join(place(&filing)).join(&filing.items[number].name);
            // Same length: the size alone tells nothing.
            let bytes = vec![b'x'; filing.items[number].bytes.len()];
            fs::write(&foreign, &bytes).unwrap();
            let found = drawer.adapter.find(&filing).await;
            assert_eq!(found.unwrap_err().kind, Kind::Conflict, "{} {number}", drawer.name);
            for _ in 0..2 {
                let put = drawer.adapter.put(&filing).await;
                assert_eq!(put.unwrap_err().kind, Kind::Conflict, "{} {number}", drawer.name);
            }
            assert_eq!(fs::read(&foreign).unwrap(), bytes, "{}: it was overwritten", drawer.name);
            assert_eq!(files(&drawer.root), expected_files(&filing), "{}", drawer.name);
        }
    }
}

#[tokio::test]
async fn a_longer_file_and_a_missing_one_are_told_from_ours() {
    for drawer in drawers() {
        let filing = filing();
        file(&*drawer.adapter, &filing).await.unwrap();
        let metadata = drawer.root.join(place(&filing)).join("metadata.json");
        fs::write(&metadata, vec![b' '; 1_000_000]).unwrap();
        assert_eq!(drawer.adapter.find(&filing).await.unwrap_err().kind, Kind::Conflict);
    }
    let drawer = folder_drawer();
    let filing = filing();
    file(&*drawer.adapter, &filing).await.unwrap();
    fs::remove_file(drawer.root.join(place(&filing)).join("bericht.html")).unwrap();
    assert_eq!(file(&*drawer.adapter, &filing).await.unwrap_err().kind, Kind::Conflict);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_racing_file_one_object() {
    for drawer in drawers() {
        for round in 0..10 {
            let filing = filing_of(&format!("stadt-{round}"));
            let mut racing = Vec::new();
            for _ in 0..8 {
                let (adapter, filing) = (Arc::clone(&drawer.adapter), filing.clone());
                racing.push(tokio::spawn(async move { file(&*adapter, &filing).await }));
            }
            let mut first = 0;
            for worker in racing {
                match worker.await.unwrap() {
                    Ok(receipt) => first += usize::from(!receipt.adopted),
                    // A server that stumbles over the race: the worker looks again later.
                    Err(error) => {
                        assert!(matches!(error.kind, Kind::Unknown | Kind::Unavailable), "{error}");
                        assert_eq!(drawer.name, "webdav", "a folder has no such excuse: {error}");
                    }
                }
            }
            assert!(first >= 1 && (drawer.name == "webdav" || first == 1), "{} {first}", drawer.name);
            assert!(file(&*drawer.adapter, &filing).await.unwrap().adopted);
            let ours: Vec<_> = files(&drawer.root)
                .into_iter()
                .filter(|name| name.contains(&filing.key.as_str()[..10]))
                .collect();
            assert_eq!(ours, expected_files(&filing), "{} round {round}", drawer.name);
        }
    }
}

#[tokio::test]
async fn hostile_labels_stay_inside() {
    #[rustfmt::skip]
    let labels = [
        "../../x", "..", "/etc/passwd", "a\u{0}b", "CON", "😀", "a/b", "a\\..\\b", "", ".", " ", "%2e%2e%2f", "a?b#c", "\u{202e}fdp",
        "C:\\x", ".htaccess", "-rf", "x\r\nDestination: /y", "\u{feff}", "a..", "~", "*",
    ];
    for drawer in drawers() {
        let mut all: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        all.push("ü".repeat(5_000));
        all.push("a/".repeat(2_500));
        for (number, label) in all.iter().enumerate() {
            let filing = Filing {
                file: label.clone(),
                case: label.clone(),
                title: label.clone(),
                ..filing_of(&format!("stadt-{number}"))
            };
            let receipt = file(&*drawer.adapter, &filing).await;
            receipt.unwrap_or_else(|error| panic!("{} {label:?}: {error}", drawer.name));
            assert!(file(&*drawer.adapter, &filing).await.unwrap().adopted, "{label:?}");
        }
        assert_eq!(files(&drawer.root).len(), 3 * all.len(), "{}", drawer.name);
        let beside: Vec<_> = fs::read_dir(drawer.root.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| !name.to_str().unwrap().starts_with("ablage"))
            .collect();
        assert!(beside.is_empty(), "{}: {beside:?}", drawer.name);
        for name in files(&drawer.root) {
            assert!(
                name.split('/').all(|level| level.chars().count() <= 80 && !level.starts_with('.')),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn tenants_and_targets_are_apart() {
    for drawer in drawers() {
        let (ours, theirs) = (filing_of("musterstadt"), filing_of("nachbarstadt"));
        assert_ne!(ours.key, theirs.key);
        file(&*drawer.adapter, &ours).await.unwrap();
        assert_eq!(drawer.adapter.find(&theirs).await.unwrap(), None, "{}", drawer.name);
        file(&*drawer.adapter, &theirs).await.unwrap();
        assert_eq!(files(&drawer.root).len(), 6);
    }
    let (one, other) = (folder_drawer(), folder_drawer());
    file(&*one.adapter, &filing()).await.unwrap();
    assert_eq!(other.adapter.find(&filing()).await.unwrap(), None);
}

#[tokio::test]
async fn our_own_unsafe_names_go_nowhere() {
    for drawer in drawers() {
        for names in
            [&["../x", "metadata.json"][..], &["a", "a"], &["", "b"], &[".a"], &["A.xml"], &["a/b"], &[]]
        {
            let items = names.iter().map(|name| item(name, "text/plain", b"x".to_vec())).collect();
            let wrong = Filing { items, ..filing() };
            assert_eq!(file(&*drawer.adapter, &wrong).await.unwrap_err().kind, Kind::Internal, "{names:?}");
        }
        assert_eq!(files(&drawer.root), [""; 0]);
    }
}

#[tokio::test]
async fn links_in_a_folder_lead_nowhere() {
    let outside = tempfile::tempdir().unwrap();
    // A link as Akte, as Vorgang, as the filing itself.
    let whole = place(&filing());
    let levels: Vec<&str> = whole.split('/').collect();
    for depth in 1..=levels.len() {
        let drawer = folder_drawer();
        let link = drawer.root.join(levels[..depth].join("/"));
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(outside.path(), &link).unwrap();
        let error = file(&*drawer.adapter, &filing()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Conflict, "{depth}: {error}");
        assert_eq!(files(outside.path()), [""; 0]);
    }
    // A link or a pipe as one of the files, though what it leads to is right.
    let drawer = folder_drawer();
    file(&*drawer.adapter, &filing()).await.unwrap();
    let original = drawer.root.join(&whole).join("original.xml");
    fs::rename(&original, outside.path().join("original.xml")).unwrap();
    symlink(outside.path().join("original.xml"), &original).unwrap();
    assert_eq!(drawer.adapter.find(&filing()).await.unwrap_err().kind, Kind::Conflict);
    fs::remove_file(&original).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &original, rustix::fs::Mode::RUSR).unwrap();
    assert_eq!(drawer.adapter.find(&filing()).await.unwrap_err().kind, Kind::Conflict);
}

#[tokio::test]
async fn a_share_that_is_not_mounted_is_not_made_up() {
    let drawer = folder_drawer();
    fs::remove_dir(&drawer.root).unwrap();
    for error in [
        drawer.adapter.probe().await.unwrap_err(),
        drawer.adapter.find(&filing()).await.unwrap_err(),
        drawer.adapter.put(&filing()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind, Kind::Unavailable, "{error}");
    }
    assert!(!drawer.root.exists());
    // A file where the share should be.
    fs::write(&drawer.root, b"").unwrap();
    assert_eq!(drawer.adapter.put(&filing()).await.unwrap_err().kind, Kind::Unavailable);
}

#[tokio::test]
async fn an_apache_that_goes_and_comes_back() {
    let apache = Apache::start_new();
    let drawer = webdav_drawer(&apache);
    file(&*drawer.adapter, &filing_of("eins")).await.unwrap();
    apache.stop();
    for error in [
        drawer.adapter.probe().await.unwrap_err(),
        drawer.adapter.find(&filing()).await.unwrap_err(),
        drawer.adapter.put(&filing()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind, Kind::Unavailable, "{error}");
    }
    apache.start();
    drawer.adapter.probe().await.unwrap();
    assert!(!file(&*drawer.adapter, &filing()).await.unwrap().adopted);
    assert!(file(&*drawer.adapter, &filing_of("eins")).await.unwrap().adopted);
}

#[tokio::test]
async fn a_wrong_password_or_address_lets_documents_wait_until_it_is_mended() {
    let drawer = webdav_drawer(apache());
    let folder = tempfile::tempdir().unwrap();
    let password = password_file(folder.path(), "falsch-und-geheim");
    let login = || Some(Login { user: Apache::USER.to_owned(), password_file: password.clone() });
    let url = format!("{}{}", apache().url(), drawer.root.file_name().unwrap().to_str().unwrap());
    let at = |url: &str| WebDav::new("akte", url, login(), Patience::default()).unwrap();
    let right = at(&url);
    for error in [right.probe().await.unwrap_err(), file(&right, &filing()).await.unwrap_err()] {
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(error.to_string().contains("password") && !error.to_string().contains("falsch"), "{error}");
    }
    // The password is changed while we run.
    fs::write(&password, Apache::PASSWORD).unwrap();
    right.probe().await.unwrap();
    let nowhere = at(&format!("{url}/gibt-es-nicht"));
    for error in [nowhere.probe().await.unwrap_err(), file(&nowhere, &filing()).await.unwrap_err()] {
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(error.to_string().contains("address"), "{error}");
    }
    fs::write(&password, "zwei\nZeilen").unwrap();
    assert_eq!(right.probe().await.unwrap_err().kind, Kind::Settings);
}

/// A client with little patience, and the server it talks to.
async fn shaky() -> (Dav, WebDav) {
    let dav = Dav::start().await;
    let patience = Patience { connect: Duration::from_secs(5), request: Duration::from_millis(700) };
    let webdav = WebDav::new("akte", &dav.url(), None, patience).unwrap();
    (dav, webdav)
}

#[tokio::test]
async fn every_bad_answer_has_its_kind_and_the_next_attempt_files_once() {
    use Fault::{
        AfterCut, AfterHang, AfterReset, AfterStatus, Busy, Cut, Drip, Half, Hang, LoginPage, OtherBytes,
        Redirect, Reset, Status,
    };
    #[rustfmt::skip]
    let rows = [
        // What may have happened is unknown …
        ("PUT", Status(500), Kind::Unknown), ("PUT", AfterStatus(500), Kind::Unknown), ("PUT", AfterStatus(503), Kind::Unknown),
        ("PUT", Cut, Kind::Unknown), ("PUT", AfterCut, Kind::Unknown), ("PUT", Hang, Kind::Unknown), ("PUT", AfterHang, Kind::Unknown),
        ("MOVE", AfterStatus(502), Kind::Unknown), ("MOVE", AfterCut, Kind::Unknown), ("MOVE", AfterHang, Kind::Unknown),
        ("PUT", Reset, Kind::Unknown), ("PUT", AfterReset, Kind::Unknown), ("MOVE", AfterReset, Kind::Unknown),
        ("PUT", Drip, Kind::Unknown), ("MOVE", Drip, Kind::Unknown), ("PUT", Busy(503, 7), Kind::Unknown),
        ("MKCOL", AfterCut, Kind::Unknown), ("MKCOL", Status(500), Kind::Unknown),
        // … unless nothing can have happened.
        ("GET", Status(500), Kind::Unavailable), ("GET", Cut, Kind::Unavailable), ("GET", Hang, Kind::Unavailable),
        ("GET", Reset, Kind::Unavailable), ("GET", Drip, Kind::Unavailable), ("GET", Busy(503, 7), Kind::Unavailable),
        ("PUT", Busy(429, 7), Kind::Unavailable), ("MKCOL", Busy(429, 7), Kind::Unavailable),
        ("GET", Half, Kind::Unavailable), ("GET", Status(429), Kind::Unavailable),
        ("PUT", Status(423), Kind::Unavailable), ("PUT", Status(429), Kind::Unavailable), ("PUT", Status(507), Kind::Unavailable),
        ("PUT", Status(409), Kind::Unavailable),
        ("PUT", Status(401), Kind::Unavailable), ("PUT", Status(403), Kind::Unavailable), ("PUT", Status(413), Kind::Refused),
        ("MKCOL", Status(403), Kind::Unavailable), ("MKCOL", Status(404), Kind::Unavailable), ("MKCOL", Status(409), Kind::Unavailable),
        ("GET", Status(403), Kind::Unavailable),
        ("PUT", LoginPage, Kind::Unavailable), ("GET", LoginPage, Kind::Unavailable), ("MKCOL", LoginPage, Kind::Unavailable), ("MOVE", LoginPage, Kind::Unavailable),
        ("PUT", Redirect, Kind::Unavailable), ("GET", Redirect, Kind::Unavailable), ("MOVE", Redirect, Kind::Unavailable),
        ("MOVE", Status(405), Kind::Unavailable), ("PUT", Status(400), Kind::Refused),
        ("GET", OtherBytes, Kind::Conflict),
    ];
    for (method, fault, kind) in rows {
        let (dav, webdav) = shaky().await;
        dav.break_with(method, fault);
        let filing = filing();
        let filed = file(&webdav, &filing).await;
        let error = filed.expect_err(&format!("{method} {fault:?}"));
        assert_eq!(error.kind, kind, "{method} {fault:?}: {error}");
        let rest = matches!(fault, Busy(..)).then_some(Duration::from_secs(7));
        assert_eq!(error.rest, rest, "{method} {fault:?}: what the server says about coming back");
        for word in ["Klein", "Rechnung", "4711", "127.0.0.1"] {
            assert!(!error.to_string().contains(word), "{method} {fault:?} tells: {error}");
        }
        assert!(dav.requests() < 40, "{method} {fault:?}: {} requests", dav.requests());
        dav.mend();
        let receipt = file(&webdav, &filing).await;
        receipt.unwrap_or_else(|error| panic!("{method} {fault:?}, then mended: {error}"));
        assert_eq!(dav.files().len(), filing.items.len(), "{method} {fault:?}: {:?}", dav.files().keys());
        for item in &filing.items {
            assert!(dav.files().iter().any(|(at, bytes)| at.ends_with(&item.name) && *bytes == item.bytes));
        }
    }
}

#[tokio::test]
async fn the_right_bytes_count_whatever_the_server_calls_them() {
    for method in ["GET", "PUT", "MOVE", "MKCOL"] {
        let (dav, webdav) = shaky().await;
        dav.break_with(method, Fault::OtherType);
        file(&webdav, &filing()).await.unwrap_or_else(|error| panic!("{method}: {error}"));
        assert_eq!(dav.files().len(), filing().items.len());
    }
}

#[tokio::test]
async fn no_request_is_made_that_proves_nothing() {
    let (dav, webdav) = shaky().await;
    let asked = async |filing: &Filing, retry: bool| {
        let before = dav.requests();
        let filed = if retry { file(&webdav, filing).await } else { webdav.put(filing).await };
        let receipt = filed.unwrap();
        (dav.requests() - before, receipt.adopted)
    };
    let files = filing().items.len();
    assert_eq!(
        asked(&filing_of("eins"), false).await,
        (4 + 4 * files, false),
        "four folders, nothing known yet"
    );
    assert_eq!(
        asked(&filing_of("zwei"), false).await,
        (1 + 4 * files, false),
        "one folder, the others are known"
    );
    assert_eq!(asked(&filing_of("zwei"), true).await, (files, true), "everything lies there: it is read back");
    assert_eq!(asked(&filing_of("zwei"), false).await, (1 + files, true), "nothing is uploaded again");
    // All but the last file lie there: a crash before the end.
    let half = Filing { items: filing().items[..files - 1].to_vec(), ..filing_of("drei") };
    webdav.put(&half).await.unwrap();
    let rest = (1 + 1 + (files - 1) + 5, false);
    assert_eq!(asked(&filing_of("drei"), true).await, rest, "what lies there is read, the rest is stored");
}

#[tokio::test]
async fn folders_that_were_taken_away_are_made_again() {
    let (dav, webdav) = shaky().await;
    file(&webdav, &filing_of("eins")).await.unwrap();
    dav.remove_folders();
    file(&webdav, &filing_of("zwei")).await.unwrap();
    assert_eq!(dav.files().len(), filing().items.len());
}

/// A target that stores, and answers only when it is too late.
struct Slow {
    folder: Folder,
    steps: Arc<AtomicU64>,
}

#[async_trait::async_trait]
impl Adapter for Slow {
    fn target(&self) -> &str {
        "akte"
    }

    fn class(&self) -> Class {
        Class::B
    }

    fn timing(&self) -> Timing {
        Timing { call: Duration::from_millis(200), settle: Duration::ZERO, lag: Duration::ZERO }
    }

    async fn find(&self, _: &Filing) -> laufmappe::error::Result<Option<Receipt>> {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(None)
    }

    async fn put(&self, filing: &Filing) -> laufmappe::error::Result<Receipt> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        // The whole program is frozen here.
        std::thread::sleep(Duration::from_millis(400));
        tokio::task::yield_now().await;
        self.steps.fetch_add(1, Ordering::SeqCst);
        self.folder.put(filing).await
    }

    async fn probe(&self) -> laufmappe::error::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn after_the_deadline_nothing_more_is_sent() {
    let drawer = folder_drawer();
    let steps = Arc::new(AtomicU64::new(0));
    let slow = Slow { folder: Folder::new("akte", &drawer.root), steps: Arc::clone(&steps) };
    assert_eq!(filing::look(&slow, &filing()).await.unwrap_err().kind, Kind::Unavailable);
    let error = filing::put(&slow, &filing(), Instant::now()).await.unwrap_err();
    assert_eq!((error.kind, steps.load(Ordering::SeqCst)), (Kind::Unknown, 1), "{error}");
    // Too late before it began: the intent took its time.
    let begun = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    assert_eq!(filing::put(&slow, &filing(), begun).await.unwrap_err().kind, Kind::Unknown);
    assert_eq!(steps.load(Ordering::SeqCst), 1);
    assert_eq!(files(&drawer.root), [""; 0]);
}

#[tokio::test]
async fn who_chooses_a_weak_target_is_told_and_several_hits_are_an_alarm() {
    let named = |adapter: Box<dyn Adapter>| BTreeMap::from([("akte".to_owned(), adapter)]);
    let drawer = folder_drawer();
    assert!(filing::warnings(&named(Box::new(Folder::new("akte", &drawer.root)))).is_empty());
    for (class, word) in
        [(Class::A, None), (Class::B, None), (Class::C, Some("305 s")), (Class::D, Some("person"))]
    {
        let told = filing::warnings(&named(Box::new(Declared(class))));
        assert_eq!(told.len(), usize::from(word.is_some()), "{class:?}");
        assert!(told.iter().all(|text| text.en.contains(word.unwrap()) && text.de.contains("Ablageziel akte")));
    }
    let hit = file(&*drawer.adapter, &filing()).await.unwrap();
    assert_eq!(filing::only_one("akte", &filing(), Vec::new()).unwrap(), None);
    assert_eq!(filing::only_one("akte", &filing(), vec![hit.clone()]).unwrap(), Some(hit.clone()));
    let alarm = filing::only_one("akte", &filing(), vec![hit.clone(), hit]).unwrap_err();
    assert_eq!(alarm.kind, Kind::Conflict);
    assert!(laufmappe::clearing::of(&alarm).text.de.contains("2-mal"));
}

/// Says what it is and does nothing.
struct Declared(Class);

#[async_trait::async_trait]
impl Adapter for Declared {
    fn target(&self) -> &str {
        "akte"
    }

    fn class(&self) -> Class {
        self.0
    }

    fn timing(&self) -> Timing {
        let seconds = Duration::from_secs;
        Timing { call: seconds(100), settle: seconds(50), lag: seconds(150) }
    }

    async fn find(&self, _: &Filing) -> laufmappe::error::Result<Option<Receipt>> {
        Ok(None)
    }

    async fn put(&self, _: &Filing) -> laufmappe::error::Result<Receipt> {
        Err(Error::new(Kind::Unavailable, "nothing is here"))
    }

    async fn probe(&self) -> laufmappe::error::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn wrong_bytes_on_reading_back_never_take_the_name_of_the_file() {
    let (dav, webdav) = shaky().await;
    dav.break_with("GET", Fault::OtherBytes);
    assert_eq!(webdav.put(&filing()).await.unwrap_err().kind, Kind::Conflict);
    assert!(dav.files().keys().all(|at| at.ends_with(".tmp")), "{:?}", dav.files().keys());
}

#[tokio::test]
async fn bytes_that_came_back_wrong_once_are_read_again() {
    let (dav, webdav) = shaky().await;
    dav.break_once("GET", Fault::OtherBytes);
    assert!(!webdav.put(&filing()).await.unwrap().adopted);
    dav.break_once("GET", Fault::OtherBytes);
    assert!(webdav.find(&filing()).await.unwrap().unwrap().adopted);
}

#[tokio::test]
async fn what_lies_there_is_told_as_it_is() {
    for drawer in drawers() {
        let filing = filing();
        assert_eq!(drawer.adapter.stored(&filing).await.unwrap(), None, "{}", drawer.name);
        let receipt = file(&*drawer.adapter, &filing).await.unwrap();
        let last = filing.items.last().unwrap();
        let foreign = drawer.root.join(place(&filing)).join(&last.name);
        fs::write(&foreign, b"etwas ganz anderes").unwrap();
        let stored = drawer.adapter.stored(&filing).await.unwrap().unwrap();
        assert_eq!(stored.location, receipt.location, "{}", drawer.name);
        let expected = filing.items.iter().map(|item| {
            let changed = item.name == last.name;
            (item.name.clone(), if changed { b"etwas ganz anderes".to_vec() } else { item.bytes.clone() })
        });
        assert_eq!(stored.files, expected.collect::<Vec<_>>(), "{}", drawer.name);
        fs::remove_file(&foreign).unwrap();
        assert_eq!(drawer.adapter.stored(&filing).await.unwrap(), None, "{}: a file is missing", drawer.name);
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_short() {
    for fault in [Fault::TenGigabytes, Fault::Endless] {
        let (dav, webdav) = shaky().await;
        file(&webdav, &filing()).await.unwrap();
        dav.break_with("GET", fault);
        assert_eq!(webdav.find(&filing()).await.unwrap_err().kind, Kind::Conflict, "{fault:?}");
        assert!(dav.sent() < 64_000_000, "{fault:?}: {} bytes", dav.sent());
        // Bodies nobody reads do not matter either.
        dav.break_with("PROPFIND", fault);
        assert_eq!(webdav.probe().await.unwrap_err().kind, Kind::Unavailable, "{fault:?}");
        assert!(dav.sent() < 64_000_000, "{fault:?}: {} bytes", dav.sent());
    }
}
