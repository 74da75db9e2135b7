//! The `claims` parameter, and essential `acr`.

use jsonwebtoken::Algorithm;
use provider::login::match_code::MatchPolicy;
use serde_json::{Value, json};

use crate::support::{Ask, Authenticator, TestApp, id_token, site::CLIENT};

async fn claims_of(app: &TestApp, ask: &Ask) -> (Value, Value) {
    let tokens = app.tokens(ask).await;
    let token = tokens["id_token"].as_str().unwrap();
    let userinfo = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    (id_token(app, token, Algorithm::RS256, CLIENT).await, userinfo)
}

/// MUST: OIDC Core section 5.5: claims asked for by name are answered where they were asked for, beside those of the scopes.
#[tokio::test]
async fn oidc_core_5_5_claims_come_where_they_were_asked_for() {
    let app = TestApp::new().await;
    let claims = json!({
        "userinfo": {"email": {"essential": true}, "phone_number": null, "shoe_size": null},
        "id_token": {"name": null, "auth_time": {"essential": true}},
    });
    let ask = Ask::default().with("scope", "openid").with("claims", &claims.to_string());
    let (token, userinfo) = claims_of(&app, &ask).await;
    assert_eq!((&userinfo["email"], userinfo.get("name")), (&json!("lin@example.com"), None));
    assert_eq!((&token["name"], token.get("email")), (&json!("Lin Example"), None));
    assert!(userinfo.get("phone_number").is_none(), "she has none");
}

/// MUST: OIDC Core section 5.4: the scopes profile, email, phone and address give their claims at the userinfo endpoint, not in the ID token.
#[tokio::test]
async fn oidc_core_5_4_scopes_give_claims_by_userinfo() {
    let app = TestApp::new().await;
    app.add_person(
        "mei",
        json!({
            "name": "Mei", "email": "mei@example.com", "phone_number": "+86 10 0000 0000",
            "phone_number_verified": false, "address": {"locality": "Hangzhou", "country": "CN"}, "updated_at": 1_700_000_000,
        }),
    )
    .await;
    let widget = app.widget().start_with(&Ask::default().with("scope", "openid profile phone address")).await;
    app.phone_of("mei").await.approve(&widget.qr).await;
    let tokens = app.site().redeem(&widget.code().await).await.json();
    let mut userinfo = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert!(userinfo["sub"].take().is_string());
    let seen = json!({
        "sub": null, "name": "Mei", "phone_number": "+86 10 0000 0000", "phone_number_verified": false,
        "address": {"locality": "Hangzhou", "country": "CN"}, "updated_at": 1_700_000_000,
    });
    assert_eq!(userinfo, seen);
    let token = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    assert!(token.get("phone_number").is_none() && token.get("address").is_none());
}

#[tokio::test]
async fn a_claim_is_asked_as_its_scope_and_declined_with_it() {
    let app = TestApp::new().await;
    let claims = json!({"userinfo": {"email": null}, "id_token": {"email": null}}).to_string();
    let widget =
        app.widget().start_with(&Ask::default().with("scope", "openid").with("claims", &claims)).await;
    let phone = app.phone().await;
    let answer = phone.scan(&widget.qr).await.json();
    assert_eq!(answer["site"]["scopes"][1]["name"], "email");
    assert_eq!(phone.confirm_only(answer["ticket"].as_str().unwrap(), &["openid"]).await.status, 204);
    let tokens = app.site().redeem(&widget.code().await).await.json();
    let userinfo = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    let token = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    assert_eq!((userinfo.get("email"), token.get("email")), (None, None));
    assert_eq!(tokens["scope"], "openid");
}

/// What a client is not registered for by scope it does not get by name either.
#[tokio::test]
async fn a_claim_outside_a_client_s_scopes_is_not_asked() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "narrow", "client_secret": "a secret of forty characters, more or less", "client_name": "narrow",
        "redirect_uris": ["https://narrow.example/callback"], "allowed_origins": ["https://site.example"],
        "scope": "openid", "first_party": true,
    }))
    .await;
    let claims = json!({"userinfo": {"email": null}, "id_token": {"name": {"essential": true}}}).to_string();
    let ask = Ask::of("narrow").with("scope", "openid email").with("claims", &claims);
    let widget = app.widget().start_with(&ask).await;
    let asked = app.stored(&widget.id).await.request;
    assert_eq!((asked.scopes.to_string().as_str(), asked.options.claims.is_empty()), ("openid", true));
}

