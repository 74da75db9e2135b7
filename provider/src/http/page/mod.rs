//! Pages: HTML that the server makes by itself, complete without scripts.

mod answer_page;
mod collect_page;
mod continue_page;
mod device_page;
mod login_page;
mod logout_page;
mod problem_page;
mod words;

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

pub(super) use answer_page::answer;
pub(super) use collect_page::CollectPage;
pub(super) use continue_page::ContinuePage;
pub(super) use device_page::DevicePage;
pub(super) use login_page::LoginPage;
pub(super) use logout_page::{AskLogoutPage, LogoutPage};
pub(super) use problem_page::PageProblem;

use super::extract::text;

/// A language that pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

impl Language {
    /// The first of the `ui_locales` that we speak (OpenID Connect Core section 3.1.2.1), else what the browser accepts.
    pub(super) fn choose(ui_locales: Option<&str>, headers: &HeaderMap) -> Self {
        let wanted = ui_locales.unwrap_or_default().split(' ').find_map(Self::speak);
        wanted.unwrap_or_else(|| Self::of(headers))
    }

    fn speak(tag: &str) -> Option<Self> {
        match tag.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => Some(Self::Chinese),
            Some("en") => Some(Self::English),
            _ => None,
        }
    }

    /// The browser's first choice among its `Accept-Language` that we speak; English if none (RFC 9110 section 12.5.4).
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepted = text(headers, header::ACCEPT_LANGUAGE).unwrap_or_default();
        let mut best = (0.0, Self::English);
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            let Some(language) = Self::speak(tag) else { continue };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// Its tag for the `lang` attribute (BCP 47).
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

/// `303 See Other`: go there by GET (RFC 9110 section 15.4.4).
pub(super) fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

fn render(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(accepted: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).unwrap());
        Language::of(&headers)
    }

    #[test]
    fn the_site_s_wish_goes_before_the_browser_s() {
        let wish = |locales| Language::choose(Some(locales), &HeaderMap::new());
        assert_eq!(wish("de zh-CN en"), Language::Chinese);
        assert_eq!(wish("de fr"), Language::English);
    }

    #[test]
    fn the_first_choice_that_we_speak_wins() {
        assert_eq!(of("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese);
        assert_eq!(of("de, en;q=0.5, zh;q=0.7"), Language::Chinese);
        assert_eq!(of("en-GB, zh;q=0.9"), Language::English);
        assert_eq!(of("de"), Language::English);
        assert_eq!(of(";;,é"), Language::English);
    }
}
