//! A browser session: a browser in which a person is signed in here, so that the next site takes one click, or none.
//!
//! 1. It begins when a confirmed login is delivered. Where the browser is on this provider's own page, a cookie holds the session's secret,
//!    which follows from the login's as its code does; a widget on another site has nowhere to keep one, and then nobody holds it.
//! 2. While it lasts, the person may approve another site's request in that browser ([`super::approve::by_session`]).
//! 3. It ends when its time is over, when the person signs out, or when the phone that authenticated it is signed out. Sites are
//!    told by back-channel logout.

use uuid::Uuid;

use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    oidc::authentication::Authentication,
    secret::Digest,
};

/// Identifies a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub Uuid);

/// A browser in which a person is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// Hash of its secret, if a browser holds one.
    pub secret: Option<Digest>,
    /// Who is signed in.
    pub account: AccountId,
    /// The phone that authenticated them.
    pub device: DeviceId,
    /// How and when.
    pub authentication: Authentication,
    /// When it began.
    pub created_at: Time,
    /// When it ends by itself.
    pub expires_at: Time,
}

/// How much ends with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The person signed out: what sites may do in their absence (`offline_access`) stays.
    SignedOut,
    /// The phone that authenticated it is not trusted any more: all that came from the session ends.
    Revoked,
}
