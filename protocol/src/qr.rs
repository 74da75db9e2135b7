//! What a sign-in QR code says: a short link on the provider's own host, which any phone camera may open, and which changes every 2 s.
//!
//! ```text
//! {issuer}/q/ {handle: 22} {frame: 2} {mac: 12}      characters of base64url
//! ```
//!
//! 1. The **handle** names the login: 128 bits that nobody guesses.
//! 2. The **frame** dates the code: how many spans of 2 s the login was old, modulo 4096, which is more than a login ever lives.
//! 3. The **mac** vouches for the date: the first 72 bits of HMAC-SHA256 (RFC 2104) of the frame under the login's own key. The browser
//!    that shows the code has the key; whoever photographs it has not, and cannot date the picture anew.
//!
//! So a picture is good for some seconds (the server decides how many) and dead when it arrives somewhere else. A device without a
//! screen that moves (RFC 8628) shows the handle alone, for ever the same; the server takes that for logins of devices only.

use std::fmt;

use hmac::{KeyInit, Mac, SimpleHmac};
use sha2::Sha256;

use crate::base64url;

/// The path that precedes the handle.
pub const QR_PATH: &str = "/q/";

/// How long a frame is shown, in milliseconds.
pub const FRAME_MS: u64 = 2_000;

/// So many frames, and the numbers begin again: 12 bits.
const FRAMES: u16 = 1 << 12;

/// Characters of a handle, and of frame and mac behind it.
const HANDLE_LENGTH: usize = 22;
const STAMP_LENGTH: usize = 14;

/// Bytes of a mac that are in the code.
const MAC_BYTES: usize = 9;

/// Why a text is not a sign-in code of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrError {
    /// It is no sign-in code at all.
    Malformed,
    /// It is one, of another server.
    Foreign,
}

/// Names a login to whoever sees its code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Handle([u8; 16]);

impl Handle {
    /// From the 16 bytes that the server made.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As it stands in the code: 22 characters.
    pub fn to_text(self) -> String {
        base64url::encode(&self.0)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(…)")
    }
}

/// Which span of 2 s of a login's life a code was drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame(u16);

impl Frame {
    /// The frame of a login that is so many milliseconds old.
    pub fn at(age_ms: u64) -> Self {
        // What is left of a division by 4096 fits.
        Self(u16::try_from(age_ms / FRAME_MS % u64::from(FRAMES)).unwrap_or(0))
    }

    /// How long ago it began, in milliseconds, for a login that is `age_ms` old; negative if it is still to come. Of the ages
    /// that have the same number, the nearest counts.
    pub fn began_ms_ago(self, age_ms: u64) -> i64 {
        let (now, half) = (Self::at(age_ms), i64::from(FRAMES) / 2);
        let behind = (i64::from(now.0) - i64::from(self.0) + half).rem_euclid(i64::from(FRAMES)) - half;
        let into_now = i64::try_from(age_ms % FRAME_MS).unwrap_or(0);
        behind * i64::try_from(FRAME_MS).unwrap_or(0) + into_now
    }

    /// Two characters, the high bits first.
    fn to_text(self) -> String {
        let mut text = base64url::encode(&(self.0 << 4).to_be_bytes());
        text.truncate(2);
        text
    }

    fn parse(text: &str) -> Option<Self> {
        // A third character of four zero bits, and it is two bytes.
        let padded = base64url::decode::<2>(&[text, "A"].concat())?;
        Some(Self(u16::from_be_bytes(padded) >> 4))
    }
}

/// The key by which one login's frames are dated: 32 bytes that its browser and the server have.
#[derive(Clone, PartialEq, Eq)]
pub struct FrameKey([u8; 32]);

impl FrameKey {
    /// From the 32 bytes that the server made.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        base64url::decode(text).map(Self)
    }

    /// As the browser gets it: 43 characters of base64url.
    pub fn to_text(&self) -> String {
        base64url::encode(&self.0)
    }

    /// Whether `stamp` was made with this key. The time that it takes does not depend on where a wrong one differs.
    pub fn has_made(&self, stamp: Stamp) -> bool {
        self.hmac(stamp.frame).verify_truncated_left(&stamp.mac).is_ok()
    }

    fn stamp(&self, frame: Frame) -> Stamp {
        let full = self.hmac(frame).finalize().into_bytes();
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&full[..MAC_BYTES]);
        Stamp { frame, mac }
    }

    fn hmac(&self, frame: Frame) -> SimpleHmac<Sha256> {
        // A key shorter than the hash's block stands in it with zeros behind (RFC 2104 section 2).
        let mut block = hmac::digest::Key::<SimpleHmac<Sha256>>::default();
        block[..self.0.len()].copy_from_slice(&self.0);
        let mut hmac = SimpleHmac::new(&block);
        hmac.update(&frame.0.to_be_bytes());
        hmac
    }
}

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameKey(…)")
    }
}

/// A frame, and the mac that vouches for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When the code was drawn.
    pub frame: Frame,
    mac: [u8; MAC_BYTES],
}

impl Stamp {
    /// As it stands behind the handle: 14 characters.
    pub fn to_text(self) -> String {
        self.frame.to_text() + &base64url::encode(&self.mac)
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stamp").field("frame", &self.frame).finish_non_exhaustive()
    }
}

/// What a code says, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload {
    /// Which login.
    pub handle: Handle,
    /// When it was drawn; `None` for the code of a device, which does not change.
    pub stamp: Option<Stamp>,
}

/// The part of a login's code that does not change, for an issuer (no trailing slash). It is the whole code of a device.
pub fn prefix(issuer: &str, handle: Handle) -> String {
    [issuer, QR_PATH, &handle.to_text()].concat()
}

