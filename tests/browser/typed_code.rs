//! A device without a camera's view: it shows letters, and they are typed into the phone (RFC 8628).
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

use reqwest::Client;
use saoma_tests::{Stage, eventually};
use serde_json::{Value, json};

use crate::steps::{NAME, confirm, signed_in_phone};

const SECRET: &str = "a-secret-between-the-television-and-saoma";

/// A television that signs somebody in.
struct Television {
    http: Client,
    provider: String,
}

impl Television {
    async fn open(stage: &Stage) -> Self {
        let client = json!({
            "client_id": "television", "client_secret": SECRET, "client_name": "Sofa TV",
            "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "scope": "openid profile",
        });
        stage.register(&client).await;
        Self { http: Client::new(), provider: stage.provider("") }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let call = self.http.post(format!("{}{path}", self.provider)).basic_auth("television", Some(SECRET));
        let answer = call.form(form).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Begins; answers what its screen shows, and what it keeps to itself.
    async fn begin(&self) -> (String, String) {
        let answer = self.post("/device_authorization", &[("scope", "openid profile")]).await;
        let member = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        (member("user_code"), member("device_code"))
    }

    /// Asks until it is told something else than to wait.
    async fn tokens(&self, device_code: &str) -> Value {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        eventually("the television gets its tokens", async || {
            let answer = self.post("/token", &[("grant_type", grant), ("device_code", device_code)]).await;
            let waits = ["authorization_pending", "slow_down"].iter().any(|wait| answer["error"] == *wait);
            (!waits).then_some(answer)
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_code_signs_a_device_in() {
    let stage = Stage::open("typed-code", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let television = Television::open(&stage).await;
    let (user_code, device_code) = television.begin().await;

    // The address that the device shows leads to the app.
    phone.open(&stage.provider("/device")).await;
    phone.keep_both("phone-device-page").await;
    phone.press("Open the Saoma app").await;
    phone.reads("Type the code").await;
    assert_eq!(phone.url().await, stage.provider("/app"));
    phone.keep_both("phone-type-code").await;

    // What is wrong is said where it can be put right.
    phone.fill("Code", "WDJB").await;
    phone.press("Go on").await;
    phone.reads("The code has eight letters").await;
    phone.fill("Code", "BBBB-BBBB").await;
    phone.press("Go on").await;
    phone.reads("No device shows this code").await;
    phone.keep_both("phone-unknown-code").await;

    // Typed as people type.
    phone.fill("Code", &user_code.to_lowercase().replace('-', " ")).await;
    phone.press("Go on").await;
    phone.shows("main.confirm").await;
    for fact in ["Sofa TV", "wants to sign you in on a device", "A device asks to sign in", NAME] {
        phone.reads(fact).await;
    }
    phone.keep_both("phone-device-asks").await;
    confirm(&phone).await;
    let tokens = television.tokens(&device_code).await;
    assert!(tokens["access_token"].is_string() && tokens["id_token"].is_string(), "{tokens}");
    phone.press("Done").await;

    // From the scanner, too; and a code works once.
    phone.press("Scan").await;
    phone.press("Type a code instead").await;
    phone.fill("Code", &user_code).await;
    phone.press("Go on").await;
    phone.shows("#code-trouble").await;
    phone.keep("phone-used-code").await;

    // Chromium says of each refused code that it was.
    stage.close([phone], &["/api/phone/scan"]).await;
}
