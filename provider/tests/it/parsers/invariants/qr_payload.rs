//! What a QR code says.

use protocol::qr::{QrError, parse, payload};

const ISSUERS: [&str; 3] = ["https://login.example", "http://localhost:8080", "https://login.example/q/x"];

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let mut word = "malformed";
    for issuer in ISSUERS {
        match parse(&text, issuer) {
            Ok(secret) => {
                assert_eq!(payload(issuer, secret), text, "a code is read in one way only");
                assert!((22..=64).contains(&secret.len()));
                assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{secret}");
                word = "accepted";
            }
            Err(QrError::Foreign) => {
                let own = text.strip_prefix(&payload(issuer, ""));
                assert!(own.is_none_or(|rest| rest.contains('/')), "{text} is our own");
                assert!(text.starts_with("http"), "{text}");
                word = if word == "accepted" { word } else { "foreign" };
            }
            Err(QrError::Malformed) => {}
        }
    }
    word
}
