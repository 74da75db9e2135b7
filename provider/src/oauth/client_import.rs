//! `saoma client import`: the same file twice changes nothing.
//!
//! What was imported is remembered by the SHA-256 of its metadata. The same metadata again is left alone; other metadata
//! under a `client_id` that is there replaces it, keeping its secret unless another one is given.

use serde::Serialize;
use serde_json::Value;

use super::{
    client::{Client, ClientId},
    client_metadata::{ClientMetadata, MetadataError},
};
use crate::{
    clock::Time,
    random::Random,
    secret::{ClientSecret, Digest},
    store::{ClientStore, StoreError},
};

/// Why an import is refused. Nothing of the file was stored.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A client's metadata is no good; the number counts from 1.
    #[error("client {0} is refused; nothing of the file was stored")]
    Metadata(usize, #[source] MetadataError),
    /// A client is there twice; the number is the second one's.
    #[error("client {0} is in this file twice")]
    Twice(usize),
    /// Neither an object nor an array of them.
    #[error("the file holds neither client metadata nor an array of it")]
    NotMetadata,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import did with one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is new.
    Created,
    /// It was there with other metadata.
    Updated,
    /// It was there just so.
    Unchanged,
}

/// One client's part in an import's answer.
#[derive(Debug, Serialize)]
pub struct Imported {
    /// The identifier, given or made.
    pub client_id: String,
    /// What happened.
    pub outcome: Outcome,
    /// The secret, if it was made now; it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Shown>,
}

/// A secret that its owner is shown once.
#[derive(Debug)]
pub struct Shown(pub ClientSecret);

impl Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

/// Imports one client's metadata, or an array of it: all or nothing.
pub async fn import(
    store: &dyn ClientStore,
    random: &Random,
    file: Value,
    now: Time,
) -> Result<Vec<Imported>, ImportError> {
    let entries = match file {
        Value::Array(entries) => entries,
        object @ Value::Object(_) => vec![object],
        _ => return Err(ImportError::NotMetadata),
    };
    let mut imported = Vec::new();
    let mut changes: Vec<(Client, Digest)> = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let plan = plan(store, random, entry).await.map_err(|error| error.at(index + 1))?;
        if plan.change.iter().any(|new| changes.iter().any(|old| new.0.id == old.0.id || new.1 == old.1)) {
            return Err(ImportError::Twice(index + 1));
        }
        changes.extend(plan.change);
        imported.push(plan.imported);
    }
    store.save_clients(&changes, now).await?;
    Ok(imported)
}

struct Plan {
    imported: Imported,
    change: Option<(Client, Digest)>,
}

enum PlanError {
    Metadata(MetadataError),
    Store(StoreError),
}

impl PlanError {
    fn at(self, number: usize) -> ImportError {
        match self {
            Self::Metadata(error) => ImportError::Metadata(number, error),
            Self::Store(error) => ImportError::Store(error),
        }
    }
}

impl From<MetadataError> for PlanError {
    fn from(error: MetadataError) -> Self {
        Self::Metadata(error)
    }
}

impl From<StoreError> for PlanError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn plan(store: &dyn ClientStore, random: &Random, entry: Value) -> Result<Plan, PlanError> {
    // `Value` keeps members sorted, so that equal metadata has equal text.
    let source = Digest::of(&entry.to_string());
    let metadata = ClientMetadata::from_json(entry)?;
    if let Some(known) = store.client_by_source(&source).await? {
        let imported =
            Imported { client_id: known.id.to_string(), outcome: Outcome::Unchanged, client_secret: None };
        return Ok(Plan { imported, change: None });
    }
    let (id, known) = match metadata.given_id()? {
        Some(id) => {
            let known = store.client(&id).await?;
            (id, known)
        }
        None => (made_id(random), None),
    };
    let outcome = if known.is_some() { Outcome::Updated } else { Outcome::Created };
    let kept = known
        .as_ref()
        .and_then(|client| client.secrets.iter().find(|s| s.expires_at.is_none()))
        .map(|s| s.digest);
    let mut made = None;
    let secret = match &metadata.client_secret {
        _ if !metadata.has_secret() => None,
        Some(given) => Some(given.digest()),
        None => kept.or_else(|| {
            let secret = ClientSecret::generate(random);
            let digest = secret.digest();
            made = Some(secret);
            Some(digest)
        }),
    };
    let client = metadata.into_client(&id, secret)?;
    let imported = Imported { client_id: id.to_string(), outcome, client_secret: made.map(Shown) };
    Ok(Plan { imported, change: Some((client, source)) })
}

/// A new client's identifier.
pub(super) fn made_id(random: &Random) -> ClientId {
    let hex = uuid::Uuid::from_bytes(random.bytes()).simple().to_string();
    ClientId::parse(&hex).expect("hexadecimal digits are printable")
}
