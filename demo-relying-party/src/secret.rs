//! Random secrets, and the hash under which the site remembers them.

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// SHA-256 of a secret: what the site keeps in its place.
pub type Digest = [u8; 32];

/// 32 random bytes as 43 characters of base64url.
///
/// # Panics
/// Where the operating system has no randomness to give, nothing safe can be done.
pub fn random() -> String {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 of `text`.
pub fn digest(text: &str) -> Digest {
    let mut out = Digest::default();
    out.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    out
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}
