//! Discovery tells the truth. What the document names is used, each part once; what it does not name does not work. A member that
//! has no use here fails the test: who adds one adds its use.

mod answers;
mod clients;
mod endpoints;
mod grants;
mod logout;
mod proofs;
mod requests;

use provider::oauth::registration::RegistrationPolicy;
use serde_json::{Value, json};

use crate::support::{ISSUER, TestApp};

async fn document(app: &TestApp) -> Value {
    app.get("/.well-known/openid-configuration").await.json()
}

/// A provider with all that can be turned on.
async fn app() -> TestApp {
    TestApp::with(|config| config.registration = RegistrationPolicy::Open).await
}

/// MUST: OIDC Discovery section 4.2: the document is JSON at the well-known address, its issuer is that address, and what it
/// names is there.
#[tokio::test]
async fn oidc_discovery_4_2_everything_that_the_document_names_works_and_nothing_else() {
    let document = document(&app().await).await;
    for (member, value) in document.as_object().unwrap() {
        use_member(&app().await, member, value).await;
    }
}

/// Uses what one member of the document names.
async fn use_member(app: &TestApp, member: &str, value: &Value) {
    match member {
        "issuer" => assert_eq!(value, ISSUER),
        "jwks_uri" => endpoints::is_read(app, value).await,
        "authorization_endpoint" | "end_session_endpoint" | "userinfo_endpoint" => {
            endpoints::is_asked(app, value).await;
        }
        "token_endpoint"
        | "device_authorization_endpoint"
        | "revocation_endpoint"
        | "introspection_endpoint"
        | "pushed_authorization_request_endpoint" => endpoints::is_posted_to(app, value).await,
        "registration_endpoint" => {
            endpoints::is_posted_to(app, value).await;
            clients::registration(app).await;
        }

        "scopes_supported" => requests::scopes(app, &names(value)).await,
        "response_types_supported" => requests::response_types(app, &names(value)).await,
        "response_modes_supported" => requests::response_modes(app, &names(value)).await,
        "prompt_values_supported" => requests::prompts(app, &names(value)).await,
        "display_values_supported" => requests::displays(app, &names(value)).await,
        "ui_locales_supported" => requests::languages(app, &names(value)).await,
        "code_challenge_methods_supported" => requests::challenge_methods(app, &names(value)).await,
        "require_pushed_authorization_requests" => requests::must_be_pushed(value).await,
        "claims_parameter_supported" => requests::claims_parameter(app, value).await,
        "request_parameter_supported" => requests::unsupported(app, value, "request").await,
        "request_uri_parameter_supported" => requests::unsupported(app, value, "request_uri").await,

        "claims_supported" => answers::claims(app, &names(value)).await,
        "claim_types_supported" => assert_eq!(*value, json!(["normal"]), "by value, in our own answers"),
        "acr_values_supported" => answers::context_classes(app, &names(value)).await,
        "authorization_response_iss_parameter_supported" => answers::issuer(app, value).await,

        "grant_types_supported" => grants::grant_types(app, &names(value)).await,
        "subject_types_supported" => clients::subject_types(app, &names(value)).await,
        "id_token_signing_alg_values_supported" => clients::algorithms(app, &names(value)).await,
        "token_endpoint_auth_methods_supported" => clients::auth_methods(app, &names(value)).await,
        "revocation_endpoint_auth_methods_supported" => {
            clients::auth_methods_at(app, "/revoke", &names(value)).await;
        }
        "introspection_endpoint_auth_methods_supported" => {
            clients::auth_methods_at(app, "/introspect", &names(value)).await;
        }
        "token_endpoint_auth_signing_alg_values_supported"
        | "revocation_endpoint_auth_signing_alg_values_supported"
        | "introspection_endpoint_auth_signing_alg_values_supported" => {
            clients::assertion_algorithms(&names(value));
        }

        "backchannel_logout_supported" => logout::tells_the_sites(app, value).await,
        "backchannel_logout_session_supported" => logout::names_the_session(app, value).await,
        "dpop_signing_alg_values_supported" => proofs::algorithms(app, &names(value)).await,
        other => panic!("`{other}` is named, and nothing here uses it"),
    }
}

/// The names in a list, of which none is there twice.
fn names(value: &Value) -> Vec<&str> {
    let names: Vec<&str> = value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), names.len(), "{names:?}");
    names
}

/// The document names all that the code knows.
#[track_caller]
fn all_are_named<'a>(named: &[&str], known: impl IntoIterator<Item = &'a str>) {
    let missing: Vec<_> = known.into_iter().filter(|name| !named.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?} work, and the document does not name them");
}
