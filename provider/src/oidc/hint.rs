//! Whom a site expects: `id_token_hint`, and the claim `sub` asked for with a value (OpenID Connect Core sections 3.1.2.1 and
//! 5.5.1).

use serde::Deserialize;

use crate::{
    app::App,
    oauth::{
        client::{Client, SigningAlgorithm},
        parameters::Parameters,
    },
    oidc::claims_request::ClaimsRequest,
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
    /// It names several people.
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

/// The `sub` of the only person whom a request is for; `None` if it is for anybody.
pub fn expected_subject(
    app: &App,
    client: &Client,
    parameters: &Parameters,
    claims: &ClaimsRequest,
) -> Result<Option<String>, HintError> {
    let mut expected = Vec::new();
    if let Some(token) = parameters.get("id_token_hint") {
        let hint = Hint::read(app, token).filter(|hint| hint.client_id() == client.id.as_str());
        expected.push(hint.ok_or(HintError::NotOurs)?.sub);
    }
    let wishes = claims.id_token.get("sub").into_iter().chain(claims.userinfo.get("sub"));
    let named = wishes.filter_map(|wish| wish.value.as_ref()?.as_str().map(str::to_owned));
    expected.extend(named);
    expected.dedup();
    match expected.len() {
        0 | 1 => Ok(expected.pop()),
        _ => Err(HintError::Contradiction),
    }
}
