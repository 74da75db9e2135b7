//! `client.json`, from which the site is registered, says what the site does; and the configuration is judged.

use demo_relying_party::app::NAME;
use demo_relying_party::config::{ConfigError, Issuer, SCOPES, SiteUrl, client_secret};
use serde_json::{Value, json};

use crate::support::SITE;

#[test]
fn the_registration_says_what_the_site_does() {
    let client: Value = serde_json::from_str(include_str!("../../client.json")).unwrap();
    let site = SiteUrl::parse(SITE).unwrap();
    assert_eq!(client["client_name"], NAME);
    assert_eq!(client["redirect_uris"], json!([site.redirect_uri()]));
    assert_eq!(client["post_logout_redirect_uris"], json!([site.post_logout_redirect_uri()]));
    assert_eq!(client["backchannel_logout_uri"], site.backchannel_logout_uri());
    assert_eq!(client["allowed_origins"], json!([site.origin()]));
    assert_eq!(client["scope"], SCOPES.join(" "));
    assert!(client.get("client_secret").is_none());
}

#[test]
fn plain_http_is_for_this_machine_only() {
    assert!(matches!(Issuer::parse("http://saoma.example"), Err(ConfigError::NotSecure(_))));
    assert!(matches!(SiteUrl::parse("http://192.0.2.1"), Err(ConfigError::NotSecure(_))));
    for here in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1", "https://saoma.example/id"]
    {
        assert_eq!(Issuer::parse(here).unwrap().as_str(), here);
    }
}

#[test]
fn the_site_is_an_origin_and_the_issuer_has_no_query() {
    assert!(matches!(SiteUrl::parse("https://site.example/path"), Err(ConfigError::NotAnOrigin(_))));
    assert!(matches!(Issuer::parse("https://saoma.example/?x"), Err(ConfigError::NotAnIssuer(_))));
    assert!(matches!(Issuer::parse("saoma"), Err(ConfigError::NotAUrl(_))));
    let issuer = Issuer::parse("https://saoma.example/id").unwrap();
    assert_eq!(issuer.join("/widget/saoma.js"), "https://saoma.example/id/widget/saoma.js");
    assert_eq!(issuer.origin(), "https://saoma.example");
}

#[test]
fn the_client_secret_comes_from_the_environment_or_a_file_and_is_not_shown() {
    assert!(matches!(client_secret(None, None), Err(ConfigError::NoSecret)));
    assert!(matches!(client_secret(Some("\n".into()), None), Err(ConfigError::NoSecret)));
    let secret = client_secret(Some("saoma_secret_x\n".into()), None).unwrap();
    assert_eq!(secret.secret(), "saoma_secret_x");
    assert!(!format!("{secret:?}").contains("saoma_secret_x"));
}
