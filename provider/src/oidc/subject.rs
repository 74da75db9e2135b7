//! What a site knows a person and a session by.
//!
//! A public client knows a person by the account's own identifier. A pairwise one knows them by an identifier that only its sector gets
//! (OpenID Connect Core section 8.1), so that two owners cannot tell that they have the same visitor; sites of one owner may
//! still find each other's visitors by `unionid`. A session has another name (`sid`) at each site, for the same reason.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    account::AccountId,
    app::App,
    login::session::SessionId,
    oauth::client::{Client, SubjectType},
};

/// The `sub` that a client knows an account by: at most 43 ASCII characters.
pub fn subject(app: &App, client: &Client, account: AccountId) -> String {
    match &client.subject_type {
        SubjectType::Public => account.0.to_string(),
        SubjectType::Pairwise(sector) => derive(app, "pairwise", sector, account),
    }
}

/// The `unionid`: one identifier for an account across the sites of one owner. `None` if the client has no owner.
pub fn unionid(app: &App, client: &Client, account: AccountId) -> Option<String> {
    client.owner.as_deref().map(|owner| derive(app, "unionid", owner, account))
}

/// The `sid`: a session's name at a client (OpenID Connect Back-Channel Logout section 2.1).
pub fn sid(app: &App, client: &Client, session: SessionId) -> String {
    let message = [session.0.as_bytes(), client.id.as_str().as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(app.keys.derive("sid", &message))
}

fn derive(app: &App, purpose: &str, sector: &str, account: AccountId) -> String {
    let message = [account.0.as_bytes(), sector.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(app.keys.derive(purpose, &message))
}
