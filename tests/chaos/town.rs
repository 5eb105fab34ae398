//! A town of its own: one tenant, its data, its drawer behind the proxy, worked through the real program.
//!
//! In: what it is made of (shared servers or one process, which drawer). Out: commands, and what is known about
//! it. Absent on purpose: chance; whoever disturbs it does that from outside.

use crate::database::Database;
use crate::post::{self, Mix, Post};
use crate::proxy::{Proxy, Rates, runtime};
use crate::support::apache::Apache;
use crate::support::rabbit::Broker;
use crate::support::small_disk::SmallDisk;
use crate::support::watchdog::{hand_to, is_root};
use crate::wire::Wire;
use sqlx::{Connection, PgConnection, Row};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// One town at a time: they share two cores and three servers.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn apache() -> &'static Apache {
    static APACHE: OnceLock<Apache> = OnceLock::new();
    APACHE.get_or_init(Apache::start_new)
}

pub fn broker() -> &'static Broker {
    static BROKER: OnceLock<Broker> = OnceLock::new();
    BROKER.get_or_init(Broker::start)
}

pub fn database() -> &'static Database {
    static DATABASE: OnceLock<Database> = OnceLock::new();
    DATABASE.get_or_init(Database::start_new)
}

pub struct Town {
    folder: TempDir,
    pub tenant: String,
    pub seed: u64,
    /// Addresses of queue and ledger; none: embedded.
    shared: Option<(String, String)>,
    /// The same as programs see them.
    seen: Option<(String, String)>,
    pub proxy: Option<Proxy>,
    drawer: PathBuf,
    disk: Option<SmallDisk>,
    /// For every call of the program.
    pub environment: Vec<(String, String)>,
}

/// How a town is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// RabbitMQ, PostgreSQL, WebDAV.
    Scaled,
    /// One process; WebDAV.
    Embedded,
    /// One process; a folder tree.
    EmbeddedFolder,
}

pub struct Ran {
    pub code: i32,
    pub output: String,
    pub errors: String,
}

impl Town {
    /// `lease`: seconds.
    pub fn new(mode: Mode, rates: Rates, lease: u64) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let seed = crate::seed();
        let tenant = format!("stadt-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::tempdir().unwrap();
        let shared =
            (mode == Mode::Scaled).then(|| (broker().url(), database().fresh(&format!("chaos-{tenant}"))));
        let (proxy, drawer, target) = match mode {
            Mode::EmbeddedFolder => {
                let drawer = folder.path().join("akte");
                std::fs::create_dir(&drawer).unwrap();
                let target = format!("kind = 'folder'\npath = '{}'\n", drawer.display());
                (None, drawer, target)
            }
            Mode::Scaled | Mode::Embedded => {
                let drawer = apache().root().join(&tenant);
                std::fs::create_dir(&drawer).unwrap();
                if is_root() {
                    hand_to("www-data", &drawer);
                }
                let port = apache().url().rsplit_once(':').unwrap().1.trim_end_matches('/').parse().unwrap();
                let proxy = Proxy::before(port, rates, seed);
                let password = folder.path().join("password");
                std::fs::write(&password, Apache::PASSWORD).unwrap();
                let target = format!(
                    "kind = 'webdav'\nurl = '{}{tenant}/'\nuser = '{}'\npassword-file = '{}'\n",
                    proxy.url(),
                    Apache::USER,
                    password.display()
                );
                (Some(proxy), drawer, target)
            }
        };
        let settings = format!("[work]\nlease = {lease}\n[tenants.{tenant}.targets.akte]\n{target}");
        std::fs::write(folder.path().join("laufmappe.toml"), settings).unwrap();
        let (seen, environment) = (shared.clone(), Vec::new());
        Self { folder, tenant, seed, shared, seen, proxy, drawer, disk: None, environment }
    }

