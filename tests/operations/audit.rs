//! `saoma audit` against the real program, with the demo site's registration; and `saoma trail export` of what that left.

use std::{fs, path::Path};

use saoma_tests::{Operator, PASSWORD, PhoneCommand, Ran, Server};
use serde_json::Value;

const SECRET: &str = "a-secret-between-the-magazine-and-saoma";

/// A provider with the demo site's client, and a phone that is signed in there.
struct Place {
    operator: Operator,
    server: Server,
    redirect_uri: String,
}

impl Place {
    async fn open() -> Self {
        // As operators run it: other tests are more patient with pictures of codes.
        Self::open_with(&["--qr-frame-seconds", "8"]).await
    }

    async fn open_with(arguments: &[&str]) -> Self {
        let operator = Operator::new();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo-relying-party/client.json");
        let mut client: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        client["client_secret"] = SECRET.into();
        operator.import(&client).await.well();
        operator.add_account("lin").await.well();
        // The demo site is told of sign-outs on this machine.
        let mut server = operator.server().with(&["--allow-private-networks", "localhost"]).with(arguments);
        server.start().await;
        let phone = PhoneCommand::new(operator.path("phone"));
        phone.sign_in(server.issuer(), "lin", PASSWORD).await.well();
        let redirect_uri = client["redirect_uris"][0].as_str().unwrap().to_owned();
        Self { operator, server, redirect_uri }
    }

    /// Audits with phone and client, and these arguments.
    async fn audit(&self, more: &[&str]) -> Ran {
        let secret = self.operator.path("secret");
        fs::write(&secret, format!("{SECRET}\n")).unwrap();
        let (phone, secret) = (self.operator.path("phone"), secret.to_str().unwrap().to_owned());
        let usual = [
            "audit",
            self.server.issuer(),
            "--phone",
            phone.to_str().unwrap(),
            "--client-id",
            "demo-site",
            "--client-secret-file",
            &secret,
            "--redirect-uri",
            &self.redirect_uri,
        ];
        self.operator.run(&[&usual, more].concat(), "").await
    }
}

#[tokio::test]
async fn the_provider_passes_with_the_demo_s_client() {
    let place = Place::open().await;
    let audit = place.audit(&[]).await;
    let table = &audit.well().out;
    assert!(table.contains("30 passed, 0 failed, 0 not run, 1 not applicable"), "{table}");
    for id in ["F1", "F6", "A1", "A5", "B1", "B3", "P1", "P15"] {
        assert!(table.lines().any(|line| line.starts_with(&format!("pass   {id} "))), "{id} in {table}");
    }
    assert!(!table.contains(SECRET) && !table.contains("saoma_"), "{table}");
}

#[tokio::test]
async fn a_server_that_takes_old_pictures_of_codes_fails() {
    let place = Place::open_with(&["--qr-frame-seconds", "600"]).await;
    let audit = place.audit(&[]).await;
    assert_eq!(audit.status, Some(1), "{audit:?}");
    let failed: Vec<_> = audit.out.lines().filter(|line| line.starts_with("FAIL")).collect();
    assert!(failed.len() == 1 && failed[0].starts_with("FAIL   F2"), "{failed:?}");
}

#[tokio::test]
async fn it_says_the_same_to_machines() {
    let place = Place::open().await;
    let report = place.audit(&["--json"]).await;
    let report = report.well().json();
    assert_eq!((&report["status"], &report["target"]), (&0.into(), &place.server.issuer().into()));
    assert_eq!(report["checks"].as_array().unwrap().len(), 31);
    assert_eq!(report["checks"][0]["verdict"], "pass");
}

#[tokio::test]
async fn the_exit_status_tells_a_gap_from_a_failure() {
    let place = Place::open().await;
    let without = place.operator.run(&["audit", place.server.issuer()], "").await;
    assert_eq!(without.status, Some(2), "{without:?}");
    assert!(without.out.contains("needs a registered client"), "{}", without.out);
    let nowhere = place.operator.run(&["audit", "http://127.0.0.1:9"], "").await;
    assert_eq!(nowhere.status, Some(2));
    assert!(nowhere.err.starts_with("saoma audit: the provider cannot be reached"), "{}", nowhere.err);
    // By another name of this machine it is another issuer than the metadata says.
    let other = place.server.issuer().replace("127.0.0.1", "localhost");
    let other = place.operator.run(&["audit", &other], "").await;
    assert_eq!(other.status, Some(1), "{other:?}");
    assert!(other.out.contains("FAIL   P15") && other.out.contains("What to do: "), "{}", other.out);
}

#[tokio::test]
async fn what_happened_is_exported_as_json_lines() {
    let place = Place::open().await;
    place.audit(&[]).await.well();
    let export = place.operator.run(&["trail", "export"], "").await;
    let lines: Vec<Value> =
        export.well().out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    for kind in ["client_imported", "account_added", "device_enrolled", "signing_key_made"] {
        assert!(!of(kind).is_empty(), "{kind}");
    }
    assert_eq!(of("login_scanned")[0]["address"], "127.0.0.1");
    let why: Vec<_> = of("grant_revoked").iter().map(|line| line["details"]["why"].clone()).collect();
    assert!(why.contains(&"code_replayed".into()), "{why:?}");
    assert!(why.contains(&"refresh_token_replayed".into()), "{why:?}");
    let count = of("count").into_iter().find(|line| line["details"]["of"] == "login_started").unwrap();
    assert_eq!(count["details"]["subject"], "demo-site");
    assert!(!export.out.contains("saoma_") && !export.out.contains(SECRET));

    let of_lin = place.operator.run(&["trail", "export", "--account", "lin"], "").await;
    let of_lin: Vec<Value> =
        of_lin.well().out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(of_lin.iter().all(|line| line["account"] == of_lin[0]["account"]));
    assert!(of_lin.iter().any(|line| line["kind"] == "sign_in_failed"));
    let later = place.operator.run(&["trail", "export", "--since", "2999-01-01T00:00:00Z"], "").await;
    assert_eq!(later.well().out, "");
    let nobody = place.operator.run(&["trail", "export", "--account", "nobody"], "").await;
    assert_eq!(nobody.status, Some(1));
    assert!(nobody.err.contains("there is no account `nobody`"), "{}", nobody.err);
}
