//! A code that opens the app before anybody is signed in there: the person's own phone shows the sign-in page, and they follow its link.
//! Until they have signed in, the code has changed.
//!
//! 1. The app makes the key that the phone will sign in by, and shows the code at once, with a proof. The code is judged as at a scan
//!    ([`qr`]): it must be of that moment. The answer is a sighting: when it was, and a mac over login, key and time. Nothing is stored, and
//!    nothing is said of what has become of the login.
//! 2. The person signs in.
//! 3. The scan brings code and sighting, and the code is judged as of then. The login must still wait, as at any scan.
//!
//! A sighting is of no use to another key. So a picture that is sent on is dead when it arrives, as before: the phone that scans must have seen
//! it itself within the same eight seconds.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use protocol::qr as payload;
use subtle::ConstantTimeEq;

use super::{LoginError, LoginId, qr};
use crate::{app::App, clock::Time, oauth::dpop::Thumbprint};

/// For how long a phone's owner may take to sign in.
pub const GOOD_FOR: Duration = Duration::from_mins(10);

/// What the master secret is derived for.
const PURPOSE: &str = "sighting";

/// Step 1: a phone with this key sees this code. Returns the sighting.
///
/// # Errors
///
/// [`LoginError::MalformedQr`] and [`LoginError::ForeignQr`] if it is no code of ours; those of [`qr::is_fresh`]; [`LoginError::StaleQr`] if
/// it is some seconds old.
pub async fn note(app: &App, code: &str, key: &Thumbprint) -> Result<String, LoginError> {
    let payload = payload::parse(code, app.config.issuer.as_str())?;
    let login = app.store.login_by_qr(&qr::digest(payload.handle)).await?.ok_or(LoginError::UnknownQr)?;
    let now = app.clock.now();
    if !qr::is_fresh(app, &login, &payload, now)? {
        return Err(LoginError::StaleQr);
    }
    let mac = URL_SAFE_NO_PAD.encode(mac(app, login.id, key, now));
    Ok(format!("{}.{mac}", now.millis()))
}

/// Step 3: when the phone with this key saw the code of this login; `None` if this is no sighting of its, or was too long ago.
pub(super) fn when(app: &App, id: LoginId, key: &Thumbprint, sighting: &str) -> Option<Time> {
    let (millis, shown) = sighting.split_once('.')?;
    let seen_at = Time::from_millis(millis.parse().ok()?);
    let shown: [u8; 32] = URL_SAFE_NO_PAD.decode(shown).ok()?.try_into().ok()?;
    let is_ours: bool = mac(app, id, key, seen_at).ct_eq(&shown).into();
    (is_ours && app.clock.now() < seen_at + GOOD_FOR).then_some(seen_at)
}

fn mac(app: &App, id: LoginId, key: &Thumbprint, seen_at: Time) -> [u8; 32] {
    let message = [id.0.as_bytes(), &seen_at.millis().to_be_bytes()[..], key.as_str().as_bytes()].concat();
    app.keys.derive(PURPOSE, &message)
}
