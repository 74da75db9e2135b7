//! The audit as a whole.

use provider::{
    audit::{Given, Registered, Target, TargetError},
    oauth::dpop::nonce::NoncePolicy,
};

use crate::{
    stage::{PUBLIC, REDIRECT_URI, Stage, assert_fails},
    twin::{Call, Real, Sound, Twin},
};

#[tokio::test]
async fn the_provider_passes() {
    let report = Stage::open(Sound).await.audit().await;
    let table = report.table();
    assert_eq!(report.status(), 0, "{table}");
    let words: Vec<_> = report.rows.iter().map(|row| (row.check.id, row.word())).collect();
    assert_eq!(words.len(), 31);
    let others: Vec<_> = words.into_iter().filter(|(_, word)| *word != "pass").collect();
    assert_eq!(others, [("P16", "n/a")], "{table}");
}

#[tokio::test]
async fn a_provider_that_demands_nonces_passes() {
    let stage = Stage::open_with(Sound, |config| config.dpop_nonce = NoncePolicy::Required).await;
    let report = stage.audit().await;
    assert_eq!(report.status(), 0, "{}", report.table());
}

#[tokio::test]
async fn without_a_phone_and_a_client_it_says_what_it_could_not_run() {
    let stage = Stage::open(Sound).await;
    let nothing = stage.audit_with(Given::default()).await;
    assert_eq!(nothing.status(), 2);
    assert!(nothing.table().contains("--client-id"), "{}", nothing.table());

    let client = Registered { id: PUBLIC.into(), secret: None, redirect_uri: REDIRECT_URI.into() };
    let report = stage.audit_with(Given { client: Some(client), ..Given::default() }).await;
    assert_eq!((report.status(), report.failed().len()), (2, 0), "{}", report.table());
    let f1 = report.rows.iter().find(|row| row.check.id == "F1").unwrap();
    let f2 = report.rows.iter().find(|row| row.check.id == "F2").unwrap();
    assert_eq!((f1.word(), f2.word()), ("pass", "skip"), "{}", report.table());
}

#[tokio::test]
async fn a_phone_of_another_server_and_a_server_that_is_none_are_refused() {
    let (stage, other) = (Stage::open(Sound).await, Stage::open(Sound).await);
    let given = Given { phone: Some(other.phone()), ..Given::default() };
    let refused = Target::find(stage.url(), given).await.unwrap_err();
    assert!(matches!(refused, TargetError::OtherPhone(_)), "{refused}");
    let nowhere = Target::find("http://127.0.0.1:9", Given::default()).await.unwrap_err();
    assert!(matches!(nowhere, TargetError::Unreachable(_)), "{nowhere}");
    let none = Target::find(&format!("{}/app", stage.url()), Given::default()).await.unwrap_err();
    assert!(matches!(none, TargetError::NoMetadata(_)), "{none}");
}

/// Broken in two ways at once: the audit goes on after the first.
struct Twice(crate::practice::Framed, crate::practice::Cached);

impl Twin for Twice {
    async fn answer(&self, call: Call, real: &Real) -> axum::response::Response {
        let framed = self.0.answer(call.clone(), real).await;
        crate::practice::Cached::spoil(framed)
    }
}

#[tokio::test]
async fn one_failure_does_not_hide_another() {
    assert_fails(Twice(crate::practice::Framed, crate::practice::Cached), &["P11", "P12"]).await;
}
