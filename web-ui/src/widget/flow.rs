//! What a site would otherwise have to make and check itself: `state`, `nonce` and PKCE.
//!
//! 1. Before a login starts, [`Flow::new`] makes what the page's attributes do not give.
//! 2. The authorization request carries `state`, `nonce` and the S256 challenge (RFC 7636 section 4.2).
//! 3. The result's `state` and `iss` are checked (RFC 6749 section 10.12, RFC 9207 section 2.4) before the site sees the code.

use protocol::login::LoginResult;
use saoma_web_ui::base64url;
use sha2::{Digest, Sha256};

/// The authorization request of one login, and the secrets that belong to it.
#[derive(Clone)]
pub(crate) struct Flow {
    /// Goes out with the request, comes back with the result.
    pub(crate) state: String,
    /// Comes back inside the ID token.
    pub(crate) nonce: String,
    /// The PKCE verifier; `None` where the site's back end has it.
    pub(crate) verifier: Option<String>,
    /// The PKCE challenge.
    pub(crate) challenge: String,
}

/// What the page's attributes give.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    /// The attribute `state`.
    pub(crate) state: Option<String>,
    /// The attribute `nonce`.
    pub(crate) nonce: Option<String>,
    /// The attribute `code-challenge`.
    pub(crate) challenge: Option<String>,
}

/// Names and values of a JSON object.
pub(crate) type Members<'a, const N: usize> = [(&'static str, Option<&'a str>); N];

impl Flow {
    /// Makes what is not given, each from 32 bytes that `random` returns.
    pub(crate) fn new(given: Given, random: impl Fn() -> [u8; 32]) -> Self {
        let fresh = || base64url::encode(&random());
        let verifier = given.challenge.is_none().then(fresh);
        let hashed = |verifier: &String| base64url::encode(&Sha256::digest(verifier.as_bytes()));
        let challenge = given.challenge.or_else(|| verifier.as_ref().map(hashed)).unwrap_or_default();
        Self {
            state: given.state.unwrap_or_else(fresh),
            nonce: given.nonce.unwrap_or_else(fresh),
            verifier,
            challenge,
        }
    }

    /// The body that starts the login (`docs/protocol.md`, "Browser API").
    pub(crate) fn request<'a>(
        &'a self,
        client_id: &'a str,
        redirect_uri: &'a str,
        scope: &'a str,
    ) -> Members<'a, 8> {
        [
            ("client_id", Some(client_id)),
            ("redirect_uri", Some(redirect_uri)),
            ("response_type", Some("code")),
            ("scope", Some(scope)),
            ("state", Some(&self.state)),
            ("nonce", Some(&self.nonce)),
            ("code_challenge", Some(&self.challenge)),
            ("code_challenge_method", Some("S256")),
        ]
    }

    /// What is kept in the session storage until the site's callback page asks for it (`finishLogin` in `saoma.js`).
    pub(crate) fn kept<'a>(&'a self, redirect_uri: &'a str) -> Members<'a, 3> {
        [
            ("code_verifier", self.verifier.as_deref()),
            ("nonce", Some(&self.nonce)),
            ("redirect_uri", Some(redirect_uri)),
        ]
    }

    /// Whether the result answers this request, and comes from this issuer.
    pub(crate) fn accepts(&self, result: &LoginResult, issuer: &str) -> bool {
        result.state.as_deref() == Some(self.state.as_str()) && result.iss == issuer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(state: Option<&str>, iss: &str) -> LoginResult {
        LoginResult {
            redirect_to: String::new(),
            code: "saoma_code_x".into(),
            state: state.map(Into::into),
            iss: iss.into(),
        }
    }

    #[test]
    fn the_challenge_is_the_verifier_s_sha_256() {
        // RFC 7636 appendix B.
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let flow = Flow::new(Given::default(), || octets);
        assert_eq!(flow.verifier.as_deref(), Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(flow.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn what_the_site_gives_is_used() {
        let given = Given { state: Some("s".into()), nonce: Some("n".into()), challenge: Some("c".into()) };
        let flow = Flow::new(given, || unreachable!());
        assert_eq!((flow.state.as_str(), flow.nonce.as_str(), flow.challenge.as_str()), ("s", "n", "c"));
        assert_eq!(flow.verifier, None);
    }

    #[test]
    fn a_result_of_this_request_is_accepted() {
        let flow = Flow::new(Given { state: Some("s".into()), ..Given::default() }, || [0; 32]);
        assert!(flow.accepts(&result(Some("s"), "https://a.example"), "https://a.example"));
    }

    #[test]
    fn another_state_or_issuer_is_not() {
        let flow = Flow::new(Given { state: Some("s".into()), ..Given::default() }, || [0; 32]);
        for (state, iss) in
            [(Some("t"), "https://a.example"), (None, "https://a.example"), (Some("s"), "https://b.example")]
        {
            assert!(!flow.accepts(&result(state, iss), "https://a.example"));
        }
    }

    #[test]
    fn the_request_says_s256_and_what_the_callback_needs_is_kept() {
        let flow = Flow::new(Given { challenge: Some("c".into()), ..Given::default() }, || [1; 32]);
        let request = flow.request("site", "https://s.example/cb", "openid");
        assert!(request.contains(&("code_challenge_method", Some("S256"))));
        assert!(request.contains(&("code_challenge", Some("c"))));
        let kept = flow.kept("https://s.example/cb");
        assert!(kept.contains(&("redirect_uri", Some("https://s.example/cb"))));
        assert!(kept.contains(&("code_verifier", None)));
    }
}
