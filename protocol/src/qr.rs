//! What a sign-in QR code says: `{issuer}/q/{secret}`, a link that any phone camera may open.

/// The path that precedes the secret.
pub const QR_PATH: &str = "/q/";

/// Shortest and longest secret that is taken for one, in characters of base64url.
const SECRET_LENGTH: std::ops::RangeInclusive<usize> = 22..=64;

/// Why a text is not a sign-in code of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrError {
    /// It is no sign-in code at all.
    Malformed,
    /// It is one, of another server.
    Foreign,
}

/// Builds the payload for an issuer (no trailing slash) and a secret in base64url.
pub fn payload(issuer: &str, secret: &str) -> String {
    format!("{issuer}{QR_PATH}{secret}")
}

/// Reads the secret out of a payload. The issuer must match to the letter.
///
/// # Errors
///
/// [`QrError::Foreign`] if it is a sign-in code of another server, [`QrError::Malformed`] if it is none.
pub fn parse<'a>(payload: &'a str, issuer: &str) -> Result<&'a str, QrError> {
    let (server, secret) = payload.rsplit_once(QR_PATH).ok_or(QrError::Malformed)?;
    let is_url = server.starts_with("https://") || server.starts_with("http://");
    let is_base64url = secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !is_url || !is_base64url || !SECRET_LENGTH.contains(&secret.len()) {
        return Err(QrError::Malformed);
    }
    if server == issuer { Ok(secret) } else { Err(QrError::Foreign) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://login.example.com";
    const SECRET: &str = "abcdefghijklmnopqrstuvwxyz0";

    #[test]
    fn what_is_built_can_be_read() {
        assert_eq!(parse(&payload(ISSUER, SECRET), ISSUER), Ok(SECRET));
    }

    #[test]
    fn another_server_s_code_is_foreign() {
        for other in ["https://evil.example.com", "http://login.example.com", "https://login.example.com:444"]
        {
            assert_eq!(parse(&payload(other, SECRET), ISSUER), Err(QrError::Foreign), "{other}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        let long = payload(ISSUER, &"a".repeat(65));
        for text in [
            "",
            "hello",
            "https://login.example.com/q/",
            "https://login.example.com/q/short",
            "https://login.example.com/q/abcdefghijklmnopqrstuvwxyz0?x",
            "https://login.example.com/abcdefghijklmnopqrstuvwxyz0",
            "javascript:/q/abcdefghijklmnopqrstuvwxyz0",
            long.as_str(),
        ] {
            assert_eq!(parse(text, ISSUER), Err(QrError::Malformed), "{text}");
        }
    }
}
