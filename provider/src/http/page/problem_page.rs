//! The page for what cannot be sent back to the site, and for what has no sign-in to show.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Language, render};
use crate::{
    limits::TooMany, login::LoginError, oauth::authorization_request::PageError,
    oidc::logout::request::LogoutError, store::StoreError,
};

/// Why there is a page that only explains.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum PageProblem {
    /// The site's request is wrong in a way that forbids to send anything to it.
    #[error(transparent)]
    Request(#[from] PageError),
    /// A site's request to sign its visitor out is wrong.
    #[error(transparent)]
    Logout(LogoutError),
    /// The login is unknown, or another browser's.
    #[error("no such sign-in in this browser")]
    NotYours,
    /// The login is over.
    #[error("the sign-in is over")]
    Over,
    /// Too many calls.
    #[error("too many requests")]
    TooMany(TooMany),
    /// Something broke on our side.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LogoutError> for PageProblem {
    fn from(error: LogoutError) -> Self {
        match error {
            LogoutError::Store(error) => Self::Store(error),
            error => Self::Logout(error),
        }
    }
}

impl From<LoginError> for PageProblem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Store(error) => Self::Store(error),
            LoginError::UnknownLogin | LoginError::OtherKey => Self::NotYours,
            _ => Self::Over,
        }
    }
}

/// What happened, and what to do next.
struct Text {
    title: &'static str,
    what: &'static str,
}

/// In both languages, for it is too late to ask.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    lang: &'static str,
    english: Text,
    chinese: Text,
    detail: Option<String>,
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let (status, english, chinese) = match &self {
            Self::Request(_) => (
                StatusCode::BAD_REQUEST,
                Text {
                    title: "This sign-in link does not work",
                    what: "The site that sent you here made a mistake. Nothing was shared with it. Go back and try \
                           again; if that does not help, tell the site.",
                },
                Text {
                    title: "这个登录链接无效",
                    what: "带你来这里的网站出了错，没有得到你的任何信息。请返回重试；如果仍然不行，请告诉该网站。",
                },
            ),
            Self::Logout(_) => (
                StatusCode::BAD_REQUEST,
                Text {
                    title: "This sign-out link does not work",
                    what: "The site that sent you here made a mistake. Nobody was signed out. Go back and try again; if that \
                           does not help, tell the site.",
                },
                Text {
                    title: "这个退出链接无效",
                    what: "带你来这里的网站出了错，登录状态没有改变。请返回重试；如果仍然不行，请告诉该网站。",
                },
            ),
            Self::NotYours => (
                StatusCode::NOT_FOUND,
                Text {
                    title: "This sign-in is not open here",
                    what: "It was started in another browser, or it is too old. Go back to the site and sign in again.",
                },
                Text {
                    title: "这次登录不在此浏览器中",
                    what: "它是在别的浏览器里发起的，或者已经太久了。请回到网站重新登录。",
                },
            ),
            Self::Over => (
                StatusCode::GONE,
                Text {
                    title: "This sign-in is over",
                    what: "It has been used or took too long. Go back to the site and sign in again.",
                },
                Text {
                    title: "这次登录已经结束", what: "它已被使用，或者已经超时。请回到网站重新登录。"
                },
            ),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                Text {
                    title: "Too many requests",
                    what: "Much has been asked from this network within a short time. Wait a minute, then load this page again.",
                },
                Text {
                    title: "请求过于频繁",
                    what: "此网络在短时间内发出了太多请求。请等一分钟后刷新页面。",
                },
            ),
            Self::Store(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a page failed on our side");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Text {
                        title: "Something broke on our side",
                        what: "Try again in a moment. Nothing was shared with the site.",
                    },
                    Text {
                        title: "我们这边出了问题", what: "请稍后再试。网站没有得到你的任何信息。"
                    },
                )
            }
        };
        let detail = match &self {
            Self::Request(error) => Some(error.to_string()),
            Self::Logout(error) => Some(error.to_string()),
            _ => None,
        };
        let page = ProblemPage { lang: Language::English.tag(), english, chinese, detail };
        let mut response = render(status, &page);
        if let Self::TooMany(too_many) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(too_many.seconds()));
        }
        response
    }
}
