//! The sign-in page. Its markup is the widget's (`web-ui/src/widget/view.rs`), so that nothing moves when that takes over.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use protocol::{
    draw,
    login::{DeniedReason, LoginStatus, LoginView, QrSeed},
};

use super::{
    Language, render,
    words::{Words, said},
};
use crate::{
    app::App,
    login::{Login, help, qr},
};

/// Seconds after which the page reloads itself where scripts are off.
const RELOAD: u64 = 3;

/// The sign-in page of one login.
#[derive(Template)]
#[template(path = "login.html")]
pub(in crate::http) struct LoginPage {
    lang: &'static str,
    id: String,
    family: String,
    seed: QrSeed,
    server_time: i64,
    bound: bool,
    site: String,
    state: &'static str,
    version: u64,
    expires_in: u64,
    renewals_left: u8,
    extended: bool,
    may_type: bool,
    user_code: Option<String>,
    return_to: Option<String>,
    qr: String,
    side: usize,
    dark: String,
    digits: Option<String>,
    reason: Option<&'static str>,
    mark: Option<&'static str>,
    sign_in_to: String,
    title: &'static str,
    status: String,
    countdown: Option<String>,
    back_to: String,
    words: Words,
    reload: Option<u64>,
}

impl LoginPage {
    pub(in crate::http) fn new(
        app: &App,
        login: &Login,
        view: LoginView,
        site: String,
        language: Language,
    ) -> Self {
        let words = Words::of(language);
        let said = said(&view, language);
        let now = app.clock.now();
        let qr = qr::text(app, login, now);
        let drawn = draw::draw(&qr);
        let active = !view.state.is_final();
        let unhurried = view.extended && view.state == LoginStatus::Waiting;
        let status = if unhurried { words.take_your_time } else { said.status };
        let left = (view.expires_in / 60, view.expires_in % 60);
        Self {
            lang: language.tag(),
            id: login.id.to_string(),
            family: login.family.to_string(),
            seed: qr::seed(app, login, now),
            server_time: now.seconds(),
            bound: login.browser.key.is_some(),
            state: state_name(view.state),
            version: view.version,
            expires_in: view.expires_in,
            renewals_left: view.renewals_left,
            extended: view.extended,
            may_type: help::may_type(login),
            user_code: view.user_code,
            return_to: view.return_to,
            qr,
            side: drawn.side,
            dark: drawn.dark,
            digits: view.match_code.clone(),
            reason: view.reason.map(reason_name),
            mark: mark(view.state),
            sign_in_to: words.sign_in_to.replace("{}", &site),
            title: said.title,
            status: status.replace("{}", &site),
            countdown: (active && !view.extended).then(|| format!("{}:{:02}", left.0, left.1)),
            back_to: words.back_to.replace("{}", &site),
            words,
            reload: active.then_some(RELOAD),
            site,
        }
    }
}

impl IntoResponse for LoginPage {
    fn into_response(self) -> Response {
        render(StatusCode::OK, &self)
    }
}

const fn state_name(state: LoginStatus) -> &'static str {
    match state {
        LoginStatus::Waiting => "waiting",
        LoginStatus::Scanned => "scanned",
        LoginStatus::Confirmed => "confirmed",
        LoginStatus::Denied => "denied",
        LoginStatus::Cancelled => "cancelled",
        LoginStatus::Expired => "expired",
    }
}

const fn reason_name(reason: DeniedReason) -> &'static str {
    match reason {
        DeniedReason::WrongDigits => "wrong_digits",
        DeniedReason::NotUnlocked => "not_unlocked",
    }
}

/// The sign in the middle of the code, as a path in a box of 24 by 24.
pub(super) const fn mark(state: LoginStatus) -> Option<&'static str> {
    match state {
        LoginStatus::Waiting => None,
        LoginStatus::Scanned => {
            Some("M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2")
        }
        LoginStatus::Confirmed => Some("M5 12.5l4.5 4.5L19 7.5"),
        LoginStatus::Denied => Some("M7 7l10 10M17 7L7 17"),
        LoginStatus::Cancelled => Some("M6 12h12"),
        LoginStatus::Expired => Some("M12 6.5V12l3.5 2"),
    }
}
