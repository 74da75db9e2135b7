//! The phone's memory: a directory with the file `device.json`, which holds the key and the tokens together, and perhaps `passkey.json`.
//!
//! Each is written to a new file beside it which is then renamed, so that a crash leaves the old memory or the
//! new one. Only the owner may read it. A directory that is made here is the owner's alone; one that exists
//! is left as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use protocol::phone::AccountSummary;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::PhoneError;
use super::passkey::Passkey;
use super::secret::Secret;
use super::server::ServerUrl;

/// Name of the device's file.
const FILE: &str = "device.json";

/// Name of the passkey's file.
const PASSKEY: &str = "passkey.json";

/// Where a phone keeps what it must not forget.
#[derive(Debug, Clone)]
pub(super) struct Home {
    dir: PathBuf,
}

/// A signed-in device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Device {
    /// The provider.
    pub(super) server: ServerUrl,
    /// What the provider calls this device.
    pub(super) id: String,
    /// Who is signed in.
    pub(super) account: AccountSummary,
    /// The private key, PKCS#8 in base64url.
    pub(super) key: Secret,
    /// Fetches access tokens.
    pub(super) refresh_token: Secret,
    /// The access token of now.
    pub(super) access: AccessToken,
    /// The ticket of the last scan that has not been decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ticket: Option<Secret>,
    /// The scopes that were asked for there.
    #[serde(default)]
    pub(super) asked: Vec<String>,
    /// What a passkey would have to sign there, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) passkey_options: Option<String>,
}

/// An access token and its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AccessToken {
    /// The token.
    pub(super) token: Secret,
    /// When it runs out, in seconds since 1970 UTC.
    pub(super) expires_at: i64,
}

impl Home {
    /// Names the directory; touches nothing.
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The remembered device, or `None` on a phone where nobody is signed in.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Home`] if the file cannot be read, [`PhoneError::HomeDamaged`] if it makes no sense.
    pub(super) fn load(&self) -> Result<Option<Device>, PhoneError> {
        load(&self.file())
    }

    /// The passkey that was made here.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NoPasskey`] if there is none; those of [`Home::load`].
    pub(super) fn load_passkey(&self) -> Result<Passkey, PhoneError> {
        Passkey::load(&self.dir.join(PASSKEY))
    }

    /// Keeps a passkey in place of what was kept.
    ///
    /// # Errors
    ///
    /// Those of [`Home::save`].
    pub(super) fn save_passkey(&self, passkey: &Passkey) -> Result<(), PhoneError> {
        self.write(PASSKEY, passkey)
    }

    /// Remembers a device in place of what was remembered.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Home`] if it cannot be written; then the old memory is intact.
    pub(super) fn save(&self, device: &Device) -> Result<(), PhoneError> {
        self.write(FILE, device)
    }

    fn write(&self, name: &str, content: &impl Serialize) -> Result<(), PhoneError> {
        let path = self.dir.join(name);
        let json = serde_json::to_vec_pretty(content).map_err(|e| PhoneError::home(&path)(e.into()))?;
        make_private_dir(&self.dir).map_err(PhoneError::home(&self.dir))?;
        let mut suffix = [0; 8];
        aws_lc_rs::rand::fill(&mut suffix).map_err(|_| PhoneError::Crypto)?;
        let beside = self.dir.join(format!(".{name}.{:016x}", u64::from_ne_bytes(suffix)));
        let written = write_private(&beside, &json).and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            // Best effort: the error that matters is the first.
            let _ = fs::remove_file(&beside);
        }
        written.map_err(PhoneError::home(&path))
    }

    /// Forgets the device. The directory stays.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Home`] if the file is there and cannot be removed.
    pub(super) fn clear(&self) -> Result<(), PhoneError> {
        match fs::remove_file(self.file()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(PhoneError::home(&self.file())(error)),
            _ => Ok(()),
        }
    }

    /// The file's path.
    pub(super) fn file(&self) -> PathBuf {
        self.dir.join(FILE)
    }
}

impl Passkey {
    /// Reads a passkey that a phone has kept.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NoPasskey`] if there is none; [`PhoneError::Home`] and [`PhoneError::HomeDamaged`] if it cannot be read.
    pub fn load(file: &Path) -> Result<Self, PhoneError> {
        load(file)?.ok_or(PhoneError::NoPasskey)
    }
}

/// What a file holds; `None` if it is not there.
fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, PhoneError> {
    let json = match fs::read(path) {
        Ok(json) => json,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PhoneError::home(path)(error)),
    };
    // What the parser says is not passed on: it may quote a secret.
    serde_json::from_slice(&json).map(Some).map_err(|_| PhoneError::HomeDamaged { path: path.to_owned() })
}

/// Makes the directory, and those above it, for the owner alone (mode 0700).
fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Writes a new file for the owner alone (mode 0600), down to the disk.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> Device {
        Device {
            server: "https://login.example.com".parse().unwrap(),
            id: "d1".into(),
            account: AccountSummary { name: "ann".into(), display_name: "Ann".into() },
            key: Secret::new("private-key"),
            refresh_token: Secret::new("refresh-secret"),
            access: AccessToken { token: Secret::new("access-secret"), expires_at: 600 },
            ticket: None,
            asked: vec![],
            passkey_options: None,
        }
    }

    #[test]
    fn nothing_is_remembered_at_first_and_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(&dir.path().join("phone"));
        assert!(home.load().unwrap().is_none());
        home.clear().unwrap();
        assert!(!dir.path().join("phone").exists());
    }

    #[test]
    fn what_is_saved_is_loaded_until_it_is_cleared() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(&dir.path().join("deep/phone"));
        home.save(&device()).unwrap();
        home.save(&Device { ticket: Some(Secret::new("t")), ..device() }).unwrap();
        let loaded = home.load().unwrap().unwrap();
        assert_eq!((loaded.id.as_str(), loaded.ticket), ("d1", Some(Secret::new("t"))));
        assert_eq!(loaded.key, device().key);
        let names: Vec<_> =
            fs::read_dir(dir.path().join("deep/phone")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, [FILE], "no temporary file stays");
        home.clear().unwrap();
        assert!(home.load().unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(&dir.path().join("phone"));
        home.save(&device()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&home.dir), mode(&home.file())), (0o700, 0o600));
    }

    #[test]
    fn a_damaged_memory_is_named_and_not_quoted() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path());
        fs::write(home.file(), r#"{"refresh_token": "refresh-secret"#).unwrap();
        let error = home.load().unwrap_err();
        assert_eq!(error.code(), "home_damaged");
        assert!(!error.detail().contains("refresh-secret"));
    }

    #[test]
    fn a_home_that_cannot_be_made_says_where() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Home::new(&file).save(&device()).unwrap_err();
        assert!(error.detail().contains("file"), "{}", error.detail());
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", device());
        assert!(shown.contains("d1") && !shown.contains("secret") && !shown.contains("private"), "{shown}");
    }
}
