use super::*;
use crate::random::Random;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn parse(form: &str) -> Result<TokenRequest, TokenError> {
    TokenRequest::parse(&Parameters::from_urlencoded(form).unwrap())
}

fn refused(form: &str) -> (&'static str, String) {
    match parse(form) {
        Err(error) => (error.code(), error.to_string()),
        Ok(request) => panic!("{form}: {request:?}"),
    }
}

fn code_request(more: &str) -> String {
    let code = Code::generate(&Random::seeded(1));
    format!("grant_type=authorization_code&code={}{more}", code.expose())
}

#[test]
fn a_good_request_is_kept_to_the_letter() {
    let form = code_request(&format!(
        "&redirect_uri=https://a.example/cb?x%3D1&code_verifier={VERIFIER}&resource=urn:b&resource=urn:a"
    ));
    let Ok(TokenRequest::AuthorizationCode(request)) = parse(&form) else { panic!() };
    assert_eq!(request.code.digest(), Code::generate(&Random::seeded(1)).digest());
    assert_eq!(request.redirect_uri.unwrap().as_str(), "https://a.example/cb?x=1");
    let challenge = Verifier::parse(VERIFIER).unwrap().challenge();
    assert_eq!(request.code_verifier.unwrap().challenge(), challenge);
    assert_eq!(request.resources.into_vec(), ["urn:a", "urn:b"]);
}

#[test]
fn what_may_be_left_out_is_left_out() {
    let Ok(TokenRequest::AuthorizationCode(request)) = parse(&code_request("")) else { panic!() };
    assert!(request.redirect_uri.is_none() && request.code_verifier.is_none());
    assert!(request.resources.is_empty());
    let Ok(TokenRequest::ClientCredentials(request)) = parse("grant_type=client_credentials") else {
        panic!()
    };
    assert!(request.scope.is_none() && request.resources.is_empty());
}

/// MUST: RFC 6749 section 5.2: a request without a parameter that its grant needs is `invalid_request`, and names it.
#[test]
fn rfc6749_5_2_what_is_missing_is_named() {
    for (form, name) in [
        ("", "grant_type"),
        ("code=x", "grant_type"),
        ("grant_type=authorization_code&redirect_uri=https://a.example/cb", "code"),
        ("grant_type=authorization_code&code=", "code"),
        ("grant_type=refresh_token&scope=%22", "refresh_token"),
        (format!("grant_type={DEVICE}&resource=x").as_str(), "device_code"),
        (format!("grant_type={JWT_BEARER}").as_str(), "assertion"),
    ] {
        assert_eq!(refused(form), ("invalid_request", format!("{name} is missing")), "{form}");
    }
}

#[test]
fn what_cannot_be_one_is_refused_as_what_is_none() {
    let refresh = RefreshToken::generate(&Random::seeded(1));
    for form in [
        "grant_type=authorization_code&code=x".to_owned(),
        format!("grant_type=authorization_code&code={}", refresh.expose()),
        code_request("&redirect_uri=/cb"),
        code_request("&redirect_uri=https://a.example/cb%23f"),
        code_request("&code_verifier=short"),
        code_request(&format!("&code_verifier={VERIFIER}%20")),
        "grant_type=refresh_token&refresh_token=x".into(),
        format!("grant_type=refresh_token&refresh_token={}x", refresh.expose()),
        format!("grant_type={DEVICE}&device_code=x"),
        format!("grant_type={DEVICE}&device_code=0196.x"),
        format!("grant_type={JWT_BEARER}&assertion=a.b.c"),
        // {"alg":"ES256"}, {}
        format!("grant_type={JWT_BEARER}&assertion=eyJhbGciOiJFUzI1NiJ9.e30.c2ln"),
    ] {
        assert_eq!(refused(&form).0, "invalid_grant", "{form}");
    }
}

#[test]
fn scopes_and_resources_are_read_where_they_mean_something() {
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        RefreshToken::generate(&Random::seeded(1)).expose()
    );
    for good in [refresh.as_str(), "grant_type=client_credentials"] {
        assert!(parse(&format!("{good}&scope=email%20openid&resource=urn:a")).is_ok(), "{good}");
        for scope in ["%22", "openid%20%20email", "%20", "%E6%89%AB"] {
            assert_eq!(refused(&format!("{good}&scope={scope}")).0, "invalid_scope", "{scope}");
        }
        for resource in ["orders", "/orders", "https://api.example/%23f", "urn:a&resource=x"] {
            assert_eq!(refused(&format!("{good}&resource={resource}")).0, "invalid_target", "{resource}");
        }
    }
    assert!(parse(&code_request("&scope=%22")).is_ok(), "what the code is for was decided before");
}

#[test]
fn the_grant_type_is_looked_at_before_all_else() {
    for form in ["grant_type=password&code=x", "grant_type=AUTHORIZATION_CODE&resource=x"] {
        assert_eq!(refused(form).0, "unsupported_grant_type", "{form}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let secret = Code::generate(&Random::seeded(1));
    let shown = format!("{:?}", parse(&code_request(&format!("&code_verifier={VERIFIER}"))).unwrap());
    assert!(!shown.contains(&secret.expose()[11..]) && !shown.contains(VERIFIER), "{shown}");
    // {"alg":"ES256"}, {"iss":"company"}
    let jwt = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJjb21wYW55In0.c2ln";
    let shown = format!("{:?}", parse(&format!("grant_type={JWT_BEARER}&assertion={jwt}")).unwrap());
    assert!(shown.contains("company") && !shown.contains("c2ln"), "{shown}");
}
