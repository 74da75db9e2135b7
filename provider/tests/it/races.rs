//! Races: the same thing, asked fifty times at once, of one server and of two on the same store. Exactly one call wins; the
//! others are told why not.

mod field;

use std::time::Duration;

use axum::http::StatusCode;
use provider::login::match_code::MatchPolicy;

use serde_json::json;

use crate::support::{Answer, Ask, TestApp, site::metadata};
use field::{CALLS, Field, SERVERS, tally};

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_scans_one_wins() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        app.add_account("mei").await;
        let phones =
            [app.phone().await, app.phone().await, app.phone_of("mei").await, app.phone_of("mei").await];
        let widget = app.widget().start().await;
        let scans = (0..CALLS).map(|n| field::scan(&phones[n % phones.len()], &widget.qr)).collect();
        let answers = Field::of(&app, servers).await.race(scans).await;

        assert_eq!(tally(&answers), [("200", 1), ("409 already_scanned", CALLS - 1)]);
        let won = answers.iter().position(|answer| answer.status == StatusCode::OK).unwrap();
        let ticket = answers[won].json()["ticket"].as_str().unwrap().to_owned();
        for (n, phone) in phones.iter().enumerate().filter(|(n, _)| *n != won % phones.len()) {
            assert_eq!(phone.confirm(&ticket).await.problem(), "403 invalid_ticket", "phone {n} lost");
        }
        assert_eq!(phones[won % phones.len()].confirm(&ticket).await.status, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_confirmations_one_wins() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let (phone, widget) = (app.phone().await, app.widget().start().await);
        let ticket = phone.ticket(&widget.qr).await;
        let calls = (0..CALLS).map(|_| field::decide(&phone, "confirm", &ticket)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("204", 1), ("409 already_decided", CALLS - 1)]);
        assert_eq!(widget.state().await, "confirmed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_confirm_deny_and_cancel_one_decides() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let (phone, widget) = (app.phone().await, app.widget().start().await);
        let ticket = phone.ticket(&widget.qr).await;
        let calls = (0..CALLS).map(|n| match n % 3 {
            0 => field::decide(&phone, "confirm", &ticket),
            1 => field::decide(&phone, "deny", &ticket),
            _ => field::of_widget(&widget, "cancel"),
        });
        let answers = Field::of(&app, servers).await.race(calls.collect()).await;

        let end = widget.state().await;
        let decided = |word: usize| {
            let of_this_kind = answers.iter().enumerate().filter(|(n, _)| n % 3 == word);
            of_this_kind.filter(|(_, answer)| answer.status == StatusCode::NO_CONTENT).count()
        };
        let (confirmed, denied) = (decided(0), decided(1));
        let expected = match end.as_str() {
            "confirmed" => (1, 0),
            "denied" => (0, 1),
            "cancelled" => (0, 0),
            other => panic!("{other}"),
        };
        assert_eq!((confirmed, denied), expected, "{end}");
        for (n, answer) in answers.iter().enumerate() {
            match (n % 3, answer.status.as_u16()) {
                (_, 204) => {}
                (2, 200) => assert_eq!(answer.json()["state"], end.as_str(), "a cancel is told how it ended"),
                (_, 409) if end == "cancelled" => assert_eq!(answer.problem(), "409 login_cancelled"),
                _ => assert_eq!(answer.problem(), "409 already_decided"),
            }
        }
        assert_eq!(widget.look().await.json()["version"], 3, "one transition, not two");
    }
}

/// A login whose digits have not been typed is confirmed by nobody, however many ask at once.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_confirmations_before_the_digits_none_wins() {
    for servers in SERVERS {
        let app = TestApp::with(|config| config.match_code = MatchPolicy::Always).await;
        let (phone, widget) = (app.phone().await, app.widget().start().await);
        let ticket = phone.ticket(&widget.qr).await;
        let calls = (0..CALLS).map(|_| field::decide(&phone, "confirm", &ticket)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("409 match_needed", CALLS)]);
        assert_eq!(widget.state().await, "scanned");
    }
}

