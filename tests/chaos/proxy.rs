//! A proxy in front of the DMS that answers badly on purpose.
//!
//! In: the port of a real WebDAV server, how often what goes wrong, and a seed. Out: a port, and counts of what
//! was done. A filing is about twenty requests; its attempts are told apart by the key in the name of its
//! folder, and of every so many attempts one meets a fault at a request chosen by chance. A small rate strikes
//! everywhere besides. Absent on purpose: understanding WebDAV.

use crate::dice::Dice;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// What can go wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection is cut; the server never hears of the request.
    CutBefore,
    /// The connection is cut when the server has done it.
    CutAfter,
    /// The connection is cut in the middle of the head of the answer.
    CutInHead,
    /// The whole head and half of the body.
    HalfBody,
    /// The answer comes late.
    Slow,
    /// The connection is cut, and the server does it seconds later.
    LaterThanCut,
    /// 429, 500 or 503, and the server never hears of it.
    RefusedBefore(u16),
    /// 429, 500 or 503, but it was done.
    RefusedAfter(u16),
    /// Other bytes of the same length (GET only; a delay otherwise).
    OtherBytes,
}

#[rustfmt::skip]
const FAULTS: [(Fault, usize); 13] = [
    (Fault::CutBefore, 10), (Fault::CutAfter, 18), (Fault::CutInHead, 10), (Fault::HalfBody, 8),
    (Fault::Slow, 8), (Fault::LaterThanCut, 12),
    (Fault::RefusedBefore(429), 4), (Fault::RefusedBefore(500), 4), (Fault::RefusedBefore(503), 4),
    (Fault::RefusedAfter(429), 2), (Fault::RefusedAfter(500), 9), (Fault::RefusedAfter(503), 6),
    (Fault::OtherBytes, 5),
];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// How often what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Share of the attempts of filings that meet a fault.
    pub attempts: f64,
    /// Share of all requests besides.
    pub requests: f64,
    /// Nothing but this fault.
    pub only: Option<Fault>,
    /// Every request takes at least so long.
    pub pause: Duration,
}

impl Rates {
    pub const NONE: Self = Self { attempts: 0.0, requests: 0.0, only: None, pause: Duration::ZERO };
    /// 20 % of the filings, and a little everywhere.
    pub const BAD: Self = Self { attempts: 0.26, requests: 0.002, only: None, pause: Duration::ZERO };
}

/// Requests of one attempt, after which a fault is thrown anew.
const ATTEMPT: usize = 20;

#[derive(Debug, Default, Clone)]
pub struct Counts {
    pub requests: usize,
    pub faults: BTreeMap<Fault, usize>,
    /// Attempts of filings, and how many of them met a fault.
    pub attempts: usize,
    pub struck: usize,
    /// Keys of filings that were shown other bytes than those that lie there.
    pub shown_other_bytes: Vec<String>,
    /// How often each path was put.
    pub puts: HashMap<String, usize>,
    /// How often each file was moved to its own name, and when a filing was complete.
    pub moves: HashMap<String, usize>,
    pub complete: Vec<(Instant, String)>,
    /// Most requests at the server at once, and the same since the proxy came up again.
    pub most_at_once: usize,
    pub most_since_up: usize,
}

pub struct Proxy {
    shared: Arc<Shared>,
    up: watch::Sender<bool>,
}

struct Shared {
    server: u16,
    port: u16,
    rates: Mutex<Rates>,
    dice: Mutex<Dice>,
    filings: Mutex<HashMap<String, Attempt>>,
    counts: Mutex<Counts>,
    at_once: AtomicUsize,
    /// Requests that will be done though nobody waits for them.
    late: AtomicUsize,
    listening: AtomicBool,
}

#[derive(Default)]
struct Attempt {
    requests: usize,
    strikes_at: Option<(usize, Fault)>,
}

struct Message {
    bytes: Vec<u8>,
    head: usize,
}

