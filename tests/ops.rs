//! What operations see: every figure the dashboard and the alerts name is really told by a running worker, the
//! alerts fire, a dead broker hurts nobody who asks, and neither logs nor traces tell secrets or contents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::house::{House, samples};
use support::postgres::fresh_database;
use support::rabbit::broker;
use support::window::Window;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/ops")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// Runs promtool and answers what it said; a missing one fails the test.
fn promtool(arguments: &[&str], input: &str) -> String {
    let mut running = Command::new("promtool")
        .args(arguments)
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing: install the package prometheus (.ci/install tests)");
    running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "promtool {arguments:?}: {said}");
    said
}

/// Every word that is called like one of ours.
fn ours(text: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c: char| !word(c)).filter(|word| word.starts_with("laufmappe_"));
    words.map(str::to_owned).collect()
}

/// The samples of a scrape.
fn told(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(['{', ' ']).next().unwrap().to_owned()).collect()
}

/// The expressions of dashboard, alerts and autoscaler: the texts for people are left out.
fn asked_for() -> BTreeSet<String> {
    fn expressions(value: &Value, found: &mut String) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field.as_str().filter(|_| matches!(name.as_str(), "expr" | "query" | "definition")) {
                        Some(text) => found.push_str(&format!("{text}\n")),
                        None => expressions(field, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
            _ => {}
        }
    }
    let dashboard: Value = serde_json::from_str(&read("grafana-dashboard.json")).unwrap();
    let mut text = String::new();
    expressions(&dashboard, &mut text);
    let rules = read("alerts.yaml");
    let rules = rules.lines().filter(|line| !line.trim_start().starts_with('#'));
    text.extend(rules.map(|line| format!("{line}\n")));
    text.push_str(&read("keda-scaledobject.yaml"));
    ours(&text)
}

#[test]
fn every_figure_of_dashboard_alerts_and_autoscaler_is_told_by_a_running_worker() {
    let house = House::new();
    assert_eq!(house.laufmappe(&["submit", samples().to_str().unwrap()]).code, 0);
    let worker = Window::open(&house, &[]);
    worker.until("all is done", |worker| {
        worker.metric("laufmappe_ledger_open_cases{tenant=\"standard\"}") == Some(0.0)
    });
    let text = worker.get("/metrics").body;
    let mut told = told(&text);
    assert!(worker.metric("laufmappe_ocr_pages_total{tenant=\"standard\"}").unwrap() >= 4.0, "{text}");
    assert!(worker.metric("laufmappe_stage_duration_seconds_count{stage=\"file\"}").unwrap() >= 10.0, "{text}");
    assert_eq!(worker.metric("laufmappe_documents_in_flight"), Some(0.0));
    let filed = worker.metric("laufmappe_documents_settled_total{tenant=\"standard\",outcome=\"filed\"}");
    let receipts =
        worker.metric("laufmappe_filings_total{tenant=\"standard\",target=\"akte\",result=\"receipt\"}");
    assert!(filed.unwrap() >= 10.0 && receipts.unwrap() >= filed.unwrap(), "{text}");
    assert!(worker.metric("laufmappe_clearings_total{tenant=\"standard\",kind=\"damaged\"}").unwrap() >= 1.0);
    assert!(worker.metric("laufmappe_ledger_oldest_open_seconds{tenant=\"standard\"}").is_some());
    assert!(house_ids(&text).is_empty(), "an id became a label");
    let open = worker.ask("/metrics", "application/openmetrics-text;version=1.0.0").body;
    assert!(open.ends_with("# EOF\n") && open.contains("# TYPE laufmappe_documents_settled counter"), "{open}");
    promtool(&["check", "metrics"], &text);
    assert_eq!(worker.get("/readyz").body, r#"{"ready":true,"reasons":[]}"#);
    let port = worker.address.to_string();
    assert_eq!(house.laufmappe(&["health", "--listen", &port, "--ready"]).code, 0);
    worker.close();

    told.extend(chain_figures(&house));
    let asked = asked_for();
    assert!(asked.len() > 25, "{asked:?}");
    let missing: Vec<_> = asked.difference(&told).collect();
    assert!(missing.is_empty(), "nobody tells {missing:?}");
}

/// Ids of documents and hashes in a scrape.
fn house_ids(text: &str) -> Vec<String> {
    let hex = |word: &&str| word.len() >= 24 && word.chars().all(|c| c.is_ascii_hexdigit());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(hex).map(str::to_owned).collect()
}

/// What the nightly check writes, over a sound and over an altered journal.
fn chain_figures(house: &House) -> BTreeSet<String> {
    let place = tempfile::tempdir().unwrap();
    let check = || {
        let mut command = Command::new(folder().join("verify-chain.sh"));
        command.env("LAUFMAPPE", env!("CARGO_BIN_EXE_laufmappe")).arg(place.path());
        command.arg("--data").arg(house.data()).current_dir(house.folder());
        command.output().unwrap().status.code()
    };
    let written = || std::fs::read_to_string(place.path().join("laufmappe.prom")).unwrap_or_default();
    assert_eq!(check(), Some(0));
    let sound = written();
    assert!(sound.contains("laufmappe_ledger_chain_valid 1\n"), "{sound}");
    promtool(&["check", "metrics"], &sound);

    let journal = journal_of(house);
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replacen("\"warnings\":", "\"warnings\":1", 1)).unwrap();
    assert_ne!(check(), Some(0));
    assert!(written().contains("laufmappe_ledger_chain_valid 0\n"), "{}", written());
    told(&sound)
}

