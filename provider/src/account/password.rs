//! Passwords: argon2id (RFC 9106), a few at a time, and the same work whether or not the account exists.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use tokio::sync::Semaphore;

/// Longest password that is looked at, in bytes.
pub const PASSWORD_LENGTH: usize = 1024;

/// How many passwords are hashed at once: each takes 19 MiB and a processor.
const CONCURRENT_HASHES: usize = 2;

/// How many callers may wait for their turn; more are sent away.
const WAITING_HASHES: usize = 64;

/// A password as somebody typed it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Takes a typed password; `None` if it is empty or too long.
    pub fn new(text: String) -> Option<Self> {
        (1..=PASSWORD_LENGTH).contains(&text.len()).then_some(Self(text))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password's hash in PHC string form, with its salt and parameters.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// From the store.
    pub fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// For the store.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What can go wrong with hashing.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many callers wait for their turn.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hash in the store is none, or the hasher failed.
    #[error("hashing a password: {0}")]
    Hash(String),
}

/// Hashes and checks passwords off the async threads, a bounded number at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        // Now, so that the first unknown account does not take longer than the next.
        LazyLock::force(&NOBODY);
        Self {
            turns: Arc::new(Semaphore::new(CONCURRENT_HASHES)),
            queue: Arc::new(Semaphore::new(CONCURRENT_HASHES + WAITING_HASHES)),
        }
    }
}

impl Passwords {
    /// Hashes a password with a salt of its own.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordError> {
        self.in_turn(move || hash(&password)).await
    }

    /// Whether the password is the one that was hashed. With no hash (an unknown account) it does the same work and
    /// says no, so that the time tells nothing.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<bool, PasswordError> {
        self.in_turn(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.clone());
            let parsed = phc::PasswordHash::new(&stored.0).map_err(|e| PasswordError::Hash(e.to_string()))?;
            let matches = Argon2::default().verify_password(password.0.as_bytes(), &parsed).is_ok();
            Ok(matches && known)
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = self.queue.clone().try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        // Both are held by the work itself, so that a caller who goes away does not make room for more of it.
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.map_err(|e| PasswordError::Hash(e.to_string()))?
    }
}

/// The hash of a password that nobody has, made with the parameters of all others.
static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| {
    hash(&Password("no account has this password".into())).unwrap_or_else(|_| PasswordHash(String::new()))
});

fn hash(password: &Password) -> Result<PasswordHash, PasswordError> {
    let hash = Argon2::default()
        .hash_password(password.0.as_bytes())
        .map_err(|e| PasswordError::Hash(e.to_string()))?;
    Ok(PasswordHash(hash.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.into()).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let passwords = Passwords::default();
        let hash = passwords.hash(password("correct horse")).await.unwrap();
        assert!(hash.as_phc().starts_with("$argon2id$"));
        assert!(passwords.verify(password("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(password("battery staple"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_account_has_no_password_not_even_the_placeholder() {
        let placeholder = password("no account has this password");
        assert!(!Passwords::default().verify(placeholder, None).await.unwrap());
    }

    #[test]
    fn empty_and_huge_passwords_are_refused() {
        assert!(Password::new(String::new()).is_none());
        assert!(Password::new("x".repeat(PASSWORD_LENGTH + 1)).is_none());
    }
}
