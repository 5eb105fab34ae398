//! A worker whose window is open, asked over real HTTP.

use super::house::House;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub struct Window {
    process: Child,
    pub address: SocketAddr,
    logs: Arc<Mutex<String>>,
}

pub struct Answer {
    pub status: u16,
    pub body: String,
    pub took: Duration,
}

impl Window {
    /// Starts a worker of this house; `environment` comes on top.
    pub fn open(house: &House, environment: &[(&str, &str)]) -> Self {
        let mut command = house.command(&["worker", "--listen", "127.0.0.1:0"]);
        command.env("LAUFMAPPE_LOG", "info").env("LAUFMAPPE_LOG_FORMAT", "json").stdout(Stdio::null());
        command.envs(environment.iter().copied());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("no address in {said}")).unwrap();
            said.push_str(&format!("{line}\n"));
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = event["address"].as_str().filter(|_| event["message"] == "listening") {
                break address.parse().unwrap();
            }
        };
        let logs = Arc::new(Mutex::new(said));
        let kept = Arc::clone(&logs);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { process, address, logs }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(path, "*/*")
    }

    pub fn ask(&self, path: &str, accept: &str) -> Answer {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: here\r\naccept: {accept}\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, body: body.to_owned(), took: begun.elapsed() }
    }

    /// The value of a sample, by its name with its labels.
    pub fn metric(&self, sample: &str) -> Option<f64> {
        let text = self.get("/metrics").body;
        let line =
            text.lines().find(|line| line.strip_prefix(sample).is_some_and(|rest| rest.starts_with(' ')))?;
        line.rsplit(' ').next().unwrap().parse().ok()
    }

    /// Asks until the answer is the right one; a source is asked anew every five seconds only.
    pub fn until(&self, what: &str, right: impl Fn(&Self) -> bool) {
        let patience = Instant::now() + Duration::from_secs(120);
        while !right(self) {
            assert!(Instant::now() < patience, "never: {what}\n{}\n{}", self.get("/metrics").body, self.logs());
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    pub fn logs(&self) -> String {
        self.logs.lock().unwrap().clone()
    }

    /// Tells it to stop; it ends well.
    pub fn close(mut self) -> String {
        super::house::terminate(&self.process);
        assert!(self.process.wait().unwrap().success(), "{}", self.logs());
        std::thread::sleep(Duration::from_millis(100));
        self.logs()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
