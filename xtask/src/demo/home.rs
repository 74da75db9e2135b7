//! Files of the demo's own, in `target/demo`.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// The site's client secret: made once, then kept in `file`, which only this user may read.
pub(crate) fn client_secret(file: &Path) -> Result<String> {
    if let Ok(secret) = fs::read_to_string(file) {
        return Ok(secret.trim().to_owned());
    }
    let secret = new_secret()?;
    write_private(file, &format!("{secret}\n"))?;
    Ok(secret)
}

/// A fresh secret of 256 bits in hexadecimal, from the system's random source.
fn new_secret() -> Result<String> {
    let mut halves = [[0; 16]; 2];
    let mut source = File::open("/dev/urandom").context("this system has no /dev/urandom")?;
    for half in &mut halves {
        source.read_exact(half)?;
    }
    let [left, right] = halves.map(u128::from_be_bytes);
    Ok(format!("{left:032x}{right:032x}"))
}

/// Writes a file that only this user may read.
pub(crate) fn write_private(file: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut out = options.open(file).with_context(|| format!("cannot write {}", file.display()))?;
    out.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_secret_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        let secret = client_secret(&file).unwrap();
        assert_eq!(secret.len(), 64);
        assert_eq!(client_secret(&file).unwrap(), secret);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn no_two_demos_share_a_secret() {
        assert_ne!(new_secret().unwrap(), new_secret().unwrap());
    }
}
