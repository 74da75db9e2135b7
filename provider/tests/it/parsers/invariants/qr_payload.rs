//! What a QR code says.

use protocol::qr::{FrameKey, QR_PATH, QrError, Stamp, parse, prefix};

const ISSUERS: [&str; 3] = ["https://login.example", "http://localhost:8080", "https://login.example/q/x"];

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let mut word = "malformed";
    for issuer in ISSUERS {
        match parse(&text, issuer) {
            Ok(payload) => {
                let stamp = payload.stamp.map(Stamp::to_text).unwrap_or_default();
                assert_eq!(prefix(issuer, payload.handle) + &stamp, text, "a code is read in one way only");
                assert!(payload.stamp.is_none_or(|stamp| !FrameKey::new([7; 32]).has_made(stamp)), "{text}");
                word = if payload.stamp.is_some() { "dated" } else { "for ever" };
            }
            Err(QrError::Foreign) => {
                let own = text.strip_prefix(issuer).and_then(|rest| rest.strip_prefix(QR_PATH));
                assert!(own.is_none_or(|rest| rest.contains('/')), "{text} is our own");
                assert!(text.starts_with("http"), "{text}");
                word = if matches!(word, "dated" | "for ever") { word } else { "foreign" };
            }
            Err(QrError::Malformed) => {}
        }
    }
    word
}