/// The journal of a house with a report in it; the index beside it is not text.
fn journal_of(house: &House) -> PathBuf {
    let mut folders = vec![house.data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).is_ok_and(|text| text.contains("\"what\":\"validated\"")) {
                return path;
            }
        }
    }
    panic!("no journal in {}", house.data().display());
}

#[test]
fn the_alerts_are_understood_and_fire() {
    let said = promtool(&["check", "rules", "alerts.yaml"], "");
    assert!(said.contains("SUCCESS"), "{said}");
    promtool(&["test", "rules", "alerts.test.yaml"], "");
    promtool(&["check", "config", "--syntax-only", "prometheus.yml"], "");
    // Each says what it means and what to do.
    let alerts = read("alerts.yaml");
    for alert in alerts.split("- alert: ").skip(1) {
        let name = alert.lines().next().unwrap();
        for part in ["severity: ", "summary: ", "description: ", "Was tun: "] {
            assert!(alert.contains(part), "{name} has no {part}");
        }
    }
}

#[test]
fn the_dashboard_is_whole() {
    let dashboard: Value = serde_json::from_str(&read("grafana-dashboard.json")).unwrap();
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 39);
    let variables: Vec<&str> = dashboard["templating"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(variables, ["datasource", "tenant", "instance"]);
    let mut ids = BTreeSet::new();
    let mut rules = String::from("groups:\n- name: panels\n  rules:\n");
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "two panels share an id");
        let place = &panel["gridPos"];
        assert!(place["x"].as_u64().unwrap() + place["w"].as_u64().unwrap() <= 24, "{panel}");
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            assert!(!ours(expression).is_empty(), "{expression}");
            let expression = expression.replace("$__rate_interval", "1m").replace('\'', "''");
            rules.push_str(&format!("  - record: panel:{}\n    expr: '{expression}'\n", panel["id"]));
        }
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("panels.yaml");
    std::fs::write(&file, rules).unwrap();
    promtool(&["check", "rules", "--lint=none", file.to_str().unwrap()], "");
}

