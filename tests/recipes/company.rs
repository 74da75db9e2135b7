//! `recipes/company`: a back end that vouches for its users, and a phone that comes with its word.

use std::path::{Path, PathBuf};

use saoma_tests::{Browser, Operator, PhoneCommand, Ran, Server};
use serde_json::json;
use tokio::process::Command;

use crate::recipe::source;

/// The back end, with its key in a file.
struct Company {
    key: PathBuf,
    issuer: String,
}

impl Company {
    /// Makes the key as the document says.
    async fn found(operator: &Operator, server: &Server) -> Self {
        let key = operator.path("company.pem");
        let make = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out"];
        Ran::of(Command::new("openssl").args(make).arg(&key), "").await.well();
        Self { key, issuer: server.issuer().to_owned() }
    }

    async fn says(&self, arguments: &[&str]) -> String {
        let program: &Path = &source("company").join("company.mjs");
        let mut node = Command::new("node");
        node.arg(program).args(arguments).env("KEY", &self.key).env("ISSUER", &self.issuer);
        Ran::of(&mut node, "").await.well().out.clone()
    }
}

#[tokio::test]
async fn a_phone_comes_with_the_company_s_word_and_approves() {
    let operator = Operator::new();
    let server = operator.open().await;
    let company = Company::found(&operator, &server).await;
    operator.run(&["client", "import", "-"], &company.says(&["client"]).await).await.well();

    let assertion = company.says(&["vouch", "zhang.san", "Zhang San", "Zhang San's phone"]).await;
    let phone = PhoneCommand::new(operator.path("zhang-san"));
    let enrolled = phone.enrol(&server.url(), &assertion).await;
    let account = json!({"name": "zhang.san", "display_name": "Zhang San"});
    assert_eq!(enrolled.well().json()["account"], account);
    let devices = phone.run(&["devices"], "").await;
    assert_eq!(devices.well().json()["devices"][0]["name"], "Zhang San's phone");

    let browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    phone.run(&["approve", &login.qr], "").await.well();
    assert_eq!(browser.state(&login).await, "confirmed");

    let again = PhoneCommand::new(operator.path("another")).enrol(&server.url(), &assertion).await;
    assert_eq!(again.json()["error"], "invalid_grant", "an assertion is good once");
}
