//! A crash in the middle of dozens of logins in all states at once.
//!
//! Each journey notes what it was answered. After the crash a login stands where its last answer left it, or one step
//! further if that step's answer was lost; and each can be brought to its end.

use std::sync::Arc;

use provider::mock_phone::{PhoneError, Secret, Verdict};
use saoma_tests::Login;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
};

use super::Place;

/// Logins in one run.
const LOGINS: usize = 40;

/// Journeys under way at once.
const AT_ONCE: usize = 8;

/// How a journey is to end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Plan {
    SignIn,
    Deny,
    Cancel,
}

/// The last answer that a journey got.
#[derive(Debug, Clone)]
enum Reached {
    Started,
    Scanned { ticket: Secret },
    Confirmed,
    Collected { code: String },
    Redeemed { code: String, access_token: String },
    Denied,
    Cancelled,
}

/// The call that was to follow got no answer.
struct NoAnswer;

/// The server refuses nothing in these journeys; what else goes wrong is that it is gone.
fn answered<T>(called: Result<T, PhoneError>) -> Result<T, NoAnswer> {
    called.map_err(|error| match error {
        PhoneError::Refused(problem) => panic!("{problem:?}"),
        _ => NoAnswer,
    })
}

async fn step(place: &Place, login: &Login, plan: Plan, reached: &Reached) -> Result<Reached, NoAnswer> {
    Ok(match (reached, plan) {
        (Reached::Started, Plan::Cancel) => {
            let cancelled = place.browser.try_cancel(login).await.map_err(|_| NoAnswer)?;
            assert_eq!(cancelled.text("state"), "cancelled");
            Reached::Cancelled
        }
        (Reached::Started, _) => {
            Reached::Scanned { ticket: answered(place.phone.scan(&login.qr).await)?.ticket }
        }
        (Reached::Scanned { ticket }, Plan::Deny) => {
            answered(place.phone.decide(ticket, Verdict::Deny).await)?;
            Reached::Denied
        }
        (Reached::Scanned { ticket }, _) => {
            answered(place.phone.decide(ticket, Verdict::Confirm).await)?;
            Reached::Confirmed
        }
        (Reached::Confirmed, _) => {
            let result = place.browser.try_collect(login).await.map_err(|_| NoAnswer)?;
            Reached::Collected { code: result.text("code") }
        }
        (Reached::Collected { code }, _) => {
            let tokens = place.site.try_redeem(code).await.map_err(|_| NoAnswer)?;
            Reached::Redeemed { code: code.clone(), access_token: tokens.text("access_token") }
        }
        (end, _) => end.clone(),
    })
}

const fn is_end(reached: &Reached) -> bool {
    matches!(reached, Reached::Redeemed { .. } | Reached::Denied | Reached::Cancelled)
}

/// Goes on as far as the server answers.
async fn journey(place: &Place, login: &Login, plan: Plan, answers: &watch::Sender<usize>) -> Reached {
    let mut reached = Reached::Started;
    while !is_end(&reached) {
        match step(place, login, plan, &reached).await {
            Ok(next) => reached = next,
            Err(NoAnswer) => break,
        }
        answers.send_modify(|count| *count += 1);
    }
    reached
}

/// Checks that the login stands where it must, and brings it to its end where nobody holds a secret that was lost.
async fn check(place: &Place, login: &Login, plan: Plan, reached: Reached) {
    let state = place.browser.state(login).await;
    let allowed: &[&str] = match (&reached, plan) {
        (Reached::Started, Plan::Cancel) => &["waiting", "cancelled"],
        (Reached::Started, _) => &["waiting", "scanned"],
        (Reached::Scanned { .. }, Plan::Deny) => &["scanned", "denied"],
        (Reached::Scanned { .. }, _) => &["scanned", "confirmed"],
        (Reached::Confirmed | Reached::Collected { .. } | Reached::Redeemed { .. }, _) => &["confirmed"],
        (Reached::Denied, _) => &["denied"],
        (Reached::Cancelled, _) => &["cancelled"],
    };
    assert!(allowed.contains(&state.as_str()), "answered {reached:?}, then found {state}");

    match reached {
        Reached::Redeemed { code, access_token } => {
            assert_eq!(place.site.userinfo(&access_token).await.status, 200);
            assert_eq!(place.browser.try_collect(login).await.unwrap().error(), "410 result_gone");
            assert_eq!(place.site.redeem(&code).await.error(), "400 invalid_grant");
        }
        Reached::Collected { code } => {
            let again = place.browser.try_collect(login).await.unwrap();
            match again.status {
                200 => {
                    assert_eq!(again.text("code"), code);
                    place.redeem(&code).await;
                }
                // The redemption went through, and its answer was lost.
                _ => assert_eq!(again.error(), "410 result_gone"),
            }
        }
        // The ticket was lost with the answer, or the end was reached.
        Reached::Started if state != "waiting" => {}
        Reached::Denied | Reached::Cancelled => {}
        // The decision was made, and its answer was lost.
        Reached::Scanned { .. } if state != "scanned" => {
            if state == "confirmed" {
                place.redeem(&place.browser.code(login).await).await;
            }
        }
        Reached::Started | Reached::Scanned { .. } | Reached::Confirmed => {
            let mut reached = reached;
            while !is_end(&reached) {
                let Ok(next) = step(place, login, plan, &reached).await else { panic!("no answer") };
                reached = next;
            }
        }
    }
}

/// Kills the server once it has given this many answers.
async fn crash_after(answers_before: usize) {
    let place = Place::open().await;
    let mut logins = Vec::new();
    for number in 0..LOGINS {
        let plan = [Plan::SignIn, Plan::Deny, Plan::SignIn, Plan::Cancel][number % 4];
        logins.push((place.browser.ask_by_widget().await, plan));
    }
    let place = Arc::new(place);
    let (answers, mut count) = watch::channel(0);
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut journeys = JoinSet::new();
    for (login, plan) in logins {
        let (place, answers, turns) = (place.clone(), answers.clone(), turns.clone());
        journeys.spawn(async move {
            let _turn = turns.acquire().await;
            let reached = journey(&place, &login, plan, &answers).await;
            (login, plan, reached)
        });
    }
    count.wait_for(|count| *count >= answers_before).await.unwrap();
    place.server.kill();
    let reached = journeys.join_all().await;

    let mut place = Arc::into_inner(place).expect("the journeys have ended");
    place.recover().await;
    let unfinished = reached.iter().filter(|(_, _, reached)| !is_end(reached)).count();
    assert!(unfinished > 0, "the crash came too late to disturb anybody");
    for (login, plan, reached) in reached {
        check(&place, &login, plan, reached).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_most_have_just_started() {
    crash_after(10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_half_are_done() {
    crash_after(50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_most_are_done() {
    crash_after(85).await;
}