#[test]
fn a_dead_broker_hurts_nobody_who_asks() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _alone = runtime.block_on(broker().alone());
    let house = House::shared(&broker().url(), &fresh_database());
    let worker = Window::open(&house, &[]);
    worker.until("ready", |worker| worker.get("/readyz").status == 200);
    broker().kill9();
    worker.until("not ready", |worker| worker.get("/readyz").status == 503);
    let ready = worker.get("/readyz");
    let reasons: Value = serde_json::from_str(&ready.body).unwrap();
    assert_eq!(reasons["ready"], false);
    assert!(reasons["reasons"][0].as_str().unwrap().starts_with("queue: "), "{}", ready.body);
    let port = worker.address.to_string();
    let asked = house.laufmappe(&["--lang", "en", "health", "--listen", &port, "--ready"]);
    assert!(asked.code == 3 && asked.errors.contains("queue: "), "{}", asked.errors);

    // Everybody asks at once: one question goes to the broker, all are answered in time.
    let slowest = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..40)
            .map(|number| {
                let worker = &worker;
                let path = ["/metrics", "/readyz", "/status", "/healthz"][number % 4];
                scope.spawn(move || worker.get(path))
            })
            .collect();
        asking.into_iter().map(|asked| asked.join().unwrap().took).max().unwrap()
    });
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    assert_eq!(worker.get("/healthz").status, 200);
    let scrape = worker.get("/metrics");
    assert_eq!(scrape.status, 200);
    assert!(scrape.body.contains("laufmappe_source_up{source=\"queue\"} 0"), "{}", scrape.body);
    assert!(scrape.body.contains("laufmappe_source_up{source=\"ledger\"} 1"), "{}", scrape.body);
    assert!(!scrape.body.contains("laufmappe_queue_ready_jobs{"), "yesterday's figures: {}", scrape.body);

    broker().restart();
    worker.until("ready again", |worker| worker.get("/readyz").status == 200);
    assert_eq!(worker.metric("laufmappe_source_up{source=\"queue\"}"), Some(1.0));
    worker.close();
}

const PASSWORD: &str = "KanarienvogelKennwort4711";

#[test]
fn no_password_of_broker_or_database_is_logged_at_any_level() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _shared = runtime.block_on(broker().shared());
    broker().control(&["add_user", "kanarienvogel", PASSWORD]);
    broker().control(&["set_permissions", "-p", "/", "kanarienvogel", ".*", ".*", ".*"]);
    let login = format!("kanarienvogel:{PASSWORD}@");
    let queue = broker().url().replace("guest:guest@", &login);
    let ledger = fresh_database().replace("postgres@", &format!("postgres:{PASSWORD}@"));
    let house = House::shared(&queue, &ledger);
    let file = samples().join("01-xrechnung-ubl.xml");
    assert_eq!(house.laufmappe(&["submit", file.to_str().unwrap()]).code, 0);
    for format in ["text", "json"] {
        let mut worker = house.command(&["worker", "--until-empty"]);
        worker.env("LAUFMAPPE_LOG", "trace,lapin=trace,sqlx=trace").env("LAUFMAPPE_LOG_FORMAT", format);
        let output = worker.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.contains("connected to the broker"), "{said}");
        assert_secret(&said);
    }
    for (queue, ledger) in [
        (queue.replace(PASSWORD, &format!("{PASSWORD}x")), ledger.clone()),
        (queue.clone(), ledger.replace("postgres://", "postgres://keiner").replace("127.0.0.1", "127.0.0.2")),
        (queue.replace("amqp://", "amqp:/"), ledger.clone()),
        (queue.clone(), ledger.replace("postgres://", "postgress://")),
    ] {
        let mut command = house.command(&["status", "--queue", &queue, "--ledger", &ledger]);
        let output = command.env("LAUFMAPPE_LOG", "trace").output();
        let output = output.unwrap();
        assert!(!output.status.success() || queue != ledger);
        assert_secret(&String::from_utf8_lossy(&output.stderr));
    }
}

fn assert_secret(said: &str) {
    let encoded: String = PASSWORD.bytes().map(|byte| format!("{byte:02x}")).collect();
    let numbers = PASSWORD.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    for form in [PASSWORD, &encoded, &numbers] {
        if let Some(place) = said.find(form) {
            let line = said[..place].rfind('\n').map_or(0, |start| start + 1);
            panic!("the password is told: {}", &said[line..(place + form.len())]);
        }
    }
}

