//! The embedded store: one SQLite file in the data directory.
//!
//! One connection writes, so that writers queue in this process instead of fighting for SQLite's lock; several read beside
//! it, as write-ahead logging allows. Each commit is synced to the disk before it is answered (`synchronous = full`).

mod account;
mod attempt;
mod check;
mod client;
mod consent;
mod device;
mod enrolment;
mod grant;
mod key;
mod login;
mod logout;
mod notice;
mod passkey;
mod pushed_request;
mod registration;
mod session;
mod trail;
mod upkeep;

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    time::Duration,
};

use sqlx::{
    Row, Sqlite, SqlitePool,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::StoreError;
use crate::{
    clock::Time,
    login::context::BrowserContext,
    oidc::authentication::{Authentication, Methods},
    secret::Digest,
};

/// The file's name in the data directory.
const FILE: &str = "saoma.sqlite";

/// The file whose lock is held while the schema is brought up to date.
const LOCK: &str = "lock";

/// How long a writer of another process (a `saoma client import`) is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that read.
const READERS: u32 = 4;

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// The embedded store.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    write: SqlitePool,
    read: SqlitePool,
}

impl SqliteStore {
    /// Opens the store in a data directory, making both if they are not there, and brings the schema up to date.
    pub async fn open(directory: &Path) -> Result<Self, StoreError> {
        make_private(directory)?;
        // SQLite's migrations take no lock of their own: commands that start at once would each begin them.
        let lock = File::create(directory.join(LOCK))?;
        let lock =
            spawn_blocking(move || lock.lock().map(|()| lock)).await.map_err(std::io::Error::other)??;
        let options = SqliteConnectOptions::new()
            .filename(directory.join(FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten: keys that were in clear must not be found in a copy of the file.
            .pragma("secure_delete", "on")
            .busy_timeout(PATIENCE);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!().run(&write).await.map_err(|error| StoreError::Migration(error.into()))?;
        drop(lock);
        let read = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self { write, read })
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// The database holds keys and password hashes: it is its owner's alone, also in a directory that others may read. `SQLite`
/// gives the files beside it the same mode.
fn make_private(directory: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(directory.join(FILE))?;
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Reads columns into the domain's types. Rows were written by this code, so a failure is [`StoreError::Corrupt`].
struct Columns<'r>(&'r SqliteRow);

impl Columns<'_> {
    fn text(&self, name: &'static str) -> Result<String, StoreError> {
        Ok(self.0.try_get(name)?)
    }

    fn maybe_text(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_get(name)?)
    }

    fn time(&self, name: &'static str) -> Result<Time, StoreError> {
        Ok(Time::from_millis(self.0.try_get(name)?))
    }

    fn maybe_time(&self, name: &'static str) -> Result<Option<Time>, StoreError> {
        Ok(self.0.try_get::<Option<i64>, _>(name)?.map(Time::from_millis))
    }

    fn integer<T: TryFrom<i64>>(&self, name: &'static str) -> Result<T, StoreError> {
        let value: i64 = self.0.try_get(name)?;
        T::try_from(value).map_err(|_| StoreError::Corrupt(name))
    }

    fn uuid(&self, name: &'static str) -> Result<Uuid, StoreError> {
        let bytes: Vec<u8> = self.0.try_get(name)?;
        Uuid::from_slice(&bytes).map_err(|_| StoreError::Corrupt(name))
    }

    fn maybe_uuid(&self, name: &'static str) -> Result<Option<Uuid>, StoreError> {
        let bytes: Option<Vec<u8>> = self.0.try_get(name)?;
        bytes.map(|bytes| Uuid::from_slice(&bytes).map_err(|_| StoreError::Corrupt(name))).transpose()
    }

    fn digest(&self, name: &'static str) -> Result<Digest, StoreError> {
        self.maybe_digest(name)?.ok_or(StoreError::Corrupt(name))
    }

    fn maybe_digest(&self, name: &'static str) -> Result<Option<Digest>, StoreError> {
        let bytes: Option<Vec<u8>> = self.0.try_get(name)?;
        bytes.map(|bytes| Digest::from_slice(&bytes).ok_or(StoreError::Corrupt(name))).transpose()
    }

    fn maybe_bytes(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.try_get(name)?)
    }

    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError> {
        Ok(self.0.try_get(name)?)
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(name)?).map_err(|_| StoreError::Corrupt(name))
    }

    /// Text that `parse` must understand.
    fn parsed<T>(&self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        parse(&self.text(name)?).ok_or(StoreError::Corrupt(name))
    }
}

/// What the server saw of a browser or a phone, as logins, waiting devices and notices keep it.
fn read_context(row: &Columns<'_>) -> Result<BrowserContext, StoreError> {
    Ok(BrowserContext {
        user_agent: row.text("user_agent")?,
        address: row.parsed("address", |text| text.parse().ok())?,
        key: None,
    })
}

/// How and when a person was authenticated, as logins, sessions and grants keep it.
fn read_authentication(row: &Columns<'_>) -> Result<Authentication, StoreError> {
    Ok(Authentication {
        at: row.time("authenticated_at")?,
        methods: row.parsed("methods", Methods::from_stored)?,
    })
}
