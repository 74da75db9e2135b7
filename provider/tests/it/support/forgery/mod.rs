//! Forgeries: each way that is known to make, out of a good JWS, one that a careless reader takes for good.
//!
//! The [`Signer`] of the good one is at hand, so that what is odd can be refused for its own sake and not for a bad signature.

mod key;
mod table;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

pub(crate) use key::Signer;

/// What is wrong with a forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `alg` is `none`, in whatever spelling, or nothing.
    NoAlgorithm,
    /// An HMAC, whose secret is the public key.
    PublicKeyAsSecret,
    /// Another algorithm's name over a signature by the right key.
    OtherAlgorithm,
    /// The signature is a stranger's.
    Stranger,
    /// So it is, and the stranger's key comes along: `jwk`, `jku`, `x5u`, `x5c`.
    StrangersKey,
    /// The signer's own key comes along where none should.
    KeyAlong,
    /// `kid` names no key of the signer's.
    ForeignKid,
    /// There is no `kid`.
    NoKid,
    /// `crit` names what nobody here understands, or nothing.
    Critical,
    /// A token for something else.
    Type,
    /// A member of the header or of the claims is there twice.
    Twice,
    /// Header or claims are no JSON object, or an empty one.
    NoObject,
    /// Something was changed after signing.
    Changed,
    /// The signature is truncated, empty, too long, in another encoding or no number of the curve.
    Signature,
    /// The other signature that is as good as an ECDSA signature: n − s for s.
    Twin,
    /// Dots, padding, white space and serialisations that are not the one (RFC 7515 section 3.1).
    Spelling,
}

/// One forgery.
#[derive(Debug)]
pub(crate) struct Forgery {
    pub(crate) kind: Kind,
    /// What was done, for who reads that a test failed.
    pub(crate) what: String,
    pub(crate) jws: String,
}

/// A good JWS, and who made it.
pub(crate) struct Good {
    pub(crate) jws: String,
    header: String,
    claims: String,
    signer: Signer,
}

impl Good {
    /// A compact JWS that this signer made.
    pub(crate) fn new(jws: &str, signer: Signer) -> Self {
        let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let [header, claims, _] = parts(jws);
        Self { jws: jws.to_owned(), header: text(header), claims: text(claims), signer }
    }

    /// Every forgery of it. The same number is the same forgery of another good one of the same signer.
    pub(crate) fn forgeries(&self) -> Vec<Forgery> {
        table::of(self)
    }

    /// A JWS of these texts by the same signer.
    fn sign(&self, header: &str, claims: &str) -> String {
        sign(&self.signer, header, claims)
    }

    /// The header, with this member instead of the one of that name; without it, if it is to be none.
    fn header_with(&self, member: &str, value: Option<Value>) -> Value {
        let mut header: Value = serde_json::from_str(&self.header).unwrap();
        let members = header.as_object_mut().unwrap();
        match value {
            Some(value) => members.insert(member.to_owned(), value),
            None => members.remove(member),
        };
        header
    }

    /// Signed anew with such a header.
    fn signed_with(&self, member: &str, value: Option<Value>) -> String {
        self.sign(&self.header_with(member, value).to_string(), &self.claims)
    }
}

fn sign(signer: &Signer, header: &str, claims: &str) -> String {
    let message = message(header, claims);
    let signature = signer.sign(message.as_bytes());
    with_signature(&message, &signature)
}

fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn with_signature(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn parts(jws: &str) -> [&str; 3] {
    jws.split('.').collect::<Vec<_>>().try_into().unwrap()
}
