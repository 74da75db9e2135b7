//! The life of signing keys.
//!
//! 1. A key is **published** in the JWKS, [`PUBLISH_AHEAD`] before it signs, so that caches know it by then. Only the very first
//!    key of an algorithm signs at once, and one that takes a compromised key's place.
//! 2. It **signs** until its successor does.
//! 3. It **stays published** for [`KEEP_FOR`], until every token that it signed has expired. A site that knew no other key
//!    goes on working till then.
//! 4. It is deleted.
//!
//! What a key is follows from the clock and from the next one's time alone. Two servers may think at once that a key's time
//! has come: keys are numbered, and whoever writes a number first has made that key.

use std::time::Duration;

use super::{KeptKey, KeyError, Place, Vault, signing_key};
use crate::{clock::Time, oauth::client::SigningAlgorithm};

/// How long before it signs a key is published: much more than the five minutes that caches keep the JWKS.
pub const PUBLISH_AHEAD: Duration = Duration::from_hours(1);

/// How long after its last signature a key stays published: more than the day that a token may live at most.
pub const KEEP_FOR: Duration = Duration::from_hours(25);

/// How the next key comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Succession {
    /// In good order: published first.
    Published,
    /// It signs at once. The keys before it stay good for the tokens that they signed.
    AtOnce,
    /// It signs at once, and the keys before it are gone, and their tokens with them: somebody else may have them.
    Revoking,
}

/// What a key is at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Published, and does not sign yet.
    Next,
    /// It signs.
    Signing,
    /// It signs no more and is good for what it signed.
    Retiring,
    /// Of no more use.
    Over,
}

impl Stage {
    /// Its name for people and programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Signing => "signing",
            Self::Retiring => "retiring",
            Self::Over => "over",
        }
    }
}

/// What a key is now, among the keys of all algorithms.
pub fn stage(key: &KeptKey, all: &[KeptKey], now: Time) -> Stage {
    let mut later = all.iter().filter(|other| other.algorithm == key.algorithm && other.number > key.number);
    let replaced_at = later.by_ref().map(|other| other.signs_from).min();
    match replaced_at {
        Some(replaced_at) if replaced_at + KEEP_FOR <= now => Stage::Over,
        Some(replaced_at) if replaced_at <= now => Stage::Retiring,
        _ if key.signs_from <= now => Stage::Signing,
        _ => Stage::Next,
    }
}

/// Makes the next key of an algorithm. `None`: one in good order is waiting already, or somebody else made one just now.
pub async fn succeed(
    vault: &Vault<'_>,
    algorithm: SigningAlgorithm,
    succession: Succession,
    now: Time,
) -> Result<Option<KeptKey>, KeyError> {
    let all = vault.signing_keys().await?;
    let newest = all.iter().filter(|key| key.algorithm == algorithm).max_by_key(|key| key.number);
    if succession == Succession::Published && newest.is_some_and(|key| key.signs_from > now) {
        return Ok(None);
    }
    let signs_from = match (succession, newest) {
        (Succession::Published, Some(_)) => now + PUBLISH_AHEAD,
        _ => now,
    };
    let number = newest.map_or(1, |key| key.number + 1);
    let private = vault.seal(Place::SigningKey(algorithm, number), &signing_key::make(algorithm).await?)?;
    let key = KeptKey { algorithm, number, private, created_at: now, signs_from };
    if !vault.store.add_signing_key(&key).await? {
        return Ok(None);
    }
    if succession == Succession::Revoking {
        vault.store.delete_signing_keys_before(algorithm, number).await?;
    }
    Ok(Some(key))
}

/// Makes the keys whose time has come, and deletes those whose time is over. Keys sign for `rotate_after`; `None`: for ever.
pub(super) async fn tend(
    vault: &Vault<'_>,
    rotate_after: Option<Duration>,
    now: Time,
) -> Result<(), KeyError> {
    let all = vault.signing_keys().await?;
    for algorithm in SigningAlgorithm::ALL {
        let Some(newest) = all.iter().filter(|key| key.algorithm == algorithm).max_by_key(|key| key.number)
        else {
            continue;
        };
        let due = rotate_after.is_some_and(|span| newest.signs_from + span <= now + PUBLISH_AHEAD);
        if due && let Some(key) = succeed(vault, algorithm, Succession::Published, now).await? {
            tracing::info!(
                algorithm = algorithm.as_str(),
                number = key.number,
                "the next signing key is published"
            );
        }
        let over =
            all.iter().filter(|key| key.algorithm == algorithm && stage(key, &all, now) == Stage::Over);
        if let Some(last) = over.map(|key| key.number).max() {
            vault.store.delete_signing_keys_before(algorithm, last + 1).await?;
            tracing::info!(algorithm = algorithm.as_str(), number = last, "a signing key is deleted");
        }
    }
    Ok(())
}
