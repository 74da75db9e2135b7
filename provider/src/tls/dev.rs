//! `--dev-tls`: an authority of this machine's own, so that a real phone can try what browsers give to https alone.
//!
//! 1. The authority is made once and kept in the data directory. It can vouch for `localhost` and private addresses only (name
//!    constraints, RFC 5280 section 4.2.1.10), so that a phone that trusts it loses nothing on the internet.
//! 2. At each start it signs a fresh certificate for `localhost`, the loopback addresses and this machine's private ones.
//! 3. The phone fetches the authority's certificate at [`DevAuthority::PATH`], and its owner installs it.

use std::{
    fs,
    io::Write,
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use tokio_rustls::rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use super::{Certificate, TlsError};
use crate::clock::Time;

/// What the authority is called, in the phone's list of authorities.
const NAME: &str = "Saoma development";

/// How long a certificate is good, also if clocks differ by an hour.
const GOOD_FOR: Duration = Duration::from_hours(30 * 24 - 1);
const CLOCKS_DIFFER: Duration = Duration::from_hours(1);

/// What the authority may vouch for beside `localhost`: loopback, private, shared and link-local addresses.
const PRIVATE: [&str; 8] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
];

/// The authority for development.
pub struct DevAuthority {
    key: KeyPair,
    pem: String,
    file: PathBuf,
}

/// A certificate and its key, each as PEM. It has no `Debug`, for the key's sake.
pub struct DevPair {
    /// The certificate.
    pub certificate_pem: String,
    /// Its key.
    pub key_pem: String,
}

impl DevAuthority {
    /// Where the phone fetches the authority's certificate.
    pub const PATH: &str = "/dev-ca.crt";

    /// Reads the authority in this directory, or makes it there: `dev-ca.crt`, and `dev-ca.key` for its owner's eyes only.
    pub fn load_or_make(directory: &Path) -> Result<Self, TlsError> {
        let (file, key_file) = (directory.join("dev-ca.crt"), directory.join("dev-ca.key"));
        if key_file.exists() && file.exists() {
            let key = KeyPair::from_pem(&text(&key_file)?)?;
            return Ok(Self { key, pem: text(&file)?, file });
        }
        let key = KeyPair::generate()?;
        let pem = params().self_signed(&key)?.pem();
        write(&key_file, &key.serialize_pem())?;
        write(&file, &pem)?;
        Ok(Self { key, pem, file })
    }

    /// Its certificate, as PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Where its certificate is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A fresh certificate for this machine, good for 30 days, and its key.
    pub fn sign(&self, now: Time) -> Result<DevPair, TlsError> {
        let mut names = vec!["localhost".to_owned()];
        names.extend(addresses().iter().map(ToString::to_string));
        let mut params = CertificateParams::new(names)?;
        let now = Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
        let epoch = date_time_ymd(1970, 1, 1);
        params.not_before = epoch + now.saturating_sub(CLOCKS_DIFFER);
        params.not_after = epoch + now + GOOD_FOR;
        params.distinguished_name = name("Saoma on this machine");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &Issuer::new(self::params(), &self.key))?;
        Ok(DevPair { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }

    /// Such a certificate, ready to be served.
    pub fn certify(&self, now: Time) -> Result<Arc<Certificate>, TlsError> {
        let pair = self.sign(now)?;
        let not_pem = |error| TlsError::Pem(self.file.clone(), error);
        let chain = vec![CertificateDer::from_pem_slice(pair.certificate_pem.as_bytes()).map_err(not_pem)?];
        let key = PrivateKeyDer::from_pem_slice(pair.key_pem.as_bytes()).map_err(not_pem)?;
        Ok(Certificate::of(CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?))
    }
}

/// What the authority's certificate says of it. It must not change: certificates name their authority by it.
fn params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params.distinguished_name = name(NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let mut permitted_subtrees = vec![GeneralSubtree::DnsName("localhost".to_owned())];
    let subnet = |network: IpNet| CidrSubnet::from_addr_prefix(network.addr(), network.prefix_len());
    permitted_subtrees.extend(private().map(|network| GeneralSubtree::IpAddress(subnet(network))));
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    params
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

fn private() -> impl Iterator<Item = IpNet> {
    PRIVATE.iter().filter_map(|network| network.parse().ok())
}

/// The loopback addresses, and this machine's private ones.
fn addresses() -> Vec<IpAddr> {
    let mut addresses = vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
    for interface in if_addrs::get_if_addrs().unwrap_or_default() {
        let address = interface.ip();
        if !addresses.contains(&address) && private().any(|network| network.contains(&address)) {
            addresses.push(address);
        }
    }
    addresses
}

fn text(path: &Path) -> Result<String, TlsError> {
    fs::read_to_string(path).map_err(|error| TlsError::File(path.to_owned(), error))
}

/// Writes a file that only its owner may read.
fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| TlsError::File(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_authority_is_made_once_and_for_its_owner_s_eyes() {
        let directory = tempfile::tempdir().unwrap();
        let made = DevAuthority::load_or_make(directory.path()).unwrap();
        let found = DevAuthority::load_or_make(directory.path()).unwrap();
        assert_eq!(made.pem(), found.pem());
        let key = fs::metadata(directory.path().join("dev-ca.key")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
        assert!(found.certify(Time::from_millis(1_767_225_600_000)).is_ok());
    }

    #[test]
    fn it_vouches_for_private_addresses_only() {
        assert_eq!(private().count(), PRIVATE.len());
        let vouches =
            |text: &str| private().any(|network| network.contains(&text.parse::<IpAddr>().unwrap()));
        assert!(
            vouches("192.168.1.20") && vouches("10.1.2.3") && vouches("172.31.0.1") && vouches("fd00::1")
        );
        assert!(!vouches("1.1.1.1") && !vouches("172.32.0.1") && !vouches("2606:4700::1111"));
        assert!(addresses().iter().all(|address| private().any(|network| network.contains(address))));
    }
}
