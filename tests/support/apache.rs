//! A WebDAV drawer of our own: Debian's Apache with mod_dav behind a password, on a free port of 127.0.0.1.
//!
//! In: the Debian package apache2. Out: an address, and the folder behind it so that tests can count the files.
//! Can be stopped and started again. An Apache that does not start fails the test; it is never skipped.

use super::watchdog::{Watchdog, folder, free_ports, hand_to, is_root};
use std::fmt::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const SERVER: &str = "/usr/sbin/apache2";
const MODULES: &str = "/usr/lib/apache2/modules";
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Apache {
    watchdog: Mutex<Watchdog>,
    port: u16,
    root: PathBuf,
}

impl Apache {
    pub const USER: &str = "laufmappe";
    pub const PASSWORD: &str = "geheim-für-tests";

    pub fn start_new() -> Self {
        assert!(
            Path::new(SERVER).exists(),
            "Apache is missing: install the package apache2 (.ci/install tests)"
        );
        let [port] = free_ports();
        let folder = folder("apache");
        let root = folder.join("files");
        for name in ["files", "locks", "run"] {
            std::fs::create_dir(folder.join(name)).expect("our own folder");
        }
        std::fs::write(folder.join("httpd.conf"), configuration(&folder, port)).expect("our own folder");
        write_password(&folder.join("passwords"));
        if is_root() {
            hand_to("www-data", &folder);
        }
        let place = |name: &str| folder.join(name).display().to_string();
        let command = [SERVER, "-d", &place(""), "-f", &place("httpd.conf"), "-D", "FOREGROUND"];
        let watchdog = Watchdog::over(&folder, &command.map(str::to_owned), &[]);
        let apache = Self { watchdog: Mutex::new(watchdog), port, root };
        apache.start();
        apache
    }

    /// Starts it (again) and waits until it listens.
    pub fn start(&self) {
        let mut watchdog = self.watchdog.lock().unwrap();
        watchdog.start();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "Apache did not start:\n{}", watchdog.output());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// From now on connections are refused. The files stay.
    pub fn stop(&self) {
        self.watchdog.lock().unwrap().kill();
    }

    /// The address of the root collection, with a slash at its end and without the password.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The folder on disk behind [`Apache::url`].
    pub fn root(&self) -> &Path {
        &self.root
    }
}

fn write_password(place: &Path) {
    let status = Command::new("htpasswd")
        .args(["-c", "-b", "-s"])
        .arg(place)
        .args([Apache::USER, Apache::PASSWORD])
        .stderr(std::process::Stdio::null())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "htpasswd failed: it comes with the package apache2-utils (.ci/install tests)"
    );
}

fn configuration(folder: &Path, port: u16) -> String {
    let mut text = String::new();
    let modules =
        ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dav", "dav_fs"];
    for module in modules {
        writeln!(text, "LoadModule {module}_module {MODULES}/mod_{module}.so").unwrap();
    }
    // Started by root, Apache gives its rights away; started by anybody else it has none to give.
    if is_root() {
        text.push_str("User www-data\nGroup www-data\n");
    }
    let folder = folder.display();
    write!(
        text,
        r#"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
DefaultRuntimeDir {folder}/run
PidFile {folder}/run/pid
ErrorLog {folder}/output
StartServers 1
ThreadsPerChild 64
MaxRequestWorkers 64
ServerLimit 1
ThreadLimit 64
MinSpareThreads 1
DocumentRoot {folder}/files
DavLockDB {folder}/locks/lock
<Directory {folder}/files>
    Dav On
    AuthType Basic
    AuthName "Laufmappe"
    AuthBasicProvider file
    AuthUserFile {folder}/passwords
    Require valid-user
</Directory>
"#
    )
    .unwrap();
    text
}
