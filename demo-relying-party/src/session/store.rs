//! Where sessions are kept.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use oauth2::{CsrfToken, PkceCodeVerifier, RefreshToken};

use super::{Member, SessionId, Tokens};
use crate::place::Place;
use crate::secret::{Digest, same};

/// How much is kept, and for how long (seconds).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Sessions at once. Past it the oldest goes, one with nobody signed in first.
    pub sessions: usize,
    /// Logins under way in one session (open tabs). Past it the oldest goes.
    pub pending: usize,
    /// Life of a login under way. A provider's page may renew its code for an hour.
    pub pending_life: i64,
    /// Life of a session in which somebody is signed in.
    pub member_life: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sessions: 10_000, pending: 8, pending_life: 65 * 60, member_life: 12 * 60 * 60 }
    }
}

/// A login under way: what only this site may know until it comes back. The `Debug` of its secrets is redacted.
#[derive(Debug)]
pub struct PendingLogin {
    /// Ties the answer to this browser (RFC 6749 section 10.12).
    pub state: CsrfToken,
    /// Ties the ID token to this login (OIDC Core section 3.1.2.1).
    pub nonce: String,
    /// Proves at the token endpoint that this site began the login (RFC 7636).
    pub verifier: PkceCodeVerifier,
    /// Where the reader was.
    pub place: Place,
}

#[derive(Debug, Default)]
struct Session {
    expires_at: i64,
    pending: VecDeque<(i64, PendingLogin)>,
    member: Option<Member>,
    /// Ties the way back from the provider's logout to this browser.
    leaving: Option<CsrfToken>,
}

/// Every session, keyed by the SHA-256 of its identifier.
#[derive(Debug, Default)]
pub struct Sessions {
    limits: Limits,
    sessions: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    /// An empty store.
    pub fn new(limits: Limits) -> Self {
        Self { limits, sessions: Mutex::default() }
    }

    /// Remembers a login under way in the `current` session, or in a new one. Returns the session's identifier.
    pub fn begin(&self, current: Option<SessionId>, login: PendingLogin, now: i64) -> SessionId {
        let mut sessions = self.lock();
        let known = current.filter(|id| sessions.get(&id.digest()).is_some_and(|s| s.expires_at > now));
        let id = known.unwrap_or_else(SessionId::random);
        if !sessions.contains_key(&id.digest()) {
            make_room(&mut sessions, self.limits.sessions, now);
        }
        let session = sessions.entry(id.digest()).or_default();
        let expires_at = now + self.limits.pending_life;
        session.expires_at = session.expires_at.max(expires_at);
        session.pending.retain(|(until, _)| *until > now);
        while session.pending.len() >= self.limits.pending {
            session.pending.pop_front();
        }
        session.pending.push_back((expires_at, login));
        id
    }

    /// Takes a login out of this session by its `state`. Each can be taken once; one of another session, never.
    pub fn take_pending(&self, id: &SessionId, state: &str, now: i64) -> Option<PendingLogin> {
        let mut sessions = self.lock();
        let session = sessions.get_mut(&id.digest())?;
        let at = session.pending.iter().position(|(_, login)| same(login.state.secret(), state))?;
        let (until, login) = session.pending.remove(at)?;
        (until > now).then_some(login)
    }

    /// Signs somebody in: the `old` session ends and a new one begins under a new identifier.
    pub fn sign_in(&self, old: &SessionId, member: Member, now: i64) -> SessionId {
        let mut sessions = self.lock();
        sessions.remove(&old.digest());
        make_room(&mut sessions, self.limits.sessions, now);
        let id = SessionId::random();
        let expires_at = now + self.limits.member_life;
        let session = Session { expires_at, member: Some(member), ..Session::default() };
        sessions.insert(id.digest(), session);
        id
    }

    /// Who is signed in in this session.
    pub fn member(&self, id: &SessionId, now: i64) -> Option<Member> {
        let sessions = self.lock();
        let session = sessions.get(&id.digest())?;
        session.member.clone().filter(|_| session.expires_at > now)
    }

    /// Takes the refresh token out of the session for as long as it is being used: refresh tokens rotate, so two uses
    /// at once would look like a theft to the provider.
    pub fn take_refresh_token(&self, id: &SessionId) -> Option<RefreshToken> {
        self.lock().get_mut(&id.digest())?.member.as_mut()?.tokens.refresh.take()
    }

    /// Puts an unused refresh token back.
    pub fn put_refresh_token(&self, id: &SessionId, token: RefreshToken) {
        if let Some(member) = self.lock().get_mut(&id.digest()).and_then(|s| s.member.as_mut()) {
            member.tokens.refresh = Some(token);
        }
    }

    /// Stores fresh tokens.
    pub fn renew(&self, id: &SessionId, tokens: Tokens) {
        if let Some(member) = self.lock().get_mut(&id.digest()).and_then(|s| s.member.as_mut()) {
            member.tokens = tokens;
        }
    }

    /// Ends a session.
    pub fn end(&self, id: &SessionId) {
        self.lock().remove(&id.digest());
    }

    /// Ends every session that came from the provider's session `sid`; where that is not said, every session of the person `sub`. Where
    /// both are, both must fit. Returns how many there were.
    pub fn end_of(&self, sid: Option<&str>, sub: Option<&str>) -> usize {
        let mut sessions = self.lock();
        let before = sessions.len();
        let fits = |member: &Member| {
            sid.is_none_or(|sid| member.sid.as_deref() == Some(sid))
                && sub.is_none_or(|sub| member.subject == sub)
        };
        if sid.is_some() || sub.is_some() {
            sessions.retain(|_, session| !session.member.as_ref().is_some_and(fits));
        }
        before - sessions.len()
    }

    /// Ends a session whose reader signs out at the provider, too. Returns the identifier of one that remembers `state` and nothing else.
    pub fn leave(&self, old: &SessionId, state: CsrfToken, now: i64) -> SessionId {
        let mut sessions = self.lock();
        sessions.remove(&old.digest());
        make_room(&mut sessions, self.limits.sessions, now);
        let id = SessionId::random();
        let expires_at = now + self.limits.pending_life;
        sessions.insert(id.digest(), Session { expires_at, leaving: Some(state), ..Session::default() });
        id
    }

    /// Whether this session is the one that left with this `state`. It is over then.
    pub fn has_left(&self, id: &SessionId, state: &str, now: i64) -> bool {
        let mut sessions = self.lock();
        let Some(session) = sessions.get(&id.digest()) else { return false };
        let is_that = session.leaving.as_ref().is_some_and(|left| same(left.secret(), state));
        let good = is_that && session.expires_at > now;
        if good {
            sessions.remove(&id.digest());
        }
        good
    }

    /// How many sessions there are, counting those whose time is over but that nobody has swept yet.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No method leaves the map half changed, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sweeps what has expired once the store is full; if that is not enough, the session that would end first goes,
/// one with nobody signed in before any other.
fn make_room(sessions: &mut HashMap<Digest, Session>, limit: usize, now: i64) {
    if sessions.len() < limit {
        return;
    }
    sessions.retain(|_, session| session.expires_at > now);
    while sessions.len() >= limit.max(1) {
        let first =
            sessions.iter().min_by_key(|(_, s)| (s.member.is_some(), s.expires_at)).map(|(key, _)| *key);
        match first {
            Some(key) => sessions.remove(&key),
            None => return,
        };
    }
}
