//! The device code (RFC 8628 section 3.4): a device comes for the result of the login that it started ([`crate::login::device`]).

use super::{Caller, DeviceRequest, TokenResponse, audience, code::new_grant, tokens};
use crate::{
    app::App,
    login::{
        LoginError,
        device::{self, Poll},
    },
    oauth::error::TokenError,
    store::Redemption,
};

/// A device code that is none, or not this client's.
pub(super) const NO_GOOD: TokenError =
    TokenError::InvalidGrant("the device_code is unknown, used, or another client's");

pub(super) async fn redeem(
    app: &App,
    caller: Caller<'_>,
    request: DeviceRequest,
) -> Result<TokenResponse, TokenError> {
    let (login, approval) = match device::poll(app, caller.client, &request.device_code).await {
        Ok(Poll::Approved(login, approval)) => (login, approval),
        Ok(Poll::Pending) => return Err(TokenError::AuthorizationPending),
        Ok(Poll::TooSoon) => return Err(TokenError::SlowDown),
        Ok(Poll::Refused) => return Err(TokenError::AccessDenied),
        Err(LoginError::Expired) => return Err(TokenError::ExpiredToken),
        Err(LoginError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(NO_GOOD),
    };
    let grant = new_grant(app, caller, &login, &approval);
    let audience = audience::of(app, request.resources, &grant.resources, &grant.scopes)?;
    let refresh_token = tokens::new_refresh_token(app, caller.client, &grant.scopes);
    let stored = refresh_token.as_ref().map(|token| tokens::stored(app, token));
    match app.store.redeem_device_login(login.id, &grant, stored.as_ref(), app.clock.now()).await? {
        Redemption::Redeemed => {
            tokens::respond(app, caller, tokens::Given { grant: &grant, audience, refresh_token }).await
        }
        Redemption::Replayed(_) | Redemption::Gone => Err(NO_GOOD),
    }
}
