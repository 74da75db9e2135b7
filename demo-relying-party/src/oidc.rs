//! The site's side of OIDC.
//!
//! 1. [`discovery`] learns the provider's endpoints when they are first needed (OIDC Discovery section 4).
//! 2. [`Provider::prepare`] makes `state`, `nonce` and the PKCE pair of one login; they wait in the reader's session.
//! 3. The reader's browser goes to [`Provider::authorization_url`], or the widget asks from the page itself.
//! 4. What comes back is an [`AuthorizationResponse`]; its `iss` is judged before its code is used (RFC 9207).
//! 5. [`Provider::redeem`] exchanges the code (RFC 6749 section 4.1.3), validates the [`id_token`], and asks userinfo who
//!    it is, for the same `sub` (OIDC Core section 5.3.2).
//! 6. [`Provider::refresh`] buys fresh tokens later (RFC 6749 section 6, OIDC Core section 12).
//! 7. [`Provider::end_session_url`] is where a reader goes who signs out of the provider, too (OIDC RP-Initiated Logout section 2).
//! 8. [`Provider::leaver`] reads a [`logout_token`], by which the provider says that somebody has signed out there (OIDC Back-Channel
//!    Logout section 2.5).

pub mod discovery;
pub mod id_token;
pub mod jwks;
pub mod logout_token;
mod provider;
mod response;
mod token;
mod transport;
mod userinfo;

pub use provider::{Identity, OidcError, Prepared, Provider};
pub use response::AuthorizationResponse;
pub use transport::{Transport, TransportError};
pub use userinfo::Userinfo;
