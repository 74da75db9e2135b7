//! The reader's account: what the provider told us, and until when it holds.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::frame::{Frame, page};
use super::reader::Reader;
use crate::app::App;
use crate::config::SCOPES;
use crate::place::Place;
use crate::session::Member;
use crate::words;

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    member: Member,
    authenticated: Option<Moment>,
    signed_in: Moment,
    issued: Moment,
    expires: Option<Moment>,
    context: String,
    methods: Vec<String>,
    declined: Vec<&'static str>,
    leaves_provider: bool,
}

/// A time, once for machines and once for people.
struct Moment {
    machine: String,
    human: String,
}

/// `GET /account`. A guest is asked to sign in first.
pub(super) async fn show(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let frame = reader.frame(&app, Place::Account);
    let Some(member) = reader.member else {
        return Redirect::to("/sign-in?return_to=/account").into_response();
    };
    let granted = |scope: &&str| member.tokens.scopes.iter().any(|granted| granted == scope);
    let content = Page {
        frame,
        context: words::context(member.context.as_deref()),
        methods: member.methods.iter().map(|method| words::method(method)).collect(),
        declined: SCOPES.into_iter().filter(|scope| !granted(scope)).collect(),
        leaves_provider: app.provider.takes_part_in_logout().await,
        authenticated: member.authenticated_at.map(moment),
        signed_in: moment(member.signed_in_at),
        issued: moment(member.tokens.issued_at),
        expires: member.tokens.expires_at.map(moment),
        member,
    };
    page(StatusCode::OK, &content)
}

fn moment(seconds: i64) -> Moment {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    Moment { machine: time.to_string(), human: time.strftime("%-d %B %Y, %H:%M:%S UTC").to_string() }
}
