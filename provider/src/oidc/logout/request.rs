//! A site sends its visitor to sign out (OpenID Connect RP-Initiated Logout).
//!
//! 1. `id_token_hint`, `client_id` and `post_logout_redirect_uri` must fit each other, and the last be registered to the letter. What does
//!    not fit is answered by a page, never by a redirect (section 3).
//! 2. An ID token of the session in this browser, or of its person, signs them out at once. One of another session, such as a
//!    widget's that no browser holds, ends that session and no other.
//! 3. Without such an ID token anybody could have sent the visitor: they are asked (section 6).
//! 4. Then the browser goes back to the site with `state`, or there is a page that says that it is done.

use crate::{
    app::App,
    login::session::{Ending, Session},
    oauth::{
        client::{Client, ClientId, RedirectUri},
        parameters::Parameters,
    },
    oidc::{hint::Hint, subject},
    store::StoreError,
    trail::Actor,
};

/// Longest `state`, in bytes.
const STATE_LENGTH: usize = 2048;

/// A good request to sign out.
#[derive(Debug)]
pub struct LogoutRequest {
    /// The ID token that came with it.
    hint: Option<Hint>,
    /// Who asks, if that is known.
    pub client: Option<Client>,
    /// Where the browser goes afterwards, with `state`.
    pub back: Option<String>,
}

/// Why a request to sign out is refused.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// It cannot be read.
    #[error("the request cannot be read: {0}")]
    Malformed(String),
    /// The hint is no ID token of ours.
    #[error("id_token_hint is not an ID token that this server made")]
    BadHint,
    /// The hint is another client's.
    #[error("id_token_hint was made for another client_id")]
    OtherClient,
    /// Nobody is registered under this name.
    #[error("no site is registered under this client_id")]
    UnknownClient,
    /// The address is not registered.
    #[error(
        "post_logout_redirect_uri is not registered for this site, or the request does not say which site asks"
    )]
    UnregisteredUri,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a request.
#[derive(Debug)]
pub enum LogoutOutcome {
    /// It is done. `browser`: whether this browser's own session has ended.
    Done {
        /// Whether the browser's cookie is of no more use.
        browser: bool,
    },
    /// The person has to be asked.
    Ask(Session),
}

impl LogoutRequest {
    /// Reads a request: step 1.
    pub async fn read(app: &App, parameters: &Parameters) -> Result<Self, LogoutError> {
        let hint = match parameters.get("id_token_hint") {
            Some(token) => Some(Hint::read(app, token).ok_or(LogoutError::BadHint)?),
            None => None,
        };
        let id = match (parameters.get("client_id"), hint.as_ref().map(Hint::client_id)) {
            (Some(named), Some(hinted)) if named != hinted => return Err(LogoutError::OtherClient),
            (named, hinted) => named.or(hinted),
        };
        let client = match id {
            Some(id) => {
                let id = ClientId::parse(id).ok_or(LogoutError::UnknownClient)?;
                Some(app.store.client(&id).await?.ok_or(LogoutError::UnknownClient)?)
            }
            None => None,
        };
        let back = read_back(parameters, client.as_ref())?;
        Ok(Self { hint, client, back })
    }

    /// Steps 2 and 3: signs out, if the hint is good for that. `held` is this browser's session.
    pub async fn carry_out(
        &self,
        app: &App,
        held: Option<Session>,
        by: Actor,
    ) -> Result<LogoutOutcome, StoreError> {
        let (Some(hint), Some(client)) = (&self.hint, &self.client) else {
            return Ok(held.map_or(LogoutOutcome::Done { browser: false }, LogoutOutcome::Ask));
        };
        let named = match &hint.sid {
            Some(sid) => app.store.session_by_sid(&client.id, sid, app.clock.now()).await?,
            None => None,
        };
        if let Some(named) = &named {
            super::end_session(app, named.id, Ending::SignedOut, by).await?;
        }
        match held {
            Some(held) if self.is_about(app, client, &held) => {
                super::end_session(app, held.id, Ending::SignedOut, by).await?;
                Ok(LogoutOutcome::Done { browser: true })
            }
            Some(held) if named.is_none() => Ok(LogoutOutcome::Ask(held)),
            _ => Ok(LogoutOutcome::Done { browser: false }),
        }
    }

    /// Whether the hint is of this session, or of its person.
    fn is_about(&self, app: &App, client: &Client, session: &Session) -> bool {
        self.hint.as_ref().is_some_and(|hint| {
            hint.sub == subject::subject(app, client, session.account)
                || hint.sid.as_ref().is_some_and(|sid| *sid == subject::sid(app, client, session.id))
        })
    }
}

fn read_back(parameters: &Parameters, client: Option<&Client>) -> Result<Option<String>, LogoutError> {
    let Some(text) = parameters.get("post_logout_redirect_uri") else { return Ok(None) };
    let registered = client.into_iter().flat_map(|client| &client.post_logout_redirect_uris);
    let uri: &RedirectUri =
        registered.into_iter().find(|uri| uri.as_str() == text).ok_or(LogoutError::UnregisteredUri)?;
    let state = parameters.get("state").filter(|state| state.len() <= STATE_LENGTH);
    Ok(Some(state.map_or_else(|| text.to_owned(), |state| uri.with(&[("state", state)]))))
}
