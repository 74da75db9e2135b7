//! The QR code of a login, which changes every 2 s ([`protocol::qr`]).
//!
//! 1. Handle and frame key follow from the master secret and the login's id: the store keeps the handle's hash, to find the login by,
//!    and nothing of the key. So a page that is loaded again draws the code of its moment, on any server.
//! 2. A scan's code names the login by its handle. Its mac must be right, else the code is unknown: nobody made it.
//! 3. Its frame must be of now: from one frame ahead of this server's clock to some seconds behind ([`Lifetimes::qr_frame`]). Else it
//!    is stale, and whoever stands before the screen scans again, while whoever got a picture of it has nothing.
//! 4. A device's code (RFC 8628) is its handle alone, because what shows it may be paper or a terminal.
//!
//! [`Lifetimes::qr_frame`]: crate::config::Lifetimes::qr_frame

use protocol::{
    login::{LoginStatus, QrSeed},
    qr::{self, FRAME_MS, FrameKey, Handle, Payload},
};

use super::{Login, LoginError, LoginId};
use crate::{app::App, clock::Time, secret::Digest};

/// What the store knows a login by.
pub fn digest(handle: Handle) -> Digest {
    Digest::of(&handle.to_text())
}

/// A login's handle.
pub fn handle(app: &App, id: LoginId) -> Handle {
    let derived = app.keys.derive("qr handle", id.0.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&derived[..16]);
    Handle::new(half)
}

/// The part of a login's code that does not change; a device's is no more than this.
pub fn prefix(app: &App, id: LoginId) -> String {
    qr::prefix(app.config.issuer.as_str(), handle(app, id))
}

/// What the browser draws a login's code from.
pub fn seed(app: &App, login: &Login, now: Time) -> QrSeed {
    let key = frame_key(app, login.id).to_text();
    QrSeed { prefix: prefix(app, login.id), key, age_ms: login.age_ms(now) }
}

/// What a login's code says at `now`.
pub fn text(app: &App, login: &Login, now: Time) -> String {
    qr::dated(&prefix(app, login.id), &frame_key(app, login.id), login.age_ms(now))
}

/// Judges what a phone scans now and saw at `seen_at`, which is now but for a [`sighting`](super::sighting). Of a login that no longer waits
/// the date does not matter: what has become of it is said instead.
///
/// # Errors
///
/// Those of [`is_fresh`]; [`LoginError::StaleQr`] if it was some seconds old.
pub fn judge(
    app: &App,
    login: &Login,
    payload: &Payload,
    (now, seen_at): (Time, Time),
) -> Result<(), LoginError> {
    if is_fresh(app, login, payload, seen_at)? || login.status(now) != LoginStatus::Waiting {
        Ok(())
    } else {
        Err(LoginError::StaleQr)
    }
}

/// Whether a code of this login was on its screen at that moment, or some seconds before. A device's has no date.
///
/// # Errors
///
/// [`LoginError::UnknownQr`] if the server never made it.
pub fn is_fresh(app: &App, login: &Login, payload: &Payload, at: Time) -> Result<bool, LoginError> {
    match (login.request.redirect(), payload.stamp) {
        (None, None) => Ok(true),
        (Some(_), Some(stamp)) if frame_key(app, login.id).has_made(stamp) => {
            let began_ago = i128::from(stamp.frame.began_ms_ago(login.age_ms(at)));
            let longest = i128::try_from(app.config.lifetimes.qr_frame.as_millis()).unwrap_or(i128::MAX);
            Ok((-i128::from(FRAME_MS)..longest).contains(&began_ago))
        }
        _ => Err(LoginError::UnknownQr),
    }
}

fn frame_key(app: &App, id: LoginId) -> FrameKey {
    FrameKey::new(app.keys.derive("qr frames", id.0.as_bytes()))
}
