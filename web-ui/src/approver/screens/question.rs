//! What the screens between scan and decision share: who asks, what is to be known of it, and the time that is left.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use protocol::phone::{Scanned, Sign, Site};
use saoma_web_ui::browser::now_ms;
use saoma_web_ui::countdown::{Deadline, clock};

use super::icon;
use crate::app::{Answer, App, Shared};
use crate::words::Words;

/// A tick in a seal.
const VERIFIED: &str = "M12 3l7 3v5.5c0 4.4-2.9 7.6-7 9.5-4.1-1.9-7-5.1-7-9.5V6zM8.8 12l2.2 2.3 4.2-4.5";
/// A question mark in a circle.
const UNVERIFIED: &str =
    "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9.6 9.4a2.5 2.5 0 1 1 3.5 2.6c-.7.3-1.1.8-1.1 1.6M12 16.6v.01";
/// An exclamation mark in a triangle.
const WARNING: &str = "M12 4l9 16H3zM12 10v4.5M12 17.3v.01";
/// A dot in a circle.
const REMARK: &str = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 11v5.5M12 7.7v.01";
/// A tick.
const TICK: &str = "M5 12.5l4.5 4.5L19 7.5";

/// A request that stands on the screen until it is answered or its time is up.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    app: Shared,
    scanned: StoredValue<Rc<Scanned>, LocalStorage>,
    seconds: RwSignal<u32>,
    /// Whether an answer is on its way.
    pub(crate) busy: RwSignal<bool>,
}

impl Question {
    /// Begins to count the time down.
    pub(crate) fn new(app: Shared, scanned: &Rc<Scanned>) -> Self {
        let deadline = Deadline::after(now_ms(), scanned.expires_in);
        let question = Self {
            app,
            scanned: StoredValue::new_local(Rc::clone(scanned)),
            seconds: RwSignal::new(deadline.seconds_left(now_ms())),
            busy: RwSignal::new(false),
        };
        let tick = move || {
            let left = deadline.seconds_left(now_ms());
            question.seconds.set(left);
            // An answer that is on its way is the server's to judge.
            if left == 0 && !question.busy.get_untracked() {
                app.with_value(App::time_is_up);
            }
        };
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
        question
    }

    /// The request.
    pub(crate) fn scanned(self) -> Rc<Scanned> {
        self.scanned.get_value()
    }

    /// Answers it.
    pub(crate) fn decide(self, answer: Answer) {
        self.busy.set(true);
        let scanned = self.scanned();
        self.app.with_value(|app| app.spawn(|app| async move { app.decide(&scanned, answer).await }));
    }

    /// A line on the time that is left, or on the answer that is under way.
    pub(crate) fn time_left(self) -> impl IntoView {
        let words = self.app.with_value(|app| app.words());
        let Self { seconds, busy, .. } = self;
        view! {
            <p class="muted" role="status">
                {move || if busy.get() { words.sending } else { words.time_left }}
                " "
                <span class="countdown" role="timer" aria-live="off" hidden=move || busy.get()>{move || clock(seconds.get())}</span>
            </p>
        }
    }

    /// The button that says no.
    pub(crate) fn decline(self) -> impl IntoView {
        let words = self.app.with_value(|app| app.words());
        view! {
            <button type="button" class="secondary" disabled=move || self.busy.get() on:click=move |_| self.decide(Answer::Decline)>{words.decline}</button>
        }
    }
}

/// Who asks, in the largest type; and whether the operator vouches for the name.
pub(crate) fn who_asks(site: &Site, words: &'static Words) -> impl IntoView + use<> {
    let Site { name, logo, host, verified, .. } = site.clone();
    let logo = logo.map(|path| view! { <img class="logo" src=path alt="" width="56" height="56"/> });
    let (wants, word) = match (&host, verified) {
        (None, true) => (words.device_wants, words.verified),
        (None, false) => (words.device_wants, words.not_verified),
        (Some(_), true) => (words.wants, words.verified),
        (Some(_), false) => (words.wants, words.not_verified),
    };
    view! {
        <div class="question">
            {logo}
            <h1 tabindex="-1">
                <span class="site-name">{name}</span>
                " "
                <span class="wants">{wants}</span>
            </h1>
            <p class="host">
                <span>{host.unwrap_or_else(|| words.device_asks.into())}</span>
                " "
                <span class="vouched" data-verified=verified.to_string()>{icon(if verified { VERIFIED } else { UNVERIFIED })}{word}</span>
            </p>
        </div>
    }
}

/// What is to be known of the request, the worst first.
pub(crate) fn signs(signs: &[Sign], words: &'static Words) -> impl IntoView + use<> {
    let lines = signs.iter().map(|sign| {
        let (tone, drawing) = match sign {
            Sign::ManyRequests | Sign::OtherCountry | Sign::BrowserWithoutKey => ("bad", WARNING),
            Sign::TypedCode | Sign::OtherNetwork | Sign::FirstTimeAtSite => ("mind", REMARK),
            Sign::SameNetwork => ("good", TICK),
        };
        view! { <li data-tone=tone>{icon(drawing)}<span>{sign_text(*sign, words)}</span></li> }
    });
    (!signs.is_empty()).then(|| view! { <ul class="signs">{lines.collect_view()}</ul> })
}

/// A sign in a person's words.
fn sign_text(sign: Sign, words: &Words) -> &'static str {
    match sign {
        Sign::ManyRequests => words.sign_many_requests,
        Sign::OtherCountry => words.sign_other_country,
        Sign::BrowserWithoutKey => words.sign_browser_without_key,
        Sign::TypedCode => words.sign_typed_code,
        Sign::OtherNetwork => words.sign_other_network,
        Sign::FirstTimeAtSite => words.sign_first_time,
        Sign::SameNetwork => words.sign_same_network,
    }
}
