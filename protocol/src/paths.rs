//! Paths of the provider, relative to its issuer. A path with a parameter is a function.

/// The authorization endpoint (RFC 6749 section 3.1).
pub const AUTHORIZE: &str = "/authorize";
/// The token endpoint (RFC 6749 section 3.2).
pub const TOKEN: &str = "/token";
/// The userinfo endpoint (OpenID Connect Core section 5.3).
pub const USERINFO: &str = "/userinfo";
/// Pushed authorization requests (RFC 9126 section 2).
pub const PUSHED_AUTHORIZATION_REQUEST: &str = "/par";
/// Device authorization (RFC 8628 section 3.1).
pub const DEVICE_AUTHORIZATION: &str = "/device_authorization";
/// Where a person goes who has a code to type (RFC 8628 section 3.3).
pub const DEVICE: &str = "/device";
/// Token revocation (RFC 7009).
pub const REVOCATION: &str = "/revoke";
/// Token introspection (RFC 7662).
pub const INTROSPECTION: &str = "/introspect";
/// Client registration (RFC 7591); a registered client is managed at this path, a slash and its identifier (RFC 7592).
pub const REGISTRATION: &str = "/register";
/// Where a site sends a person who signs out (OpenID Connect RP-Initiated Logout section 2).
pub const END_SESSION: &str = "/logout";
/// The provider's public keys (RFC 7517).
pub const JWKS: &str = "/jwks.json";
/// Discovery (OpenID Connect Discovery section 4).
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// The same document by its OAuth name (RFC 8414).
pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// The OpenAPI document of the phone API.
pub const OPENAPI: &str = "/openapi.json";

/// Starts a login from a page (the widget). Takes `client_id` in the query as well as in the body, so that a
/// cross-origin preflight, which has no body, can be judged by that client's registered origins.
pub const LOGINS: &str = "/api/logins";
/// The phone app's pages.
pub const APP: &str = "/app";

/// Phone: first sign-in, which enrols the device.
pub const PHONE_SIGN_IN: &str = "/api/phone/sign-in";
/// Phone: what came of a sign-in that another phone of the account has to allow.
pub const PHONE_SIGN_IN_RESULT: &str = "/api/phone/sign-in/result";
/// Phone: what a new phone uses a passkey by.
pub const PHONE_PASSKEY_SIGN_IN_OPTIONS: &str = "/api/phone/sign-in/passkey/options";
/// Phone: signs in with a passkey, which enrols the device.
pub const PHONE_PASSKEY_SIGN_IN: &str = "/api/phone/sign-in/passkey";
/// Phone: the account's passkeys.
pub const PHONE_PASSKEYS: &str = "/api/phone/passkeys";
/// Phone: what a browser makes a passkey from.
pub const PHONE_PASSKEY_OPTIONS: &str = "/api/phone/passkeys/options";
/// Phone: a fresh access token for the refresh token.
pub const PHONE_TOKEN: &str = "/api/phone/token";
/// Phone: who is signed in on this device.
pub const PHONE_ME: &str = "/api/phone/me";
/// Phone: show a code that was opened before anybody is signed in.
pub const PHONE_SIGHTING: &str = "/api/phone/sighting";
/// Phone: scan a QR code.
pub const PHONE_SCAN: &str = "/api/phone/scan";
/// Phone: the digits that the browser shows, before the person may confirm.
pub const PHONE_MATCH: &str = "/api/phone/match";
/// Phone: who holds it, before the person may confirm.
pub const PHONE_UNLOCK: &str = "/api/phone/unlock";
/// Phone: confirm the scanned login.
pub const PHONE_CONFIRM: &str = "/api/phone/confirm";
/// Phone: decline the scanned login.
pub const PHONE_DENY: &str = "/api/phone/deny";
/// Phone: the account's devices.
pub const PHONE_DEVICES: &str = "/api/phone/devices";

/// Phone: what happened to the account; `before` reads on.
pub const PHONE_ACTIVITY: &str = "/api/phone/activity";

/// Phone: sites that the person has allowed something.
pub const PHONE_SITES: &str = "/api/phone/sites";

/// Phone: what the person has to hear of, and devices that wait to be let in.
pub const PHONE_NOTICES: &str = "/api/phone/notices";

/// Phone: devices that wait to be let in; each is decided below this path.
pub const PHONE_WAITING: &str = "/api/phone/waiting";

/// A site's logo, by the SHA-256 of its bytes in base64url.
pub fn logo(digest: &str) -> String {
    format!("/logos/{digest}")
}

/// The sign-in page of one login.
pub fn login_page(id: &str) -> String {
    format!("/login/{id}")
}

/// Takes the refusal of one login back to its site, where that wants a form.
pub fn login_return(id: &str) -> String {
    format!("/login/{id}/return")
}

/// Where the page of one login collects its result, with a proof by the browser's key.
pub fn login_page_result(id: &str) -> String {
    format!("/login/{id}/result")
}

/// The state of one login: one resource, read by server-sent events, long-poll or plain poll.
pub fn login(id: &str) -> String {
    format!("{LOGINS}/{id}")
}

/// Collects the result of a confirmed login.
pub fn login_result(id: &str) -> String {
    format!("{LOGINS}/{id}/result")
}

/// Cancels a login from the browser that started it.
pub fn login_cancel(id: &str) -> String {
    format!("{LOGINS}/{id}/cancel")
}

/// Starts the successor of an ended login, with a new QR code.
pub fn login_renew(id: &str) -> String {
    format!("{LOGINS}/{id}/renew")
}

/// Binds a login to its browser's own key.
pub fn login_key(id: &str) -> String {
    format!("{LOGINS}/{id}/key")
}

/// Gives a login more time.
pub fn login_extend(id: &str) -> String {
    format!("{LOGINS}/{id}/extend")
}

/// Gives a login a code that can be typed in place of a scan.
pub fn login_typed_code(id: &str) -> String {
    format!("{LOGINS}/{id}/typed-code")
}

/// One device of the account.
pub fn phone_device(id: &str) -> String {
    format!("{PHONE_DEVICES}/{id}")
}

/// One passkey of the account.
pub fn phone_passkey(id: &str) -> String {
    format!("{PHONE_PASSKEYS}/{id}")
}

/// Lets in a device that waits.
pub fn phone_waiting_allow(id: &str) -> String {
    format!("{PHONE_WAITING}/{id}/allow")
}

/// Turns away a device that waits.
pub fn phone_waiting_deny(id: &str) -> String {
    format!("{PHONE_WAITING}/{id}/deny")
}

/// Says that a notice was seen on this phone.
pub fn phone_notice_seen(id: &str) -> String {
    format!("{PHONE_NOTICES}/{id}/seen")
}

/// Says that what a notice tells of was somebody else.
pub fn phone_notice_not_me(id: &str) -> String {
    format!("{PHONE_NOTICES}/{id}/not-me")
}

/// One site that the person has allowed something. The identifier is percent-encoded.
pub fn phone_site(client_id: &str) -> String {
    let encoded = client_id.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    format!("{PHONE_SITES}/{}", encoded.collect::<String>())
}
