//! ID tokens and logout tokens meet every known forgery, the same that the provider meets.

use demo_relying_party::oidc::id_token::{self, Expected, Nonce};
use demo_relying_party::oidc::logout_token::{self, Seen};
use serde_json::json;

use crate::support::NOW;
use crate::support::forgery::{Good, Kind};
use crate::support::keys::Key;

const ISSUER: &str = "https://saoma.example";
const SITE: &str = "demo-site";

/// What is taken, though it is not as it was made. All else is refused.
fn is_taken(kind: Kind, what: &str) -> bool {
    match kind {
        // A twin says the same; of a logout token, it is used up with it, by its `jti`. The key is looked up at the provider, by its
        // name; what the token brings along is not looked at.
        Kind::Twin | Kind::KeyAlong => true,
        // Providers need not say that a token is a JWT.
        Kind::Type => ["no typ", "\"JWT\""].contains(&what),
        _ => false,
    }
}

/// A token meets all of its forgeries.
fn meet(good: &Good, takes: impl Fn(&str) -> bool) {
    for forgery in good.forgeries() {
        let (kind, what) = (forgery.kind, forgery.what.as_str());
        assert_eq!(takes(&forgery.jws), is_taken(kind, what), "{kind:?}: {what}: {}", forgery.jws);
    }
    assert!(takes(&good.jws));
}

/// MUST: OIDC Core section 3.1.3.7: a relying party takes no forgery of an ID token for one.
#[test]
fn oidc_core_3_1_3_7_no_forgery_of_an_id_token_is_one() {
    let nonce = Nonce::Required("n");
    let expected = Expected { issuer: ISSUER, client_id: SITE, nonce, access_token: "access", now: NOW };
    for key in [Key::es256("k"), Key::rs256("k")] {
        let claims =
            json!({"iss": ISSUER, "aud": SITE, "sub": "someone", "nonce": "n", "iat": NOW, "exp": NOW + 300});
        let takes = |token: &str| {
            id_token::key_id(token).is_ok_and(|kid| kid == key.kid)
                && id_token::validate(token, &key.jwk(), &expected).is_ok()
        };
        meet(&Good::new(&key.sign(&claims), key.signer()), takes);
    }
}

/// MUST: OIDC Back-Channel Logout section 2.6: a relying party takes no forgery of a logout token for one.
#[test]
fn back_channel_logout_2_6_no_forgery_of_a_logout_token_is_one() {
    let expected = logout_token::Expected { issuer: ISSUER, client_id: SITE, now: NOW };
    for key in [Key::es256("k"), Key::rs256("k")] {
        let claims = json!({
            "iss": ISSUER, "aud": SITE, "sub": "someone", "iat": NOW, "exp": NOW + 120, "jti": "one",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        let good = Good::new(&key.sign_as("logout+jwt", &claims), key.signer());
        let takes = |token: &str, seen: &Seen| {
            id_token::key_id(token).is_ok_and(|kid| kid == key.kid)
                && logout_token::validate(token, &key.jwk(), &expected, seen).is_ok()
        };
        meet(&good, |token| takes(token, &Seen::default()));
        let twins = good.forgeries().into_iter().filter(|forgery| forgery.kind == Kind::Twin);
        for twin in twins {
            let seen = Seen::default();
            assert!(takes(&good.jws, &seen) && !takes(&twin.jws, &seen), "it is known by its jti");
        }
    }
}
