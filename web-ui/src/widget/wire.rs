//! JSON in and out by the browser's own parser. The types are `saoma-protocol`'s; reading them by hand here spares each
//! visitor of each site some 10 kB of `serde_json`.

use js_sys::{JSON, Object, Reflect};
use protocol::login::{DeniedReason, LoginResult, LoginStatus, LoginView, QrSeed, StartedLogin};
use wasm_bindgen::JsValue;

/// A JSON object that has been parsed.
pub(crate) struct Json(JsValue);

/// What can be read from JSON. `None` where a member that must be there is not.
pub(crate) trait FromJson: Sized {
    /// Reads it.
    fn from_json(json: &Json) -> Option<Self>;
}

/// Reads a text.
pub(crate) fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&Json(JSON::parse(text).ok()?))
}

/// A JavaScript object with text members; `None` becomes `null`.
pub(crate) fn object(members: &[(&str, Option<&str>)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        let value = value.map_or(JsValue::NULL, JsValue::from_str);
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object
}

/// The same as JSON.
pub(crate) fn json(members: &[(&str, Option<&str>)]) -> Option<String> {
    JSON::stringify(&object(members)).ok()?.as_string()
}

/// The `detail` of problem details (RFC 9457), or an empty string.
pub(crate) fn detail(body: &str) -> String {
    let json = JSON::parse(body).map(Json);
    json.ok().and_then(|json| json.text("detail")).unwrap_or_default()
}

impl Json {
    fn member(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.member(name).as_string()
    }

    /// A whole number that is not negative.
    fn number(&self, name: &str) -> Option<u64> {
        let number = self.member(name).as_f64()?;
        // What a JSON number holds exactly fits; anything else saturates, and a view of it is no worse.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Some(number as u64)
    }
}

impl FromJson for LoginView {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            state: status(&json.text("state")?)?,
            version: json.number("version")?,
            expires_in: json.number("expires_in")?,
            renewals_left: u8::try_from(json.number("renewals_left")?).ok()?,
            match_code: json.text("match_code"),
            reason: json.text("reason").as_deref().and_then(reason),
            age_ms: json.number("age_ms")?,
            extended: json.member("extended").is_truthy(),
            user_code: json.text("user_code"),
            return_to: json.text("return_to"),
        })
    }
}

impl FromJson for QrSeed {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self { prefix: json.text("prefix")?, key: json.text("key")?, age_ms: json.number("age_ms")? })
    }
}

impl FromJson for StartedLogin {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            id: json.text("id")?,
            qr: QrSeed::from_json(&Json(json.member("qr")))?,
            browser_secret: json.text("browser_secret"),
            client_name: json.text("client_name")?,
            server_time: i64::try_from(json.number("server_time")?).ok()?,
            login: LoginView::from_json(&Json(json.member("login")))?,
        })
    }
}

impl FromJson for LoginResult {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            redirect_to: json.text("redirect_to")?,
            code: json.text("code")?,
            state: json.text("state"),
            iss: json.text("iss")?,
        })
    }
}

/// A state by its name on the wire.
pub(crate) fn status(name: &str) -> Option<LoginStatus> {
    Some(match name {
        "waiting" => LoginStatus::Waiting,
        "scanned" => LoginStatus::Scanned,
        "confirmed" => LoginStatus::Confirmed,
        "denied" => LoginStatus::Denied,
        "cancelled" => LoginStatus::Cancelled,
        "expired" => LoginStatus::Expired,
        _ => return None,
    })
}

/// Why a login was declined, by its name on the wire.
pub(crate) fn reason(name: &str) -> Option<DeniedReason> {
    Some(match name {
        "wrong_digits" => DeniedReason::WrongDigits,
        "not_unlocked" => DeniedReason::NotUnlocked,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_by_the_names_that_the_server_writes() {
        for given in [DeniedReason::WrongDigits, DeniedReason::NotUnlocked] {
            let wire = serde_json::to_value(given).unwrap();
            assert_eq!(reason(wire.as_str().unwrap()), Some(given));
        }
        assert_eq!(reason("other"), None);
    }

    #[test]
    fn states_are_read_by_the_names_that_the_server_writes() {
        for state in [
            LoginStatus::Waiting,
            LoginStatus::Scanned,
            LoginStatus::Confirmed,
            LoginStatus::Denied,
            LoginStatus::Cancelled,
            LoginStatus::Expired,
        ] {
            let wire = serde_json::to_value(state).unwrap();
            assert_eq!(status(wire.as_str().unwrap()), Some(state));
        }
        assert_eq!(status("asleep"), None);
    }
}
