//! Whom a site expects: `id_token_hint`, and the claim `sub` asked for with a value (OpenID Connect Core sections 3.1.2.1 and
//! 5.5.1).

use serde::Deserialize;
use serde_json::Value;

use crate::{
    app::App,
    oauth::{
        client::{Client, SigningAlgorithm},
        parameters::Parameters,
    },
    oidc::claims_request::{ClaimsRequest, Wish},
};

/// An ID token of ours that came back.
#[derive(Debug, Clone, Deserialize)]
pub struct Hint {
    iss: String,
    aud: String,
    /// Whom it is about, as its client knows them.
    pub sub: String,
    /// The session that it was made in, as its client knows it.
    pub sid: Option<String>,
}

impl Hint {
    /// Reads an ID token that this server signed, for whichever client. It may have expired: it is a hint, and proves nothing
    /// (OpenID Connect RP-Initiated Logout section 2).
    pub fn read(app: &App, token: &str) -> Option<Self> {
        let verified = |algorithm| app.keys.verify::<Self>(algorithm, "JWT", token);
        let hint = SigningAlgorithm::ALL.into_iter().find_map(verified)?;
        (hint.iss == app.config.issuer.as_str()).then_some(hint)
    }

    /// The client that it was made for.
    pub fn client_id(&self) -> &str {
        &self.aud
    }
}

/// Why an expectation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintError {
    /// It is not an ID token that this server made for this client.
    NotOurs,
    /// Nobody is all of those whom it names.
    Contradiction,
}

impl HintError {
    /// For the site's developer.
    pub const fn description(self) -> &'static str {
        match self {
            Self::NotOurs => "id_token_hint is not an ID token that this server made for this client",
            Self::Contradiction => "id_token_hint and the claim sub name different people",
        }
    }
}

/// The `sub`s of the only people whom a request is for; `None` if it is for anybody. Where several demands name some, they are those
/// whom all of them name.
///
/// # Errors
///
/// [`HintError::NotOurs`] for a hint that this server did not make for this client, [`HintError::Contradiction`] where nobody is left.
pub fn expected_subjects(
    app: &App,
    client: &Client,
    parameters: &Parameters,
    claims: &ClaimsRequest,
) -> Result<Option<Vec<String>>, HintError> {
    let mut demands: Vec<Vec<String>> = Vec::new();
    if let Some(token) = parameters.get("id_token_hint") {
        let hint = Hint::read(app, token).filter(|hint| hint.client_id() == client.id.as_str());
        demands.push(vec![hint.ok_or(HintError::NotOurs)?.sub]);
    }
    let wishes = claims.id_token.get("sub").into_iter().chain(claims.userinfo.get("sub"));
    let named = wishes.map(Wish::accepted).filter(|accepted| !accepted.is_empty());
    demands.extend(
        named.map(|accepted| accepted.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()),
    );
    let Some(first) = demands.pop() else { return Ok(None) };
    let in_all = |sub: &String| demands.iter().all(|demand| demand.contains(sub));
    let expected: Vec<String> = first.into_iter().filter(in_all).collect();
    if expected.is_empty() { Err(HintError::Contradiction) } else { Ok(Some(expected)) }
}
