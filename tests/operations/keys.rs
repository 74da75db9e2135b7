//! `saoma key` beside a running server, and the key-encryption key.

use std::{collections::BTreeSet, fs::Permissions, os::unix::fs::PermissionsExt, path::PathBuf};

use saoma_tests::{Browser, Operator, RelyingParty, Server, eventually, sign_in};
use serde_json::Value;

/// Two key-encryption keys.
const FIRST: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const SECOND: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// The names of all keys that a server publishes.
async fn published(server: &Server) -> BTreeSet<String> {
    let answer = reqwest::get(format!("{}/jwks.json", server.url())).await.unwrap();
    let jwks: Value = answer.json().await.unwrap();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The `kid` of each of the operator's keys that is in this stage.
fn kids(list: &Value, stage: &str) -> Vec<String> {
    let keys = list.as_array().unwrap().iter().filter(|key| key["stage"] == stage);
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// A file of key-encryption keys.
fn kek(operator: &Operator, keys: &[&str]) -> PathBuf {
    let file = operator.path("kek");
    std::fs::write(&file, keys.join("\n")).unwrap();
    file
}

#[tokio::test]
async fn keys_are_rotated_while_the_server_runs() {
    let operator = Operator::new();
    let server = operator.open().await;
    let before = published(&server).await;
    let listed = operator.run(&["key", "list"], "").await;
    assert_eq!(kids(&listed.well().json(), "signing").into_iter().collect::<BTreeSet<_>>(), before);

    let phone = sign_in(&server.url(), &operator.path("phone"), "lin").await;
    let browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    phone.scan(&login.qr).await.unwrap();
    phone.confirm().await.unwrap();
    let site = RelyingParty::new(&server.url());
    let tokens = site.redeem(&browser.code(&login).await).await;

    let rotated = operator.run(&["key", "rotate", "--algorithm", "ES256", "--now"], "").await;
    let made = kids(&rotated.well().json(), "signing");
    assert_eq!(made.len(), 1, "{rotated:?}");
    eventually("the server publishes the new key", async || {
        published(&server).await.contains(&made[0]).then_some(())
    })
    .await;
    assert_eq!(site.userinfo(&tokens.text("access_token")).await.status, 200, "the old key's token is good");
    let listed = operator.run(&["key", "list"], "").await;
    assert_eq!(kids(&listed.well().json(), "retiring").len(), 1);

    let revoked = operator.run(&["key", "rotate", "--algorithm", "ES256", "--revoke-old"], "").await;
    let made = kids(&revoked.well().json(), "signing");
    eventually("the server gives the old keys up", async || {
        let kids = published(&server).await;
        (kids.contains(&made[0]) && kids.len() == 3).then_some(())
    })
    .await;
    assert_eq!(site.userinfo(&tokens.text("access_token")).await.status, 401, "and what they signed");
}

#[tokio::test]
async fn the_key_encryption_key_is_made_by_the_first_start_and_can_be_changed() {
    let operator = Operator::new();
    let mut server = operator.open().await;
    let keys = published(&server).await;
    let made = operator.data().join("keys.secret");
    let permissions = std::fs::metadata(&made).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600, "it is its owner's alone");
    let made = std::fs::read_to_string(made).unwrap();
    for file in [&[FIRST, made.trim()] as &[&str], &[SECOND, FIRST], &[SECOND]] {
        let file = kek(&operator, file);
        server.ask_to_stop();
        server.stopped().await;
        server = operator.server().with_variable("SAOMA_KEY_ENCRYPTION_KEY_FILE", file.to_str().unwrap());
        server.start().await;
        assert_eq!(published(&server).await, keys);
    }
    let listed = operator.run(&["key", "list"], "").await;
    assert_eq!(listed.status, Some(1));
    assert!(listed.err.contains("opens with no key"), "the first one's is of no more use: {}", listed.err);
    let file = kek(&operator, &[SECOND]);
    let arguments = ["key", "list", "--key-encryption-key-file", file.to_str().unwrap()];
    assert_eq!(operator.run(&arguments, "").await.well().json().as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_copied_database_starts_nowhere_without_its_key_file() {
    let operator = Operator::new();
    let mut server = operator.open().await;
    let keys = published(&server).await;
    server.ask_to_stop();
    server.stopped().await;

    let thief = Operator::new();
    std::fs::create_dir(thief.data()).unwrap();
    let copy = |name| std::fs::copy(operator.data().join(name), thief.data().join(name)).unwrap();
    copy("saoma.sqlite");
    let commands: [&[&str]; 2] = [&["serve", "--listen", "127.0.0.1:0"], &["key", "list"]];
    for command in commands {
        let ran = thief.run(command, "").await;
        assert_eq!(ran.status, Some(1), "{command:?}");
        assert!(ran.err.contains("are encrypted") && ran.err.contains("keys.secret"), "{}", ran.err);
    }
    assert!(!thief.data().join("keys.secret").exists(), "none was made in its place");

    copy("keys.secret");
    let mut server = thief.server();
    server.start().await;
    assert_eq!(published(&server).await, keys, "a backup of both is a whole one");
}

#[tokio::test]
async fn a_key_file_that_others_may_read_is_refused() {
    let operator = Operator::new();
    let mut server = operator.open().await;
    server.ask_to_stop();
    server.stopped().await;
    let file = operator.data().join("keys.secret");
    std::fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let commands: [&[&str]; 2] = [&["serve", "--listen", "127.0.0.1:0"], &["key", "list"]];
    for command in commands {
        let ran = operator.run(command, "").await;
        assert_eq!(ran.status, Some(1), "{command:?}");
        assert!(ran.err.contains("chmod 600"), "{}", ran.err);
    }
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    server.start().await;
}

#[tokio::test]
async fn without_its_key_encryption_key_no_server_starts_and_no_key_is_made() {
    let operator = Operator::new();
    let file = kek(&operator, &[FIRST]);
    let mut server = operator.server().with(&["--key-encryption-key-file", file.to_str().unwrap()]);
    server.start().await;
    let keys = published(&server).await;
    server.ask_to_stop();
    server.stopped().await;

    let wrong = operator.path("wrong");
    std::fs::write(&wrong, SECOND).unwrap();
    let wrong = ["--key-encryption-key-file", wrong.to_str().unwrap()];
    for (more, why) in [(&[] as &[&str], "are encrypted"), (&wrong, "opens with no key")] {
        let commands: [&[&str]; 2] =
            [&["serve", "--listen", "127.0.0.1:0"], &["key", "rotate", "--revoke-old"]];
        for command in commands {
            let ran = operator.run(&[command, more].concat(), "").await;
            assert_eq!(ran.status, Some(1), "{command:?}");
            assert!(ran.err.contains(why), "{command:?}: {}", ran.err);
        }
    }
    server.start().await;
    assert_eq!(published(&server).await, keys, "nothing was changed");
}

#[tokio::test]
async fn a_key_file_that_is_none_is_refused_before_anything_is_made() {
    let operator = Operator::new();
    let file = kek(&operator, &[FIRST, "short"]);
    for command in ["serve", "key"] {
        let more: &[&str] = if command == "key" { &["rotate"] } else { &[] };
        let flag = ["--key-encryption-key-file", file.to_str().unwrap()];
        let ran = operator.run(&[&[command], more, &flag].concat(), "").await;
        assert_eq!(ran.status, Some(1));
        assert!(ran.err.contains("line 2 of") && ran.err.contains("openssl rand -base64 32"), "{}", ran.err);
        assert!(!ran.err.contains("short"), "{}", ran.err);
    }
    assert!(!operator.data().exists(), "nothing was made");
}
