//! A site's key, and what it signs: DPoP proofs (RFC 9449) and its own assertions (RFC 7523).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use provider::{
    mock_phone::{DeviceKey, Secret, access_token_hash},
    random::Random,
};
use serde_json::{Value, json};

use super::{ISSUER, TestApp, forgery::Signer};

/// A key of one of the two kinds that sites may have.
pub(crate) enum SiteKey {
    Es256(DeviceKey),
    EdDsa(Ed25519KeyPair),
}

impl SiteKey {
    pub(crate) fn es256() -> Self {
        Self::Es256(DeviceKey::generate().unwrap())
    }

    pub(crate) fn eddsa() -> Self {
        Self::EdDsa(Ed25519KeyPair::generate().unwrap())
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        match self {
            Self::Es256(key) => serde_json::to_value(key.public_jwk()).unwrap(),
            Self::EdDsa(key) => {
                json!({"crv": "Ed25519", "kty": "OKP", "x": URL_SAFE_NO_PAD.encode(key.public_key().as_ref())})
            }
        }
    }

    /// Its thumbprint (RFC 7638).
    pub(crate) fn thumbprint(&self) -> String {
        serde_json::from_value::<Jwk>(self.jwk()).unwrap().thumbprint(ThumbprintHash::SHA256).unwrap()
    }

    /// The same key, for who makes forgeries.
    pub(crate) fn signer(&self) -> Signer {
        match self {
            Self::Es256(key) => signer(key),
            Self::EdDsa(key) => Signer::from_pkcs8("EdDSA", key.to_pkcs8v1().unwrap().as_ref()),
        }
    }

    /// A JWT with this header, whose `alg` is the key's, and these claims.
    pub(crate) fn sign(&self, mut header: Value, claims: &Value) -> String {
        header["alg"] = json!(match self {
            Self::Es256(_) => "ES256",
            Self::EdDsa(_) => "EdDSA",
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = match self {
            Self::Es256(key) => key.sign(signed.as_bytes()).unwrap(),
            Self::EdDsa(key) => key.sign(signed.as_bytes()).as_ref().to_vec(),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A proof for a call, now.
    pub(crate) fn proof(&self, app: &TestApp, call: (&str, &str)) -> String {
        self.proof_with(app, call, json!({}))
    }

    /// A proof for a call with this access token.
    pub(crate) fn proof_of(&self, app: &TestApp, call: (&str, &str), access_token: &str) -> String {
        self.proof_with(app, call, json!({"ath": access_token_hash(&Secret::new(access_token))}))
    }

    /// A proof for a call, with these claims beside the usual.
    pub(crate) fn proof_with(&self, app: &TestApp, (method, path): (&str, &str), more: Value) -> String {
        let mut claims = json!({
            "jti": unique(), "htm": method, "htu": format!("{ISSUER}{path}"), "iat": app.app.clock.now().seconds(),
        });
        let Value::Object(more) = more else { panic!("claims are an object") };
        claims.as_object_mut().unwrap().extend(more);
        self.sign(json!({"typ": "dpop+jwt", "jwk": self.jwk()}), &claims)
    }

    /// An assertion by which this client proves who it is.
    pub(crate) fn assertion(&self, app: &TestApp, client: &str) -> String {
        let now = app.app.clock.now().seconds();
        let claims = json!({
            "iss": client, "sub": client, "aud": ISSUER, "jti": unique(), "iat": now, "exp": now + 60,
        });
        self.sign(json!({"typ": "JWT"}), &claims)
    }
}

/// A phone's or a back end's key, for who makes forgeries.
pub(crate) fn signer(key: &DeviceKey) -> Signer {
    Signer::from_pkcs8("ES256", &URL_SAFE_NO_PAD.decode(key.to_pkcs8().unwrap().expose()).unwrap())
}

fn unique() -> String {
    URL_SAFE_NO_PAD.encode(Random::System.bytes::<16>())
}
