//! `laufmappe serve` over real HTTP: status codes, limits, what happens under load and at the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use laufmappe::invoice::Tree;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};
use support::house::{House, samples, terminate};

const EXAMPLE: &[u8] = include_bytes!("../src/web/example.xml");
const MIB: usize = 1 << 20;

/// A counter of our own on a free port.
struct Counter {
    _house: House,
    process: Child,
    address: SocketAddr,
}

impl Counter {
    fn open() -> Self {
        let house = House::new();
        let mut process = house.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).parse().unwrap();
        Self { _house: house, process, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Request line and headers, without the empty line at their end.
    fn begin(&self, method: &str, path: &str, headers: &str) -> TcpStream {
        let mut stream = self.connect();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: here\r\n{headers}").unwrap();
        stream
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let headers = format!("{headers}connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        let mut stream = self.begin(method, path, &headers);
        stream.write_all(body).unwrap();
        Answer::of(stream)
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", b"")
    }

    fn post(&self, path: &str, body: &[u8]) -> Answer {
        self.ask("POST", path, "content-type: application/xml\r\n", body)
    }

    /// A request that announces a body and sends nothing of it yet.
    fn announce(&self, bytes: usize) -> TcpStream {
        self.begin("POST", "/", &format!("content-type: application/xml\r\ncontent-length: {bytes}\r\n\r\n"))
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn of(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

#[test]
fn programs_made_for_the_official_daemon_are_answered() {
    let counter = Counter::open();
    let accepted = counter.post("/", EXAMPLE);
    assert_eq!(accepted.status, 200, "{}", accepted.body);
    assert!(accepted.head.contains("content-type: application/xml"), "{}", accepted.head);
    assert!(accepted.body.contains("<rep:documentReference>supplied_instance_1</rep:documentReference>"));
    assert!(accepted.body.contains("<s:name>EN16931 XRechnung (UBL Invoice)</s:name>"));
    assert!(Tree::parse(&accepted.body).is_ok());

    for (path, body, status, part) in [
        (
            "/mein/ordner/rechnung.xml?x=1",
            EXAMPLE,
            200,
            "<rep:documentReference>rechnung.xml</rep:documentReference>",
        ),
        ("/", b"<Rechnung/>".as_slice(), 406, "<rep:noScenarioMatched>"),
        ("/", b"Guten Tag", 406, "<rep:validationStepResult id=\"val-xml\" valid=\"false\">"),
        ("/", b"PK\x03\x04", 406, "<rep:reject>"),
        ("/", b"", 400, "body"),
    ] {
        let answer = counter.post(path, body);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.body.contains(part), "{}", answer.body);
    }
    let form = counter.ask("POST", "/", "content-type: multipart/form-data; boundary=x\r\n", EXAMPLE);
    assert_eq!(form.status, 400);
    let untyped = counter.ask("POST", "/", "", EXAMPLE);
    assert_eq!(untyped.status, 200);
    for (method, path, status) in [
        ("PUT", "/", 405),
        ("DELETE", "/rechnung.xml", 405),
        ("GET", "/v1/validate", 405),
        ("POST", "/openapi.json", 405),
        ("GET", "/nirgends", 404),
        ("GET", "/", 200),
        ("GET", "/server/health", 200),
        ("GET", "/server/config", 200),
    ] {
        assert_eq!(counter.ask(method, path, "", b"").status, status, "{method} {path}");
    }
    let health = counter.get("/server/health").body;
    assert!(Tree::parse(&health).is_ok() && health.contains("<status>UP</status>"), "{health}");
    assert!(!health.contains("<totalMemory>0<"), "{health}");
    let config = counter.get("/server/config").body;
    assert!(
        Tree::parse(&config).is_ok() && config.contains("<s:name>EN16931 XRechnung (CII)</s:name>"),
        "{config}"
    );
}

#[test]
fn the_json_door_answers_in_every_format_and_names_what_it_did_not_understand() {
    let counter = Counter::open();
    let json = counter.post("/v1/validate?file=a.xml&date=2026-08-30", EXAMPLE);
    assert_eq!(json.status, 200, "{}", json.body);
    assert_eq!(
        (json.json()["recommendation"].as_str(), json.json()["file"].as_str()),
        (Some("accept"), Some("a.xml"))
    );
    assert!(json.body.contains("1.3.15"), "{}", json.body);
    let rejected = counter.post("/v1/validate", b"<Rechnung/>");
    assert_eq!((rejected.status, rejected.json()["recommendation"].as_str()), (200, Some("reject")));
    for (format, media_type, part) in [
        ("text", "text/plain", "annehmen"),
        ("html", "text/html", "<h1>Prüfprotokoll</h1>"),
        ("varl", "application/xml", "<rep:accept>"),
    ] {
        let answer = counter.post(&format!("/v1/validate?format={format}"), EXAMPLE);
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains(media_type) && answer.body.contains(part), "{format}: {}", answer.body);
    }
    let pdf = std::fs::read(samples().join("04-zugferd-en16931.pdf")).unwrap();
    let pdf = counter.ask("POST", "/v1/validate", "content-type: application/pdf\r\n", &pdf);
    assert_eq!(pdf.json()["recommendation"], "accept", "{}", pdf.body);
    for (query, body) in
        [("?date=gestern", EXAMPLE), ("?format=pdf", EXAMPLE), ("?farbe=rot", EXAMPLE), ("", b"")]
    {
        let answer = counter.post(&format!("/v1/validate{query}"), body);
        assert_eq!(answer.status, 400, "{query}");
        let error = &answer.json()["error"];
        assert_eq!(error["kind"], "usage");
        assert!(
            error["text"]["de"].as_str().unwrap().len() > 10
                && error["next"]["de"].as_str().unwrap().len() > 10
        );
    }
}

#[test]
fn the_description_is_served_and_its_examples_are_true() {
    let counter = Counter::open();
    let description = counter.get("/openapi.json").json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(description.pointer(reference).is_some(), "{reference} is described nowhere");
    }
    let required: Vec<&str> = strings(&description["components"]["schemas"]["Protocol"]["required"]);
    let of_findings: Vec<&str> = strings(&description["components"]["schemas"]["Finding"]["required"]);
    let mut examples = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            if method == "get" {
                let answer = counter.get(path);
                assert!(responses.contains_key(&answer.status.to_string()), "{path}: {}", answer.status);
                continue;
            }
            let given = operation["requestBody"]["content"]["application/xml"]["examples"].as_object().unwrap();
            for (name, example) in given {
                let answer = counter.post(path, example["value"].as_str().unwrap().as_bytes());
                assert!(responses.contains_key(&answer.status.to_string()), "{path}: {}", answer.status);
                if path == "/" {
                    assert_eq!(answer.status, if name == "annehmen" { 200 } else { 406 });
                } else {
                    let json = answer.json();
                    assert_eq!(json["recommendation"], if name == "annehmen" { "accept" } else { "reject" });
                    assert_eq!(keys(&json), sorted(&required));
                    for finding in json["findings"].as_array().unwrap() {
                        assert_eq!(keys(finding), sorted(&of_findings));
                    }
                }
                examples += 1;
            }
        }
    }
    assert_eq!(examples, 4);
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn keys(object: &Value) -> Vec<String> {
    let mut keys: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    names.sort();
    names
}

#[test]
fn too_large_is_said_before_anything_is_sent() {
    let counter = Counter::open();
    let refused = Answer::of(counter.announce(100 * MIB));
    assert_eq!(refused.status, 413, "{}", refused.body);
    let headers = format!("content-length: {}\r\n\r\n", 100 * MIB);
    let refused = Answer::of(counter.begin("POST", "/v1/validate", &headers));
    assert_eq!((refused.status, refused.json()["error"]["kind"].as_str()), (413, Some("too-large")));

    // Of unknown length, and endless: the limit is met on the way.
    let mut endless = counter.begin("POST", "/", "transfer-encoding: chunked\r\n\r\n");
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; MIB], b"\r\n"].concat();
    let mut sent = 0;
    while sent < 200 && endless.write_all(&chunk).is_ok() {
        sent += 1;
    }
    assert!(sent < 200, "an endless body is not read to its end");
}

