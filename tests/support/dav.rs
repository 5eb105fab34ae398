//! A small WebDAV server that can be told to behave badly: in memory, on a free port of 127.0.0.1.
//!
//! In: a fault for one method. Out: an address, and what the server really holds. Absent on purpose: passwords,
//! properties.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What goes wrong. `After…`: the request has had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Status(u16),
    AfterStatus(u16),
    Cut,
    AfterCut,
    Hang,
    AfterHang,
    /// The connection is reset instead of closed.
    Reset,
    AfterReset,
    /// This status, and so many seconds to stay away.
    Busy(u16, u64),
    /// The right answer, said to be something else.
    OtherType,
    /// The right answer, one byte per second.
    Drip,
    /// 200 and a page for people.
    LoginPage,
    /// 302 to the same address.
    Redirect,
    /// 200 and other bytes of the same length.
    OtherBytes,
    /// 200 and 10 GB, announced.
    TenGigabytes,
    /// 200 and bytes without end, unannounced.
    Endless,
    /// 200 and half of the announced bytes.
    Half,
}

#[derive(Clone, Default)]
pub struct Dav {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    files: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
    fault: Option<(&'static str, Fault)>,
    /// The fault strikes once.
    once: bool,
    requests: usize,
    /// Bytes of bodies that were taken from us.
    sent: usize,
}

struct Request {
    method: String,
    path: String,
    destination: String,
    body: Vec<u8>,
}

impl Dav {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let dav = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let server = dav.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.answer(stream).await });
            }
        });
        dav
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// From now on every request of this method goes wrong like this.
    pub fn break_with(&self, method: &'static str, fault: Fault) {
        self.shared.lock().unwrap().fault = Some((method, fault));
    }

    /// The next request of this method goes wrong like this.
    pub fn break_once(&self, method: &'static str, fault: Fault) {
        self.break_with(method, fault);
        self.shared.lock().unwrap().once = true;
    }

    pub fn mend(&self) {
        self.shared.lock().unwrap().fault = None;
    }

    /// Somebody takes away every folder, and what is in it.
    pub fn remove_folders(&self) {
        let mut shared = self.shared.lock().unwrap();
        shared.folders.clear();
        shared.files.clear();
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.shared.lock().unwrap().files.clone()
    }

    pub fn requests(&self) -> usize {
        self.shared.lock().unwrap().requests
    }

    pub fn sent(&self) -> usize {
        self.shared.lock().unwrap().sent
    }

    async fn answer(&self, mut stream: TcpStream) {
        let Some(request) = read(&mut stream).await else { return };
        let fault = {
            let mut shared = self.shared.lock().unwrap();
            shared.requests += 1;
            let fault = shared.fault.filter(|(method, _)| *method == request.method).map(|(_, fault)| fault);
            if fault.is_some() && std::mem::take(&mut shared.once) {
                shared.fault = None;
            }
            fault
        };
        let has_effect = matches!(
            fault,
            None | Some(
                Fault::AfterStatus(_)
                    | Fault::AfterCut
                    | Fault::AfterHang
                    | Fault::AfterReset
                    | Fault::OtherType
                    | Fault::Drip
            )
        );
        let mut answer = (0, Vec::new());
        if has_effect {
            answer = self.shared.lock().unwrap().serve(&request);
        }
        let (status, body) = answer;
        match fault {
            None => self.send(&mut stream, &head(status, "application/xml", Some(body.len())), &body).await,
            Some(Fault::OtherType) => {
                self.send(&mut stream, &head(status, "image/png", Some(body.len())), &body).await;
            }
            Some(Fault::Drip) => {
                let whole = [head(status, "application/xml", Some(body.len())).as_bytes(), &body].concat();
                for byte in whole {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
            Some(Fault::Cut | Fault::AfterCut) => {}
            Some(Fault::Reset | Fault::AfterReset) => stream.set_zero_linger().unwrap(),
            Some(Fault::Busy(status, seconds)) => {
                let head = format!(
                    "HTTP/1.1 {status} X\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                self.send(&mut stream, &head, b"").await;
            }
            Some(Fault::Status(status) | Fault::AfterStatus(status)) => {
                self.send(&mut stream, &head(status, "text/plain", Some(2)), b"no").await;
            }
            Some(Fault::Hang | Fault::AfterHang) => {
                // Until the client goes away.
                stream.read_u8().await.ok();
            }
            Some(Fault::LoginPage) => {
                let page = b"<html>Bitte anmelden</html>";
                self.send(&mut stream, &head(200, "text/html; charset=utf-8", Some(page.len())), page).await;
            }
            Some(Fault::Redirect) => {
                let head = format!("HTTP/1.1 302 X\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", request.path);
                self.send(&mut stream, &head, b"").await;
            }
            Some(Fault::OtherBytes) => {
                let held = self.files().get(&request.path).cloned().unwrap_or_default();
                let other = vec![b'?'; held.len()];
                self.send(&mut stream, &head(200, "application/xml", Some(other.len())), &other).await;
            }
            Some(Fault::Half) => {
                let held = self.files().get(&request.path).cloned();
                let (status, bytes) = held.map_or((404, Vec::new()), |held| (200, held));
                let head = head(status, "application/xml", Some(bytes.len()));
                self.send(&mut stream, &head, &bytes[..bytes.len() / 2]).await;
            }
            Some(Fault::TenGigabytes) => self.pour(&mut stream, Some(10_000_000_000)).await,
            Some(Fault::Endless) => self.pour(&mut stream, None).await,
        }
    }

    async fn send(&self, stream: &mut TcpStream, head: &str, body: &[u8]) {
        stream.write_all(head.as_bytes()).await.ok();
        stream.write_all(body).await.ok();
        stream.shutdown().await.ok();
    }

    async fn pour(&self, stream: &mut TcpStream, announced: Option<usize>) {
        stream.write_all(head(200, "application/xml", announced).as_bytes()).await.ok();
        let block = [b' '; 65_536];
        for _ in 0..10_000_000_000_usize / block.len() {
            if stream.write_all(&block).await.is_err() {
                return;
            }
            self.shared.lock().unwrap().sent += block.len();
        }
    }
}

impl Shared {
    /// Is the folder there that this path lies in?
    fn has_home(&self, path: &str) -> bool {
        let above = path.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above);
        above.is_empty() || self.folders.contains(&format!("{above}/"))
    }

    fn serve(&mut self, request: &Request) -> (u16, Vec<u8>) {
        match request.method.as_str() {
            "MKCOL" | "PUT" if !self.has_home(&request.path) => (409, Vec::new()),
            "MKCOL" if self.folders.insert(request.path.clone()) => (201, Vec::new()),
            "PROPFIND" if request.path == "/" || self.folders.contains(&request.path) => (207, Vec::new()),
            "PROPFIND" => (404, Vec::new()),
            "PUT" => {
                self.files.insert(request.path.clone(), request.body.clone());
                (201, Vec::new())
            }
            "GET" => self.files.get(&request.path).map_or((404, Vec::new()), |held| (200, held.clone())),
            "MOVE" if self.files.contains_key(&request.destination) => (412, Vec::new()),
            "MOVE" => match self.files.remove(&request.path) {
                Some(bytes) => {
                    self.files.insert(request.destination.clone(), bytes);
                    (201, Vec::new())
                }
                None => (404, Vec::new()),
            },
            "DELETE" => (self.files.remove(&request.path).map_or(404, |_| 204), Vec::new()),
            _ => (405, Vec::new()),
        }
    }
}

fn head(status: u16, media_type: &str, length: Option<usize>) -> String {
    let length = length.map_or_else(String::new, |length| format!("Content-Length: {length}\r\n"));
    format!("HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\n{length}Connection: close\r\n\r\n")
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let field = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).next()
    };
    let length: usize = field("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.lines().next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let destination = field("destination").unwrap_or_default();
    let destination = destination.splitn(4, '/').nth(3).map_or_else(String::new, |path| format!("/{path}"));
    Some(Request { method, path, destination, body })
}
