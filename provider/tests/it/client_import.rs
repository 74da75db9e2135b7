//! `saoma client import`: the same file twice changes nothing, and a bad file changes nothing at all.

use provider::{
    clock::Time,
    oauth::{
        client::ClientId,
        client_import::{ImportError, Outcome, import},
    },
    random::Random,
    secret::Digest,
    store::{ClientStore, SqliteStore},
};
use serde_json::{Value, json};
use tempfile::TempDir;

const NOW: Time = Time::from_millis(0);

async fn store() -> (TempDir, SqliteStore) {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    (directory, store)
}

fn named(name: &str) -> Value {
    json!({"client_id": "a", "client_name": name, "redirect_uris": ["https://a.example/cb"]})
}

async fn outcomes(store: &SqliteStore, file: Value) -> Vec<Outcome> {
    let imported = import(store, &Random::System, file, NOW).await.unwrap();
    imported.iter().map(|one| one.outcome).collect()
}

async fn secret_of(store: &SqliteStore, id: &str) -> Digest {
    let client = store.client(&ClientId::parse(id).unwrap()).await.unwrap().unwrap();
    client.secrets[0].digest
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let (_directory, store) = store().await;
    let file = json!([named("One"), {"client_name": "Two", "redirect_uris": ["https://b.example/cb"]}]);
    let first = import(&store, &Random::System, file.clone(), NOW).await.unwrap();
    let second = import(&store, &Random::System, file, NOW).await.unwrap();
    assert!(first.iter().all(|one| one.outcome == Outcome::Created && one.client_secret.is_some()));
    assert!(second.iter().all(|one| one.outcome == Outcome::Unchanged && one.client_secret.is_none()));
    assert_eq!(first[1].client_id, second[1].client_id, "a made identifier is found again");
}

#[tokio::test]
async fn other_metadata_under_an_identifier_replaces_it_and_keeps_its_secret() {
    let (_directory, store) = store().await;
    assert_eq!(outcomes(&store, named("One")).await, [Outcome::Created]);
    let secret = secret_of(&store, "a").await;
    assert_eq!(outcomes(&store, named("Another")).await, [Outcome::Updated]);
    assert_eq!(secret_of(&store, "a").await, secret);
    let client = store.client(&ClientId::parse("a").unwrap()).await.unwrap().unwrap();
    assert_eq!(client.name, "Another");
}

#[tokio::test]
async fn a_given_secret_is_kept_as_its_hash_and_never_shown() {
    let (_directory, store) = store().await;
    let mut file = named("One");
    file["client_secret"] = json!("0123456789abcdef0123456789abcdef");
    let imported = import(&store, &Random::System, file, NOW).await.unwrap();
    assert!(imported[0].client_secret.is_none());
    assert_eq!(secret_of(&store, "a").await, Digest::of("0123456789abcdef0123456789abcdef"));
}

#[tokio::test]
async fn one_bad_client_keeps_all_of_the_file_out() {
    let (_directory, store) = store().await;
    let file = json!([named("One"), {"client_name": "Two", "redirect_uris": ["ftp://b.example"]}]);
    let refused = import(&store, &Random::System, file, NOW).await.unwrap_err();
    assert!(matches!(refused, ImportError::Metadata(2, _)), "{refused}");
    assert!(store.client(&ClientId::parse("a").unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_file_that_contradicts_itself_is_refused() {
    let (_directory, store) = store().await;
    let refused =
        import(&store, &Random::System, json!([named("One"), named("Two")]), NOW).await.unwrap_err();
    assert!(matches!(refused, ImportError::Twice(2)), "{refused}");
    let refused = import(&store, &Random::System, json!("metadata"), NOW).await.unwrap_err();
    assert!(matches!(refused, ImportError::NotMetadata), "{refused}");
}
