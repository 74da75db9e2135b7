//! The master secret.

use provider::{
    keys::{KeyRing, sealing::KeyEncryption},
    store::SqliteStore,
};
use tempfile::TempDir;

use crate::support::{START, keep_keys};

#[tokio::test]
async fn servers_that_start_at_once_derive_the_same() {
    let directory = TempDir::new().unwrap();
    keep_keys(&SqliteStore::open(directory.path()).await.unwrap()).await;
    let started = (0..4).map(|_| async {
        let store = SqliteStore::open(directory.path()).await.unwrap();
        KeyRing::load_or_make(&store, KeyEncryption::none(), START).await.unwrap().derive("subject", b"lin")
    });
    let derived = futures_util::future::join_all(started).await;
    assert!(derived.iter().all(|bytes| *bytes == derived[0]));
}

#[tokio::test]
async fn providers_have_each_their_own_secret() {
    let mut derived = Vec::new();
    for _ in 0..2 {
        let directory = TempDir::new().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        keep_keys(&store).await;
        derived.push(
            KeyRing::load_or_make(&store, KeyEncryption::none(), START)
                .await
                .unwrap()
                .derive("subject", b"lin"),
        );
    }
    assert_ne!(derived[0], derived[1]);
}
