//! Clients that register themselves (RFC 7591) and manage what they registered (RFC 7592).
//!
//! 1. The operator decides who may: nobody, who brings an initial access token, or anybody ([`RegistrationPolicy`]).
//! 2. The metadata is checked as an imported file's is, and then some: what only the operator can say is refused, and so are
//!    grants and scopes by which a program acts without a person.
//! 3. The answer has the client's secret, and the token by which it manages its registration. Both are shown once; their hashes are kept.
//! 4. With that token it reads, replaces and ends its registration. The token stays the same, so that a lost answer locks nobody out.

use serde_json::{Value, json};

use super::{
    client::{Client, ClientId, GrantType, RedirectUri, SubjectType},
    client_import::made_id,
    client_metadata::{ClientMetadata, MetadataError},
    scope::Scopes,
};
use crate::{
    app::App,
    clock::Time,
    secret::{ClientSecret, Digest, InitialAccessToken, RegistrationToken},
    store::{NewRegistration, Registration, StoreError},
};
use protocol::paths;
use url::Url;

/// Most clients that registered themselves.
pub const MOST: u32 = 10_000;

/// Who may register clients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationPolicy {
    /// The operator alone
    #[default]
    Closed,
    /// Who has an initial access token (`saoma client token`)
    Token,
    /// Anybody
    Open,
}

/// Why a registration is refused (RFC 7591 section 3.2.2).
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The metadata is no good.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The initial or the registration access token is no good.
    #[error("the access token is missing, unknown, used up or expired")]
    Token,
    /// There are too many.
    #[error("this server takes no more registrations; ask its operator")]
    Full,
    /// The store failed.
    #[error("the server failed; try again")]
    Store(#[from] StoreError),
}

/// Registers a client; answers what RFC 7591 section 3.2.1 says.
pub async fn register(app: &App, bearer: Option<&str>, metadata: Value) -> Result<Value, RegistrationError> {
    let initial_access_token = match app.config.registration {
        RegistrationPolicy::Open => None,
        RegistrationPolicy::Closed => return Err(RegistrationError::Token),
        RegistrationPolicy::Token => {
            let token = bearer.and_then(InitialAccessToken::parse).ok_or(RegistrationError::Token)?;
            Some(token.digest())
        }
    };
    if metadata.get("client_id").is_some() {
        return Err(MetadataError::NotYours("client_id").into());
    }
    let metadata = read(metadata)?;
    let secret = metadata.has_secret().then(|| ClientSecret::generate(&app.random));
    let sector = metadata.sector_identifier_uri.clone();
    let client = metadata.into_client(&made_id(&app.random), secret.as_ref().map(ClientSecret::digest))?;
    judge(app, &client)?;
    check_sector(app, sector, &client).await?;
    let token = RegistrationToken::generate(&app.random);
    let (now, digest) = (app.clock.now(), token.digest());
    let new = NewRegistration { client, token: digest, initial_access_token, most: MOST };
    match app.store.register_client(&new, now).await? {
        Registration::Registered => {}
        Registration::NotAllowed => return Err(RegistrationError::Token),
        Registration::Full => return Err(RegistrationError::Full),
    }
    Ok(answer(app, &new.client, token.expose(), (now, secret.as_ref())))
}

/// The registration of the client that holds this token (RFC 7592 section 2.1).
pub async fn show(app: &App, id: &str, bearer: Option<&str>) -> Result<Value, RegistrationError> {
    let (token, client, since) = holder(app, id, bearer).await?;
    Ok(answer(app, &client, token.expose(), (since, None)))
}

/// Replaces a registration (RFC 7592 section 2.2). What is left out goes back to its default; the secret stays.
pub async fn replace(
    app: &App,
    id: &str,
    bearer: Option<&str>,
    metadata: Value,
) -> Result<Value, RegistrationError> {
    let (token, known, since) = holder(app, id, bearer).await?;
    if metadata["client_id"] != known.id.as_str() {
        return Err(MetadataError::Other("client_id").into());
    }
    let server_only = [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ];
    if let Some(name) = server_only.into_iter().find(|name| metadata.get(name).is_some()) {
        return Err(MetadataError::NotYours(name).into());
    }
    let mut members = metadata;
    // It may say its secret, and not choose one.
    if let Some(said) = members.as_object_mut().and_then(|members| members.remove("client_secret")) {
        let right = said.as_str().is_some_and(|said| known.has_secret(&Digest::of(said), app.clock.now()));
        if !right {
            return Err(MetadataError::Other("client_secret").into());
        }
    }
    let metadata = read(members)?;
    let (wants, has) = (metadata.has_secret(), known.auth.has_secret());
    let made = (wants && !has).then(|| ClientSecret::generate(&app.random));
    let kept = known.secrets.iter().find(|secret| secret.expires_at.is_none()).map(|secret| secret.digest);
    let digest = made.as_ref().map(ClientSecret::digest).or(kept).filter(|_| wants);
    let sector = metadata.sector_identifier_uri.clone();
    let mut client = metadata.into_client(&known.id, digest)?;
    judge(app, &client)?;
    check_sector(app, sector, &client).await?;
    if wants && has {
        client.secrets = known.secrets;
    }
    if !app.store.replace_registered_client(&client, &token.digest(), app.clock.now()).await? {
        return Err(RegistrationError::Token);
    }
    Ok(answer(app, &client, token.expose(), (since, made.as_ref())))
}

