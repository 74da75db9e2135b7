//! TLS of our own, for those who run without a proxy (RFC 8446; HTTP/2 is agreed upon by ALPN, RFC 7301).
//!
//! Certificate and key are two PEM files. They are looked at every few seconds; once one of them has changed, new connections
//! get the new pair. A pair that cannot be used is logged, and the old one goes on.

mod dev;

pub use dev::{DevAuthority, DevPair};

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio_rustls::rustls::{
    self, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where certificate and key are.
#[derive(Debug, Clone)]
pub struct PemFiles {
    /// The certificate and those between it and its authority, in this order.
    pub certificate: PathBuf,
    /// The certificate's key.
    pub key: PathBuf,
}

/// Why there can be no TLS with this certificate and key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{0} cannot be used")]
    File(PathBuf, #[source] io::Error),
    /// A file is not PEM, or has not in it what it must have.
    #[error("{0} is not the PEM file that it must be")]
    Pem(PathBuf, #[source] pem::Error),
    /// The two do not belong together, or are of a kind that is not known.
    #[error("certificate and key cannot be used")]
    Pair(#[from] rustls::Error),
    /// A certificate cannot be made.
    #[error("a certificate for development cannot be made")]
    Making(#[from] rcgen::Error),
}

/// The certificate that connections get now.
#[derive(Debug)]
pub struct Certificate {
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the files.
    pub fn read(files: &PemFiles) -> Result<Arc<Self>, TlsError> {
        Ok(Self::of(read(files)?))
    }

    fn of(pair: CertifiedKey) -> Arc<Self> {
        Arc::new(Self { current: RwLock::new(Arc::new(pair)) })
    }

    /// Reads the files again whenever they have changed. Never returns.
    pub async fn follow(self: Arc<Self>, files: PemFiles) {
        let mut known = stamp(&files);
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = stamp(&files);
            if now == known {
                continue;
            }
            known = now;
            match read(&files) {
                Ok(pair) => {
                    self.replace(pair);
                    tracing::info!(certificate = %files.certificate.display(), "the new certificate is in use");
                }
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the new certificate or key cannot be used; the old ones go on"
                ),
            }
        }
    }

    fn replace(&self, pair: CertifiedKey) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
    }

    /// What a listener needs to serve TLS 1.2 and 1.3 with this certificate.
    pub fn server_config(self: Arc<Self>) -> Result<Arc<ServerConfig>, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(files: &PemFiles) -> Result<CertifiedKey, TlsError> {
    let (certificate, key) = (contents(&files.certificate)?, contents(&files.key)?);
    let not_pem = |path: &Path| {
        let path = path.to_owned();
        |error| TlsError::Pem(path, error)
    };
    let chain = CertificateDer::pem_slice_iter(&certificate).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(not_pem(&files.certificate))?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(not_pem(&files.key))?;
    Ok(CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?)
}

fn contents(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::File(path.to_owned(), error))
}

/// By what a change of the files is seen; none for a file that is not there.
fn stamp(files: &PemFiles) -> [Option<(SystemTime, u64)>; 2] {
    [&files.certificate, &files.key].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(directory: &Path) -> (PemFiles, rcgen::CertifiedKey<rcgen::KeyPair>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let files = PemFiles { certificate: directory.join("cert.pem"), key: directory.join("key.pem") };
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        (files, made)
    }

    #[test]
    fn a_pair_of_files_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let (files, made) = pair(directory.path());
        let read = read(&files).unwrap();
        assert_eq!(read.cert, [made.cert.der().clone()]);
        assert!(Certificate::read(&files).unwrap().server_config().is_ok());
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let (files, _) = pair(directory.path());
        let (certificate, key) = (fs::read(&files.certificate).unwrap(), fs::read(&files.key).unwrap());
        fs::write(&files.key, "no key").unwrap();
        assert!(matches!(read(&files), Err(TlsError::Pem(path, _)) if path == files.key));
        fs::write(&files.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
        assert!(matches!(read(&files), Err(TlsError::Pair(_))), "another's key");
        fs::write(&files.key, key).unwrap();
        fs::write(&files.certificate, "").unwrap();
        assert!(matches!(read(&files), Err(TlsError::Pair(_))), "no certificate");
        fs::write(&files.certificate, &certificate[..certificate.len() / 2]).unwrap();
        assert!(matches!(read(&files), Err(TlsError::Pem(..))), "half a certificate");
        fs::remove_file(&files.certificate).unwrap();
        assert!(matches!(read(&files), Err(TlsError::File(..))));
    }

    #[test]
    fn a_change_of_either_file_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let (files, _) = pair(directory.path());
        let before = stamp(&files);
        assert_eq!(before, stamp(&files));
        fs::write(&files.key, "another").unwrap();
        assert_ne!(before, stamp(&files));
    }
}
