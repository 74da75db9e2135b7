//! The key-encryption key of who names none: `keys.secret` in the data directory, made at the first start.
//!
//! 1. If the file is there, it is used.
//! 2. If it is not, and the store holds something that is sealed, then the file is lost, or another one was named before: nothing is
//!    made, and the server does not start.
//! 3. Else it is made, and is on the disk before anything is sealed under it. Keys that were in clear are sealed by this same start.
//!
//! So a copy of the database alone gives no key. Whoever copies the whole directory has both: `docs/operating.md` says how to keep
//! them apart.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    Vault,
    sealing::{KeyEncryption, KeyFileError},
};
use crate::{random::Random, store::StoreError};

/// The file's name in the data directory.
pub const NAME: &str = "keys.secret";

/// Where it is written before it gets its name.
const UNFINISHED: &str = "keys.secret.new";

/// Whose lock is held meanwhile.
const LOCK: &str = "keys.secret.lock";

/// Why there is no such key.
#[derive(Debug, thiserror::Error)]
pub enum DefaultKeyError {
    /// The file is no good.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// Others may read it.
    #[error("{0} may be read by others than its owner: `chmod 600` it")]
    Open(PathBuf),
    /// It is gone.
    #[error(
        "the stored keys are encrypted and {0} is not there: put it back, or name the key-encryption key by key_encryption_key_file"
    )]
    Lost(PathBuf),
    /// It cannot be made.
    #[error("{0} cannot be made")]
    Unwritable(PathBuf, #[source] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The key that is there; `None` if there is none.
pub fn read(directory: &Path) -> Result<Option<KeyEncryption>, DefaultKeyError> {
    let file = directory.join(NAME);
    let mode = match fs::metadata(&file) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyFileError::Unreadable(file, error).into()),
    };
    if mode & 0o077 != 0 {
        return Err(DefaultKeyError::Open(file));
    }
    Ok(Some(KeyEncryption::from_file(&file)?))
}

/// The key that is there, made if there is none and nothing is sealed yet. Servers that start at once agree on one.
pub async fn read_or_make(
    directory: &Path,
    vault: &Vault<'_>,
    random: &Random,
) -> Result<KeyEncryption, DefaultKeyError> {
    if let Some(key) = read(directory)? {
        return Ok(key);
    }
    let file = directory.join(NAME);
    if vault.holds_sealed().await? {
        return Err(DefaultKeyError::Lost(file));
    }
    make(directory, random).map_err(|error| DefaultKeyError::Unwritable(file.clone(), error))?;
    read(directory)?.ok_or(DefaultKeyError::Lost(file))
}

/// Makes the file, unless somebody else has meanwhile.
fn make(directory: &Path, random: &Random) -> io::Result<()> {
    let lock = File::create(directory.join(LOCK))?;
    lock.lock()?;
    let (unfinished, file) = (directory.join(UNFINISHED), directory.join(NAME));
    if file.exists() {
        return Ok(());
    }
    let key = Zeroizing::new(random.bytes::<32>());
    let line = Zeroizing::new(STANDARD.encode(*key) + "\n");
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    out.write_all(line.as_bytes())?;
    out.sync_all()?;
    fs::rename(&unfinished, &file)?;
    File::open(directory)?.sync_all()?;
    tracing::info!(
        file = %file.display(),
        "a key-encryption key was made: without it the stored keys cannot be had back, so keep a copy apart from the database's"
    );
    Ok(())
}
