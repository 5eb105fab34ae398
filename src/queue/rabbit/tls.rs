//! Who the broker is and who we are to it: certificates for `amqps://`.
//!
//! In: paths of PEM files. Out: an encrypted connection. Absent on purpose: a way to trust everybody.
//!
//! The files are read at every connection, so that renewed certificates are taken without a restart. Besides the
//! certificate the broker wants a name: user and password in the address, or `?auth_mechanism=external` there,
//! if the broker takes the name from the certificate.

use crate::error::{Error, Kind, Result};
use lapin::tcp::{AMQPUriTcpExt, OwnedIdentity, OwnedTLSConfig, RustlsConnector};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Certificates for the broker. All optional; without any, the machine's own authorities are trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Certificates {
    /// Our own authority (PEM, one or more certificates): then only brokers of this authority are trusted.
    pub ca: Option<PathBuf>,
    /// Our certificate, with its chain, and its key (PEM): for brokers that want to know who we are.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

/// How a connection is encrypted.
pub enum Trust {
    /// The machine's authorities.
    Machine(OwnedTLSConfig),
    Own(RustlsConnector),
}

impl Certificates {
    pub fn are_ours(&self) -> bool {
        self.certificate.is_some()
    }

    pub fn read(&self) -> Result<Trust> {
        let identity = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => {
                return Err(Error::new(
                    Kind::Settings,
                    "only one of certificate and key is set for the broker",
                )
                .hint("set both or none of [broker] certificate, key"));
            }
        };
        let Some(authority) = &self.ca else {
            let identity = identity.map(|(certificate, key)| -> Result<_> {
                chain(certificate)?;
                private(key)?;
                Ok(OwnedIdentity::PKCS8 { pem: bytes(certificate)?, key: bytes(key)? })
            });
            return Ok(Trust::Machine(OwnedTLSConfig { identity: identity.transpose()?, cert_chain: None }));
        };
        let mut roots = RootCertStore::empty();
        for certificate in chain(authority)? {
            roots.add(certificate).map_err(|error| unusable(authority, &error.to_string()))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(Kind::Internal, format!("no TLS: {error}")))?
            .with_root_certificates(roots);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(chain(certificate)?, private(key)?)
                .map_err(|error| unusable(certificate, &error.to_string()))?,
        };
        Ok(Trust::Own(RustlsConnector::from(Arc::new(config))))
    }
}

pub async fn connect(uri: AMQPUri, options: ConnectionProperties, trust: Trust) -> lapin::Result<Connection> {
    let runtime = lapin::runtime::default_runtime()?;
    let connector = match trust {
        Trust::Own(connector) if uri.scheme == AMQPScheme::AMQPS => connector,
        Trust::Own(_) => return Connection::connect_uri(uri, options).await,
        Trust::Machine(config) => {
            return Connection::connect_uri_with_config(uri, options, config, runtime).await;
        }
    };
    let dial = async move |uri: AMQPUri, runtime| {
        let plain = AMQPUri { scheme: AMQPScheme::AMQP, ..uri.clone() };
        let stream = plain.connect_async(&runtime).await.map_err(lapin::Error::from)?;
        stream.into_rustls(&connector, &uri.authority.host).await.map_err(lapin::Error::from)
    };
    Connection::connector(uri, runtime, dial, options).await
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_slice_iter(&bytes(path)?).collect::<std::result::Result<Vec<_>, _>>();
    let chain = read.map_err(|error| unusable(path, &error.to_string()))?;
    match chain.is_empty() {
        true => Err(unusable(path, "it holds no certificate")),
        false => Ok(chain),
    }
}

fn private(path: &Path) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(&bytes(path)?).map_err(|_| unusable(path, "it holds no private key"))
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| unusable(path, &error.to_string()))
}

fn unusable(path: &Path, reason: &str) -> Error {
    Error::new(Kind::Settings, format!("the file {} cannot be used for the broker: {reason}", path.display()))
        .hint("name PEM files this program may read in the settings: [broker] ca, certificate, key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_files_are_named_and_keys_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gibt-es-nicht.pem");
        let wrong = folder.path().join("kein-zertifikat.pem");
        std::fs::write(&wrong, "s3cret").unwrap();
        for (ca, certificate, key, said) in [
            (Some(&path), None, None, "gibt-es-nicht"),
            (Some(&wrong), None, None, "holds no certificate"),
            (None, Some(&wrong), None, "only one of"),
            (None, None, Some(&wrong), "only one of"),
            (None, Some(&wrong), Some(&wrong), "holds no certificate"),
        ] {
            let own = |path: Option<&PathBuf>| path.cloned();
            let certificates = Certificates { ca: own(ca), certificate: own(certificate), key: own(key) };
            let error = certificates.read().map(|_| ()).unwrap_err();
            assert_eq!(error.kind, Kind::Settings);
            assert!(error.to_string().contains(said) && !error.to_string().contains("s3cret"), "{error}");
        }
    }
}
