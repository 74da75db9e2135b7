//! `DPoP` proofs (RFC 9449 section 4.2): "this call is made by the holder of this key, now".

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::error::PhoneError;
use super::key::{DeviceKey, PublicJwk};
use super::secret::Secret;

/// Random bytes of a proof's identifier.
const JTI_BYTES: usize = 16;

/// The call that a proof is for.
#[derive(Debug, Clone, Copy)]
pub struct ProofTarget<'a> {
    /// HTTP method, in capitals.
    pub method: &'a str,
    /// The URL without query and fragment.
    pub url: &'a str,
    /// The access token that the call carries, if it carries one.
    pub access_token: Option<&'a Secret>,
}

#[derive(Serialize)]
struct Header {
    typ: &'static str,
    alg: &'static str,
    jwk: PublicJwk,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    htm: &'a str,
    htu: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// Makes a proof: a compact JWT for the `DPoP` header, good for one call. `now` is in seconds since 1970 UTC.
///
/// # Errors
///
/// [`PhoneError::Crypto`] if there is no random number or no signature.
pub fn proof(key: &DeviceKey, target: ProofTarget<'_>, now: i64) -> Result<String, PhoneError> {
    make(key, target, now, None)
}

/// The same with a nonce that the server gave (RFC 9449 section 8).
///
/// # Errors
///
/// Those of [`proof`].
pub fn proof_with_nonce(
    key: &DeviceKey,
    target: ProofTarget<'_>,
    now: i64,
    nonce: &str,
) -> Result<String, PhoneError> {
    make(key, target, now, Some(nonce))
}

fn make(
    key: &DeviceKey,
    target: ProofTarget<'_>,
    now: i64,
    nonce: Option<&str>,
) -> Result<String, PhoneError> {
    let header = Header { typ: "dpop+jwt", alg: "ES256", jwk: key.public_jwk() };
    let claims = Claims {
        jti: random_id()?,
        htm: target.method,
        htu: target.url,
        iat: now,
        ath: target.access_token.map(access_token_hash),
        nonce,
    };
    let signed = format!("{}.{}", encode(&header)?, encode(&claims)?);
    let signature = key.sign(signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The `ath` of a proof: SHA-256 of the access token, base64url (RFC 9449 section 4.2).
pub fn access_token_hash(token: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.expose().as_bytes()))
}

/// Random text for a `jti`, 128 bits.
fn random_id() -> Result<String, PhoneError> {
    let mut bytes = [0; JTI_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| PhoneError::Crypto)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// One part of a JWT.
fn encode(part: &impl Serialize) -> Result<String, PhoneError> {
    let json = serde_json::to_vec(part).map_err(|_| PhoneError::Crypto)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use serde_json::{Value, json};

    use super::*;

    /// Checks a proof as a server would, with another implementation. Returns its claims.
    fn verified(proof: &str) -> Value {
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let header = jsonwebtoken::decode_header(proof).unwrap();
        assert_eq!(header.typ.as_deref(), Some("dpop+jwt"));
        let mut validation = Validation::new(Algorithm::ES256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(&header.jwk.unwrap()).unwrap();
        jsonwebtoken::decode::<Value>(proof, &key, &validation).unwrap().claims
    }

    const URL: &str = "https://login.example.com/api/phone/scan";

    #[test]
    fn rfc9449_a_proof_names_method_url_and_time() {
        let key = DeviceKey::generate().unwrap();
        let target = ProofTarget { method: "POST", url: URL, access_token: None };
        let mut claims = verified(&proof(&key, target, 1_700_000_000).unwrap());
        assert_eq!(claims["jti"].take().as_str().unwrap().len(), 22);
        assert_eq!(
            claims,
            json!({"jti": null, "htm": "POST", "htu": URL, "iat": 1_700_000_000}),
            "no ath without a token"
        );
    }

    #[test]
    fn rfc9449_a_proof_with_a_token_has_its_hash() {
        let token = Secret::new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
        let target = ProofTarget { method: "GET", url: URL, access_token: Some(&token) };
        let claims = verified(&proof(&DeviceKey::generate().unwrap(), target, 0).unwrap());
        // The token and its hash are the example of RFC 9449 section 7.1.
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }

    #[test]
    fn rfc9449_8_a_nonce_is_given_back() {
        let target = ProofTarget { method: "POST", url: URL, access_token: None };
        let proof = proof_with_nonce(&DeviceKey::generate().unwrap(), target, 0, "given").unwrap();
        assert_eq!(verified(&proof)["nonce"], "given");
    }

    #[test]
    fn rfc9449_no_two_proofs_share_an_identifier() {
        let key = DeviceKey::generate().unwrap();
        let target = ProofTarget { method: "POST", url: URL, access_token: None };
        let jti = || verified(&proof(&key, target, 7).unwrap())["jti"].clone();
        assert_ne!(jti(), jti());
    }
}
