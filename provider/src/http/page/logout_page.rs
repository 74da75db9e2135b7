//! Signing out: the page that asks, and the page that says that it is done.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Language, render};
use crate::{
    account::Account,
    http::headers,
    oauth::{client::Client, parameters::Parameters},
};

/// Parameters of the request that the answer to the question brings again, to be checked again.
const KEPT: [&str; 4] = ["client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// Asks whether to sign out.
#[derive(Template)]
#[template(path = "ask_logout.html")]
pub(in crate::http) struct AskLogoutPage {
    lang: &'static str,
    title: &'static str,
    what: String,
    yes: &'static str,
    no: &'static str,
    kept: Vec<(&'static str, String)>,
}

impl AskLogoutPage {
    pub(in crate::http) fn new(
        account: Option<&Account>,
        client: Option<&Client>,
        parameters: &Parameters,
        language: Language,
    ) -> Self {
        let person = account.map_or("", Account::display_name);
        let site = client.map_or("", |client| client.name.as_str());
        let (title, asked, unasked, yes, no) = match language {
            Language::English => (
                "Sign out?",
                "{site} asks to sign {person} out of this browser. The sites that you signed in to here are told.",
                "This signs {person} out of this browser. The sites that you signed in to here are told.",
                "Sign out",
                "To stay signed in, close this page.",
            ),
            Language::Chinese => (
                "要退出登录吗？",
                "{site} 请求让 {person} 在此浏览器中退出登录。你在这里登录过的网站会收到通知。",
                "{person} 将在此浏览器中退出登录。你在这里登录过的网站会收到通知。",
                "退出登录",
                "如果不想退出，请关闭此页面。",
            ),
        };
        let what = if client.is_some() { asked } else { unasked };
        let kept = KEPT.iter().filter_map(|name| Some((*name, parameters.get(name)?.to_owned())));
        Self {
            lang: language.tag(),
            title,
            what: what.replace("{site}", site).replace("{person}", person),
            yes,
            no,
            kept: kept.collect(),
        }
    }
}

impl IntoResponse for AskLogoutPage {
    fn into_response(self) -> Response {
        let mut response = render(StatusCode::OK, &self);
        headers::let_forms_leave(&mut response);
        response
    }
}

/// Says that it is done.
#[derive(Template)]
#[template(path = "logout.html")]
pub(in crate::http) struct LogoutPage {
    lang: &'static str,
    title: &'static str,
    what: &'static str,
}

impl LogoutPage {
    pub(in crate::http) fn new(language: Language) -> Self {
        let (title, what) = match language {
            Language::English => ("You are signed out", "You can close this page."),
            Language::Chinese => ("你已退出登录", "可以关闭此页面了。"),
        };
        Self { lang: language.tag(), title, what }
    }
}

impl IntoResponse for LogoutPage {
    fn into_response(self) -> Response {
        render(StatusCode::OK, &self)
    }
}
