//! A browser: it keeps the site's cookie and sends `Origin` as browsers do.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use super::SITE;

pub(crate) struct Browser {
    router: Router,
    /// The value of the session cookie, if there is one.
    pub(crate) cookie: Option<String>,
    /// What POSTs say about where they come from.
    pub(crate) origin: Option<String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    /// The name of the failure that a page or a problem tells of.
    pub(crate) fn failure(&self) -> Option<String> {
        if let Ok(problem) = serde_json::from_str::<Value>(&self.body) {
            return problem["code"].as_str().map(str::to_owned);
        }
        let (_, after) = self.body.split_once("data-code=\"")?;
        after.split_once('"').map(|(code, _)| code.to_owned())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookie: None, origin: Some(SITE.into()) }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    pub(crate) async fn post_form(&mut self, path: &str, fields: &str) -> Answer {
        let request = self.post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(fields.to_owned())).await
    }

    pub(crate) async fn post_json(&mut self, path: &str, body: &Value) -> Answer {
        let request = self.post(path).header(CONTENT_TYPE, "application/json");
        self.send(request, Body::from(body.to_string())).await
    }

    /// Presses "sign in at Saoma"; returns the parameters of the authorization request.
    pub(crate) async fn begin_redirect(&mut self, place: &str) -> HashMap<String, String> {
        let answer = self.post_form("/sign-in", &format!("return_to={place}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        Url::parse(answer.location()).unwrap().query_pairs().into_owned().collect()
    }

    /// Opens the dialog; returns the widget's attributes, under the names of the authorization request.
    pub(crate) async fn begin_here(&mut self, place: &str) -> HashMap<String, String> {
        let answer = self.post_json("/sign-in/here", &json!({ "place": place })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let attributes: HashMap<String, String> = serde_json::from_str(&answer.body).unwrap();
        attributes.into_iter().map(|(name, value)| (name.replace('-', "_"), value)).collect()
    }

    fn post(&self, path: &str) -> http::request::Builder {
        match &self.origin {
            Some(origin) => Request::post(path).header(ORIGIN, origin),
            None => Request::post(path),
        }
    }

    async fn send(&mut self, mut request: http::request::Builder, body: Body) -> Answer {
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, format!("other=1; gnomon={cookie}"));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(set) = parts.headers.get(SET_COOKIE) {
            let cookie = cookie::Cookie::parse(set.to_str().unwrap()).unwrap();
            self.cookie = Some(cookie.value().to_owned()).filter(|value| !value.is_empty());
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}