/// MUST: OIDC Core section 5.5.1.1: an essential acr that cannot be met is an error, not another acr.
#[tokio::test]
async fn oidc_core_5_5_1_1_an_essential_acr_is_met_or_refused() {
    let app = TestApp::new().await;
    let ask = |acr: Value| {
        let claims = json!({"id_token": {"acr": acr}}).to_string();
        Ask::default().with("claims", &claims)
    };
    let gold = json!({"essential": true, "values": ["urn:example:gold"]});
    let answer = app.browser().try_ask(&ask(gold)).await;
    assert_eq!((answer.error().as_str(), app.logins().await), ("unmet_authentication_requirements", 0));
    let either = json!({"essential": true, "values": ["urn:example:gold", "urn:saoma:acr:scan"]});
    let (token, _) = claims_of(&app, &ask(either)).await;
    assert_eq!(token["acr"], "urn:saoma:acr:scan");
    let voluntary = json!({"values": ["urn:example:gold"]});
    assert_eq!(claims_of(&app, &ask(voluntary)).await.0["acr"], "urn:saoma:acr:scan");
}

/// An essential class makes the phone ask for what it lacks, and for no more, whatever the policy is.
#[tokio::test]
async fn an_essential_class_makes_the_phone_ask() {
    let app = TestApp::with(|config| config.match_code = MatchPolicy::Never).await;
    let scan = async |values: &[&str], essential: bool| {
        let wish = json!({"essential": essential, "values": values});
        let claims = json!({"id_token": {"acr": wish}}).to_string();
        let widget = app.widget().start_with(&Ask::default().with("claims", &claims)).await;
        let scanned = app.phone().await.scan(&widget.qr).await.json();
        (scanned["match_required"].as_bool().unwrap(), scanned.get("unlock").is_some())
    };
    assert_eq!(scan(&["urn:saoma:acr:scan-match"], true).await, (true, false));
    assert_eq!(scan(&["urn:saoma:acr:unlocked"], true).await, (false, true));
    assert_eq!(scan(&["urn:saoma:acr:unlocked", "urn:saoma:acr:scan-match"], true).await, (true, false));
    assert_eq!(scan(&["urn:saoma:acr:unlocked", "urn:saoma:acr:scan"], true).await, (false, false));
    assert_eq!(scan(&["urn:saoma:acr:unlocked"], false).await, (false, false), "a wish is no demand");
}

#[tokio::test]
async fn what_was_done_besides_is_told() {
    let app = TestApp::new().await;
    let ask = |class: &str| {
        let claims = json!({"id_token": {"acr": {"essential": true, "value": class}}}).to_string();
        Ask::default().with("claims", &claims)
    };
    let (token, _) = claims_of(&app, &ask("urn:saoma:acr:scan-match")).await;
    assert_eq!(
        (&token["acr"], &token["amr"]),
        (&json!("urn:saoma:acr:scan-match"), &json!(["swk", "mca", "match"]))
    );
    let (token, _) = claims_of(&app, &ask("urn:saoma:acr:unlocked")).await;
    assert_eq!(
        (&token["acr"], &token["amr"]),
        (&json!("urn:saoma:acr:unlocked"), &json!(["swk", "mca", "pwd"]))
    );
}

#[tokio::test]
async fn a_passkey_is_told_as_one() {
    let app = TestApp::new().await;
    let (phone, mut key) = (app.phone().await, Authenticator::es256());
    phone.make_passkey(&mut key).await;
    let claims = json!({"id_token": {"acr": {"essential": true, "value": "urn:saoma:acr:unlocked"}}});
    let widget = app.widget().start_with(&Ask::default().with("claims", &claims.to_string())).await;
    let scanned = phone.scan(&widget.qr).await.json();
    let (ticket, options) = (scanned["ticket"].as_str().unwrap(), scanned["unlock"]["passkey"].as_str());
    let signed = key.assert(&serde_json::from_str(options.unwrap()).unwrap());
    assert_eq!(phone.unlock_by(ticket, &signed).await.status, 200);
    assert_eq!(phone.confirm(ticket).await.status, 204);
    let tokens = app.site().redeem(&widget.code().await).await.json();
    let token = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    assert_eq!(
        (&token["acr"], &token["amr"]),
        (&json!("urn:saoma:acr:unlocked"), &json!(["swk", "mca", "passkey"]))
    );
}

