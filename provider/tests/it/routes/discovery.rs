//! `GET /.well-known/openid-configuration` and `GET /jwks.json`. Whether the document is true, `discovery_truth` asks.

use serde_json::{Value, json};

use crate::support::{Ask, TestApp, claims_of};

/// MUST: RFC 8414 section 3: the metadata is JSON at the well-known address, answered with 200 to a GET.
#[tokio::test]
async fn rfc8414_3_it_is_public_and_the_same_by_both_its_names() {
    let app = TestApp::new().await;
    let by_oidc = app.get("/.well-known/openid-configuration").await;
    let by_oauth = app.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(by_oidc.body, by_oauth.body);
    for answer in [by_oidc, by_oauth, app.get("/jwks.json").await] {
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
    }
}

/// MUST: OIDC Core section 10.1: each published key has a name of its own and says what it is for.
#[tokio::test]
async fn oidc_core_10_1_the_keys_are_named_and_public() {
    let app = TestApp::new().await;
    let keys = app.get("/jwks.json").await.json();
    let members: Vec<Vec<&str>> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    assert_eq!(members[0], ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(members[1], ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let keys = keys["keys"].as_array().unwrap();
    assert!(keys.iter().all(|key| key["use"] == "sig"));
    let names: std::collections::BTreeSet<&str> =
        keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(names.len(), keys.len());
}

async fn metadata(app: &TestApp) -> Value {
    app.get("/.well-known/openid-configuration").await.json()
}

/// MUST: OIDC Discovery section 3: what is required is there: the issuer, the endpoints, and what is supported.
#[tokio::test]
async fn oidc_discovery_3_what_is_required_is_there() {
    let metadata = metadata(&TestApp::new().await).await;
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        assert!(metadata[name].as_str().unwrap().starts_with("https://login.example/"), "{name}");
    }
    for name in
        ["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"]
    {
        assert!(!metadata[name].as_array().unwrap().is_empty(), "{name}");
    }
}

/// MUST: OIDC Discovery section 3: RS256 signs ID tokens, openid is a scope, and `none` signs no assertion.
#[tokio::test]
async fn oidc_discovery_3_rs256_and_openid_are_named_and_none_is_not() {
    let metadata = metadata(&TestApp::new().await).await;
    let has = |list: &str, name: &str| metadata[list].as_array().unwrap().iter().any(|one| one == name);
    assert!(has("id_token_signing_alg_values_supported", "RS256") && has("scopes_supported", "openid"));
    for list in metadata.as_object().unwrap().keys().filter(|name| name.contains("_alg_values_supported")) {
        assert!(!has(list, "none") && !has(list, "HS256"), "{list}");
    }
}

/// MUST: OIDC Discovery section 3: the issuer is an https URL without query and fragment.
#[tokio::test]
async fn oidc_discovery_3_the_issuer_is_https_without_query_and_fragment() {
    let issuer = url::Url::parse(metadata(&TestApp::new().await).await["issuer"].as_str().unwrap()).unwrap();
    assert_eq!((issuer.scheme(), issuer.query(), issuer.fragment()), ("https", None, None));
    for odd in ["http://login.example", "https://login.example/?x", "https://login.example/#x"] {
        assert!(provider::config::Issuer::parse(odd).is_err(), "{odd}");
    }
}

/// MUST: OIDC Discovery section 4.2: several values are an array, and what has none is left out.
#[tokio::test]
async fn oidc_discovery_4_2_nothing_is_empty() {
    for (name, value) in metadata(&TestApp::new().await).await.as_object().unwrap() {
        assert!(!value.is_null() && value != "" && value != &json!([]), "{name}");
        assert!(!name.ends_with("_supported") || !value.is_string(), "{name}");
    }
}

/// MUST: OIDC Discovery section 4.3: the issuer is that of the ID tokens, to the letter.
#[tokio::test]
async fn oidc_discovery_4_3_the_issuer_is_that_of_the_id_tokens() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    assert_eq!(claims_of(&tokens["id_token"])["iss"], metadata(&app).await["issuer"]);
}

/// MUST: RFC 8414 section 2: where clients prove themselves by a JWT, its algorithms are named for each endpoint, and none of them is `none`.
#[tokio::test]
async fn rfc8414_2_algorithms_are_named_where_methods_are() {
    let metadata = metadata(&TestApp::new().await).await;
    for endpoint in ["token", "revocation", "introspection"] {
        let list =
            |name: &str| metadata[format!("{endpoint}_endpoint_auth_{name}_supported")].as_array().unwrap();
        assert!(list("methods").iter().any(|method| method == "private_key_jwt"), "{endpoint}");
        assert!(list("signing_alg_values").iter().any(|algorithm| algorithm == "ES256"), "{endpoint}");
        assert!(list("signing_alg_values").iter().all(|algorithm| algorithm != "none"), "{endpoint}");
    }
}

/// MUST: OIDC Core section 10.1: an ID token names the key that signed it, and the key is published.
#[tokio::test]
async fn oidc_core_10_1_an_id_token_names_its_key() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let header = jsonwebtoken::decode_header(tokens["id_token"].as_str().unwrap()).unwrap();
    let keys = app.get("/jwks.json").await.json();
    let named = keys["keys"].as_array().unwrap().iter().filter(|key| key["kid"] == json!(header.kid));
    assert_eq!(named.map(|key| key["alg"].as_str().unwrap()).collect::<Vec<_>>(), ["RS256"]);
}