impl Proxy {
    pub fn before(server: u16, rates: Rates, seed: u64) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let shared = Arc::new(Shared {
            server,
            port,
            rates: Mutex::new(rates),
            dice: Mutex::new(Dice::of(seed, "proxy")),
            filings: Mutex::default(),
            counts: Mutex::default(),
            at_once: AtomicUsize::new(0),
            late: AtomicUsize::new(0),
            listening: AtomicBool::new(false),
        });
        let (up, told) = watch::channel(true);
        runtime().spawn(Arc::clone(&shared).listen(told));
        let proxy = Self { shared, up };
        proxy.await_listening(true);
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.shared.port)
    }

    /// Refuses connections and cuts those that are open.
    pub fn down(&self) {
        self.up.send_replace(false);
        self.await_listening(false);
    }

    pub fn up(&self) {
        self.shared.counts.lock().unwrap().most_since_up = 0;
        self.up.send_replace(true);
        self.await_listening(true);
    }

    pub fn set(&self, rates: Rates) {
        *self.shared.rates.lock().unwrap() = rates;
    }

    pub fn counts(&self) -> Counts {
        self.shared.counts.lock().unwrap().clone()
    }

    /// Waits until nothing is on its way any more.
    pub fn settle(&self) {
        let begun = Instant::now();
        let busy = || self.shared.late.load(Ordering::SeqCst) + self.shared.at_once.load(Ordering::SeqCst);
        while busy() > 0 && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn await_listening(&self, wanted: bool) {
        let begun = Instant::now();
        while self.shared.listening.load(Ordering::SeqCst) != wanted {
            assert!(begun.elapsed() < Duration::from_secs(20), "the proxy does not follow");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.up.send_replace(false);
    }
}

impl Shared {
    async fn listen(self: Arc<Self>, mut told: watch::Receiver<bool>) {
        loop {
            if told.wait_for(|up| *up).await.is_err() {
                return;
            }
            let Ok(listener) = TcpListener::bind(("127.0.0.1", self.port)).await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            self.listening.store(true, Ordering::SeqCst);
            let for_clients = told.clone();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((client, _)) = accepted else { continue };
                        client.set_nodelay(true).ok();
                        let (shared, mut told) = (Arc::clone(&self), for_clients.clone());
                        tokio::spawn(async move {
                            tokio::select! {
                                () = shared.serve(client) => {}
                                _ = told.wait_for(|up| !*up) => {}
                            }
                        });
                    }
                    changed = told.wait_for(|up| !*up) => {
                        if changed.is_err() { return }
                        break;
                    }
                }
            }
            drop(listener);
            self.listening.store(false, Ordering::SeqCst);
        }
    }

    async fn serve(self: Arc<Self>, mut client: TcpStream) {
        while let Some(request) = Message::read(&mut client, true).await {
            let fault = self.decide(&request);
            let pause = self.rates.lock().unwrap().pause;
            tokio::time::sleep(pause).await;
            if self.answer(&mut client, request, fault).await.is_none() {
                return;
            }
        }
    }

    /// `None`: the connection is cut.
    async fn answer(
        self: &Arc<Self>,
        client: &mut TcpStream,
        request: Message,
        fault: Option<Fault>,
    ) -> Option<()> {
        match fault {
            Some(Fault::CutBefore) => return None,
            Some(Fault::RefusedBefore(status)) => return client.write_all(&refusal(status)).await.ok(),
            Some(Fault::LaterThanCut) => {
                let wait = self.dice.lock().unwrap().time(1_500..4_000);
                let shared = Arc::clone(self);
                self.late.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    shared.forward(&request).await.ok();
                    shared.late.fetch_sub(1, Ordering::SeqCst);
                });
                return None;
            }
            Some(Fault::Slow) => {
                let wait = self.dice.lock().unwrap().time(50..3_000);
                tokio::time::sleep(wait).await;
            }
            _ => {}
        }
        let reading = request.method() == "GET";
        let mut answer = self.forward(&request).await.ok()?;
        match fault {
            Some(Fault::CutAfter) => return None,
            Some(Fault::RefusedAfter(status)) => return client.write_all(&refusal(status)).await.ok(),
            Some(Fault::CutInHead) => {
                client.write_all(&answer.bytes[..answer.head / 2]).await.ok();
                return None;
            }
            Some(Fault::HalfBody) => {
                let half = answer.head + (answer.bytes.len() - answer.head) / 2;
                client.write_all(&answer.bytes[..half]).await.ok();
                return None;
            }
            Some(Fault::OtherBytes) if reading && answer.status() == 200 => {
                for byte in &mut answer.bytes[answer.head..] {
                    *byte ^= 0x01;
                }
                let key = key_in(request.path()).unwrap_or_default();
                self.counts.lock().unwrap().shown_other_bytes.push(key);
            }
            _ => {}
        }
        client.write_all(&answer.bytes).await.ok()
    }

    fn decide(&self, request: &Message) -> Option<Fault> {
        let rates = *self.rates.lock().unwrap();
        let mut dice = self.dice.lock().unwrap();
        let mut counts = self.counts.lock().unwrap();
        counts.requests += 1;
        let throw = |dice: &mut Dice| rates.only.unwrap_or_else(|| dice.one_of(&FAULTS));
        let mut fault = None;
        if let Some(key) = key_in(request.path()) {
            let mut filings = self.filings.lock().unwrap();
            let attempt = filings.entry(key.clone()).or_default();
            if attempt.requests == 0 {
                counts.attempts += 1;
                attempt.strikes_at =
                    dice.chance(rates.attempts).then(|| (dice.below(ATTEMPT), throw(&mut dice)));
            }
            if let Some((at, kind)) = attempt.strikes_at
                && at == attempt.requests
            {
                fault = Some(kind);
            }
            attempt.requests += 1;
            if fault.is_some() {
                counts.struck += 1;
            }
            // After a fault the program begins anew; so do we.
            if fault.is_some_and(|kind| kind != Fault::Slow) || attempt.requests > ATTEMPT {
                filings.remove(&key);
            }
        }
        if fault.is_none() && dice.chance(rates.requests) {
            fault = Some(throw(&mut dice));
        }
        if let Some(fault) = fault {
            *counts.faults.entry(fault).or_default() += 1;
        }
        fault
    }

    async fn forward(&self, request: &Message) -> io::Result<Message> {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        {
            let mut counts = self.counts.lock().unwrap();
            counts.most_at_once = counts.most_at_once.max(now);
            counts.most_since_up = counts.most_since_up.max(now);
        }
        let _leaving = Leaving(&self.at_once);
        let mut server = TcpStream::connect(("127.0.0.1", self.server)).await?;
        server.set_nodelay(true).ok();
        let head = String::from_utf8_lossy(&request.bytes[..request.head]);
        let head = head.replace(&format!("127.0.0.1:{}", self.port), &format!("127.0.0.1:{}", self.server));
        server.write_all(head.as_bytes()).await?;
        server.write_all(&request.bytes[request.head..]).await?;
        let answer = Message::read(&mut server, false).await;
        let answer = answer.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        self.note(request, answer.status());
        Ok(answer)
    }

    fn note(&self, request: &Message, status: u16) {
        let mut counts = self.counts.lock().unwrap();
        match request.method() {
            "PUT" => *counts.puts.entry(request.path().to_owned()).or_default() += 1,
            "MOVE" if (200..300).contains(&status) => {
                let place = request.field("destination").unwrap_or_default();
                *counts.moves.entry(place.clone()).or_default() += 1;
                if let Some(key) = key_in(&place).filter(|_| place.ends_with("/metadata.json")) {
                    counts.complete.push((Instant::now(), key));
                }
            }
            _ => {}
        }
    }
}