/// All hundred pairs of digits at once: that is one try, and the one that comes first is it. Only if the right pair was first, and no wrong
/// one came after it, could the login go on; every wrong one ends it.
#[tokio::test(flavor = "multi_thread")]
async fn all_digits_at_once_are_no_way_in() {
    for servers in SERVERS {
        let app = TestApp::with(|config| config.match_code = MatchPolicy::Always).await;
        let (phone, widget) = (app.phone().await, app.widget().start().await);
        let ticket = phone.ticket(&widget.qr).await;
        let calls = (0..100).map(|n| field::match_digits(&phone, &ticket, &format!("{n:02}"))).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count() <= 1);
        assert_eq!(widget.state().await, "denied");
        assert_eq!(phone.confirm(&ticket).await.problem(), "409 wrong_match_code");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_times_the_right_digits_are_one_match() {
    for servers in SERVERS {
        let app = TestApp::with(|config| config.match_code = MatchPolicy::Always).await;
        let (phone, widget) = (app.phone().await, app.widget().start().await);
        let ticket = phone.ticket(&widget.qr).await;
        let digits = widget.digits().await;
        let calls = (0..CALLS).map(|_| field::match_digits(&phone, &ticket, &digits)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        let matched = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert!(matched >= 1, "{answers:?}");
        assert_eq!(widget.look().await.json()["version"], 3, "one transition");
        assert_eq!(phone.confirm(&ticket).await.status, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_wrong_passwords_at_once_three_are_tried() {
    let app = TestApp::new().await;
    let claims = json!({"id_token": {"acr": {"essential": true, "value": "urn:saoma:acr:unlocked"}}});
    let ask = Ask::default().with("claims", &claims.to_string());
    let (phone, widget) = (app.phone().await, app.widget().start_with(&ask).await);
    let ticket = phone.ticket(&widget.qr).await;
    let calls = (0..CALLS).map(|_| field::unlock(&phone, &ticket, "wrong")).collect();
    let answers = Field::of(&app, 1).await.race(calls).await;
    assert_eq!(tally(&answers), [("403 wrong_password", 2), ("409 too_many_tries", CALLS - 2)]);
    assert_eq!(widget.state().await, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_collections_yield_one_code() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let (phone, widget) = (app.phone().await, app.widget().start().await);
        phone.approve(&widget.qr).await;
        let calls = (0..CALLS).map(|_| field::result(&app, &widget)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("200", CALLS)]);
        let code = answers[0].json()["code"].clone();
        assert!(answers.iter().all(|answer| answer.json()["code"] == code));
        assert_eq!(app.site().redeem(code.as_str().unwrap()).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc6749_4_1_2_of_fifty_redemptions_one_wins_and_its_tokens_are_revoked() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let (phone, widget, site) = (app.phone().await, app.widget().start().await, app.site());
        phone.approve(&widget.qr).await;
        let code = widget.code().await;
        let calls = (0..CALLS).map(|_| field::redeem(&code)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("200", 1), ("400 invalid_grant", CALLS - 1)]);

        let tokens = winner(&answers);
        let refused = site.userinfo(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(refused.status, 401, "the code came back, so what it gave is taken back");
        let call = field::refresh(tokens["refresh_token"].as_str().unwrap());
        assert_eq!(app.send(call).await.oauth_error(), "400 invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc9700_4_14_2_of_fifty_rotations_one_wins_and_the_grant_is_revoked() {
    for servers in SERVERS {
        let app = TestApp::with(|config| config.lifetimes.refresh_grace = Duration::ZERO).await;
        let (phone, widget, site) = (app.phone().await, app.widget().start().await, app.site());
        phone.approve(&widget.qr).await;
        let first = site.redeem(&widget.code().await).await.json();
        let token = first["refresh_token"].as_str().unwrap();
        let calls = (0..CALLS).map(|_| field::refresh(token)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("200", 1), ("400 invalid_grant", CALLS - 1)]);

        let rotated = winner(&answers);
        for tokens in [&first, &rotated] {
            assert_eq!(site.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
        }
        let call = field::refresh(rotated["refresh_token"].as_str().unwrap());
        assert_eq!(app.send(call).await.oauth_error(), "400 invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_rotations_within_the_grace_make_one_successor() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let first = app.tokens(&Ask::default()).await;
        let token = first["refresh_token"].as_str().unwrap();
        let calls = (0..CALLS).map(|_| field::refresh(token)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("200", CALLS)]);
        let next = answers[0].json()["refresh_token"].clone();
        assert!(next != token && answers.iter().all(|answer| answer.json()["refresh_token"] == next));
        assert_eq!(app.count("refresh_tokens").await, 2, "the first and its one successor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc8628_3_5_of_fifty_polls_one_brings_the_tokens() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let mut site = metadata();
        site["grant_types"] = json!(["urn:ietf:params:oauth:grant-type:device_code"]);
        app.import(site).await;
        let started = app.send(field::start_on_device()).await.json();
        app.phone().await.approve(started["verification_uri_complete"].as_str().unwrap()).await;
        let calls = (0..CALLS).map(|_| field::poll(started["device_code"].as_str().unwrap())).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("200", 1), ("400 invalid_grant", CALLS - 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc9126_7_3_of_fifty_uses_of_a_request_uri_one_starts_a_login() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let pushed = app.send(field::push(&Ask::default())).await.json();
        let calls = (0..CALLS).map(|_| field::visit(pushed["request_uri"].as_str().unwrap())).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        let started = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        let refused = answers.iter().filter(|answer| answer.status == StatusCode::BAD_REQUEST).count();
        assert_eq!((started, refused), (1, CALLS - 1));
        assert_eq!(app.logins().await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc9449_11_1_of_fifty_uses_of_one_proof_one_is_accepted() {
    for servers in SERVERS {
        let app = TestApp::new().await;
        let phone = app.phone().await;
        let proof = phone.proof("GET", "/api/phone/me", Some(&phone.access_token));
        let calls = (0..CALLS).map(|_| field::me(&phone, &proof)).collect();
        let answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(tally(&answers), [("200", 1), ("401 invalid_dpop_proof", CALLS - 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_and_fifty_confirmations_leave_no_doubt() {
    for servers in SERVERS {
        // So many open requests are a risk by themselves.
        let app = TestApp::with(|config| config.match_code = MatchPolicy::Never).await;
        let (phone, other) = (app.phone().await, app.phone().await);
        let mut widgets = Vec::new();
        let mut calls = Vec::new();
        for n in 0..CALLS {
            if n == CALLS / 2 {
                calls.push(field::revoke(&other, &phone.device));
            }
            let widget = app.widget().start().await;
            let ticket = phone.ticket(&widget.qr).await;
            calls.push(field::decide(&phone, "confirm", &ticket));
            widgets.push(widget);
        }
        let mut answers = Field::of(&app, servers).await.race(calls).await;
        assert_eq!(answers.remove(CALLS / 2).status, 204, "the revocation");
        for (answer, widget) in answers.iter().zip(&widgets) {
            let state = widget.state().await;
            let expected = if answer.status == 204 { "confirmed" } else { "scanned" };
            assert_eq!(state, expected, "{answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_place_for_a_device_goes_to_one() {
    let app = TestApp::new().await;
    let enrolled = field::enrol_at_once(&app, 19, CALLS).await;
    assert_eq!(enrolled, 1, "19 devices and one more are the 20 that an account may have");
}

/// The body of the one answer that was good.
fn winner(answers: &[Answer]) -> serde_json::Value {
    answers.iter().find(|answer| answer.status == StatusCode::OK).expect("one won").json()
}
