//! Called by the phone app: sign in, scan, decide, look after devices, hear of what happened.

mod activity;
mod answers;
mod caller;
mod decide;
mod devices;
mod notices;
mod passkeys;
mod scan;
mod sighting;
mod sign_in;
mod sites;
mod step;
mod token;

use std::sync::Arc;

use axum::{
    Json, Router,
    routing::{get, post},
};
use protocol::paths;
use utoipa::OpenApi;

use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(paths::PHONE_SIGN_IN, post(sign_in::sign_in))
        .route(paths::PHONE_SIGN_IN_RESULT, post(sign_in::result))
        .route(paths::PHONE_PASSKEY_SIGN_IN_OPTIONS, post(passkeys::sign_in_options))
        .route(paths::PHONE_PASSKEY_SIGN_IN, post(passkeys::sign_in))
        .route(paths::PHONE_TOKEN, post(token::refresh))
        .route(paths::PHONE_ME, get(devices::me))
        .route(paths::PHONE_SIGHTING, post(sighting::note))
        .route(paths::PHONE_SCAN, post(scan::scan))
        .route(paths::PHONE_MATCH, post(step::match_digits))
        .route(paths::PHONE_UNLOCK, post(step::unlock))
        .route(paths::PHONE_CONFIRM, post(decide::confirm))
        .route(paths::PHONE_DENY, post(decide::deny))
        .route(paths::PHONE_DEVICES, get(devices::list))
        .route("/api/phone/devices/{id}", axum::routing::patch(devices::rename).delete(devices::revoke))
        .route(paths::PHONE_NOTICES, get(notices::list))
        .route("/api/phone/notices/{id}/seen", post(notices::seen))
        .route("/api/phone/notices/{id}/not-me", post(notices::not_me))
        .route("/api/phone/waiting/{id}/allow", post(notices::allow))
        .route("/api/phone/waiting/{id}/deny", post(notices::deny))
        .route(paths::PHONE_PASSKEY_OPTIONS, post(passkeys::creation_options))
        .route(paths::PHONE_PASSKEYS, get(passkeys::list).post(passkeys::add))
        .route("/api/phone/passkeys/{id}", axum::routing::patch(passkeys::rename).delete(passkeys::remove))
        .route(paths::PHONE_SITES, get(sites::list))
        .route("/api/phone/sites/{client_id}", axum::routing::delete(sites::withdraw))
        .route(paths::PHONE_ACTIVITY, get(activity::list))
        .route(paths::OPENAPI, get(async || Json(openapi())))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Saoma phone API",
        description = "What a phone app calls to approve logins. The device makes an ES256 key and keeps its private half; \
            every call carries a DPoP proof by that key (RFC 9449).",
    ),
    paths(
        sign_in::sign_in, sign_in::result, token::refresh, devices::me, sighting::note, scan::scan, step::match_digits, step::unlock,
        decide::confirm, decide::deny, devices::list, devices::rename, devices::revoke,
        notices::list, notices::seen, notices::not_me, notices::allow, notices::deny, sites::list,
        sites::withdraw, activity::list, passkeys::sign_in_options, passkeys::sign_in, passkeys::creation_options,
        passkeys::add, passkeys::list, passkeys::rename, passkeys::remove,
    ),
    modifiers(&Security, &TooManyRequests),
)]
struct Document;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
        let header = |name: &str, description: &str| {
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, description)))
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "proof",
            header("DPoP", "A DPoP proof by the device's key, made for this call (RFC 9449 section 4)."),
        );
        components.add_security_scheme(
            "token",
            header("Authorization", "`DPoP` and the device's access token (RFC 9449 section 7.1)."),
        );
    }
}

/// Any call may come too often.
struct TooManyRequests;

impl utoipa::Modify for TooManyRequests {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let refused = ResponseBuilder::new()
            .description("Too many calls; try again after the seconds that `Retry-After` says.")
            .content("application/json", problem)
            .build();
        for path in document.paths.paths.values_mut() {
            let calls = [&mut path.get, &mut path.post, &mut path.patch, &mut path.put, &mut path.delete];
            for call in calls.into_iter().flatten() {
                call.responses.responses.insert("429".to_owned(), RefOr::T(refused.clone()));
            }
        }
    }
}

/// The phone API's OpenAPI document, made from the code.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document
}
