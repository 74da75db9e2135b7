//! Encryption at rest: what the store holds of keys and secrets is sealed under key-encryption keys.
//!
//! What is stored begins with a byte that says how it is sealed:
//!
//! | byte | what follows |
//! | --- | --- |
//! | 0 | the thing itself: no key-encryption key was there |
//! | 1 | a nonce of 12 random bytes and the thing under AES-256-GCM (NIST SP 800-38D), with its tag of 16 bytes |
//!
//! The place in the store goes in as associated data, so that nobody can pass one row off as another.
//!
//! The key file has 32 bytes in base64 on each line. The first key seals, all of them open: a new key goes before the old one, and
//! the old one can go once a server has started, because starting seals anew whatever is not under the first.

use std::{
    fmt, fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::KeyError;

/// Most keys in a file.
pub const MOST_KEYS: usize = 16;

/// A file of that many keys is smaller.
const LONGEST_FILE: u16 = 4096;

const CLEAR: u8 = 0;
const AES_256_GCM_RANDOM_NONCE: u8 = 1;

/// What the store keeps of a key or a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// From the store's bytes.
    pub const fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes for the store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it takes a key to open it.
    pub(super) fn takes_key(&self) -> bool {
        self.0.first() != Some(&CLEAR)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// The keys that seal keys. None: what is stored is as good as open.
#[derive(Clone, Default)]
pub struct KeyEncryption(Arc<[RandomizedNonceKey]>);

impl fmt::Debug for KeyEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyEncryption({} keys)", self.0.len())
    }
}

/// Why a file of key-encryption keys is refused.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("the key-encryption key file {0} cannot be read")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// A line, counted from 1, is no key.
    #[error(
        "line {1} of {0} is not a key-encryption key: it takes 32 bytes in base64, as from `openssl rand -base64 32`"
    )]
    NoKey(PathBuf, usize),
    /// Too few or too many.
    #[error("{0} must have from 1 to {MOST_KEYS} key-encryption keys")]
    Count(PathBuf),
}

/// What was sealed.
pub(super) struct Opened {
    /// The thing itself.
    pub(super) clear: Zeroizing<Vec<u8>>,
    /// Whether it is sealed as it would be now.
    pub(super) is_fresh: bool,
}

impl KeyEncryption {
    /// Nothing is sealed.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a file of keys: one on each line, blank lines apart.
    pub fn from_file(path: &Path) -> Result<Self, KeyFileError> {
        let unreadable = |error| KeyFileError::Unreadable(path.to_owned(), error);
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE.into()));
        let file = fs::File::open(path).map_err(unreadable)?;
        file.take(LONGEST_FILE.into()).read_to_string(&mut text).map_err(unreadable)?;
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let key = parse(line.trim()).ok_or_else(|| KeyFileError::NoKey(path.to_owned(), index + 1))?;
            keys.push(key);
        }
        if !(1..=MOST_KEYS).contains(&keys.len()) {
            return Err(KeyFileError::Count(path.to_owned()));
        }
        Ok(Self(keys.into()))
    }

    /// Seals under the first key. `place` is where in the store it will be.
    pub(super) fn seal(&self, clear: &[u8], place: &str) -> Result<Sealed, KeyError> {
        let Some(key) = self.0.first() else {
            return Ok(Sealed([&[CLEAR], clear].concat()));
        };
        let mut body = clear.to_vec();
        let nonce =
            key.seal_in_place_append_tag(Aad::from(place), &mut body).map_err(|_| KeyError::Sealing)?;
        Ok(Sealed([&[AES_256_GCM_RANDOM_NONCE], nonce.as_ref().as_slice(), &body].concat()))
    }

    /// Opens what was sealed under any of the keys, or not at all, for this place.
    pub(super) fn open(&self, sealed: &Sealed, place: &str) -> Result<Opened, KeyError> {
        match sealed.0.split_first() {
            Some((&CLEAR, clear)) => Ok(Opened { clear: clear.to_vec().into(), is_fresh: self.0.is_empty() }),
            Some((&AES_256_GCM_RANDOM_NONCE, _)) if self.0.is_empty() => Err(KeyError::NoKeyEncryptionKey),
            Some((&AES_256_GCM_RANDOM_NONCE, rest)) => self.decrypt(rest, place),
            _ => Err(KeyError::Unsealable(place.to_owned())),
        }
    }

    fn decrypt(&self, sealed: &[u8], place: &str) -> Result<Opened, KeyError> {
        let unsealable = || KeyError::Unsealable(place.to_owned());
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or_else(unsealable)?;
        for (index, key) in self.0.iter().enumerate() {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unsealable())?;
            let mut body = Zeroizing::new(body.to_vec());
            if let Ok(clear) = key.open_in_place(nonce, Aad::from(place), &mut body) {
                let length = clear.len();
                body.truncate(length);
                return Ok(Opened { clear: body, is_fresh: index == 0 });
            }
        }
        Err(unsealable())
    }
}

