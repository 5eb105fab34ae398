//! A wire between a program and a server, which can be cut: nothing is refused and nothing closed, nothing arrives.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub struct Wire {
    port: u16,
    server: u16,
    cut: Arc<AtomicBool>,
}

impl Wire {
    /// To a server on this machine.
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicBool::new(false));
        let ours = Arc::clone(&cut);
        // Ends with the process, like the threads below.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let (there, back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                for (from, to) in [(client, server), (back, there)] {
                    let cut = Arc::clone(&ours);
                    thread::spawn(move || carry(from, to, &cut));
                }
            }
        });
        Self { port, server, cut }
    }

    /// The address of the server, by way of this wire.
    pub fn instead_of(&self, url: &str) -> String {
        url.replace(&format!(":{}", self.server), &format!(":{}", self.port))
    }

    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// What was sent meanwhile arrives now.
    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, cut: &AtomicBool) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        while cut.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(20));
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // The end of a connection does not get through a cut wire either.
    while cut.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(20));
    }
    from.shutdown(Shutdown::Read).ok();
    to.shutdown(Shutdown::Write).ok();
}
