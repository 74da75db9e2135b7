//! A fresh unlock: before a person may agree, whoever holds the phone proves that they are that person. A site asks for it
//! (`require_unlock`), or an essential `acr` does.
//!
//! 1. The scan's answer says how it can be done ([`offer`]).
//! 2. Each try is counted by a conditional write before it is judged, so that no number of them at once is more than [`MOST_TRIES`]. Wrong
//!    passwords are counted over all logins besides, as those of a sign-in are ([`crate::account::lockout`]).
//! 3. The right answer passes the check, by a conditional write that also notes the method. The last wrong one ends the login.
//! 4. `confirm` demands a passed check in its own condition.

use protocol::{passkey::Assertion, phone::Unlock};

use super::{Check, Denial, Login, LoginError, Step, approve};
use crate::{
    account::{
        passkey::{self, PasskeyError},
        password::Password,
        phone_session::{self, PhoneSession},
    },
    app::App,
    oidc::authentication::Method,
    secret::{Digest, Ticket},
    store::StoreError,
};

/// So many tries there are for one login.
pub const MOST_TRIES: u32 = 3;

/// What a person proves who they are with.
#[derive(Debug)]
pub enum Proof {
    /// The account's password.
    Password(Password),
    /// What one of the account's passkeys signed.
    Passkey(Box<Assertion>),
}

/// How the person with this phone can prove who they are, for the login that this ticket is for: step 1.
pub async fn offer(app: &App, phone: &PhoneSession, ticket: &Ticket) -> Result<Unlock, StoreError> {
    let options = passkey::unlock_options(app, &phone.account, &ticket.digest()).await?;
    let passkey = options.and_then(|options| serde_json::to_string(&options).ok());
    Ok(Unlock { password: phone.account.password.is_some(), passkey })
}

/// The person proves who they are. Answers the login, whose time to decide begins anew.
///
/// # Errors
///
/// [`LoginError::WrongProof`] if that was wrong and may be tried again; [`LoginError::TooManyTries`] if not: the login is over.
pub async fn unlock(
    app: &App,
    phone: &PhoneSession,
    ticket: &Ticket,
    proof: Proof,
) -> Result<Login, LoginError> {
    let (ticket, device) = (ticket.digest(), phone.device.id);
    let (login, checks) = approve::scanned(app, &ticket, device).await?;
    match checks.unlock {
        Check::NotAsked => return Err(LoginError::NotAsked),
        // An answer may be lost.
        Check::Passed => return Ok(login),
        Check::Open => {}
    }
    let now = app.clock.now();
    let Some(tries) = app.store.count_unlock_try(&ticket, device, MOST_TRIES, now).await? else {
        return match approve::scanned(app, &ticket, device).await? {
            (login, checks) if checks.unlock == Check::Passed => Ok(login),
            // All tries are under way.
            _ => Err(LoginError::TooManyTries),
        };
    };
    let method = match check(app, phone, &ticket, proof).await {
        Ok(method) => method,
        Err(error) => {
            // It was not judged.
            app.store.forget_unlock_try(&ticket, device).await?;
            return Err(error);
        }
    };
    let Some(method) = method else {
        if tries < MOST_TRIES {
            return Err(LoginError::WrongProof(MOST_TRIES - tries));
        }
        if let Some(login) = app.store.fail_login(&ticket, phone.caller(), Denial::NotUnlocked, now).await? {
            app.bell.ring(login.id);
        }
        return Err(LoginError::TooManyTries);
    };
    // Checking takes its time.
    let now = app.clock.now();
    let step = Step { now, expires_at: now + app.config.lifetimes.scanned };
    match app.store.pass_unlock(&ticket, phone.caller(), method, step).await? {
        Some(login) => Ok(login),
        None => match approve::scanned(app, &ticket, device).await? {
            (login, checks) if checks.unlock == Check::Passed => Ok(login),
            (login, _) => Err(approve::why_not(&login, now)),
        },
    }
}

/// What the proof shows; `None` if it is wrong.
async fn check(
    app: &App,
    phone: &PhoneSession,
    ticket: &Digest,
    proof: Proof,
) -> Result<Option<Method>, LoginError> {
    match proof {
        Proof::Password(password) => {
            let right = phone_session::knows_password(app, phone, password).await?;
            Ok(right.then_some(Method::Password))
        }
        Proof::Passkey(assertion) => {
            match passkey::verify_unlock(app, &phone.account, ticket, &assertion).await {
                Ok(()) => Ok(Some(Method::Passkey)),
                Err(PasskeyError::Store(error)) => Err(error.into()),
                Err(refused) => {
                    tracing::info!(why = %refused, "a passkey was refused");
                    Ok(None)
                }
            }
        }
    }
}
