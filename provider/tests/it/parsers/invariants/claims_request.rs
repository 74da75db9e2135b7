//! The `claims` parameter: JSON.

use provider::{
    oauth::{
        authorization_request::RequestOptions,
        scope::{Scope, Scopes},
    },
    oidc::{claims, claims_request::ClaimsRequest},
};

pub(super) fn hold(data: &[u8]) -> &'static str {
    let Ok(text) = str::from_utf8(data) else { return "refused" };
    let Some(request) = ClaimsRequest::parse(text) else { return "refused" };
    assert!(text.len() <= 4096, "it is bounded");
    for name in request.userinfo.keys() {
        assert!(claims::scope_of(name).is_some() || name == "sub", "{name} is not known");
    }
    for name in request.id_token.keys() {
        let own = ["sub", "acr", "auth_time"].contains(&name.as_str());
        assert!(claims::scope_of(name).is_some() || own, "{name} is not known");
    }
    let scopes = request.scopes();
    assert!(Scopes::standard().covers(&scopes) && !scopes.contains(&Scope::OfflineAccess), "{scopes}");
    assert_eq!(request.agreed(&scopes), request, "who agrees to all gives all");
    assert!(request.agreed(&Scopes::default()).scopes().is_empty(), "who agrees to nothing gives nothing");

    let options = RequestOptions { claims: request, ..RequestOptions::default() };
    let stored = serde_json::to_string(&options).expect("options are JSON");
    let read: RequestOptions = serde_json::from_str(&stored).expect("what is stored can be read");
    assert_eq!(read, options);
    "accepted"
}
