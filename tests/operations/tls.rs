//! TLS by the server itself: with a certificate of its own making, and with the operator's.

use std::{fs, path::Path};

use provider::{clock::Clock, mock_phone::MockPhone, tls::DevAuthority};
use saoma_tests::{Operator, PASSWORD, Server, eventually};

/// A server by https for development.
fn dev_server(operator: &Operator) -> Server {
    operator.server().with(&["--dev-tls"]).by_https(operator.data().join("dev-ca.crt"))
}

#[tokio::test]
async fn a_phone_that_trusts_the_authority_for_development_signs_in() {
    let operator = Operator::new();
    operator.add_account("lin").await.well();
    let mut server = dev_server(&operator);
    server.start().await;
    let ca = server.client().unwrap().get(format!("{}/dev-ca.crt", server.url())).send().await.unwrap();
    assert_eq!(ca.headers()["content-type"], "application/x-x509-ca-cert");
    assert!(!ca.headers().contains_key("strict-transport-security"), "a trial is no promise for a year");
    let file = operator.path("ca.crt");
    fs::write(&file, ca.text().await.unwrap()).unwrap();

    let phone = MockPhone::open_trusting(&operator.path("phone"), &file).unwrap();
    phone.sign_in(server.issuer(), "lin", PASSWORD, "A phone").await.unwrap();
    let stranger = MockPhone::open(&operator.path("other")).unwrap();
    assert!(stranger.sign_in(server.issuer(), "lin", PASSWORD, "A phone").await.is_err());
    assert!(reqwest::get(server.url().replace("https", "http")).await.is_err(), "plain http is not answered");

    server.ask_to_stop();
    assert_eq!(server.stopped().await.code(), Some(0));
}

#[tokio::test]
async fn a_replaced_certificate_is_served_without_a_restart() {
    let operator = Operator::new();
    let (old, new) = (authority(&operator.path("old")), authority(&operator.path("new")));
    let (certificate, key) = (operator.path("chain.pem"), operator.path("key.pem"));
    put(&old, &certificate, &key);
    let arguments = ["--tls-certificate", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let mut server = operator.server().with(&arguments).by_https(old.file().to_owned());
    server.start().await;
    let url = format!("{}/healthz", server.url());
    let answer = server.client().unwrap().get(&url).send().await.unwrap();
    assert!(answer.headers().contains_key("strict-transport-security"));

    fs::write(&certificate, "no certificate").unwrap();
    eventually("the broken one is logged", async || server.log().contains("cannot be used").then_some(()))
        .await;
    assert!(server.client().unwrap().get(&url).send().await.is_ok(), "the old one goes on");

    put(&new, &certificate, &key);
    let server = server.by_https(new.file().to_owned());
    eventually("the new one is served", async || server.client()?.get(&url).send().await.ok().map(drop))
        .await;
}

/// An authority with its files in this directory.
fn authority(directory: &Path) -> DevAuthority {
    fs::create_dir(directory).unwrap();
    DevAuthority::load_or_make(directory).unwrap()
}

/// Puts a fresh certificate of this authority, and its key, into these files.
fn put(authority: &DevAuthority, certificate: &Path, key: &Path) {
    let pair = authority.sign(Clock::System.now()).unwrap();
    fs::write(key, pair.key_pem).unwrap();
    fs::write(certificate, pair.certificate_pem).unwrap();
}
