//! `saoma key`: signing keys.

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::DataArgs;
use crate::{
    clock::{Clock, Time},
    keys::{
        KeptKey, KeyError,
        rotation::{Succession, stage, succeed},
    },
    oauth::client::SigningAlgorithm,
    store::{KeyStore, Upkeep},
};

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// List the signing keys as a JSON array: kid, algorithm, stage (`next`, `signing`, `retiring`) and times
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Make the next signing keys
    ///
    /// A new key is published at once, signs an hour later, and the one before stays published until all that it
    /// signed has expired. Prints the new keys as a JSON array; an algorithm whose next key waits already gets none.
    /// Running servers take the new keys over within a minute.
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
        data: DataArgs,
    },
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
        KeyCommand::List { data } => {
            let store = data.open().await?;
            let keys = store.signing_keys().await?;
            store.close().await;
            describe(&keys, &keys, now)?
        }
        KeyCommand::Rotate { algorithm, now: at_once, revoke_old, data } => {
            let succession = match (revoke_old, at_once) {
                (true, _) => Succession::Revoking,
                (false, true) => Succession::AtOnce,
                (false, false) => Succession::Published,
            };
            let store = data.open().await?;
            let made = rotate(&store, algorithm.map(Into::into), succession, now).await?;
            let keys = store.signing_keys().await?;
            store.close().await;
            describe(&made, &keys, now)?
        }
    };
    println!("{answer:#}");
    Ok(())
}

async fn rotate(
    store: &dyn KeyStore,
    algorithm: Option<SigningAlgorithm>,
    succession: Succession,
    now: Time,
) -> Result<Vec<KeptKey>, KeyError> {
    let mut made = Vec::new();
    for one in SigningAlgorithm::ALL {
        if algorithm.is_none_or(|only| only == one) {
            made.extend(succeed(store, one, succession, now).await?);
        }
    }
    Ok(made)
}

fn describe(keys: &[KeptKey], all: &[KeptKey], now: Time) -> Result<Value, KeyError> {
    keys.iter()
        .map(|key| {
            Ok(json!({
                "kid": key.kid()?,
                "algorithm": key.algorithm.as_str(),
                "stage": stage(key, all, now).as_str(),
                "created_at": key.created_at.seconds(),
                "signs_from": key.signs_from.seconds(),
            }))
        })
        .collect()
}