    /// From now on programs reach broker and database by wires that can be cut.
    pub fn put_wires_between(&mut self) -> (Wire, Wire) {
        let (queue, ledger) = self.shared.as_ref().expect("a scaled town");
        let (to_queue, to_ledger) = (Wire::to(port_in(queue)), Wire::to(port_in(ledger)));
        self.seen = Some((to_queue.instead_of(queue), to_ledger.instead_of(ledger)));
        (to_queue, to_ledger)
    }

    pub fn with_fault(mut self, fault: &str) -> Self {
        self.environment.push(("LAUFMAPPE_FAULT".to_owned(), fault.to_owned()));
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.disk.as_ref().map_or(self.folder.path(), SmallDisk::path).join("data")
    }

    /// From now on the data folder lies on a disk of so many MiB.
    pub fn put_data_on_a_small_disk(&mut self, size: u32) {
        self.disk = Some(SmallDisk::of(size));
    }

    /// The disk of the data folder, where it has one of its own.
    pub fn disk(&self) -> &SmallDisk {
        self.disk.as_ref().expect("this town has a disk")
    }

    /// What lies in the DMS, on its disk.
    pub fn drawer(&self) -> &Path {
        &self.drawer
    }

    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("this town has a proxy")
    }

    pub fn post(&self, mix: Mix, batch: usize) -> Post {
        post::write(&self.folder.path().join("post"), mix, self.seed, batch)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Command::new(program()), arguments)
    }

    /// For a program in front of the program.
    pub fn command_of(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.current_dir(self.folder.path()).arg("--data").arg(self.data()).args(["--tenant", &self.tenant]);
        if let Some((queue, ledger)) = &self.seen {
            command.args(["--queue", queue, "--ledger", ledger]);
        }
        command.args(arguments).envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments))
    }

    /// Starts a program that goes on; what it says goes to the file `log`.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.start_of(self.command(arguments))
    }

    pub fn start_of(&self, mut command: Command) -> Child {
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        command.stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Hands in a batch; `true` when the program said that all of it is safe.
    pub fn submit(&self, batch: &Path) -> bool {
        self.run(&["submit", batch.to_str().unwrap()]).code == 0
    }

    /// Hands in everything, as often as it takes.
    pub fn submit_all(&self, post: &Post) {
        for batch in &post.batches {
            let ran = self.run(&["submit", batch.to_str().unwrap()]);
            assert_eq!(ran.code, 0, "{}", ran.errors);
        }
    }

    /// Cases that are not settled; `None` where nobody can tell at the moment. Only to know when to go on: the
    /// referee counts in its own way.
    pub fn unsettled(&self) -> Option<u64> {
        let Some((_, ledger)) = &self.shared else {
            let status = self.run(&["status", "--format", "json"]);
            let rows: Vec<serde_json::Value> = serde_json::from_str(&status.output).ok()?;
            return Some(rows.iter().filter(|row| row["state"] == "open").count() as u64);
        };
        let ask = async {
            let mut connection = PgConnection::connect(ledger).await.ok()?;
            let sql = "select count(*) as open from case_state where not settled";
            let row = sqlx::query(sql).fetch_one(&mut connection).await.ok()?;
            row.try_get::<i64, _>("open").ok().map(|open| open as u64)
        };
        runtime().block_on(async { tokio::time::timeout(Duration::from_secs(5), ask).await.ok().flatten() })
    }

    /// Waits until everything is settled; `false` when it was not in time.
    pub fn wait_settled(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if self.unsettled() == Some(0) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        false
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            let from = log.char_indices().rev().nth(4000).map_or(0, |(place, _)| place);
            println!("the log of {} ends with:\n{}", self.tenant, &log[from..]);
        }
        std::fs::remove_dir_all(&self.drawer).ok();
    }
}

pub fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `what`: what is waited for.
pub fn wait_until(what: &str, there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(180), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The port of an address.
fn port_in(url: &str) -> u16 {
    url::Url::parse(url).unwrap().port().expect("it names its port")
}

/// The program under test; `make chaos` names a release build.
pub fn program() -> PathBuf {
    std::env::var_os("LAUFMAPPE_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_laufmappe").into(), PathBuf::from)
}
