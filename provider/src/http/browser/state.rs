//! `GET /api/logins/{id}`: one resource, three ways to read it.
//!
//! * Plain poll: the state as it is.
//! * Long-poll, with `?after=<version>`: the state once it is past that version, or after 25 s as it is then.
//! * Server-sent events, with `Accept: text/event-stream`: each change as it comes, a comment every 15 s, and the end
//!   after a final state. `Last-Event-ID` resumes where the reader left off.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::Stream;
use protocol::{
    ProblemCode,
    login::{LOGIN_EVENT, LoginView},
};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use super::own_login::OwnLogin;
use crate::{
    app::App,
    http::{extract::text, problem::ApiProblem},
    login::{LoginError, LoginId, collect, follow},
};

/// How long a long-poll is held.
const HELD: Duration = Duration::from_secs(25);

/// How often an event stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many may follow one login: a browser needs one, and some more while connections break off and come again.
const MOST_OF_ONE_LOGIN: usize = 16;

/// How long a reader waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
pub(super) struct Wait {
    after: Option<u64>,
}

pub(super) async fn read(
    State(app): State<Arc<App>>,
    own: OwnLogin,
    headers: HeaderMap,
    wait: Result<Query<Wait>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiProblem> {
    let Ok(Query(Wait { after })) = wait else {
        return Err(ApiProblem::new(ProblemCode::InvalidRequest, "`after` is a version, a whole number."));
    };
    let accept = text(&headers, header::ACCEPT).unwrap_or_default();
    let login = collect::look(&app, own.id, &own.secret).await?;
    if accept.contains("text/event-stream") {
        let seen = text(&headers, "last-event-id").and_then(|id| id.parse().ok()).or(after);
        let permit = place(&app, own.id)?;
        // A proxy must not hold events back to send them by the bufferful.
        let unbuffered = [("x-accel-buffering", "no")];
        return Ok((unbuffered, Sse::new(events(app, own, seen.unwrap_or(0), permit))).into_response());
    }
    let view = match after {
        None => login.view(&app, app.clock.now()),
        Some(after) => {
            let _place = place(&app, own.id)?;
            let patience = app.clock.now() + HELD;
            follow::next_change(&app, own.id, &own.secret, after, patience).await?
        }
    };
    Ok(Json(view).into_response())
}

/// A place among those who wait; there are only so many, and no login may take them all.
fn place(app: &App, id: LoginId) -> Result<OwnedSemaphorePermit, LoginError> {
    if app.bell.listeners(id) >= MOST_OF_ONE_LOGIN {
        return Err(LoginError::Busy);
    }
    app.followers.clone().try_acquire_owned().map_err(|_| LoginError::Busy)
}

fn events(
    app: Arc<App>,
    own: OwnLogin,
    mut seen: u64,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    async_stream::stream! {
        let _permit = permit;
        yield Ok(Event::default().retry(RETRY).comment("hello"));
        loop {
            let patience = app.clock.now() + HEARTBEAT;
            let Ok(view) = follow::next_change(&app, own.id, &own.secret, seen, patience).await else { return };
            let (version, is_final) = (view.version, view.state.is_final());
            if version > seen {
                seen = version;
                yield Ok(event(&view));
            } else {
                yield Ok(Event::default().comment("still here"));
            }
            if is_final || app.shutdown.is_stopping() {
                return;
            }
        }
    }
}

fn event(view: &LoginView) -> Event {
    let data = serde_json::to_string(view).unwrap_or_default();
    Event::default().event(LOGIN_EVENT).id(view.version.to_string()).data(data)
}
