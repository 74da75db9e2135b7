//! Logs tell what happened and hold no secret, at the level `debug` as well.

use saoma_tests::{Browser, CLIENT_SECRET, Operator, PASSWORD, PhoneCommand, RelyingParty, VERIFIER};

/// Goes through a complete journey, by both ways in, with all that can go wrong; answers every secret of it.
pub(crate) async fn journey(operator: &Operator, provider: &str) -> Vec<String> {
    let mut secrets = vec![PASSWORD.to_owned(), CLIENT_SECRET.to_owned(), VERIFIER.to_owned()];
    let (mut browser, site) = (Browser::new(provider), RelyingParty::new(provider));
    let phone = PhoneCommand::new(operator.path("phone"));
    phone.sign_in(provider, "lin", "a wrong password").await;
    secrets.push("a wrong password".into());
    phone.sign_in(provider, "lin", PASSWORD).await.well();

    let logins = [browser.ask().await, browser.ask_by_widget().await];
    for login in &logins {
        secrets.push(login.qr.rsplit('/').next().unwrap().to_owned());
        secrets.extend(login.secret.clone());
        phone.run(&["scan", &login.qr], "").await.well();
        secrets.extend(phone.secrets());
        assert_eq!(phone.run(&["scan", &login.qr], "").await.status, Some(1), "a second scan");
        phone.run(&["confirm"], "").await.well();
        let code = browser.code(login).await;
        if login.secret.is_none() {
            let back = browser.get(&format!("/login/{}", login.id)).await;
            assert_eq!(back.location_parameter("code").as_ref(), Some(&code), "the page goes to the site");
        }
        let tokens = site.redeem(&code).await;
        let access_token = tokens.text("access_token");
        site.userinfo(&access_token).await;
        let fresh = site.refresh(&tokens.text("refresh_token")).await;
        assert_eq!(site.redeem(&code).await.error(), "400 invalid_grant", "a replay, which is logged");
        assert_eq!(site.userinfo(&access_token).await.status, 401);
        secrets.extend([code, access_token, fresh.text("access_token"), fresh.text("refresh_token")]);
        secrets.extend([tokens.text("refresh_token"), tokens.text("id_token"), fresh.text("id_token")]);
    }
    secrets.extend(browser.cookies.values().flat_map(|value| value.split('.')).map(str::to_owned));
    secrets
}

async fn no_secret_is_logged(format: &str) {
    let operator = Operator::new();
    drop(operator.open().await);
    let mut server = operator.server().with(&["--log", "debug", "--log-format", format]);
    server.start().await;
    let secrets = journey(&operator, &server.url()).await;
    server.ask_to_stop();
    server.stopped().await;

    let log = server.log();
    assert!(secrets.len() > 25, "a journey has many secrets");
    for secret in secrets {
        assert!(secret.len() >= 8, "too short to look for: {secret}");
        assert!(!log.contains(&secret), "the log holds {secret}");
        // Nor its better half: a JWT's signature, what follows a prefix.
        let half = secret.rsplit(['.', '_']).next().unwrap();
        assert!(half.len() < 20 || !log.contains(half), "the log holds a part of {secret}");
    }
    assert!(!log.contains("saoma_"), "the log holds a secret with our prefix");
    for happened in ["/api/phone/scan", "/token", "/login/{id}", "an authorization code came back", "stopped"]
    {
        assert!(log.contains(happened), "`{happened}` is not in the log:\n{log}");
    }
    if format == "json" {
        let lines = log.lines().skip_while(|line| !line.starts_with('{'));
        for line in lines {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
        }
    }
}

#[tokio::test]
async fn no_secret_is_logged_as_text() {
    no_secret_is_logged("text").await;
}

#[tokio::test]
async fn no_secret_is_logged_as_json() {
    no_secret_is_logged("json").await;
}
