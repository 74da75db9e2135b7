//! A passkey's registration (WebAuthn Level 3 section 7.1).
//!
//! The input is the identifier in base64url and the client data, a line each, and the attestation object as it is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use protocol::passkey::{Registration, RegistrationResponse};
use provider::account::passkey::ceremony::{RelyingParty, register};

const ORIGIN: &str = "https://login.example";

pub(super) fn hold(data: &[u8]) -> &'static str {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(id), Some(client_data), Some(object)) = (parts.next(), parts.next(), parts.next()) else {
        return "no registration";
    };
    let registration = |object: &[u8]| Registration {
        id: String::from_utf8_lossy(id).into_owned(),
        response: RegistrationResponse {
            client_data_json: URL_SAFE_NO_PAD.encode(client_data),
            attestation_object: URL_SAFE_NO_PAD.encode(object),
        },
    };
    let own = RelyingParty { id: "login.example", origin: ORIGIN, apps: &[] };
    let Ok(registered) = register(&own, &registration(object)) else { return "refused" };
    let named = URL_SAFE_NO_PAD.decode(id).expect("an identifier is base64url");
    assert!((1..=1023).contains(&named.len()) && registered.id.0 == named);
    assert!(registered.backup.eligible || !registered.backup.done);
    let client_data = String::from_utf8(client_data.to_vec()).expect("client data are text");
    assert!(client_data.contains(ORIGIN), "it was made elsewhere: {client_data}");
    assert!(object.windows(registered.public_key.len()).any(|part| part == registered.public_key));
    let (longer, shorter) = ([object, &[0]].concat(), &object[..object.len() - 1]);
    assert!(register(&own, &registration(&longer)).is_err(), "something follows that was not read");
    assert!(register(&own, &registration(shorter)).is_err(), "something was read that is not there");
    "accepted"
}
