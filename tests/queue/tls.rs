//! Who the broker is and who we are to it: certificates, and what is said when they are wrong.

use super::*;
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_know_each_other_by_certificates_of_our_own_authority() {
    let _stand = Stand::rabbit().await;
    works(&broker().secure_url(), &ours()).await;
    // The broker takes the name of the certificate instead of a password.
    tokio::task::block_in_place(|| {
        broker().control(&["add_user", "laufmappe", "unused"]);
        broker().control(&["set_permissions", "laufmappe", ".*", ".*", ".*"]);
    });
    let url = broker().secure_url().replace("guest:guest@", "") + "?auth_mechanism=external";
    works(&url, &ours()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_is_told_why() {
    let stand = Stand::rabbit().await;
    let other = tempfile::tempdir().unwrap();
    let stranger = stranger(other.path());
    let ours = ours();
    let rows = [
        ("the broker is of an unknown authority", Certificates { ca: None, ..ours.clone() }, "[broker] ca"),
        (
            "the broker is of another authority",
            Certificates { ca: stranger.ca.clone(), ..ours.clone() },
            "[broker] ca",
        ),
        (
            "we show no certificate",
            Certificates { certificate: None, key: None, ..ours.clone() },
            "[broker] certificate, key",
        ),
        ("we show a stranger's certificate", Certificates { ca: ours.ca.clone(), ..stranger }, "alert"),
    ];
    for (name, certificates, said) in rows {
        let mut told = String::new();
        // The end of the connection may overtake the broker's reason, but not every time.
        for _ in 0..10 {
            let refused = Rabbit::connect(&broker().secure_url(), &certificates, &stand.tenants).await;
            let error = refused.unwrap_err();
            assert_eq!(error.kind, Kind::Unavailable, "{name}");
            told = error.to_string();
            if told.contains(said) {
                break;
            }
        }
        assert!(told.contains(said), "{name}: {told}");
    }
    let error = Rabbit::connect(&broker().url(), &ours, &stand.tenants).await.unwrap_err();
    assert_eq!(error.kind, Kind::Settings, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorities_of_the_machine_are_trusted_if_none_is_named() {
    let _stand = Stand::rabbit().await;
    let (certificate, key) = broker().client();
    // They are read from where OpenSSL reads them: another process, other trust.
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::a_process_with_other_trust", "--ignored"])
        .env("SSL_CERT_FILE", broker().authority())
        .env_remove("SSL_CERT_DIR")
        .env(URL, broker().secure_url())
        .env(CERTIFICATE, certificate)
        .env(KEY, key)
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
}

const URL: &str = "LAUFMAPPE_TEST_BROKER";
const CERTIFICATE: &str = "LAUFMAPPE_TEST_CERTIFICATE";
const KEY: &str = "LAUFMAPPE_TEST_KEY";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "not a test of its own: the process that the test above starts"]
async fn a_process_with_other_trust() {
    let path = |name| Some(PathBuf::from(std::env::var(name).unwrap()));
    let certificates = Certificates { ca: None, certificate: path(CERTIFICATE), key: path(KEY) };
    works(&std::env::var(URL).unwrap(), &certificates).await;
}

async fn works(url: &str, certificates: &Certificates) {
    let tenants = ["stadt-hinter-tls".parse().unwrap()];
    let rabbit = Rabbit::connect(url, certificates, &tenants).await.unwrap();
    rabbit.publish(&job(&tenants[0], 1)).await.unwrap();
    let mut slot = rabbit.slot().await.unwrap();
    let delivery = take(&mut slot).await;
    slot.done(&delivery).await.unwrap();
}

fn ours() -> Certificates {
    let (certificate, key) = broker().client();
    Certificates { ca: Some(broker().authority()), certificate: Some(certificate), key: Some(key) }
}

/// Somebody who signed for himself.
fn stranger(folder: &Path) -> Certificates {
    let arguments =
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=laufmappe -keyout key.pem -out cert.pem";
    let made = std::process::Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
    assert!(made.unwrap().status.success());
    let certificate = Some(folder.join("cert.pem"));
    Certificates { ca: certificate.clone(), certificate, key: Some(folder.join("key.pem")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_without_saying_it() {
    let stand = Stand::rabbit().await;
    let url = broker().url().replace("guest:guest", "guest:s3cret");
    let error = Rabbit::connect(&url, &Certificates::default(), &stand.tenants).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(!error.to_string().contains("s3cret"), "{error}");
}
