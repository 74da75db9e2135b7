//! An assertion about a person (RFC 7523 section 2.1): a company's own back end vouches for its user, and the company's phone app becomes an
//! approver without a second password.
//!
//! 1. The app makes a key, and asks its back end for an assertion: a JWT that the back end signs with the key that it is registered with, `iss` the
//!    back end's `client_id`, `sub` the account's name, `aud` this server. It may name the phone (`device_name`).
//! 2. The app brings it here with a DPoP proof by its new key. It has no credential of its own: client authentication is
//!    optional with this grant (RFC 7521 section 4.1), and the assertion says who vouches.
//! 3. The phone is enrolled with that key, and gets what a first sign-in would give it ([`crate::account::phone_session`]).
//! 4. A person whom this server does not know is refused; or, if the back end may bring in people, gets an account without a
//!    password, with the standard claims that the assertion makes.

use protocol::paths;
use serde_json::{Map, Value};

use super::{AssertionRequest, Sender, TokenResponse};
use crate::{
    account::{
        Account, AccountId, AccountName,
        admission::{Admission, Newcomer},
        device::DeviceName,
        phone_session::{self, PhoneError},
    },
    app::App,
    oauth::{
        assertion::{self, Assertion, AssertionError, Expectations, Subject, VerifiedClaims},
        client::{Client, GrantType},
        dpop::DpopError,
        error::TokenError,
    },
    oidc::claims::{self, Claims},
};

/// What a phone is called that has no name.
const NAMELESS: &str = "Phone";

/// Enrols the phone that holds this key for the person whom the assertion names.
pub(super) async fn enrol(
    app: &App,
    request: AssertionRequest,
    sender: Sender<'_>,
) -> Result<TokenResponse, TokenError> {
    let key = sender.key.ok_or(TokenError::Proof(DpopError::Missing))?;
    let (client, claims) = verify(app, &request.assertion).await?;
    let device_name = match claims.claims.get("device_name") {
        None => DeviceName::parse(NAMELESS),
        Some(name) => name.as_str().and_then(DeviceName::parse),
    };
    let device_name = device_name
        .ok_or(TokenError::InvalidGrant("the assertion's device_name must be 1 to 64 characters"))?;
    let account = person(app, &client, &claims).await?;
    let device = Newcomer { name: device_name, key: key.clone(), from: sender.from };
    let enrolled = phone_session::enrol(app, account, device, &Admission::Vouched).await.map_err(refused)?;
    tracing::info!(client = %client.id, account = enrolled.session.account.name.as_str(), "a phone was enrolled by assertion");
    Ok(TokenResponse::of_phone(app, &enrolled))
}

/// Steps 1 and 2. Who may not vouch, and who is nobody, are told the same.
async fn verify(app: &App, assertion: &Assertion) -> Result<(Client, VerifiedClaims), TokenError> {
    const NOBODY: TokenError =
        TokenError::InvalidGrant("the assertion's iss is no client that may vouch for people");
    let client = app.store.client(assertion.issuer()).await?;
    let client = client.filter(|client| client.may_use(GrantType::JwtBearer)).ok_or(NOBODY)?;
    let issuer = &app.config.issuer;
    let expected = Expectations {
        audiences: vec![issuer.as_str().to_owned(), issuer.url(paths::TOKEN)],
        subject: Subject::Anybody,
    };
    match assertion::verify(app, &client, assertion, &expected).await {
        Ok(claims) => Ok((client, claims)),
        Err(AssertionError::Store(error)) => Err(error.into()),
        Err(error) => Err(TokenError::Assertion(error)),
    }
}

/// Whom the assertion names: step 4.
async fn person(app: &App, client: &Client, claims: &VerifiedClaims) -> Result<Account, TokenError> {
    const UNKNOWN: TokenError = TokenError::InvalidGrant("the assertion's sub is no account here");
    let name = AccountName::parse(&claims.subject).ok_or(UNKNOWN)?;
    if let Some(account) = app.store.account_by_name(&name).await? {
        return Ok(account);
    }
    if !client.provisions_accounts {
        return Err(UNKNOWN);
    }
    let now = app.clock.now();
    let account = Account {
        id: AccountId(app.random.uuid(now)),
        name: name.clone(),
        password: None,
        claims: standard_claims(&claims.claims)?,
        created_at: now,
    };
    if app.store.insert_account(&account).await? {
        return Ok(account);
    }
    // Another phone of the same person was first.
    app.store.account_by_name(&name).await?.ok_or(UNKNOWN)
}

fn standard_claims(all: &Map<String, Value>) -> Result<Claims, TokenError> {
    let standard = all.iter().filter(|(name, _)| claims::scope_of(name).is_some());
    let standard = standard.map(|(name, value)| (name.clone(), value.clone())).collect();
    Claims::from_json(Value::Object(standard))
        .map_err(|_| TokenError::InvalidGrant("a standard claim of the assertion is not of its type"))
}

fn refused(error: PhoneError) -> TokenError {
    match error {
        PhoneError::TooManyDevices => TokenError::InvalidGrant("the account has as many phones as it may"),
        error => TokenError::Enrolment(error),
    }
}