/// Ends a registration, and every grant to the client (RFC 7592 section 2.3).
pub async fn remove(app: &App, id: &str, bearer: Option<&str>) -> Result<(), RegistrationError> {
    let (token, client, _) = holder(app, id, bearer).await?;
    let removed = app.store.remove_client(&client.id, Some(&token.digest()), app.clock.now()).await?;
    if removed { Ok(()) } else { Err(RegistrationError::Token) }
}

async fn holder(
    app: &App,
    id: &str,
    bearer: Option<&str>,
) -> Result<(RegistrationToken, Client, Time), RegistrationError> {
    let token = bearer.and_then(RegistrationToken::parse).ok_or(RegistrationError::Token)?;
    let id = ClientId::parse(id).ok_or(RegistrationError::Token)?;
    let found = app.store.registered_client(&id, &token.digest()).await?;
    let (client, since) = found.ok_or(RegistrationError::Token)?;
    Ok((token, client, since))
}

/// Reads metadata that came from a client: members that are the operator's are refused by name.
fn read(metadata: Value) -> Result<ClientMetadata, MetadataError> {
    const OPERATOR: [&str; 12] = [
        "first_party",
        "verified",
        "logo",
        "logo_file",
        "required_scope",
        "owner",
        "security_profile",
        "allowed_resources",
        "protected_resources",
        "provisions_accounts",
        "frame_ancestors",
        "client_secret",
    ];
    if let Some(name) = OPERATOR.into_iter().find(|name| metadata.get(name).is_some()) {
        return Err(MetadataError::NotYours(name));
    }
    ClientMetadata::from_json(metadata)
}

/// What a client that nobody has looked at may not have: ways to act without a person, other people's APIs, and logins that are guarded
/// less than the operator wants.
fn judge(app: &App, client: &Client) -> Result<(), MetadataError> {
    if let Some(policy) = client.match_code.filter(|policy| *policy < app.config.match_code) {
        let named = json!(policy).as_str().unwrap_or_default().to_owned();
        return Err(MetadataError::Unsupported("match_code", named));
    }
    let alone =
        [GrantType::ClientCredentials, GrantType::JwtBearer].into_iter().find(|kind| client.may_use(*kind));
    if let Some(kind) = alone {
        return Err(MetadataError::Unsupported("grant_types", kind.as_str().into()));
    }
    if !stays_in_sector(client) {
        return Err(MetadataError::OutsideSector);
    }
    match client.scopes.minus(&Scopes::standard()).iter().next() {
        Some(scope) => Err(MetadataError::Unsupported("scope", scope.as_str().into())),
        None => Ok(()),
    }
}

/// Whether results of a pairwise client that shows no sector's consent can get to nobody but who holds the host of its redirect URIs:
/// else anybody could name another's host, and learn what its sites know people by, from a widget's page of their own or a device.
/// What a loopback address or a private-use scheme leads to is anybody's.
fn stays_in_sector(client: &Client) -> bool {
    let SubjectType::Pairwise(sector) = &client.subject_type else { return true };
    let https = |uri: &RedirectUri| uri.as_str().starts_with("https://");
    let own = |origin: &String| {
        Url::parse(origin).is_ok_and(|origin| origin.scheme() == "https" && origin.host_str() == Some(sector))
    };
    client.sector_identifier_uri.is_some()
        || (client.redirect_uris.iter().all(https)
            && client.allowed_origins.iter().all(own)
            && !client.may_use(GrantType::DeviceCode))
}

/// Whoever names a sector shows that the sector knows them: at that address is a JSON array with all their redirect URIs (OpenID
/// Connect Registration section 5). Else anybody could learn the identifiers that another sector's sites know people by. Who has no
/// redirect URI has nothing to show.
async fn check_sector(app: &App, uri: Option<Url>, client: &Client) -> Result<(), MetadataError> {
    let Some(uri) = uri else { return Ok(()) };
    let listed = app.outbound.get_json(&uri).await.map_err(|_| MetadataError::Sector)?;
    let listed: Vec<&str> = listed.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let uris = &client.redirect_uris;
    let knows = !uris.is_empty() && uris.iter().all(|redirect| listed.contains(&redirect.as_str()));
    if knows { Ok(()) } else { Err(MetadataError::Sector) }
}

fn answer(app: &App, client: &Client, token: &str, (since, secret): (Time, Option<&ClientSecret>)) -> Value {
    let path = format!("{}/{}", paths::REGISTRATION, client.id);
    let mut answer = client.to_metadata();
    answer["client_id_issued_at"] = json!(since.seconds());
    answer["registration_access_token"] = json!(token);
    answer["registration_client_uri"] = json!(app.config.issuer.url(&path));
    if let Some(secret) = secret {
        answer["client_secret"] = json!(secret.expose());
    }
    if client.auth.has_secret() {
        answer["client_secret_expires_at"] = json!(0);
    }
    answer
}
