//! `saoma key`: signing keys.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::DataArgs;
use crate::{
    clock::{Clock, Time},
    keys::{
        KeptKey, KeyError, Vault, key_file,
        rotation::{Succession, stage, succeed},
        sealing::KeyEncryption,
    },
    oauth::client::SigningAlgorithm,
    store::{SqliteStore, Upkeep},
};

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// List the signing keys as a JSON array: kid, algorithm, stage (`next`, `signing`, `retiring`) and times
    List {
        #[command(flatten)]
        place: KeyPlace,
    },
    /// Make the next signing keys
    ///
    /// A new key is published at once, signs an hour later, and the one before stays published until all that it
    /// signed has expired. Prints the new keys as a JSON array; an algorithm whose next key waits already gets none.
    /// Running servers take the new keys over within seconds.
    Rotate {
        /// This algorithm alone; all of them if this is left away
        #[arg(long, value_enum)]
        algorithm: Option<AlgorithmName>,
        /// The new key signs at once
        #[arg(long)]
        now: bool,
        /// Somebody else may have the old keys: the new one signs at once, the old ones and all that they signed are dead
        #[arg(long)]
        revoke_old: bool,
        #[command(flatten)]
        place: KeyPlace,
    },
}

/// Where keys are, and what opens them.
#[derive(Debug, clap::Args)]
pub(super) struct KeyPlace {
    #[command(flatten)]
    data: DataArgs,
    /// File of the keys that encrypt signing keys in the database, the same as the server's [default: keys.secret in the data
    /// directory]
    #[arg(long, env = "SAOMA_KEY_ENCRYPTION_KEY_FILE", value_name = "FILE")]
    key_encryption_key_file: Option<PathBuf>,
}

impl KeyPlace {
    async fn open(&self) -> anyhow::Result<(SqliteStore, KeyEncryption)> {
        let encryption = match &self.key_encryption_key_file {
            Some(file) => KeyEncryption::from_file(file)?,
            // Only the server makes the file: whoever runs this may be somebody else.
            None => key_file::read(&self.data.data)?.unwrap_or_default(),
        };
        Ok((self.data.open().await?, encryption))
    }
}

/// An algorithm's name as RFC 7518 writes it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum AlgorithmName {
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "ES256")]
    Es256,
    #[value(name = "EdDSA")]
    EdDsa,
}

impl From<AlgorithmName> for SigningAlgorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Rs256 => Self::Rs256,
            AlgorithmName::Es256 => Self::Es256,
            AlgorithmName::EdDsa => Self::EdDsa,
        }
    }
}

pub(super) async fn run(command: KeyCommand) -> anyhow::Result<()> {
    let now = Clock::System.now();
    let answer = match command {
        KeyCommand::List { place } => {
            let (store, encryption) = place.open().await?;
            let vault = Vault::new(&store, &encryption);
            let keys = vault.signing_keys().await?;
            store.close().await;
            describe(&vault, &keys, (&keys, now))?
        }
        KeyCommand::Rotate { algorithm, now: at_once, revoke_old, place } => {
            let succession = match (revoke_old, at_once) {
                (true, _) => Succession::Revoking,
                (false, true) => Succession::AtOnce,
                (false, false) => Succession::Published,
            };
            let (store, encryption) = place.open().await?;
            let vault = Vault::new(&store, &encryption);
            let made = rotate(&vault, algorithm.map(Into::into), succession, now).await?;
            let keys = vault.signing_keys().await?;
            store.close().await;
            describe(&vault, &made, (&keys, now))?
        }
    };
    println!("{answer:#}");
    Ok(())
}

async fn rotate(
    vault: &Vault<'_>,
    algorithm: Option<SigningAlgorithm>,
    succession: Succession,
    now: Time,
) -> Result<Vec<KeptKey>, KeyError> {
    let mut made = Vec::new();
    for one in SigningAlgorithm::ALL {
        if algorithm.is_none_or(|only| only == one) {
            made.extend(succeed(vault, one, succession, now).await?);
        }
    }
    Ok(made)
}

/// Keys as JSON, in the stage that each is in among all at a time.
fn describe(vault: &Vault<'_>, keys: &[KeptKey], (all, now): (&[KeptKey], Time)) -> Result<Value, KeyError> {
    keys.iter()
        .map(|key| {
            Ok(json!({
                "kid": vault.kid(key)?,
                "algorithm": key.algorithm.as_str(),
                "stage": stage(key, all, now).as_str(),
                "created_at": key.created_at.seconds(),
                "signs_from": key.signs_from.seconds(),
            }))
        })
        .collect()
}
