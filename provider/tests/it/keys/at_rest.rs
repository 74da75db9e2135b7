//! Keys and secrets are encrypted in the database when there is something to encrypt them with.

use std::{
    collections::HashSet,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use provider::{
    keys::{
        KeyError, KeyRing, Vault,
        key_file::{self, DefaultKeyError},
        rotation::{Succession, succeed},
        sealing::{KeyEncryption, KeyFileError},
    },
    oauth::client::SigningAlgorithm,
    random::Random,
    store::{KeyStore, SqliteStore, Upkeep},
};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::support::{START, keep_keys};

/// The key-encryption keys of a file with a line for each of these.
fn under(bytes: &[u8]) -> KeyEncryption {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("kek");
    let lines: Vec<String> = bytes.iter().map(|byte| STANDARD.encode([*byte; 32]) + "\n").collect();
    fs::write(&file, lines.concat()).unwrap();
    KeyEncryption::from_file(&file).unwrap()
}

/// A provider starts on this directory.
async fn start(directory: &Path, encryption: &KeyEncryption) -> Result<KeyRing, KeyError> {
    let store = SqliteStore::open(directory).await.unwrap();
    let ring = KeyRing::load_or_make(&store, encryption.clone(), START).await;
    store.close().await;
    ring
}

/// A directory whose keys are in clear.
async fn in_clear() -> TempDir {
    let directory = TempDir::new().unwrap();
    keep_keys(&SqliteStore::open(directory.path()).await.unwrap()).await;
    start(directory.path(), &KeyEncryption::none()).await.unwrap();
    directory
}

/// All that the store holds of keys and secrets, as it is there.
async fn stored(directory: &Path) -> Vec<Vec<u8>> {
    let store = SqliteStore::open(directory).await.unwrap();
    let keys = store.signing_keys().await.unwrap();
    let secret = store.server_secret("master").await.unwrap();
    keys.iter().map(|key| &key.private).chain(&secret).map(|sealed| sealed.as_bytes().to_vec()).collect()
}

/// Whether 16 bytes of one of these stand anywhere in the directory's files.
fn shows(directory: &Path, secrets: &[Vec<u8>]) -> bool {
    let mut copied = HashSet::new();
    for file in fs::read_dir(directory).unwrap() {
        copied.extend(fs::read(file.unwrap().path()).unwrap().windows(16).map(<[u8]>::to_vec));
    }
    secrets.iter().any(|secret| secret.windows(16).any(|window| copied.contains(window)))
}

#[tokio::test]
async fn a_copied_database_shows_no_key_and_no_master_secret() {
    let directory = in_clear().await;
    let clear: Vec<Vec<u8>> =
        stored(directory.path()).await.iter().map(|stored| stored[1..].to_vec()).collect();
    assert_eq!(clear.len(), 4);
    for one in &clear {
        assert!(shows(directory.path(), std::slice::from_ref(one)), "without a key all is in clear");
    }
    // Another server has the files open, so that their log stays.
    let beside = SqliteStore::open(directory.path()).await.unwrap();
    start(directory.path(), &under(&[1])).await.unwrap();
    assert!(
        !shows(directory.path(), &clear),
        "starting with a key seals what was there, and leaves no trace"
    );
    beside.close().await;
    assert!(!shows(directory.path(), &clear));
    assert!(stored(directory.path()).await.iter().all(|stored| stored[0] == 1));
}

#[tokio::test]
async fn a_new_provider_with_a_key_never_writes_in_clear() {
    let directory = TempDir::new().unwrap();
    let ring = start(directory.path(), &under(&[1])).await.unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let encryption = under(&[1]);
    let vault = Vault::new(&store, &encryption);
    succeed(&vault, SigningAlgorithm::Es256, Succession::Published, START).await.unwrap().unwrap();
    ring.tend(&store, None, START).await.unwrap();
    assert_eq!(ring.jwks().keys.len(), 4);
    assert!(stored(directory.path()).await.iter().all(|stored| stored[0] == 1));
    // How PKCS#8 names RSA (RFC 8017 appendix A.1).
    assert!(!shows(
        directory.path(),
        &[b"\x02\x01\0\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01".to_vec()]
    ));
}

#[tokio::test]
async fn a_wrong_or_missing_key_is_refused_and_nothing_is_changed() {
    let directory = in_clear().await;
    start(directory.path(), &under(&[1])).await.unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    // A key is missing, which a start would make.
    store.delete_signing_keys_before(SigningAlgorithm::EdDsa, 2).await.unwrap();
    let before = stored(directory.path()).await;
    assert_eq!(before.len(), 3);

    let missing = start(directory.path(), &KeyEncryption::none()).await.unwrap_err();
    assert!(matches!(missing, KeyError::NoKeyEncryptionKey), "{missing:?}");
    assert!(missing.to_string().contains("key_encryption_key_file"));
    let wrong = start(directory.path(), &under(&[2, 3])).await.unwrap_err();
    assert!(matches!(wrong, KeyError::Unsealable(_)), "{wrong:?}");
    for encryption in [KeyEncryption::none(), under(&[2])] {
        let vault = Vault::new(&store, &encryption);
        for algorithm in SigningAlgorithm::ALL {
            assert!(succeed(&vault, algorithm, Succession::Revoking, START).await.is_err());
        }
    }
    assert_eq!(stored(directory.path()).await, before);
    start(directory.path(), &under(&[1])).await.unwrap();
}

#[tokio::test]
async fn one_row_that_does_not_open_keeps_the_others_as_they_are() {
    let directory = in_clear().await;
    start(directory.path(), &under(&[1])).await.unwrap();
    let file = SqliteConnectOptions::new().filename(directory.path().join("saoma.sqlite"));
    let mut connection = file.connect().await.unwrap();
    sqlx::query("update signing_keys set private = (select private from signing_keys where algorithm = 'ES256') where algorithm = 'RS256'")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = stored(directory.path()).await;
    let refused = start(directory.path(), &under(&[2, 1])).await.unwrap_err();
    assert!(
        matches!(&refused, KeyError::Unsealable(place) if place == "signing_keys/RS256/1"),
        "{refused:?}"
    );
    assert_eq!(stored(directory.path()).await, before, "none is under the new key");
}

#[tokio::test]
async fn the_key_encryption_key_can_be_changed() {
    let directory = in_clear().await;
    let first = start(directory.path(), &under(&[1])).await.unwrap();
    let changed = start(directory.path(), &under(&[2, 1])).await.unwrap();
    let last = start(directory.path(), &under(&[2])).await.unwrap();
    for ring in [&changed, &last] {
        assert_eq!(format!("{ring:?}"), format!("{first:?}"), "the same keys");
        assert_eq!(ring.derive("subject", b"lin"), first.derive("subject", b"lin"));
    }
    assert!(start(directory.path(), &under(&[1])).await.is_err(), "nothing is under the old one");
}

#[tokio::test]
async fn servers_that_seal_at_once_agree() {
    let directory = in_clear().await;
    let started = (0..4).map(|_| async {
        let ring = start(directory.path(), &under(&[1])).await.unwrap();
        (format!("{ring:?}"), ring.derive("subject", b"lin"))
    });
    let started = futures_util::future::join_all(started).await;
    assert!(started.iter().all(|one| *one == started[0]));
    assert!(stored(directory.path()).await.iter().all(|stored| stored[0] == 1));
}

#[tokio::test]
async fn keys_from_before_there_was_sealing_go_on() {
    let directory = in_clear().await;
    let ring = start(directory.path(), &KeyEncryption::none()).await.unwrap();
    let before = stored(directory.path()).await;
    let file = SqliteConnectOptions::new().filename(directory.path().join("saoma.sqlite"));
    let mut connection = file.connect().await.unwrap();
    for sql in [
        "update signing_keys set private = substr(private, 2)",
        "update server_secrets set value = substr(value, 2)",
        "delete from _sqlx_migrations where version = 5",
    ] {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let again = start(directory.path(), &KeyEncryption::none()).await.unwrap();
    assert_eq!(format!("{again:?}"), format!("{ring:?}"));
    assert_eq!(stored(directory.path()).await, before);
}

#[test]
fn a_key_file_that_is_none_is_refused_by_line_and_its_content_is_not_told() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("kek");
    let key = STANDARD.encode([7; 32]);
    let short = STANDARD.encode([7; 31]);
    for (content, expected) in [
        (format!("{key}\n\n{short}\n"), "line 3 of "),
        (format!("{key}\n{key} #\n"), "line 2 of "),
        (STANDARD.encode([7; 33]), "line 1 of "),
        (String::new(), "from 1 to 16"),
        (format!("{key}\n").repeat(17), "from 1 to 16"),
    ] {
        fs::write(&file, &content).unwrap();
        let refused = KeyEncryption::from_file(&file).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
        assert!(!refused.contains(&key[..8]), "{refused}");
    }
    let missing = KeyEncryption::from_file(&directory.path().join("missing")).unwrap_err();
    assert!(matches!(missing, KeyFileError::Unreadable(..)));
}

/// What a server starts with that was told of no key-encryption key.
async fn by_default(directory: &Path) -> Result<KeyEncryption, DefaultKeyError> {
    let store = SqliteStore::open(directory).await.unwrap();
    let none = KeyEncryption::none();
    let key = key_file::read_or_make(directory, &Vault::new(&store, &none), &Random::System).await;
    store.close().await;
    key
}

#[tokio::test]
async fn keys_in_clear_are_sealed_under_a_key_that_the_next_start_makes() {
    let directory = in_clear().await;
    let clear: Vec<Vec<u8>> =
        stored(directory.path()).await.iter().map(|stored| stored[1..].to_vec()).collect();
    let before = start(directory.path(), &KeyEncryption::none()).await.unwrap();
    let key = by_default(directory.path()).await.unwrap();
    let after = start(directory.path(), &key).await.unwrap();
    assert_eq!(format!("{after:?}"), format!("{before:?}"), "the same keys");
    assert!(stored(directory.path()).await.iter().all(|stored| stored[0] == 1));
    assert!(!shows(directory.path(), &clear), "nothing of them is left in any file");
    let again = by_default(directory.path()).await.unwrap();
    assert!(start(directory.path(), &again).await.is_ok(), "the file is used again");
}

#[tokio::test]
async fn servers_that_make_the_key_file_at_once_agree_on_one() {
    let directory = TempDir::new().unwrap();
    let made = futures_util::future::join_all((0..8).map(|_| by_default(directory.path()))).await;
    let first = made.into_iter().map(Result::unwrap);
    keep_keys(&SqliteStore::open(directory.path()).await.unwrap()).await;
    for key in first {
        assert!(start(directory.path(), &key).await.is_ok(), "each opens what another has sealed");
    }
}

#[tokio::test]
async fn a_key_file_that_was_lost_is_not_made_anew() {
    let directory = in_clear().await;
    start(directory.path(), &by_default(directory.path()).await.unwrap()).await.unwrap();
    let file = directory.path().join(key_file::NAME);
    let kept = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let before = stored(directory.path()).await;
    let refused = by_default(directory.path()).await.unwrap_err();
    assert!(matches!(refused, DefaultKeyError::Lost(_)), "{refused:?}");
    assert!(!file.exists() && stored(directory.path()).await == before, "nothing was changed");
    fs::write(&file, kept).unwrap();
    assert!(
        matches!(by_default(directory.path()).await, Err(DefaultKeyError::Open(_))),
        "others may read it"
    );
    fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
    assert!(start(directory.path(), &by_default(directory.path()).await.unwrap()).await.is_ok());
}
