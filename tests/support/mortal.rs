//! A PostgreSQL of one test's own, which may be killed and started again over the same data.

use super::postgres::{as_server_user, programs};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub struct PrivateServer {
    folder: PathBuf,
    port: u16,
    /// Holds the pipe that keeps the server alive.
    watchdog: Option<Child>,
}

impl PrivateServer {
    pub fn start() -> PrivateServer {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("laufmappe-mortal-postgres-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::remove_dir_all(&folder).ok();
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let made = format!(
            "cd {} && umask 077 && {} {} -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >log 2>&1",
            folder.display(),
            as_server_user(),
            programs().join("initdb").display(),
        );
        assert!(
            Command::new("sh").args(["-c", &made]).status().unwrap().success(),
            "initdb in {}",
            folder.display()
        );
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = PrivateServer { folder, port, watchdog: None };
        server.start_again();
        server
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// A power cut for everything but the disk.
    pub fn kill_nine(&mut self) {
        self.signal("-KILL");
    }

    /// `pg_ctl stop -m immediate`.
    pub fn stop_immediately(&mut self) {
        self.signal("-QUIT");
    }

    fn signal(&mut self, signal: &str) {
        let pid = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        while fs::metadata(format!("/proc/{pid}")).is_ok() {
            sleep(Duration::from_millis(5));
        }
    }

    /// Backends that outlive the postmaster for a moment are waited for.
    pub fn start_again(&mut self) {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            self.launch();
            loop {
                if self.answers() {
                    return;
                }
                let ended = self.watchdog.as_mut().is_none_or(|dog| dog.try_wait().unwrap().is_some());
                if ended || Instant::now() > patience {
                    break;
                }
                sleep(Duration::from_millis(20));
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < patience, "PostgreSQL did not start again:\n{log}");
            sleep(Duration::from_millis(50));
        }
    }

    /// The shell ends when its pipe does (however this process ends) or when the server could not start.
    fn launch(&mut self) {
        self.let_go();
        let script = format!(
            "cd {place} && umask 077
            {user} {postgres} -D data -k {place} -h 127.0.0.1 -p {port} >>log 2>&1 &
            server=$!
            (sleep 0.5; kill -0 $server 2>/dev/null || kill $$) &
            read -r end
            kill -QUIT $(head -n 1 data/postmaster.pid); wait $server",
            place = self.folder.display(),
            user = as_server_user(),
            postgres = programs().join("postgres").display(),
            port = self.port,
        );
        let watchdog = Command::new("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        self.watchdog = Some(watchdog.unwrap());
    }

    fn answers(&self) -> bool {
        let port = self.port.to_string();
        let mut ask = Command::new(programs().join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().unwrap().success()
    }

    fn let_go(&mut self) {
        if let Some(mut dog) = self.watchdog.take() {
            drop(dog.stdin.take());
            dog.wait().ok();
        }
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.let_go();
        fs::remove_dir_all(&self.folder).ok();
    }
}
