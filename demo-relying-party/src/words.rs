//! How somebody signed in, in a reader's words. What is not known is shown as it came.

/// An authentication context class (`acr`).
pub fn context(acr: Option<&str>) -> String {
    let text = match acr {
        None => "not said",
        Some("urn:saoma:acr:scan") => "a code scanned with your phone",
        Some("urn:saoma:acr:scan-match") => "a code scanned with your phone, and digits typed there",
        Some("urn:saoma:acr:unlocked") => "your phone, where you showed that it was you",
        Some("urn:saoma:acr:typed-code") => "a code typed into your phone",
        Some(other) => other,
    };
    text.to_owned()
}

/// An authentication method (`amr`, RFC 8176 section 2).
pub fn method(amr: &str) -> String {
    let text = match amr {
        "swk" => "your phone’s own key",
        "hwk" => "a key in your phone’s hardware",
        "mca" => "a second screen",
        "match" => "digits from the screen",
        "mfa" => "more than one proof",
        "user" => "your presence",
        "pin" => "a PIN",
        "fpt" => "a fingerprint",
        "face" => "your face",
        "pwd" => "a password",
        "passkey" => "a passkey",
        other => other,
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_said_in_words() {
        assert_eq!(context(Some("urn:saoma:acr:scan")), "a code scanned with your phone");
        assert_eq!(method("swk"), "your phone’s own key");
        for acr in
            ["scan", "scan-match", "typed-code", "unlocked"].map(|class| format!("urn:saoma:acr:{class}"))
        {
            assert_ne!(context(Some(&acr)), acr);
        }
        for amr in ["swk", "mca", "match", "pwd", "passkey"] {
            assert_ne!(method(amr), amr);
        }
    }

    #[test]
    fn what_is_new_is_shown_as_it_came() {
        assert_eq!((context(Some("urn:new")), method("tea")), ("urn:new".into(), "tea".into()));
        assert_eq!(context(None), "not said");
    }
}
