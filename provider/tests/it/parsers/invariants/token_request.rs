//! The token request: a form.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::{
    oauth::{
        client::GrantType, parameters::Parameters, pkce::Verifier, resource::Resources, scope::Scopes,
        token_request::TokenRequest,
    },
    secret::Digest,
};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// What each grant needs, and what it may have beside that.
const TAKES: [(GrantType, Option<&str>, &[&str]); 5] = [
    (GrantType::AuthorizationCode, Some("code"), &["redirect_uri", "code_verifier", "resource"]),
    (GrantType::RefreshToken, Some("refresh_token"), &["scope", "resource"]),
    (GrantType::DeviceCode, Some("device_code"), &["resource"]),
    (GrantType::ClientCredentials, None, &["scope", "resource"]),
    (GrantType::JwtBearer, Some("assertion"), &[]),
];

/// The row of [`TAKES`] that is about this grant.
fn takes(kind: GrantType) -> (Option<&'static str>, &'static [&'static str]) {
    let row = TAKES.iter().find(|(one, ..)| *one == kind);
    row.map(|(_, needs, may_have)| (*needs, *may_have)).expect("every grant type is here")
}

/// Parameters whose values are secrets.
const SECRETS: [&str; 5] = ["code", "code_verifier", "refresh_token", "device_code", "assertion"];

/// Names and values, in some order.
type Pairs = Vec<(String, String)>;

/// What came out: a request's grant type and members, or an error's code and text.
type Outcome = Result<(GrantType, Pairs), (&'static str, String)>;

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let pairs: Pairs =
        form_urlencoded::parse(text.as_bytes()).into_owned().filter(|(_, value)| !value.is_empty()).collect();
    let many = |name: &str| name != "resource" && pairs.iter().filter(|(other, _)| other == name).count() > 1;
    let readable = pairs.len() <= 64 && !pairs.iter().any(|(name, _)| many(name));
    let form = Parameters::from_urlencoded(&text);
    assert_eq!(form.is_ok(), readable, "no parameter but resource is there twice, and none is empty");
    let Ok(form) = form else { return "unreadable" };

    let outcome = parse(&pairs);
    let mut other: Pairs = pairs.iter().rev().cloned().collect();
    assert_eq!(parse(&other), outcome, "in another order it is another request");
    if other.len() < 64 && form.get("utm_source").is_none() {
        other.push(("utm_source".into(), "x".into()));
        assert_eq!(parse(&other), outcome, "a parameter that nobody knows changes something");
    }
    match outcome {
        Ok((kind, members)) => {
            accepted(&form, kind, &members);
            shows_no_secret(&pairs, kind);
            kind.as_str()
        }
        Err((code, _)) => {
            refused(&form, code);
            code
        }
    }
}

fn parse(pairs: &Pairs) -> Outcome {
    let form = Parameters::from_pairs(pairs.clone()).expect("it was read before");
    match TokenRequest::parse(&form) {
        Ok(request) => Ok(members(&request)),
        Err(error) => Err((error.code(), error.to_string())),
    }
}

/// What a request has, each member as it would be written; of a verifier its hash.
fn members(request: &TokenRequest) -> (GrantType, Pairs) {
    let mut members = Vec::new();
    let mut has =
        |name: &str, value: Option<String>| members.extend(value.map(|value| (name.to_owned(), value)));
    let (kind, resources) = match request {
        TokenRequest::AuthorizationCode(request) => {
            has("code", Some(request.code.expose().to_owned()));
            has("redirect_uri", request.redirect_uri.as_ref().map(|uri| uri.as_str().to_owned()));
            let challenge = request.code_verifier.as_ref().map(Verifier::challenge);
            has("code_verifier", challenge.map(|challenge| challenge.as_str().to_owned()));
            (GrantType::AuthorizationCode, Some(&request.resources))
        }
        TokenRequest::RefreshToken(request) => {
            has("refresh_token", Some(request.refresh_token.expose().to_owned()));
            has("scope", request.scope.as_ref().map(Scopes::to_string));
            (GrantType::RefreshToken, Some(&request.resources))
        }
        TokenRequest::DeviceCode(request) => {
            has("device_code", Some(request.device_code.expose()));
            (GrantType::DeviceCode, Some(&request.resources))
        }
        TokenRequest::ClientCredentials(request) => {
            has("scope", request.scope.as_ref().map(Scopes::to_string));
            (GrantType::ClientCredentials, Some(&request.resources))
        }
        TokenRequest::JwtBearer(request) => {
            has("assertion", Some(request.assertion.expose().to_owned()));
            (GrantType::JwtBearer, None)
        }
    };
    for resource in resources.into_iter().flat_map(Resources::iter) {
        has("resource", Some(resource.to_owned()));
    }
    (kind, members)
}

/// The request has what its grant takes, all that is there of it, to the letter, and nothing else.
fn accepted(form: &Parameters, kind: GrantType, members: &Pairs) {
    assert_eq!(form.get("grant_type"), Some(kind.as_str()));
    let (needs, may_have) = takes(kind);
    assert!(needs.is_none_or(|name| form.get(name).is_some()), "{needs:?} is missing");
    let mut expected = Pairs::new();
    for name in needs.iter().chain(may_have) {
        let mut values = form.get_all(name);
        values.sort_unstable();
        values.dedup();
        for value in values {
            expected.push(((*name).to_owned(), as_member(name, value)));
        }
    }
    assert_eq!(*members, expected);
}

/// A value as [`members`] shows it. What cannot be one is none.
fn as_member(name: &str, value: &str) -> String {
    match name {
        "code_verifier" => Digest::of(value).to_base64url(),
        "scope" => {
            let scopes = Scopes::parse_strictly(value).expect("an accepted scope");
            assert!(value.split(' ').count() <= 32 && !scopes.is_empty());
            assert!(value.split(' ').all(|name| scopes.names().iter().any(|known| known == name)), "{value}");
            assert_eq!(Scopes::parse_strictly(&scopes.to_string()).as_ref(), Some(&scopes), "{value}");
            scopes.to_string()
        }
        "resource" => {
            let url = Url::parse(value).expect("an absolute URI");
            assert!(url.fragment().is_none() && value.is_ascii() && value.len() <= 2048, "{value}");
            value.to_owned()
        }
        _ => value.to_owned(),
    }
}

/// The error is one that this request can have.
fn refused(form: &Parameters, code: &'static str) {
    let takes = form.get("grant_type").and_then(GrantType::parse).map(takes);
    let has = |name: &str| form.get(name).is_some();
    let fits = match (code, takes) {
        ("invalid_request", None) => !has("grant_type"),
        ("unsupported_grant_type", None) => has("grant_type"),
        ("invalid_request", Some((needs, _))) => needs.is_some_and(|name| !has(name)),
        ("invalid_grant", Some((needs, _))) => needs.is_some_and(has),
        ("invalid_scope", Some((_, may_have))) => may_have.contains(&"scope") && has("scope"),
        ("invalid_target", Some((_, may_have))) => may_have.contains(&"resource") && has("resource"),
        _ => false,
    };
    assert!(fits, "{code} of {form:?}");
}

/// With other secrets in their places, a request looks the same: so there is nothing of them to see.
fn shows_no_secret(pairs: &Pairs, kind: GrantType) {
    let (needs, may_have) = takes(kind);
    let shown = |pairs: Pairs| {
        let form = Parameters::from_pairs(pairs).expect("as many as before");
        format!("{:?}", TokenRequest::parse(&form).expect("the same but for its secrets"))
    };
    let others = pairs.iter().map(|(name, value)| {
        let taken = needs.iter().chain(may_have).any(|one| one == name);
        let secret = taken && SECRETS.contains(&name.as_str());
        (name.clone(), if secret { another(name, value) } else { value.clone() })
    });
    assert_eq!(shown(pairs.clone()), shown(others.collect()), "it shows something of a secret");
}

/// Another secret of the same kind. What names somebody, an assertion's issuer or a device code's login, stays.
fn another(name: &str, value: &str) -> String {
    let secret = URL_SAFE_NO_PAD.encode([7; 32]);
    match name {
        "code" => format!("saoma_code_{secret}"),
        "refresh_token" => format!("saoma_refresh_{secret}"),
        "device_code" => {
            let (login, _) = value.split_once('.').expect("a login and a secret");
            format!("{login}.saoma_browser_{secret}")
        }
        "assertion" => {
            let claims = value.split('.').nth(1).expect("claims");
            let claims = URL_SAFE_NO_PAD.decode(claims).expect("claims in base64url");
            let claims: Value = serde_json::from_slice(&claims).expect("claims in JSON");
            let claims = json!({"iss": claims["iss"], "jti": "another"}).to_string();
            format!("e30.{}.YW5vdGhlcg", URL_SAFE_NO_PAD.encode(claims))
        }
        _ => secret,
    }
}
