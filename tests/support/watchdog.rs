//! A small `sh` that starts and kills one server for us, and kills it for certain when this test process ends,
//! however it ends: it reads our pipe, and the pipe closes with us.
//!
//! In: a folder and the command of a server. Out: the running server. Absent on purpose: what server it is.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The server runs in a session (and process group) of its own, so that it can be killed with all its children,
/// and so that Ctrl-C reaches neither it nor the watchdog before the pipe closes.
const SCRIPT: &str = r#"
folder=$1; shift
group=
end() {
    [ -n "$group" ] || return 0
    kill -s KILL -- "-$group" 2>/dev/null
    wait "$group" 2>/dev/null
    tries=0
    while kill -s 0 -- "-$group" 2>/dev/null && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    group=
}
while read -r order; do
    case $order in
        start) end; setsid "$@" </dev/null >>"$folder/output" 2>&1 & group=$! ;;
        kill) end ;;
    esac
    echo "$order"
done
end
rm -rf -- "$folder"
"#;

pub struct Watchdog {
    folder: PathBuf,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    child: Child,
}

impl Watchdog {
    /// Guards `command`; `folder` holds everything the server writes and is removed in the end.
    pub fn over(folder: &Path, command: &[String], environment: &[(String, String)]) -> Self {
        let mut sh = Command::new("sh");
        sh.arg("-c").arg(SCRIPT).arg("watchdog").arg(folder).args(command);
        sh.envs(environment.iter().cloned()).process_group(0);
        sh.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = sh.spawn().expect("sh starts");
        let orders = child.stdin.take().expect("a pipe was asked for");
        let answers = BufReader::new(child.stdout.take().expect("a pipe was asked for"));
        Self { folder: folder.to_owned(), orders, answers, child }
    }

    pub fn start(&mut self) {
        self.order("start");
    }

    /// SIGKILL to the server and everything it started; returns when they are gone.
    pub fn kill(&mut self) {
        self.order("kill");
    }

    /// What the server printed, for the message of a failed start.
    pub fn output(&self) -> String {
        let bytes = std::fs::read(self.folder.join("output")).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let from = text.char_indices().rev().nth(2000).map_or(0, |(place, _)| place);
        text[from..].to_owned()
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("the watchdog listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the watchdog answers");
        assert_eq!(answer.trim(), order, "the watchdog is out of step");
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // A server shared by all tests is never dropped; then the end of the process closes the pipe.
        let _ = writeln!(self.orders, "kill");
        let _ = self.orders.flush();
        let mut answer = String::new();
        let _ = self.answers.read_line(&mut answer);
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ports nobody listens on, on 127.0.0.1, all different.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a free port"));
    held.map(|listener| listener.local_addr().expect("a bound port").port())
}

/// A folder below the system's temporary one, named after this process, that everybody may enter.
pub fn folder(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::Builder::new()
        .prefix(&format!("laufmappe-{name}-{}-", std::process::id()))
        .tempdir()
        .expect("a temporary folder")
        .keep();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("our own folder");
    folder
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives a folder to another user (only root can).
pub fn hand_to(user: &str, folder: &Path) {
    let status = Command::new("chown").arg("-R").arg(format!("{user}:")).arg(folder).status();
    assert!(status.is_ok_and(|status| status.success()), "chown {user} {} failed", folder.display());
}
