//! One attempt to read a login's state, by each of the three transports.

use js_sys::{Promise, Reflect, Uint8Array};
use protocol::login::{LOGIN_EVENT, LoginView};
use saoma_web_ui::browser::within;
use saoma_web_ui::http::{self, Failure, PATIENCE_MS};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, Response};

use super::ladder::{Outcome, Transport};
use super::login::Login;
use super::{sse, wire};

/// A stream that has shown nothing of itself after this many milliseconds is held back by something on the way.
const FIRST_BYTE_MS: f64 = 5_000.0;
/// Longest silence of a live connection, in milliseconds: above the 15 s between two comments of a stream, and above
/// the 25 s that a long-poll is held.
const SILENCE_MS: f64 = 40_000.0;

/// Who takes the views that are read.
pub(crate) trait Follower {
    /// The server answers: there is a connection.
    fn connected(&self);

    /// Takes a view.
    fn take(&self, view: LoginView);

    /// Whether the login has come to an end, as far as this follower knows.
    fn is_done(&self) -> bool;

    /// Milliseconds until the state's time is over and news is overdue.
    fn overdue_in_ms(&self) -> f64;
}

/// The server says that there is no such login for this browser.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// One attempt: what it reads goes to `follower`. `proven` says whether a stream has got through before; the first
/// one asks for the state as it is, as a proof that streams get through, and the later ones only for what is new.
pub(crate) async fn attempt(
    transport: Transport,
    login: &Login,
    follower: &impl Follower,
    proven: &mut bool,
    stop: &AbortSignal,
) -> Result<Outcome, Gone> {
    let version = login.version.get().to_string();
    let resume = [("accept", "text/event-stream"), ("last-event-id", version.as_str())];
    let query = ["?after=", &version].concat();
    let (query, headers, longest) = match transport {
        Transport::Events if *proven => ("", &resume[..], FIRST_BYTE_MS),
        Transport::Events => ("", &resume[..1], FIRST_BYTE_MS),
        Transport::LongPoll => (query.as_str(), &[][..], SILENCE_MS),
        Transport::Poll => ("", &[][..], PATIENCE_MS),
    };
    // Where news is overdue, this is the look that ends the waiting, and is waited for.
    let overdue = follower.overdue_in_ms();
    let patience = if overdue > 0.0 { longest.min(overdue) } else { longest };
    let response = match login.open(query, headers, patience, stop).await {
        Ok(response) => response,
        Err(Failure::Silent) => return Ok(Outcome::Silent),
        Err(_) => return Ok(Outcome::Unreachable),
    };
    match response.status() {
        200 => follower.connected(),
        404 => return Err(Gone),
        _ => return Ok(Outcome::Refused),
    }
    let content_type = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    Ok(match (transport, content_type.starts_with("text/event-stream")) {
        (Transport::Events, true) => read_events(&response, follower, proven).await,
        (Transport::Events, false) => Outcome::Refused,
        _ => read_view(&response, follower).await,
    })
}

/// Reads the one view of a poll.
async fn read_view(response: &Response, follower: &impl Follower) -> Outcome {
    let Ok(text) = http::body(response).await else { return Outcome::Broken };
    let Some(view) = wire::read(&text) else { return Outcome::Refused };
    follower.take(view);
    Outcome::Answered
}

/// Reads a stream to its end.
async fn read_events(response: &Response, follower: &impl Follower, proven: &mut bool) -> Outcome {
    let Some(body) = response.body() else { return Outcome::Refused };
    let stream = body.get_reader().unchecked_into::<ReadableStreamDefaultReader>();
    let mut events = sse::Reader::default();
    let outcome = loop {
        let longest = if *proven { SILENCE_MS } else { FIRST_BYTE_MS };
        let chunk = match within(longest.min(follower.overdue_in_ms()), stream.read().unchecked_into()).await
        {
            None => break Outcome::Silent,
            Some(Err(_)) => break Outcome::Broken,
            Some(Ok(result)) => member(&result, "value"),
        };
        // At the end of the stream there is no chunk.
        let Ok(chunk) = chunk.dyn_into::<Uint8Array>() else { break Outcome::Answered };
        *proven = true;
        for event in events.push(&chunk.to_vec()) {
            if event.name == LOGIN_EVENT
                && let Some(view) = wire::read(&event.data)
            {
                follower.take(view);
            }
        }
        if follower.is_done() {
            break Outcome::Answered;
        }
    };
    // Closes the connection where the server has not. That a broken one cannot be closed is heard here: a promise that
    // nobody listens to would complain in the page's console.
    let _ = JsFuture::from(stream.cancel().unchecked_into::<Promise>()).await;
    outcome
}

/// A member of a JavaScript object, or `undefined`.
fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