fn parse(line: &str) -> Option<RandomizedNonceKey> {
    let mut bytes = Zeroizing::new([0; 33]);
    let length = STANDARD.decode_slice(line, bytes.as_mut_slice()).ok()?;
    (length == 32).then(|| RandomizedNonceKey::new(&AES_256_GCM, &bytes[..32]).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> KeyEncryption {
        let key = |byte: &u8| parse(&STANDARD.encode([*byte; 32])).unwrap();
        KeyEncryption(bytes.iter().map(key).collect())
    }

    #[test]
    fn what_is_sealed_opens_under_any_of_the_keys_and_is_fresh_under_the_first() {
        let sealed = keys(&[1]).seal(b"secret", "place").unwrap();
        for (keys, is_fresh) in [(keys(&[1, 2]), true), (keys(&[2, 1]), false)] {
            let opened = keys.open(&sealed, "place").unwrap();
            assert_eq!((opened.clear.as_slice(), opened.is_fresh), (b"secret".as_slice(), is_fresh));
        }
        assert!(matches!(keys(&[2]).open(&sealed, "place"), Err(KeyError::Unsealable(_))));
        assert!(matches!(KeyEncryption::none().open(&sealed, "place"), Err(KeyError::NoKeyEncryptionKey)));
    }

    #[test]
    fn no_row_passes_for_another_and_no_bit_can_be_turned() {
        let sealed = keys(&[1]).seal(b"secret", "place").unwrap();
        assert!(keys(&[1]).open(&sealed, "elsewhere").is_err());
        for index in 1..sealed.0.len() {
            let mut turned = sealed.clone();
            turned.0[index] ^= 1;
            assert!(keys(&[1]).open(&turned, "place").is_err(), "byte {index}");
        }
        for length in 0..sealed.0.len() {
            assert!(
                keys(&[1]).open(&Sealed(sealed.0[..length].to_vec()), "place").is_err(),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn it_is_sealed_differently_each_time() {
        assert_ne!(
            keys(&[1]).seal(b"secret", "place").unwrap(),
            keys(&[1]).seal(b"secret", "place").unwrap()
        );
    }

    #[test]
    fn without_a_key_it_is_as_good_as_open_and_stale_once_there_is_one() {
        let sealed = KeyEncryption::none().seal(b"secret", "place").unwrap();
        assert_eq!(sealed.as_bytes(), b"\0secret");
        assert!(KeyEncryption::none().open(&sealed, "place").unwrap().is_fresh);
        assert!(!keys(&[1]).open(&sealed, "place").unwrap().is_fresh);
    }

    #[test]
    fn debug_shows_nothing() {
        let sealed = KeyEncryption::none().seal(b"secret", "place").unwrap();
        assert_eq!(format!("{sealed:?} {:?}", keys(&[1])), "Sealed(…) KeyEncryption(1 keys)");
    }
}