#[test]
fn who_finds_no_place_is_told_to_come_again() {
    let counter = Counter::open();
    let mut waiting: Vec<TcpStream> = (0..8).map(|_| counter.announce(60 * MIB)).collect();
    let deadline = Instant::now() + Duration::from_secs(25);
    let refused = loop {
        // The eight are taken in one after the other, and one of them may find its place taken by a ninth: who is
        // not sent away stays, so that the places fill up.
        let mut ninth = counter.announce(60 * MIB);
        ninth.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut first = [0; 1];
        match ninth.read(&mut first) {
            Ok(1) => break ninth,
            _ => assert!(Instant::now() < deadline, "nobody was sent away"),
        }
        waiting.push(ninth);
    };
    let answer = {
        let mut rest = String::new();
        let mut refused = refused;
        refused.read_to_string(&mut rest).unwrap();
        rest.to_ascii_lowercase()
    };
    assert!(answer.contains(" 503 ") && answer.contains("retry-after: 2"), "{answer}");
    assert_eq!(counter.post("/", EXAMPLE).status, 200, "a small one finds a place beside them");
    drop(waiting);
}

#[test]
fn slow_clients_are_not_waited_for() {
    let counter = Counter::open();
    let begun = Instant::now();
    let mut headers_only = counter.begin("POST", "/", "x: y\r\n");
    let body_missing = counter.announce(1000);
    let mut nothing = Vec::new();
    headers_only.read_to_end(&mut nothing).ok();
    assert!(begun.elapsed() < Duration::from_secs(20), "headers that never end");
    let answer = Answer::of(body_missing);
    assert_eq!(answer.status, 408, "{}", answer.body);
    assert!(begun.elapsed() < Duration::from_secs(45), "{:?}", begun.elapsed());
}

