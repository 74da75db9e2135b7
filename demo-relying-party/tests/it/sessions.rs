//! The session store: bounded in number and time, each login once and in its own session.

use demo_relying_party::place::Place;
use demo_relying_party::session::{Limits, Member, PendingLogin, SessionId, Sessions, Tokens};
use oauth2::{CsrfToken, PkceCodeVerifier, RefreshToken};

use crate::support::NOW;

fn login(state: &str) -> PendingLogin {
    PendingLogin {
        state: CsrfToken::new(state.into()),
        nonce: "nonce".into(),
        verifier: PkceCodeVerifier::new("verifier".into()),
        place: Place::Home,
    }
}

fn member(name: &str) -> Member {
    let refresh = Some(RefreshToken::new("refresh".into()));
    let tokens =
        Tokens { refresh, scopes: vec![], expires_at: None, issued_at: NOW, refreshes: 0, id_token: None };
    Member {
        subject: name.into(),
        name: Some(name.into()),
        email: None,
        authenticated_at: None,
        context: None,
        methods: vec![],
        sid: Some(format!("sid of {name}")),
        signed_in_at: NOW,
        nonce: "nonce".into(),
        tokens,
    }
}

fn store(sessions: usize) -> Sessions {
    Sessions::new(Limits { sessions, pending: 2, pending_life: 100, member_life: 1000 })
}

#[test]
fn a_login_is_taken_once() {
    let store = store(9);
    let id = store.begin(None, login("s"), NOW);
    assert!(store.take_pending(&id, "s", NOW).is_some());
    assert!(store.take_pending(&id, "s", NOW).is_none());
}

#[test]
fn a_login_belongs_to_its_session() {
    let store = store(9);
    let mine = store.begin(None, login("mine"), NOW);
    let yours = store.begin(None, login("yours"), NOW);
    assert!(store.take_pending(&mine, "yours", NOW).is_none());
    assert!(store.take_pending(&yours, "yours", NOW).is_some());
}

#[test]
fn a_login_ends_with_its_time() {
    let store = store(9);
    let id = store.begin(None, login("s"), NOW);
    assert!(store.take_pending(&id, "s", NOW + 100).is_none());
}

#[test]
fn tabs_share_a_session_up_to_the_bound() {
    let store = store(9);
    let id = store.begin(None, login("1"), NOW);
    for state in ["2", "3"] {
        assert_eq!(store.begin(Some(id.clone()), login(state), NOW).digest(), id.digest());
    }
    assert!(store.take_pending(&id, "1", NOW).is_none());
    assert!(store.take_pending(&id, "2", NOW).is_some() && store.take_pending(&id, "3", NOW).is_some());
    assert_eq!(store.len(), 1);
}

#[test]
fn an_identifier_from_elsewhere_is_not_adopted() {
    let store = store(9);
    let planted = SessionId::random();
    assert_ne!(store.begin(Some(planted.clone()), login("s"), NOW).digest(), planted.digest());
}

#[test]
fn a_full_store_loses_guests_before_members() {
    let store = store(3);
    let guest = store.begin(None, login("g"), NOW);
    let reader = store.sign_in(&guest, member("first"), NOW);
    for state in ["a", "b", "c", "d"] {
        store.begin(None, login(state), NOW + 1);
    }
    assert_eq!(store.len(), 3);
    assert!(store.member(&reader, NOW + 1).is_some());
}

#[test]
fn a_store_full_of_members_loses_the_oldest() {
    let store = store(2);
    let nobody = SessionId::random();
    let ids: Vec<_> = (0..3).map(|n| store.sign_in(&nobody, member("m"), NOW + n)).collect();
    let there: Vec<_> = ids.iter().map(|id| store.member(id, NOW + 3).is_some()).collect();
    assert_eq!(there, [false, true, true]);
}

#[test]
fn signing_in_ends_the_old_session_and_its_other_logins() {
    let store = store(9);
    let old = store.begin(None, login("other tab"), NOW);
    let new = store.sign_in(&old, member("m"), NOW);
    assert_ne!(old.digest(), new.digest());
    assert!(store.take_pending(&old, "other tab", NOW).is_none());
    assert!(store.take_pending(&new, "other tab", NOW).is_none());
    assert_eq!(store.len(), 1);
}

#[test]
fn a_member_s_session_ends_with_its_time() {
    let store = store(9);
    let id = store.sign_in(&SessionId::random(), member("m"), NOW);
    assert!(store.member(&id, NOW + 999).is_some());
    assert!(store.member(&id, NOW + 1000).is_none());
}

#[test]
fn a_refresh_token_is_used_by_one_at_a_time() {
    let store = store(9);
    let id = store.sign_in(&SessionId::random(), member("m"), NOW);
    let token = store.take_refresh_token(&id).unwrap();
    assert!(store.take_refresh_token(&id).is_none());
    store.put_refresh_token(&id, token);
    assert!(store.take_refresh_token(&id).is_some());
}

#[test]
fn the_provider_ends_sessions_by_its_own_session_or_by_the_person() {
    let store = store(9);
    let nobody = SessionId::random();
    let [a, _also_a, b] = ["a", "a", "b"].map(|name| store.sign_in(&nobody, member(name), NOW));
    let guest = store.begin(None, login("s"), NOW);
    assert_eq!(store.end_of(None, None), 0, "nobody is named");
    assert_eq!(store.end_of(Some("sid of a"), Some("b")), 0, "both must fit");
    assert_eq!(store.end_of(Some("sid of b"), None), 1);
    assert!(store.member(&b, NOW).is_none() && store.member(&a, NOW).is_some());
    assert_eq!(store.end_of(None, Some("a")), 2);
    assert!(store.take_pending(&guest, "s", NOW).is_some());
}

#[test]
fn who_leaves_comes_back_once_by_their_own_state() {
    let store = store(9);
    let reader = store.sign_in(&SessionId::random(), member("m"), NOW);
    let left = store.leave(&reader, CsrfToken::new("state".into()), NOW);
    assert!(store.member(&reader, NOW).is_none() && store.member(&left, NOW).is_none());
    assert!(!store.has_left(&left, "another", NOW));
    assert!(store.has_left(&left, "state", NOW));
    assert!(!store.has_left(&left, "state", NOW));
}

#[test]
fn debug_shows_no_secret() {
    let store = store(9);
    let id = store.begin(None, login("the-state"), NOW);
    let shown = format!("{id:?} {store:?}");
    assert!(
        !shown.contains(id.reveal()) && !shown.contains("the-state") && !shown.contains("verifier\")"),
        "{shown}"
    );
}
