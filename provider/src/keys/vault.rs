//! The store's keys and secrets, opened and sealed on the way.

use zeroize::Zeroizing;

use super::{KeptKey, KeyEncryption, KeyError, PrivateKey, Sealed, master, signing_key::SigningKey};
use crate::{
    clock::Time,
    oauth::client::SigningAlgorithm,
    store::{KeyStore, Resealed, StoreError},
};

/// A thing that is sealed, by its place in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The signing key of this algorithm and number.
    SigningKey(SigningAlgorithm, u32),
    /// The secret of this name.
    Secret(&'static str),
}

impl Place {
    /// As the seal names it.
    fn name(self) -> String {
        match self {
            Self::SigningKey(algorithm, number) => format!("signing_keys/{}/{number}", algorithm.as_str()),
            Self::Secret(name) => format!("server_secrets/{name}"),
        }
    }
}

/// A store and what opens it.
#[derive(Clone, Copy)]
pub struct Vault<'a> {
    pub(super) store: &'a dyn KeyStore,
    pub(super) encryption: &'a KeyEncryption,
}

impl std::fmt::Debug for Vault<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({:?})", self.encryption)
    }
}

impl<'a> Vault<'a> {
    /// The keys of a store, under these key-encryption keys.
    pub fn new(store: &'a dyn KeyStore, encryption: &'a KeyEncryption) -> Self {
        Self { store, encryption }
    }

    /// All signing keys, each of which opens. Whoever changes keys asks for them first, and so changes nothing with the wrong
    /// key-encryption key.
    pub async fn signing_keys(&self) -> Result<Vec<KeptKey>, KeyError> {
        let kept = self.store.signing_keys().await?;
        for key in &kept {
            self.open(key.place(), &key.private)?;
        }
        Ok(kept)
    }

    /// Whether anything that is kept takes a key to open it.
    pub(super) async fn holds_sealed(&self) -> Result<bool, StoreError> {
        let kept = self.store.signing_keys().await?;
        let secret = self.store.server_secret(master::NAME).await?;
        Ok(kept.iter().map(|key| &key.private).chain(&secret).any(Sealed::takes_key))
    }

    /// A key's name in tokens and in the JWKS: the thumbprint of its public half (RFC 7638).
    pub fn kid(&self, key: &KeptKey) -> Result<String, KeyError> {
        Ok(self.read(key)?.kid)
    }

    /// Seals anew what is in clear or under an older key. Everything is opened before anything is written.
    pub(super) async fn reseal(&self, secret: &'static str) -> Result<(), KeyError> {
        let mut found: Vec<(Place, Sealed)> =
            self.store.signing_keys().await?.into_iter().map(|key| (key.place(), key.private)).collect();
        found.extend(self.store.server_secret(secret).await?.map(|value| (Place::Secret(secret), value)));
        let mut resealed = Vec::new();
        for (place, old) in found {
            let opened = self.encryption.open(&old, &place.name())?;
            if !opened.is_fresh {
                let new = self.encryption.seal(&opened.clear, &place.name())?;
                resealed.push(Resealed { place, old, new });
            }
        }
        if !resealed.is_empty() {
            self.store.reseal(&resealed).await?;
            tracing::info!(
                count = resealed.len(),
                "keys and secrets are sealed under the first key-encryption key"
            );
        }
        Ok(())
    }

    pub(super) fn read(&self, key: &KeptKey) -> Result<SigningKey, KeyError> {
        SigningKey::read(key.algorithm, &PrivateKey(self.open(key.place(), &key.private)?))
    }

    pub(super) fn seal(&self, place: Place, private: &PrivateKey) -> Result<Sealed, KeyError> {
        self.encryption.seal(&private.0, &place.name())
    }

    /// The secret of this name, which is made if there is none. Servers that start at once agree on the first one's.
    pub(super) async fn secret_or(
        &self,
        name: &'static str,
        make: impl FnOnce() -> Zeroizing<[u8; 32]> + Send,
        now: Time,
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let place = Place::Secret(name);
        let kept = if let Some(kept) = self.store.server_secret(name).await? {
            kept
        } else {
            let sealed = self.encryption.seal(make().as_slice(), &place.name())?;
            self.store.keep_server_secret(name, &sealed, now).await?
        };
        self.open(place, &kept)
    }

    fn open(&self, place: Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        Ok(self.encryption.open(sealed, &place.name())?.clear)
    }
}
