//! Waiting for a login to change: what server-sent events and long-poll are made of.
//!
//! 1. Listen to the bell. 2. Look at the store. 3. If there is nothing new, sleep until the bell rings, the state expires, the
//!    caller's patience ends, the server stops, or some seconds have passed (for a ring that was lost). 4. Look again.

use std::time::Duration;

use protocol::login::LoginView;

use super::{LoginError, LoginId, collect::look};
use crate::{app::App, clock::Time, secret::BrowserSecret};

/// How long a lost ring can go unnoticed.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Returns the login as it is once its version is past `after`, or nothing can change any more, or `patience` has
/// ended, or the server is about to stop.
pub async fn next_change(
    app: &App,
    id: LoginId,
    secret: &BrowserSecret,
    after: u64,
    patience: Time,
) -> Result<LoginView, LoginError> {
    let mut bell = app.bell.listen(id);
    loop {
        let login = look(app, id, secret).await?;
        let now = app.clock.now();
        let view = login.view(app, now);
        if view.version > after || view.state.is_final() || now >= patience || app.shutdown.is_stopping() {
            return Ok(view);
        }
        let wake = patience.min(login.expires_at).min(now + LOOK_EVERY);
        tokio::select! {
            () = bell.heard() => {}
            () = app.clock.sleep_until(wake) => {}
            () = app.shutdown.stopping() => {}
        }
    }
}