/// Stands for an OpenTelemetry collector: takes what is posted and keeps it.
struct Collector {
    address: String,
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || {
                    while let Some(body) = exchange(stream.as_ref().unwrap()) {
                        kept.lock().unwrap().push(body);
                    }
                });
            }
        });
        Self { address, taken }
    }
}

/// One request of a connection; none when it ends.
fn exchange(mut stream: &TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    assert!(head.starts_with("post /v1/traces "), "{head}");
    let length = head.split("content-length: ").nth(1)?.split('\r').next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")
        .ok()?;
    Some(body)
}

#[test]
fn a_trace_of_a_document_has_its_stages_and_ids_only() {
    let house = House::new();
    let collector = Collector::open();
    for file in ["01-xrechnung-ubl.xml", "07-rechnung-scan.pdf"] {
        assert_eq!(house.laufmappe(&["submit", samples().join(file).to_str().unwrap()]).code, 0);
    }
    let mut worker = house.command(&["worker", "--until-empty"]);
    worker.env("LAUFMAPPE_TRACES", &collector.address).env("LAUFMAPPE_LOG", "trace");
    let output = worker.output().unwrap();
    let logs = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{logs}");

    let taken = collector.taken.lock().unwrap().clone();
    let spans = spans::of(&taken);
    for summary in house.summaries() {
        let document = summary["document"]["id"].as_str().unwrap().to_owned();
        let trace = format!("00000000{}", &document[1..]);
        let of_document: Vec<_> = spans.iter().filter(|span| span.trace == trace).collect();
        let case = of_document.iter().find(|span| span.name == "case").expect("a root");
        assert_eq!(case.parent, "");
        assert_eq!(case.field("document"), Some(document.as_str()));
        assert_eq!(case.field("tenant"), Some("standard"));
        assert_eq!(case.field("outcome"), Some("filed"));
        let stages: BTreeSet<&str> = of_document.iter().map(|span| span.name.as_str()).collect();
        let scanned = summary["document"]["kind"] != "xrechnung" && stages.contains("recognise");
        let expected: &[&str] = match scanned {
            true => &["case", "extract", "file", "recognise", "route", "validate"],
            false => &["case", "extract", "file", "route", "validate"],
        };
        assert_eq!(stages.into_iter().collect::<Vec<_>>(), expected);
        for span in of_document.iter().filter(|span| span.name != "case") {
            assert_eq!(span.parent, case.id, "{span:?}");
            assert!(span.begin >= case.begin && span.end <= case.end, "{span:?}");
        }
    }
    assert!(
        spans.iter().any(|span| span.name == "recognise" && span.field("ocr_pages") == Some("1")),
        "{spans:?}"
    );

    // Nothing of what stands in the documents, and no name of a file.
    let allowed =
        ["document", "tenant", "attempt", "outcome", "kind", "pages", "ocr_pages", "busy_ns", "idle_ns"];
    for (name, _) in spans.iter().flat_map(|span| &span.fields) {
        assert!(allowed.contains(&name.as_str()), "{name}");
    }
    let sent = String::from_utf8_lossy(&taken.concat()).into_owned();
    let canaries = canaries();
    assert!(canaries.len() > 10, "{canaries:?}");
    for canary in &canaries {
        assert!(!sent.contains(canary), "a trace tells {canary}");
        assert!(!logs.contains(canary), "a log tells {canary}");
    }
}

/// Names, account and numbers of the invoice, and the names of the files.
fn canaries() -> BTreeSet<String> {
    let invoice = std::fs::read_to_string(samples().join("01-xrechnung-ubl.xml")).unwrap();
    let texts = invoice.split('>').filter_map(|rest| rest.split_once('<').map(|(text, _)| text.trim()));
    let telling = texts.filter(|text| text.chars().count() >= 9 && !text.contains("urn:"));
    let mut canaries: BTreeSet<String> = telling.map(str::to_owned).collect();
    canaries.extend(["01-xrechnung".to_owned(), "07-rechnung".to_owned()]);
    canaries
}