/// A session whose authentication comes up to a class is worth that class, and no other is.
#[tokio::test]
async fn a_session_is_worth_what_was_done_for_it() {
    let app = TestApp::with(|config| config.match_code = MatchPolicy::Never).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let silent = |class: &str| {
        let claims = json!({"id_token": {"acr": {"essential": true, "value": class}}}).to_string();
        Ask::default().with("claims", &claims).with("prompt", "none")
    };
    browser.sign_in(&Ask::default(), &phone).await.code();
    assert_eq!(browser.try_ask(&silent("urn:saoma:acr:scan-match")).await.error(), "login_required");
    let claims = json!({"id_token": {"acr": {"essential": true, "value": "urn:saoma:acr:scan-match"}}});
    browser.sign_in(&Ask::default().with("claims", &claims.to_string()), &phone).await.code();
    browser.try_ask(&silent("urn:saoma:acr:scan-match")).await.code();
    browser.try_ask(&silent("urn:saoma:acr:scan")).await.code();
    assert_eq!(browser.try_ask(&silent("urn:saoma:acr:unlocked")).await.error(), "login_required");
}

/// MUST: OIDC Core section 2: acr and amr say how the person was authenticated.
#[tokio::test]
async fn oidc_core_2_acr_and_amr_say_what_was_done() {
    let app = TestApp::new().await;
    let ask = Ask::default().with("acr_values", "urn:example:gold urn:saoma:acr:scan");
    let (token, _) = claims_of(&app, &ask).await;
    assert_eq!((&token["acr"], &token["amr"]), (&json!("urn:saoma:acr:scan"), &json!(["swk", "mca"])));
}

/// MUST: OIDC Core section 3.1.2.1: of the classes that acr_values wishes for, the acr is the first that is true, though more was done.
#[tokio::test]
async fn oidc_core_3_1_2_1_acr_is_one_of_those_wished_for() {
    let app = TestApp::with(|config| config.match_code = MatchPolicy::Always).await;
    let acr = async |ask: Ask| claims_of(&app, &ask).await.0["acr"].clone();
    assert_eq!(acr(Ask::default()).await, "urn:saoma:acr:scan-match");
    let wished = |values: &str| Ask::default().with("acr_values", values);
    assert_eq!(
        acr(wished("urn:example:gold urn:saoma:acr:unlocked urn:saoma:acr:scan")).await,
        "urn:saoma:acr:scan"
    );
    assert_eq!(
        acr(wished("urn:saoma:acr:unlocked")).await,
        "urn:saoma:acr:scan-match",
        "a wish is no demand"
    );
    let claims = json!({"id_token": {"acr": {"value": "urn:saoma:acr:scan-match"}}}).to_string();
    assert_eq!(acr(wished("urn:saoma:acr:scan").with("claims", &claims)).await, "urn:saoma:acr:scan-match");
}

/// MUST: OIDC Registration section 2: default_acr_values hold where a request has no acr_values.
#[tokio::test]
async fn oidc_registration_2_a_client_s_default_acr_values_hold() {
    let app = TestApp::with(|config| config.match_code = MatchPolicy::Always).await;
    let mut site = crate::support::site::metadata();
    site["default_acr_values"] = json!(["urn:saoma:acr:scan"]);
    app.import(site).await;
    let acr = async |ask: Ask| claims_of(&app, &ask).await.0["acr"].clone();
    assert_eq!(acr(Ask::default()).await, "urn:saoma:acr:scan");
    assert_eq!(
        acr(Ask::default().with("acr_values", "urn:saoma:acr:scan-match")).await,
        "urn:saoma:acr:scan-match"
    );
}
