//! What a DPoP proof has to say (RFC 9449 sections 4.2 and 4.3), at the token endpoint. Forgeries are in `forgeries/proofs.rs`.

use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, ISSUER, SiteKey, TestApp, claims_of,
    site::{CLIENT, basic},
};

/// A good proof's claims.
fn claims(app: &TestApp) -> Value {
    json!({
        "jti": app.app.random.uuid(app.app.clock.now()), "htm": "POST", "htu": format!("{ISSUER}/token"),
        "iat": app.app.clock.now().seconds(),
    })
}

/// Whether a proof was taken: what comes with it is no refresh token, and that is all that is wrong.
async fn takes(app: &TestApp, proof: &str) -> bool {
    let credentials = basic(CLIENT);
    let headers = [("authorization", credentials.as_str()), ("dpop", proof)];
    let answer: Answer = app.post_form("/token", &headers, &Ask::refresh("x")).await;
    match answer.oauth_error().as_str() {
        "400 invalid_grant" => true,
        "400 invalid_dpop_proof" => false,
        other => panic!("{other}"),
    }
}

async fn takes_signed(app: &TestApp, key: &SiteKey, claims: &Value) -> bool {
    takes(app, &key.sign(json!({"typ": "dpop+jwt", "jwk": key.jwk()}), claims)).await
}

/// MUST: RFC 9449 section 4.2: a proof has jti, htm, htu and iat, each of its type.
#[tokio::test]
async fn rfc9449_4_2_a_proof_has_all_its_claims() {
    let (app, key) = (TestApp::new().await, SiteKey::es256());
    for claim in ["jti", "htm", "htu", "iat"] {
        for value in [None, Some(Value::Null), Some(json!([1])), Some(json!({}))] {
            let mut odd = claims(&app);
            match value {
                None => drop(odd.as_object_mut().unwrap().remove(claim)),
                Some(value) => odd[claim] = value,
            }
            assert!(!takes_signed(&app, &key, &odd).await, "{odd}");
        }
    }
    assert!(takes_signed(&app, &key, &claims(&app)).await);
}

/// MUST: RFC 9449 section 4.2: a proof names its key as a public key; one that gives a private part away, or none, is refused.
#[tokio::test]
async fn rfc9449_4_2_the_key_is_public_and_there() {
    let app = TestApp::new().await;
    for key in [SiteKey::es256(), SiteKey::eddsa()] {
        let mut odd = vec![Value::Null, json!({}), json!("x"), json!({"kty": "oct", "k": "AA"})];
        for private in ["d", "k", "p", "q", "dp", "dq", "qi"] {
            let mut jwk = key.jwk();
            jwk[private] = json!("AAAA");
            odd.push(jwk);
        }
        for jwk in odd {
            let proof = key.sign(json!({"typ": "dpop+jwt", "jwk": jwk}), &claims(&app));
            assert!(!takes(&app, &proof).await, "{jwk}");
        }
        assert!(takes_signed(&app, &key, &claims(&app)).await);
    }
}

/// MUST: RFC 9449 section 4.2: a proof's type is dpop+jwt.
#[tokio::test]
async fn rfc9449_4_2_the_type_is_dpop_jwt() {
    let (app, key) = (TestApp::new().await, SiteKey::es256());
    for typ in [Value::Null, json!("JWT"), json!("at+jwt"), json!(""), json!(7)] {
        let proof = key.sign(json!({"typ": typ, "jwk": key.jwk()}), &claims(&app));
        assert!(!takes(&app, &proof).await, "{typ}");
    }
}

/// MUST: RFC 9449 section 4.3: query and fragment of htu do not count, and neither does how the same address is written.
#[tokio::test]
async fn rfc9449_4_3_query_and_fragment_of_htu_do_not_count() {
    let (app, key) = (TestApp::new().await, SiteKey::es256());
    for (htu, good) in [
        ("https://login.example/token?x=1#y", true),
        ("https://login.example:443/token", true),
        ("HTTPS://LOGIN.EXAMPLE/token", true),
        ("https://login.example/token/", false),
        ("https://login.example/TOKEN", false),
        ("https://login.example:8443/token", false),
        ("http://login.example/token", false),
        ("https://login.example.evil.example/token", false),
        ("/token", false),
    ] {
        let mut odd = claims(&app);
        odd["htu"] = json!(htu);
        assert_eq!(takes_signed(&app, &key, &odd).await, good, "{htu}");
    }
}

/// MUST: RFC 9449 section 4.3: a proof is for one method, in capitals as it was sent.
#[tokio::test]
async fn rfc9449_4_3_htm_is_the_method() {
    let (app, key) = (TestApp::new().await, SiteKey::es256());
    for htm in ["GET", "post", "POST ", "", "PUT"] {
        let mut odd = claims(&app);
        odd["htm"] = json!(htm);
        assert!(!takes_signed(&app, &key, &odd).await, "{htm}");
    }
}

/// MUST: RFC 9449 section 4.3: a proof that was made too long ago, or is from the future, is refused.
#[tokio::test]
async fn rfc9449_4_3_a_site_s_proof_is_of_now() {
    let (app, key) = (TestApp::new().await, SiteKey::es256());
    for (offset, good) in [(-61, false), (-60, true), (0, true), (60, true), (61, false), (-86_400, false)] {
        let mut dated = claims(&app);
        dated["iat"] = json!(app.app.clock.now().seconds() + offset);
        assert_eq!(takes_signed(&app, &key, &dated).await, good, "{offset}");
    }
}

/// MUST: RFC 9449 section 11.1: a proof is known by its jti and its key: another signature makes no other proof of it, another key does.
#[tokio::test]
async fn rfc9449_11_1_a_proof_is_known_by_its_jti() {
    let (app, key, other) = (TestApp::new().await, SiteKey::es256(), SiteKey::es256());
    let once = claims(&app);
    assert!(takes_signed(&app, &key, &once).await);
    assert!(!takes_signed(&app, &key, &once).await, "signed anew");
    let mut later = once.clone();
    later["iat"] = json!(once["iat"].as_i64().unwrap() + 1);
    assert!(!takes_signed(&app, &key, &later).await, "dated anew");
    assert!(takes_signed(&app, &other, &once).await, "others cannot use it up");
}

/// MUST: RFC 9449 section 6.1: a bound token has the thumbprint of its key in cnf.
#[tokio::test]
async fn rfc9449_6_1_a_bound_token_has_the_thumbprint_of_its_key() {
    let app = TestApp::new().await;
    let (key, code) = (SiteKey::eddsa(), app.code(&Ask::default()).await);
    let (credentials, proof) = (basic(CLIENT), key.proof(&app, ("POST", "/token")));
    let headers = [("authorization", credentials.as_str()), ("dpop", proof.as_str())];
    let tokens = app.post_form("/token", &headers, &Ask::redeem(&code)).await.json();
    assert_eq!(claims_of(&tokens["access_token"])["cnf"], json!({"jkt": key.thumbprint()}));
    let plain = app.tokens(&Ask::default()).await;
    assert_eq!(
        (claims_of(&plain["access_token"]).get("cnf"), &plain["token_type"]),
        (None, &json!("Bearer"))
    );
}
