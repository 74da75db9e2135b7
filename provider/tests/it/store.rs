//! The embedded store itself: its files, its schema, its housekeeping.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use provider::{
    clock::Time,
    secret::Digest,
    store::{ProofStore, SqliteStore, Upkeep},
};
use tempfile::TempDir;

use crate::support::{Ask, TestApp};

const DAY: u64 = 24 * 3600;

#[tokio::test]
async fn its_files_are_their_owner_s_alone_in_whatever_directory() {
    let directory = TempDir::new().unwrap();
    std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    store.check().await.unwrap();
    for name in ["saoma.sqlite", "saoma.sqlite-wal", "saoma.sqlite-shm"] {
        let mode = std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn several_commands_may_open_a_new_directory_at_once() {
    let directory = TempDir::new().unwrap();
    let opened = (0..8).map(|_| SqliteStore::open(directory.path()));
    for store in futures_util::future::join_all(opened).await {
        store.unwrap().check().await.unwrap();
    }
}

#[tokio::test]
async fn a_look_whether_it_can_write_leaves_nothing_behind() {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    store.check().await.unwrap();
    let late = Time::from_millis(i64::MAX);
    assert_eq!(store.sweep(late, late).await.unwrap(), 0);
}

#[tokio::test]
async fn a_proof_is_forgotten_only_after_its_time() {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let (proof, until) = (Digest::of("proof"), Time::from_millis(10));
    assert!(store.remember_proof(&proof, until).await.unwrap());
    store.sweep(Time::from_millis(9), Time::from_millis(0)).await.unwrap();
    assert!(!store.remember_proof(&proof, until).await.unwrap());
    store.sweep(until, Time::from_millis(0)).await.unwrap();
    assert!(store.remember_proof(&proof, until).await.unwrap());
}

#[tokio::test]
async fn in_the_end_everything_that_ended_is_swept() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    phone.approve(&widget.qr).await;
    assert_eq!(app.site().redeem(&widget.code().await).await.status, 200);
    app.browser().ask(&Ask::default()).await;

    let sweep = async || {
        let now = app.app.clock.now();
        app.app.store.sweep(now, now - Duration::from_secs(DAY)).await.unwrap()
    };
    assert_eq!(sweep().await, 0, "nothing has ended yet");
    app.pass(2 * 3600);
    assert_eq!(sweep().await, 7, "five proofs, an access token, the login that nobody scanned");
    // A redeemed login is kept, to know a code that comes back.
    assert_eq!(app.stored(&widget.id).await.version, 5);
    assert_eq!(sweep().await, 0);
    app.pass(400 * DAY);
    assert_eq!(
        sweep().await,
        8,
        "refresh token, login, grant, session, device, its network, and the notices of login and device"
    );
    assert_eq!(sweep().await, 0);
}

#[tokio::test]
async fn devices_whose_time_is_over_take_no_place() {
    let app = TestApp::new().await;
    for _ in 0..20 {
        app.phone().await;
    }
    let mut late = crate::support::Phone::new(&app);
    let refused = late.sign_in_with_consent("lin", "correct horse").await;
    assert_eq!(refused.problem(), "409 too_many_devices");
    app.pass(181 * DAY);
    assert_eq!(late.sign_in("lin", "correct horse").await.status, 201);
    assert_eq!(late.devices().await.len(), 1);
}