#[test]
fn many_at_once_get_their_own_answers() {
    let counter = Counter::open();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let counter = &counter;
            scope.spawn(move || {
                for number in 0..25 {
                    let (name, good) = (format!("{thread}-{number}.xml"), number % 2 == 0);
                    let answer = counter.post(&format!("/{name}"), if good { EXAMPLE } else { b"<Rechnung/>" });
                    assert_eq!(answer.status, if good { 200 } else { 406 });
                    assert!(answer.body.contains(&format!("<rep:documentReference>{name}<")));
                }
            });
        }
    });
}

#[test]
fn one_connection_carries_many_requests() {
    let counter = Counter::open();
    let mut stream = counter.connect();
    for _ in 0..3 {
        write!(stream, "POST /v1/validate HTTP/1.1\r\nhost: here\r\ncontent-length: {}\r\n\r\n", EXAMPLE.len())
            .unwrap();
        stream.write_all(EXAMPLE).unwrap();
        let mut reader = BufReader::new(&stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["recommendation"], "accept");
    }
}

#[test]
fn told_to_stop_it_answers_what_is_in_hand_and_takes_nothing_more() {
    let mut counter = Counter::open();
    let mut begun = counter.announce(EXAMPLE.len());
    begun.write_all(&EXAMPLE[..1000]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    terminate(&counter.process);
    let deadline = Instant::now() + Duration::from_secs(25);
    while TcpStream::connect(counter.address).is_ok() {
        assert!(Instant::now() < deadline, "it still takes connections");
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.write_all(&EXAMPLE[1000..]).unwrap();
    assert_eq!(Answer::of(begun).status, 200);
    assert!(counter.process.wait().unwrap().success());
}
