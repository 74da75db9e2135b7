//! The site's own sessions: who is signed in, and which logins a browser has under way.
//!
//! 1. A reader who never signs in has no session and no cookie.
//! 2. Starting a login makes a session, known to the browser by 32 random bytes in a cookie and to the site by
//!    their SHA-256. The login's `state`, `nonce` and PKCE verifier stay here; the verifier never leaves.
//! 3. A `state` that comes back is looked for in the session of the browser that brings it, and is taken out as it
//!    is found. That is the defence against login CSRF (RFC 9700 section 4.7): another browser's `state` is unknown
//!    here, and a used one is gone.
//! 4. Signing in ends that session, with every other login it had under way, and begins one under a new
//!    identifier, so that nobody who planted or saw the old cookie holds the new one (session fixation).
//!
//! 5. The provider may end sessions, too: by the name of its own session, or of the person.
//! 6. A reader who signs out at the provider as well keeps, under a new identifier again, only the `state` by which they come back.
//!
//! All of it is memory, bounded in number and in time.

mod id;
mod member;
mod store;

pub use id::SessionId;
pub use member::{IdToken, Member, Tokens};
pub use store::{Limits, PendingLogin, Sessions};
