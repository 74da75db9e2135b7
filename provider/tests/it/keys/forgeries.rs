//! What [`KeyRing::verify`] refuses: tokens that somebody else made, or made out of ours.
//!
//! The provider's own private keys are at hand here, so that what is odd can be refused for its own sake and not for a bad signature.

use provider::{
    keys::KeyRing,
    oauth::client::SigningAlgorithm::{self, Es256},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    forgeries::{Maker, meet, private_key},
    support::{
        Ask, TestApp,
        forgery::{Good, Kind, Signer},
    },
};

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
}

/// The `sub` of a token that is good.
fn verify(keys: &KeyRing, algorithm: SigningAlgorithm, token: &str) -> Option<String> {
    Some(keys.verify::<Claims>(algorithm, "JWT", token)?.sub)
}

fn good(app: &TestApp, algorithm: SigningAlgorithm) -> String {
    app.app.keys.sign(algorithm, "JWT", &json!({"sub": "lin"})).unwrap()
}

/// A good token of each algorithm, and the key that made it.
async fn of_each_algorithm(app: &TestApp) -> Vec<Good> {
    let mut found = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        let key = private_key(app, algorithm).await;
        found.push(Good::new(&good(app, algorithm), Signer::from_pkcs8(algorithm.as_str(), &key)));
    }
    found
}

/// Asserts that no forgery of these kinds is taken, whatever algorithm is asked for.
async fn refuses(kinds: &[Kind]) {
    let app = TestApp::new().await;
    for good in of_each_algorithm(&app).await {
        let forgeries = good.forgeries().into_iter().filter(|forgery| kinds.contains(&forgery.kind));
        for forgery in forgeries {
            for asked in SigningAlgorithm::ALL {
                let found = verify(&app.app.keys, asked, &forgery.jws);
                assert_eq!(found, None, "{:?}: {}: {}", forgery.kind, forgery.what, forgery.jws);
            }
        }
        assert!(SigningAlgorithm::ALL.iter().any(|asked| verify(&app.app.keys, *asked, &good.jws).is_some()));
    }
}

#[tokio::test]
async fn what_is_ours_is_good_for_its_algorithm_alone() {
    let app = TestApp::new().await;
    for signed in SigningAlgorithm::ALL {
        for asked in SigningAlgorithm::ALL {
            let found = verify(&app.app.keys, asked, &good(&app, signed));
            assert_eq!(found.as_deref(), (signed == asked).then_some("lin"), "{signed:?} as {asked:?}");
        }
    }
}

#[tokio::test]
async fn the_key_ring_meets_every_forgery() {
    let app = TestApp::new().await;
    for algorithm in SigningAlgorithm::ALL {
        let key = private_key(&app, algorithm).await;
        let good = || Good::new(&good(&app, algorithm), Signer::from_pkcs8(algorithm.as_str(), &key));
        let takes = async |token: &str| verify(&app.app.keys, algorithm, token).is_some();
        meet(Maker::Provider, good, &takes).await;
    }
}

/// MUST: RFC 8725 section 3.1: a token of another algorithm than the one that is expected, such as `none`, is refused.
#[tokio::test]
async fn rfc8725_3_1_no_spelling_of_none_is_an_algorithm() {
    refuses(&[Kind::NoAlgorithm, Kind::OtherAlgorithm]).await;
}

/// MUST: RFC 8725 section 3.1: a key is used with the algorithm that it was made for, and never as the secret of an HMAC.
#[tokio::test]
async fn rfc8725_3_1_a_public_key_is_no_hmac_secret() {
    refuses(&[Kind::PublicKeyAsSecret]).await;
}

/// MUST: RFC 8725 section 3.3: every signature is verified, and a token whose signature does not hold is refused as a whole.
#[tokio::test]
async fn rfc8725_3_3_a_signature_that_does_not_hold_is_none() {
    refuses(&[Kind::Stranger, Kind::Changed, Kind::Signature]).await;
}

/// MUST: RFC 8725 section 3.10: a key that a token brings along or points to is not believed, and a `kid` is looked up, not run.
#[tokio::test]
async fn rfc8725_3_10_a_token_brings_no_key_with_it() {
    refuses(&[Kind::StrangersKey, Kind::KeyAlong, Kind::ForeignKid, Kind::NoKid]).await;
}

/// MUST: RFC 8725 section 3.11: a token of one type does not pass for one of another.
#[tokio::test]
async fn rfc8725_3_11_a_token_says_what_it_is_for() {
    refuses(&[Kind::Type]).await;
}

/// MUST: RFC 7515 section 4.1.11: a header that names critical members that nobody here understands, or none, is refused.
#[tokio::test]
async fn rfc7515_4_1_11_what_is_critical_is_not_understood() {
    refuses(&[Kind::Critical]).await;
}

/// MUST: RFC 7515 section 4: a header in which a member is there twice is refused.
#[tokio::test]
async fn rfc7515_4_no_member_stands_twice_under_a_good_signature() {
    refuses(&[Kind::Twice]).await;
}

/// MUST: RFC 7515 section 5.2: a token has three parts of base64url without padding or anything else, and a header that is an object.
#[tokio::test]
async fn rfc7515_5_2_a_token_has_one_spelling() {
    refuses(&[Kind::Spelling, Kind::NoObject]).await;
}

/// Every letter in its place, also in the last ones, of which not every bit counts.
#[tokio::test]
async fn no_letter_can_be_turned() {
    let app = TestApp::new().await;
    for algorithm in SigningAlgorithm::ALL {
        let good = good(&app, algorithm);
        for index in 0..good.len() {
            let mut odd = good.clone().into_bytes();
            odd[index] ^= 1;
            let odd = String::from_utf8(odd).unwrap();
            assert_eq!(verify(&app.app.keys, algorithm, &odd), None, "{index}: {odd}");
        }
    }
}

#[tokio::test]
async fn no_part_of_a_signature_is_enough() {
    let app = TestApp::new().await;
    for algorithm in SigningAlgorithm::ALL {
        let good = good(&app, algorithm);
        let (message, signature) = good.rsplit_once('.').unwrap();
        for length in 0..signature.len() {
            let cut = format!("{message}.{}", &signature[..length]);
            assert_eq!(verify(&app.app.keys, algorithm, &cut), None, "{cut}");
        }
    }
}

/// Of an ECDSA signature anybody can make another. It signs the same, so it gives nobody anything; but who knew tokens by
/// their bytes would take it for another token. We know them by `jti` and grant: what is revoked is so in both.
#[tokio::test]
async fn a_token_s_twin_says_the_same_and_dies_with_it() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let good = Good::new(token, Signer::from_pkcs8("ES256", &private_key(&app, Es256).await));
    let twin = good.forgeries().into_iter().find(|forgery| forgery.kind == Kind::Twin).unwrap().jws;
    assert_eq!(app.site().userinfo(&twin).await.status, 200);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    app.site().refresh(refresh).await;
    app.pass(10);
    assert_eq!(
        app.site().refresh(refresh).await.oauth_error(),
        "400 invalid_grant",
        "it takes the grant along"
    );
    for dead in [token, &twin] {
        assert_eq!(app.site().userinfo(dead).await.status, 401);
    }
}
