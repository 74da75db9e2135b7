//! Every place that verifies a signature meets every known forgery ([`crate::support::forgery`]).
//!
//! | signed by | verified | test |
//! | --- | --- | --- |
//! | this provider | access tokens at userinfo, introspection and revocation; ID tokens as hints of a request and of a sign-out | [`tokens`] |
//! | a client | what it proves itself by, and its word for a person | [`assertions`] |
//! | a site or a phone | the DPoP proof of each call | [`proofs`] |
//! | any of them | good tokens, in each other's places | [`crossed`] |
//!
//! What is not in [`TAKEN`] is refused, and uses nothing up.

mod assertions;
mod crossed;
mod proofs;
mod tokens;

use std::fmt::Write;

use axum::http::HeaderValue;

use crate::support::forgery::{Forgery, Good, Kind};
pub(crate) use tokens::private_key;

/// Who signs what a place verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    /// This provider: its tokens come back.
    Provider,
    /// A client, with its registered key.
    Client,
    /// Whoever holds the key that the proof itself names.
    Prover,
}

/// What is taken, though it is not as it was made, and why.
const TAKEN: [(Maker, Kind, &str); 8] = [
    (
        Maker::Provider,
        Kind::Twin,
        "it says the same, and dies with the token: that is known by its `jti` and its grant",
    ),
    (
        Maker::Client,
        Kind::Twin,
        "it says the same, and is used up with the assertion: that is known by its `jti`",
    ),
    (Maker::Client, Kind::NoKid, "the client has one key"),
    (Maker::Client, Kind::Type, "RFC 7523 knows no type of an assertion"),
    (
        Maker::Prover,
        Kind::Twin,
        "it says the same, and is used up with the proof: that is known by its `jti`",
    ),
    (Maker::Prover, Kind::NoKid, "it has none to begin with"),
    (Maker::Prover, Kind::ForeignKid, "no key is looked for by its name"),
    (Maker::Prover, Kind::KeyAlong, "the key is the proof's `jwk`; no other is looked for"),
];

/// Each kind, in words.
const KINDS: [(Kind, &str); 16] = [
    (Kind::NoAlgorithm, "`alg` is `none` in any spelling, empty or missing"),
    (Kind::PublicKeyAsSecret, "an HMAC whose secret is the public key, in any of its forms"),
    (Kind::OtherAlgorithm, "another algorithm's name"),
    (Kind::Stranger, "a stranger's signature"),
    (Kind::StrangersKey, "a stranger's signature and key: `jwk`, `jku`, `x5u`, `x5c`"),
    (Kind::KeyAlong, "the signer's own key brought along"),
    (Kind::ForeignKid, "a `kid` that names no key of the signer's"),
    (Kind::NoKid, "no `kid`"),
    (Kind::Critical, "`crit`, whatever it names"),
    (Kind::Type, "another `typ`, or none"),
    (Kind::Twice, "a member twice, in the header or the claims"),
    (Kind::NoObject, "header or claims that are no JSON object"),
    (Kind::Changed, "header, claims or signature of another token"),
    (Kind::Signature, "a signature cut, padded, in DER, or no number of the curve"),
    (Kind::Twin, "the other signature that ECDSA takes: n − s for s"),
    (Kind::Spelling, "other dots, padding, white space, letters or serialisation"),
];

fn taken(maker: Maker, kind: Kind) -> Option<&'static str> {
    TAKEN.iter().find(|(who, what, _)| (*who, *what) == (maker, kind)).map(|(_, _, why)| *why)
}

/// A place meets every forgery of good tokens, each of which is like the others and good by itself. `takes` shows it one, and answers
/// whether it was taken for the signer's.
pub(crate) async fn meet(maker: Maker, good: impl Fn() -> Good, takes: impl AsyncFn(&str) -> bool) {
    let first = good();
    for forgery in first.forgeries() {
        let what = format!("{:?}: {}: {}", forgery.kind, forgery.what, forgery.jws);
        match taken(maker, forgery.kind) {
            None => assert!(!takes(&forgery.jws).await, "{what}"),
            Some(why) => {
                let same = |other: &Forgery| (other.kind, &other.what) == (forgery.kind, &forgery.what);
                let fresh = good().forgeries().into_iter().find(same).unwrap();
                assert!(takes(&fresh.jws).await, "{what}, though {why}");
            }
        }
    }
    assert!(takes(&first.jws).await, "no forgery used it up");
}

/// Of a token that is good once and its twin, whichever comes second is a replay.
pub(crate) async fn is_good_once(good: impl Fn() -> Good, takes: impl AsyncFn(&str) -> bool) {
    for twin_first in [false, true] {
        let good = good();
        let twin = good.forgeries().into_iter().find(|forgery| forgery.kind == Kind::Twin).unwrap().jws;
        let (first, second) = if twin_first { (&twin, &good.jws) } else { (&good.jws, &twin) };
        assert!(takes(first).await);
        assert!(!takes(second).await, "the twin first: {twin_first}");
    }
}

/// Whether an HTTP header can carry it at all.
fn fits_a_header(jws: &str) -> bool {
    HeaderValue::from_str(jws).is_ok_and(|value| value.to_str().is_ok())
}

/// The table for `docs/conformance.md`.
pub(crate) fn table() -> String {
    let mut table = "| what is forged | our own tokens | a client's assertion | a DPoP proof |\n\
        | --- | --- | --- | --- |\n"
        .to_owned();
    for (kind, words) in KINDS {
        let cell = |maker| taken(maker, kind).map_or_else(|| "refused".into(), |why| format!("taken: {why}"));
        let cells = [Maker::Provider, Maker::Client, Maker::Prover].map(cell);
        writeln!(table, "| {words} | {} |", cells.join(" | ")).unwrap();
    }
    table
}