struct Leaving<'a>(&'a AtomicUsize);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Message {
    /// One whole request or answer.
    async fn read(stream: &mut TcpStream, is_request: bool) -> Option<Self> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let mut message = Self { bytes, head };
        if let Some(length) = message.field("content-length") {
            let end = head + length.parse::<usize>().ok()?;
            while message.bytes.len() < end {
                if stream.read_buf(&mut message.bytes).await.ok()? == 0 {
                    return None;
                }
            }
        } else if message.field("transfer-encoding").is_some() {
            while !message.bytes.ends_with(b"\r\n0\r\n\r\n") {
                if stream.read_buf(&mut message.bytes).await.ok()? == 0 {
                    return None;
                }
            }
        } else if !is_request && !matches!(message.status(), 204 | 304) {
            stream.read_to_end(&mut message.bytes).await.ok()?;
        }
        Some(message)
    }

    fn line(&self, place: usize) -> &str {
        let end = self.bytes.iter().position(|byte| *byte == b'\r').unwrap_or(0);
        std::str::from_utf8(&self.bytes[..end]).unwrap_or_default().split(' ').nth(place).unwrap_or_default()
    }

    fn method(&self) -> &str {
        self.line(0)
    }

    fn path(&self) -> &str {
        self.line(1)
    }

    fn status(&self) -> u16 {
        self.line(1).parse().unwrap_or(0)
    }

    fn field(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.bytes[..self.head]).into_owned();
        let fields = head.lines().filter_map(|line| line.split_once(':'));
        let mut found = fields.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim().to_owned())
    }
}

/// The key at the end of a folder's name (`… k0123456789`, ten characters), in a path as it is sent or lies on disk.
pub fn key_in(path: &str) -> Option<String> {
    let mut keys = path.split('/').filter_map(|segment| {
        let place = segment.len().checked_sub(10)?;
        let (front, key) = segment.is_char_boundary(place).then(|| segment.split_at(place))?;
        let hex = key.strip_prefix('k')?;
        let ours =
            (front.ends_with("%20") || front.ends_with(' ')) && hex.bytes().all(|b| b.is_ascii_hexdigit());
        ours.then(|| key.to_owned())
    });
    keys.next_back()
}

fn refusal(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno").into_bytes()
}

pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap()
    })
}
