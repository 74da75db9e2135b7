//! The question: who asks, what they get, from where; and two answers of one size.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use protocol::phone::{AccountSummary, Scanned};
use saoma_web_ui::browser::now_ms;
use saoma_web_ui::countdown::{Deadline, clock};

use crate::app::{App, Shared};
use crate::human;

/// The screen. It stands until there is an answer or the time is up.
pub(crate) fn screen(app: Shared, scanned: &Rc<Scanned>) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let deadline = Deadline::after(now_ms(), scanned.expires_in);
    let seconds = RwSignal::new(deadline.seconds_left(now_ms()));
    let age = RwSignal::new(age_of(app, scanned.browser.started_at));
    let busy = RwSignal::new(false);
    let started_at = scanned.browser.started_at;
    let tick = move || {
        let left = deadline.seconds_left(now_ms());
        seconds.set(left);
        age.set(age_of(app, started_at));
        // An answer that is on its way is the server's to judge.
        if left == 0 && !busy.get_untracked() {
            app.with_value(App::time_is_up);
        }
    };
    if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
    let question = StoredValue::new_local(Rc::clone(scanned));
    let decide = move |confirm: bool| {
        busy.set(true);
        let scanned = question.get_value();
        app.with_value(|app| app.spawn(|app| async move { app.decide(&scanned, confirm).await }));
    };
    let Scanned { account, site, browser, .. } = scanned.as_ref().clone();
    let scopes: Vec<_> =
        site.scopes.iter().map(|scope| view! { <li>{human::scope(scope, words)}</li> }).collect();
    view! {
        <main class="screen confirm">
            <div class="question">
                <h1 tabindex="-1">
                    <span class="site-name">{site.name}</span>
                    " "
                    <span class="wants">{words.wants}</span>
                </h1>
                <p class="host">{site.host}</p>
            </div>
            <dl class="facts">
                <div><dt>{words.as_account}</dt><dd>{person(account)}</dd></div>
                <div><dt>{words.gets}</dt><dd><ul>{scopes}</ul></dd></div>
                <div><dt>{words.browser}</dt><dd>{browser.name}</dd></div>
                <div><dt>{words.place}</dt><dd>{human::place(&browser.address, words)}</dd></div>
                <div><dt>{words.started}</dt><dd>{move || human::ago(age.get(), words)}</dd></div>
            </dl>
            <p class="warn">{words.warn}</p>
            <div class="answers">
                <p class="muted" role="status">
                    {move || if busy.get() { words.sending } else { words.time_left }}
                    " "
                    <span class="countdown" role="timer" aria-live="off" hidden=move || busy.get()>{move || clock(seconds.get())}</span>
                </p>
                <div class="pair">
                    <button type="button" class="secondary" disabled=move || busy.get() on:click=move |_| decide(false)>{words.decline}</button>
                    <button type="button" class="primary" disabled=move || busy.get() on:click=move |_| decide(true)>{words.confirm}</button>
                </div>
            </div>
        </main>
    }
}

/// Who would be signed in: the name that people see, and the account's where it is another.
fn person(account: AccountSummary) -> impl IntoView {
    let AccountSummary { name, display_name } = account;
    let other = (name != display_name).then(|| view! { " " <span class="muted">{name}</span> });
    view! { {display_name} {other} }
}

/// Seconds since the browser asked, by the server's clock.
fn age_of(app: Shared, started_at: i64) -> i64 {
    let now = app.with_value(|app| app.api.server_time());
    // Seconds of our time fit many times over.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let now = now as i64;
    now - started_at
}