#[test]
fn a_collector_that_is_away_costs_nothing_but_spans() {
    let house = House::new();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    for (number, address) in ["http://127.0.0.1:9", &address].into_iter().enumerate() {
        let file = samples().join(["01-xrechnung-ubl.xml", "03-rechnung-cii.xml"][number]);
        assert_eq!(house.laufmappe(&["submit", file.to_str().unwrap()]).code, 0);
        let begun = Instant::now();
        let output =
            house.command(&["worker", "--until-empty"]).env("LAUFMAPPE_TRACES", address).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
    assert!(house.summaries().iter().all(|summary| summary["state"] == "filed"));
    let wrong = house.command(&["status"]).env("LAUFMAPPE_TRACES", "collector:4318").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

/// Just enough of the wire format of OTLP to read spans.
mod spans {
    #[derive(Debug, Default)]
    pub struct Span {
        pub trace: String,
        pub id: String,
        pub parent: String,
        pub name: String,
        pub begin: u64,
        pub end: u64,
        pub fields: Vec<(String, String)>,
    }

    impl Span {
        pub fn field(&self, name: &str) -> Option<&str> {
            self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
        }
    }

    enum Value<'a> {
        Number(u64),
        Bytes(&'a [u8]),
    }

    pub fn of(bodies: &[Vec<u8>]) -> Vec<Span> {
        let mut spans = Vec::new();
        for body in bodies {
            for resource in nested(body, 1) {
                for scope in nested(resource, 2) {
                    spans.extend(nested(scope, 2).into_iter().map(span));
                }
            }
        }
        spans
    }

    fn span(bytes: &[u8]) -> Span {
        let mut span = Span::default();
        for (number, value) in fields(bytes) {
            match (number, value) {
                (1, Value::Bytes(id)) => span.trace = hex(id),
                (2, Value::Bytes(id)) => span.id = hex(id),
                (4, Value::Bytes(id)) => span.parent = hex(id),
                (5, Value::Bytes(name)) => span.name = String::from_utf8(name.to_vec()).unwrap(),
                (7, Value::Number(time)) => span.begin = time,
                (8, Value::Number(time)) => span.end = time,
                (9, Value::Bytes(pair)) => span.fields.push(attribute(pair)),
                _ => {}
            }
        }
        span
    }

    fn attribute(bytes: &[u8]) -> (String, String) {
        let (mut name, mut text) = (String::new(), String::new());
        for (number, value) in fields(bytes) {
            match (number, value) {
                (1, Value::Bytes(key)) => name = String::from_utf8(key.to_vec()).unwrap(),
                (2, Value::Bytes(any)) => {
                    for (_, value) in fields(any) {
                        text = match value {
                            Value::Number(number) => number.to_string(),
                            Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                        };
                    }
                }
                _ => {}
            }
        }
        (name, text)
    }

    fn nested(bytes: &[u8], wanted: u64) -> Vec<&[u8]> {
        let all = fields(bytes).into_iter().filter(|(number, _)| *number == wanted);
        all.filter_map(|(_, value)| if let Value::Bytes(bytes) = value { Some(bytes) } else { None }).collect()
    }

    fn fields(mut bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let tag = number(&mut bytes);
            let value = match tag & 7 {
                0 => Value::Number(number(&mut bytes)),
                1 => Value::Number(u64::from_le_bytes(take(&mut bytes, 8).try_into().unwrap())),
                2 => {
                    let length = number(&mut bytes) as usize;
                    Value::Bytes(take(&mut bytes, length))
                }
                5 => Value::Number(u64::from(u32::from_le_bytes(take(&mut bytes, 4).try_into().unwrap()))),
                other => panic!("wire type {other}"),
            };
            found.push((tag >> 3, value));
        }
        found
    }

    fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
        let (taken, rest) = bytes.split_at(count);
        *bytes = rest;
        taken
    }

    fn number(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = take(bytes, 1)[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
        }
        value
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