/// The code of a login that is `age_ms` milliseconds old: its [`prefix`], dated.
pub fn dated(prefix: &str, key: &FrameKey, age_ms: u64) -> String {
    [prefix, &key.stamp(Frame::at(age_ms)).to_text()].concat()
}

/// Takes a code apart. The issuer must match to the letter.
///
/// # Errors
///
/// [`QrError::Foreign`] if it is a sign-in code of another server, [`QrError::Malformed`] if it is none.
pub fn parse(code: &str, issuer: &str) -> Result<Payload, QrError> {
    let (server, secret) = code.rsplit_once(QR_PATH).ok_or(QrError::Malformed)?;
    let is_url = server.starts_with("https://") || server.starts_with("http://");
    let payload = read(secret).filter(|_| is_url).ok_or(QrError::Malformed)?;
    if server == issuer { Ok(payload) } else { Err(QrError::Foreign) }
}

fn read(secret: &str) -> Option<Payload> {
    let (handle, rest) = secret.split_at_checked(HANDLE_LENGTH)?;
    let handle = Handle(base64url::decode(handle)?);
    let stamp = match rest.len() {
        0 => None,
        STAMP_LENGTH => {
            let (frame, mac) = rest.split_at_checked(2)?;
            Some(Stamp { frame: Frame::parse(frame)?, mac: base64url::decode(mac)? })
        }
        _ => return None,
    };
    Some(Payload { handle, stamp })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://login.example.com";

    fn handle() -> Handle {
        Handle::new([7; 16])
    }

    fn key() -> FrameKey {
        FrameKey::new([1; 32])
    }

    fn code(age_ms: u64) -> String {
        dated(&prefix(ISSUER, handle()), &key(), age_ms)
    }

    #[test]
    fn what_is_built_can_be_read() {
        for age in [0, 1_999, 2_000, 119_000, 3_600_000, 8_191_999] {
            let read = parse(&code(age), ISSUER).unwrap();
            assert_eq!((read.handle, read.stamp.unwrap().frame), (handle(), Frame::at(age)));
            assert!(key().has_made(read.stamp.unwrap()));
        }
        assert_eq!(parse(&prefix(ISSUER, handle()), ISSUER), Ok(Payload { handle: handle(), stamp: None }));
    }

    #[test]
    fn it_changes_every_two_seconds_and_stays_as_long() {
        assert_eq!(code(0), code(1_999));
        assert_ne!(code(1_999), code(2_000));
        assert_eq!(code(0).len(), ISSUER.len() + 3 + 36);
    }

    #[test]
    fn the_mac_is_hmac_sha256_of_the_frame() {
        // Python: hmac.new(bytes([1] * 32), (59).to_bytes(2, "big"), "sha256").digest()[:9], in base64url; 59 is "A7" in 12 bits.
        assert_eq!(code(118_000), format!("{ISSUER}/q/BwcHBwcHBwcHBwcHBwcHBwA728HtLz5Nxa0q"));
    }

    #[test]
    fn another_key_s_or_another_frame_s_mac_is_wrong() {
        let stamp = parse(&code(10_000), ISSUER).unwrap().stamp.unwrap();
        assert!(!FrameKey::new([2; 32]).has_made(stamp));
        assert!(!key().has_made(Stamp { frame: Frame::at(12_000), ..stamp }));
        for at in 0..MAC_BYTES {
            let mut wrong = stamp;
            wrong.mac[at] ^= 1;
            assert!(!key().has_made(wrong), "byte {at}");
        }
    }

    #[test]
    fn a_frame_s_age_counts_from_its_beginning_and_over_the_end_of_the_numbers() {
        let frame = Frame::at(10_500);
        assert_eq!(frame.began_ms_ago(10_000), 0);
        assert_eq!(frame.began_ms_ago(18_001), 8_001);
        assert_eq!(frame.began_ms_ago(9_000), -1_000);
        assert_eq!(Frame::at(0).began_ms_ago(4096 * FRAME_MS), 0);
        assert_eq!(Frame::at(4095 * FRAME_MS).began_ms_ago(4097 * FRAME_MS), 4_000);
        assert_eq!(Frame::at(4096 * FRAME_MS).began_ms_ago(4095 * FRAME_MS), -2_000);
    }

    #[test]
    fn another_server_s_code_is_foreign() {
        for other in ["https://evil.example.com", "http://login.example.com", "https://login.example.com:444"]
        {
            assert_eq!(parse(&code(0).replace(ISSUER, other), ISSUER), Err(QrError::Foreign), "{other}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        let (good, plain) = (code(0), prefix(ISSUER, handle()));
        for text in [
            String::new(),
            "hello".into(),
            format!("{ISSUER}/q/"),
            format!("{good}A"),
            format!("{good}?x"),
            format!("{plain}AA"),
            good.replace(ISSUER, "javascript:"),
            good.replace("/q/", "/"),
            // Bits beyond the last byte of the handle: a second writing of the same.
            format!("{}x", &plain[..plain.len() - 1]),
            format!("{ISSUER}/q/{}é", "B".repeat(34)),
            good[..good.len() - 1].to_owned(),
        ] {
            assert_eq!(parse(&text, ISSUER), Err(QrError::Malformed), "{text}");
        }
    }

    #[test]
    fn debug_shows_neither_handle_nor_key_nor_mac() {
        let shown = format!("{:?} {:?}", key(), parse(&code(2_000), ISSUER).unwrap());
        assert_eq!(
            shown,
            "FrameKey(…) Payload { handle: Handle(…), stamp: Some(Stamp { frame: Frame(1), .. }) }"
        );
    }
}
