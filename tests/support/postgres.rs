//! A private PostgreSQL for the tests of one process: started on first use, gone when the process is.
//!
//! Out: the URL of a fresh, empty database. A server that cannot be started fails the test and says which
//! package is missing; nothing is skipped.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The URL of a database nobody else uses.
pub fn fresh_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    let server = SERVER.get_or_init(Server::start);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let _turn = ONE_AT_A_TIME.lock().unwrap();
    server.psql(&format!("create database {name} template template0"));
    format!("postgres://postgres@127.0.0.1:{}/{name}?sslmode=disable", server.port)
}

struct Server {
    programs: PathBuf,
    port: u16,
    /// Holds the pipe that keeps the server alive: the watchdog ends it when this process ends, however it ends.
    _watchdog: Child,
}

impl Server {
    fn start() -> Server {
        let programs = programs();
        let folder = std::env::temp_dir().join(format!("laufmappe-postgres-{}", std::process::id()));
        fs::remove_dir_all(&folder).ok();
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let place = folder.display();
        let script = format!(
            "cd {place} && umask 077
            {user} {initdb} -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >log 2>&1 || exit 1
            {user} {postgres} -D data -k {place} -h 127.0.0.1 -p {port} -c max_connections=200 >>log 2>&1 &
            read -r end
            kill -QUIT $(head -n 1 data/postmaster.pid); wait; cd / && rm -rf {place}",
            user = as_server_user(),
            initdb = programs.join("initdb").display(),
            postgres = programs.join("postgres").display(),
        );
        let watchdog = Command::new("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut server = Server { programs, port, _watchdog: watchdog };
        server.wait_until_ready(&folder);
        server
    }

    fn wait_until_ready(&mut self, folder: &Path) {
        let patience = Instant::now() + Duration::from_secs(120);
        loop {
            let port = self.port.to_string();
            let mut ask = Command::new(self.programs.join("pg_isready"));
            if ask.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().unwrap().success() {
                return;
            }
            let ended = self._watchdog.try_wait().unwrap().is_some();
            if ended || Instant::now() > patience {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("PostgreSQL did not start; its log says:\n{log}");
            }
            sleep(Duration::from_millis(50));
        }
    }

    fn psql(&self, sql: &str) {
        let port = self.port.to_string();
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["-q", "-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-c", sql, "postgres"]);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// PostgreSQL refuses to run as root.
pub fn as_server_user() -> &'static str {
    match fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
        true => "runuser -u postgres --",
        false => "",
    }
}

pub fn programs() -> PathBuf {
    let mut found = Vec::new();
    for version in fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let programs = version.path().join("bin");
        if ["initdb", "postgres", "psql", "pg_isready"].iter().all(|name| programs.join(name).exists()) {
            found.push(programs);
        }
    }
    found.sort();
    found.pop().expect(
        "no PostgreSQL server in /usr/lib/postgresql: the tests of the ledger need the Debian package \
         'postgresql' (apt-get install postgresql)",
    )
}
