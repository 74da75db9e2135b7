//! Passkeys: what `passkey.js` does with the server's options, and what comes of it.
//!
//! Options and credentials are JSON that only the browser and the server read; here they pass through as they are.

use protocol::ProblemCode;
use wasm_bindgen::{JsCast, JsValue};

use super::api::write;
use super::host::{Host, Thrown};
use super::trouble::Trouble;

/// Has the browser make a passkey by these options.
pub(crate) async fn making(host: &Host, options: &str) -> Result<String, Trouble> {
    told(host.make_passkey(options).await, Trouble::PasskeyUnmade)
}

/// Has the browser ask for a passkey by these options.
pub(crate) async fn using(host: &Host, options: &str) -> Result<String, Trouble> {
    told(host.use_passkey(options).await, Trouble::PasskeyUnused)
}

fn told(answer: Result<JsValue, JsValue>, unwilling: Trouble) -> Result<String, Trouble> {
    let answer = answer.map_err(|error| {
        let name = error.unchecked_into::<Thrown>().name().unwrap_or_default();
        why_not(&name, unwilling)
    });
    answer?.as_string().ok_or(Trouble::NoPasskeys)
}

/// What an error of the browser's means (WebAuthn Level 3 sections 5.1.3 and 5.1.4.1). What the person did not want, what took too long
/// and what no passkey was there for are one error, so that a page does not learn which.
fn why_not(name: &str, unwilling: Trouble) -> Trouble {
    match name {
        "NotAllowedError" | "AbortError" => unwilling,
        "InvalidStateError" => Trouble::Refused(ProblemCode::PasskeyTaken),
        _ => Trouble::NoPasskeys,
    }
}

/// A body of two members: a text, and something that is JSON already.
pub(crate) fn body((name, text): (&str, &str), (member, json): (&str, &str)) -> String {
    ["{\"", name, "\":", &write(&text), ",\"", member, "\":", json, "}"].concat()
}

#[cfg(test)]
mod tests {
    use protocol::passkey::{AddPasskey, PasskeySignIn};
    use protocol::phone::UnlockWith;

    use super::*;

    const ASSERTION: &str =
        r#"{"id":"aWQ","response":{"clientDataJSON":"YQ","authenticatorData":"Yg","signature":"Yw"}}"#;

    #[test]
    fn bodies_are_what_the_server_reads() {
        let sign_in = body(("device_name", "\"Lin’s\" phone"), ("credential", ASSERTION));
        let sign_in: PasskeySignIn = serde_json::from_str(&sign_in).unwrap();
        assert_eq!(
            (sign_in.device_name.as_str(), sign_in.credential.id.as_str()),
            ("\"Lin’s\" phone", "aWQ")
        );

        let made = r#"{"id":"aWQ","response":{"clientDataJSON":"YQ","attestationObject":"Yg"}}"#;
        let add: AddPasskey = serde_json::from_str(&body(("name", "Key"), ("credential", made))).unwrap();
        assert_eq!(add.credential.response.attestation_object, "Yg");

        let unlock: UnlockWith =
            serde_json::from_str(&body(("ticket", "t"), ("passkey", ASSERTION))).unwrap();
        assert_eq!(unlock.passkey.unwrap().response.signature, "Yw");
        let unlock: UnlockWith =
            serde_json::from_str(&body(("ticket", "t"), ("password", &write(&"a\\b")))).unwrap();
        assert_eq!(unlock.password.as_deref(), Some("a\\b"));
    }

    #[test]
    fn a_prompt_that_was_closed_is_no_error() {
        for name in ["NotAllowedError", "AbortError"] {
            assert!(why_not(name, Trouble::PasskeyUnused).is_calm());
            assert!(why_not(name, Trouble::PasskeyUnmade).is_calm());
        }
        assert_eq!(
            why_not("InvalidStateError", Trouble::PasskeyUnmade),
            Trouble::Refused(ProblemCode::PasskeyTaken)
        );
        assert_eq!(why_not("SecurityError", Trouble::PasskeyUnused), Trouble::NoPasskeys);
        assert_eq!(why_not("", Trouble::PasskeyUnused), Trouble::NoPasskeys);
    }
}
