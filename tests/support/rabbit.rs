//! A RabbitMQ of our own: free ports on 127.0.0.1, own folder, own Erlang port mapper, gone with this process.
//!
//! In: the Debian package rabbitmq-server. Out: the address of a running broker that can be killed and started
//! again. A broker that does not start fails the test; it is never skipped.

use super::watchdog::{Watchdog, folder, free_ports, hand_to, is_root};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const CONTROL: &str = "/usr/lib/rabbitmq/bin/rabbitmqctl";
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Broker {
    watchdog: Mutex<Watchdog>,
    port: u16,
    secure_port: u16,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    /// Tests share the broker (read) unless they kill or throttle it (write).
    peace: RwLock<()>,
}

/// The broker of this test process; the first caller waits about ten seconds for it.
pub fn broker() -> &'static Broker {
    static BROKER: OnceLock<Broker> = OnceLock::new();
    BROKER.get_or_init(Broker::start)
}

impl Broker {
    /// A broker of one's own.
    pub fn start() -> Self {
        assert!(
            Path::new(SERVER).exists(),
            "RabbitMQ is missing: install the package rabbitmq-server (.ci/install tests)"
        );
        let [port, secure_port, distribution, mapper] = free_ports();
        let folder = folder("rabbit");
        let environment = environment(&folder, port, distribution, mapper);
        write_configuration(&folder, secure_port);
        write_certificates(&folder);
        if is_root() {
            hand_to("rabbitmq", &folder);
        }
        // The port mapper runs in the foreground and in our group; Erlang's own would stay behind as a daemon.
        let start = format!("epmd -port {mapper} -address 127.0.0.1 & exec {SERVER}");
        let watchdog = Watchdog::over(&folder, &as_rabbitmq(&["sh", "-c", &start]), &environment);
        let (watchdog, peace) = (Mutex::new(watchdog), RwLock::new(()));
        let broker = Self { watchdog, port, secure_port, folder, environment, peace };
        broker.restart();
        broker
    }

    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// The same broker through TLS, with a certificate of [`Broker::authority`]; it wants one of its clients, too.
    pub fn secure_url(&self) -> String {
        format!("amqps://guest:guest@127.0.0.1:{}/%2f", self.secure_port)
    }

    /// The certificate of an authority nobody knows (PEM).
    pub fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// Certificate and key of a client called `laufmappe` (PEM), of the same authority.
    pub fn client(&self) -> (PathBuf, PathBuf) {
        (self.folder.join("client.pem"), self.folder.join("client.key"))
    }

    /// For tests that leave the broker in peace: several at once.
    pub async fn shared(&self) -> RwLockReadGuard<'_, ()> {
        self.peace.read().await
    }

    /// For tests that kill it: alone.
    pub async fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.peace.write().await
    }

    /// Pulls the plug. Everything confirmed must be there after [`Broker::restart`].
    pub fn kill9(&self) {
        self.watchdog.lock().unwrap().kill();
    }

    /// Starts the broker (again) over the same folder and ports and waits until it listens.
    pub fn restart(&self) {
        let mut watchdog = self.watchdog.lock().unwrap();
        watchdog.start();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "RabbitMQ did not start:\n{}", watchdog.output());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// `rabbitmqctl` against this broker; answers what it printed.
    pub fn control(&self, arguments: &[&str]) -> String {
        let mut command = vec![CONTROL];
        command.extend(arguments);
        let command = as_rabbitmq(&command);
        let output = Command::new(&command[0])
            .args(&command[1..])
            .envs(self.environment.iter().cloned())
            .output()
            .expect("rabbitmqctl starts");
        assert!(output.status.success(), "rabbitmqctl {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// The broker refuses to run as root, and so do we: root changes to the user of the package.
fn as_rabbitmq(command: &[&str]) -> Vec<String> {
    let user: &[&str] =
        if is_root() { &["runuser", "-u", "rabbitmq", "--preserve-environment", "--"] } else { &[] };
    user.iter().chain(command).map(|&word| word.to_owned()).collect()
}

fn environment(folder: &Path, port: u16, distribution: u16, mapper: u16) -> Vec<(String, String)> {
    let at = |name: &str| folder.join(name).display().to_string();
    [
        ("HOME", at("")),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
        ("RABBITMQ_NODENAME", format!("laufmappe{port}@localhost")),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_DIST_PORT", distribution.to_string()),
        ("RABBITMQ_MNESIA_BASE", at("mnesia")),
        ("RABBITMQ_LOG_BASE", at("log")),
        ("RABBITMQ_CONFIG_FILE", at("rabbitmq.conf")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins")),
        ("RABBITMQ_GENERATED_CONFIG_DIR", at("generated")),
        ("RABBITMQ_PID_FILE", at("pid")),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}".to_owned()),
        ("ERL_EPMD_PORT", mapper.to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_CRASH_DUMP", "/dev/null".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn write_configuration(folder: &Path, secure_port: u16) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("our own folder");
    let place = folder.display();
    // A test machine with a full disk or little memory must not raise an alarm by itself.
    let configuration = format!(
        "log.file.level = warning\n\
         disk_free_limit.absolute = 1MB\n\
         vm_memory_high_watermark.relative = 0.8\n\
         listeners.ssl.1 = 127.0.0.1:{secure_port}\n\
         ssl_options.cacertfile = {place}/authority.pem\n\
         ssl_options.certfile = {place}/server.pem\n\
         ssl_options.keyfile = {place}/server.key\n\
         ssl_options.verify = verify_peer\n\
         ssl_options.fail_if_no_peer_cert = true\n\
         ssl_cert_login_from = common_name\n\
         auth_mechanisms.1 = PLAIN\n\
         auth_mechanisms.2 = AMQPLAIN\n\
         auth_mechanisms.3 = EXTERNAL\n"
    );
    write("rabbitmq.conf", &configuration);
    // What a starting broker could not move on at once it tries again after seconds, not minutes.
    // Whether a job is held too long is looked at every second, not every minute.
    let patience = "[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000}, \
                    {channel_tick_interval, 1000}]}].\n";
    write("advanced.config", patience);
    write("enabled_plugins", "[rabbitmq_auth_mechanism_ssl].\n");
}

/// An authority of our own and a certificate of it for 127.0.0.1.
fn write_certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
        let output = output.expect("openssl is missing: it comes with the package ca-certificates");
        assert!(output.status.success(), "openssl {arguments}: {output:?}");
    };
    let request = "req -x509 -newkey rsa:2048 -nodes -days 2";
    openssl(&format!("{request} -subj /CN=Testbehoerde -keyout authority.key -out authority.pem"));
    for (name, subject) in [("server", "Testbroker"), ("client", "laufmappe")] {
        openssl(&format!(
            "{request} -subj /CN={subject} -addext subjectAltName=IP:127.0.0.1 \
             -addext basicConstraints=critical,CA:FALSE \
             -CA authority.pem -CAkey authority.key -keyout {name}.key -out {name}.pem"
        ));
    }
}
