//! What a token is, for those who may know: revocation (RFC 7009) and introspection (RFC 7662) ask the same questions.
//!
//! A token is one of three things: a refresh token of a grant, an access token of a grant, or an access token that a client got for
//! itself. The first two live as long as their grant.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    access_token,
    client::{Client, ClientId},
    error::ServerError,
    grant::{Grant, GrantId},
};
use crate::{app::App, secret::RefreshToken, store::StoreError, trail::Revocation};

/// A token that is good at this moment.
#[derive(Debug)]
pub enum Token {
    /// A refresh token that has not been spent.
    Refresh {
        /// What it hangs on.
        grant: Box<Grant>,
    },
    /// An access token.
    Access {
        /// Who got it.
        client: ClientId,
        /// What it hangs on, unless the client got it for itself.
        grant: Option<GrantId>,
        /// All that it says.
        claims: Map<String, Value>,
    },
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    exp: i64,
    jti: String,
    client_id: ClientId,
    grant: Option<uuid::Uuid>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Reads a token, of whatever kind; `None` if it is not good.
pub async fn inspect(app: &App, token: &str) -> Result<Option<Token>, StoreError> {
    match RefreshToken::parse(token) {
        Some(token) => refresh_token(app, &token).await,
        None => own_access_token(app, token).await,
    }
}

async fn refresh_token(app: &App, token: &RefreshToken) -> Result<Option<Token>, StoreError> {
    let found = app.store.refresh_token(&token.digest(), app.clock.now()).await?;
    Ok(found
        .filter(|found| found.succession.is_none())
        .map(|found| Token::Refresh { grant: Box::new(found.grant) }))
}

async fn own_access_token(app: &App, token: &str) -> Result<Option<Token>, StoreError> {
    let Some(claims) = access_token::read::<Claims>(app, token) else { return Ok(None) };
    let current = claims.iss == app.config.issuer.as_str() && claims.exp > app.clock.now().seconds();
    let alive = match claims.grant {
        Some(grant) => app.store.live_grant(GrantId(grant)).await?.is_some(),
        None => !app.store.is_token_revoked(&claims.jti).await?,
    };
    if !current || !alive {
        return Ok(None);
    }
    let mut shown = claims.rest;
    shown.insert("iss".into(), claims.iss.into());
    shown.insert("exp".into(), claims.exp.into());
    shown.insert("jti".into(), claims.jti.into());
    shown.insert("client_id".into(), claims.client_id.as_str().into());
    Ok(Some(Token::Access { client: claims.client_id, grant: claims.grant.map(GrantId), claims: shown }))
}

/// Revokes a token of this client, and with it the grant that it hangs on (RFC 7009 section 2.1). A refresh token may have been spent: a
/// client that lost the answer has no other. A token that is none, or another client's, is left alone; the caller is not told which
/// (section 2.2).
pub async fn revoke(app: &App, client: &Client, token: &str) -> Result<(), ServerError> {
    let now = app.clock.now();
    if let Some(token) = RefreshToken::parse(token) {
        let found = app.store.refresh_token(&token.digest(), now).await?;
        if let Some(found) = found.filter(|found| found.grant.client == client.id) {
            app.store.revoke_grant(found.grant.id, Revocation::BySite, now).await?;
        }
        return Ok(());
    }
    match own_access_token(app, token).await? {
        Some(Token::Access { client: holder, grant: Some(grant), .. }) if holder == client.id => {
            app.store.revoke_grant(grant, Revocation::BySite, now).await?;
        }
        Some(Token::Access { client: holder, grant: None, claims }) if holder == client.id => {
            let jti = claims["jti"].as_str().unwrap_or_default();
            app.store.revoke_token(jti, now + app.config.lifetimes.access_token).await?;
        }
        _ => {}
    }
    Ok(())
}

/// What this client may know of a token (RFC 7662 section 2.2): all, if the token is its own or for an API of its own; of any
/// other, no more than that it is not active.
pub async fn introspect(app: &App, asker: &Client, token: &str) -> Result<Value, ServerError> {
    let shown = match inspect(app, token).await? {
        Some(Token::Refresh { grant }) if grant.client == asker.id => describe_refresh(&grant),
        Some(Token::Access { client, claims, .. }) if client == asker.id || is_for(asker, &claims) => {
            describe_access(claims)
        }
        _ => Map::new(),
    };
    let mut answer = shown;
    answer.insert("active".into(), (!answer.is_empty()).into());
    Ok(Value::Object(answer))
}

/// Whether one of the APIs that a token is for is this client's own.
fn is_for(asker: &Client, claims: &Map<String, Value>) -> bool {
    let audience: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    asker.protected_resources.iter().any(|own| audience.contains(&own.as_str()))
}

fn describe_refresh(grant: &Grant) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("client_id".into(), grant.client.as_str().into());
    shown.insert("scope".into(), grant.scopes.to_string().into());
    shown.insert("token_type".into(), "refresh_token".into());
    shown.insert("iat".into(), grant.created_at.seconds().into());
    shown
}

fn describe_access(mut claims: Map<String, Value>) -> Map<String, Value> {
    // The grant's own name is nobody's business.
    claims.remove("grant");
    let kind = if claims.contains_key("cnf") { "DPoP" } else { "Bearer" };
    claims.insert("token_type".into(), kind.into());
    claims
}
