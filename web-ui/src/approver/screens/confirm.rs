//! The question: who asks, what they get, from where; and two answers of one size.
//!
//! What a site gets is said in a line where there is nothing to choose: it belongs to the house, or was allowed all of it before. Else each
//! scope has a line of its own, and a switch where the site can do without it. The switches are on, as the site asked; a touch
//! turns one off.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use protocol::phone::{AccountSummary, AskedScope, Scanned};

use super::question::{Question, signs, who_asks};
use crate::app::{Answer, Shared};
use crate::human;
use crate::words::Words;

/// The screen. It stands until there is an answer or the time is up.
pub(crate) fn screen(app: Shared, scanned: &Rc<Scanned>) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let question = Question::new(app, scanned);
    let started_at = scanned.browser.started_at;
    let age_now = move || app.with_value(|app| app.seconds_since(started_at));
    let age = RwSignal::new(age_now());
    if let Ok(timer) = set_interval_with_handle(move || age.set(age_now()), Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
    let Scanned { account, site, browser, .. } = scanned.as_ref().clone();
    let choices: Choices = site.scopes.iter().cloned().map(|scope| (scope, RwSignal::new(true))).collect();
    let asked = site.consent.then(|| StoredValue::new(choices.clone()));
    let confirm = move || Answer::Confirm(asked.map(|choices| choices.with_value(allowed)));
    let is_device = site.host.is_none();
    let gets = (!site.consent).then(|| {
        let scopes = site.scopes.iter().map(|scope| view! { <li>{human::scope(&scope.name, words)}</li> });
        view! { <div><dt>{words.gets}</dt><dd><ul>{scopes.collect_view()}</ul></dd></div> }
    });
    let place = human::place(&browser, words);
    let address =
        browser.place.is_some().then(|| view! { " " <span class="muted">{browser.address.clone()}</span> });
    view! {
        <main class="screen confirm">
            {who_asks(&site, words)}
            {signs(&scanned.signs, words)}
            {site.consent.then(|| switches(choices, words))}
            <dl class="facts">
                <div><dt>{words.as_account}</dt><dd>{person(account)}</dd></div>
                {gets}
                {(!is_device).then(|| view! { <div><dt>{words.browser}</dt><dd>{browser.name}</dd></div> })}
                <div><dt>{words.place}</dt><dd>{place}{address}</dd></div>
                <div><dt>{words.started}</dt><dd>{move || human::ago(age.get(), words)}</dd></div>
            </dl>
            <p class="warn">{if is_device { words.device_warn } else { words.warn }}</p>
            <div class="answers">
                {question.time_left()}
                <div class="pair">
                    {question.decline()}
                    <button type="button" class="primary" disabled=move || question.busy.get() on:click=move |_| question.decide(confirm())>{words.confirm}</button>
                </div>
            </div>
        </main>
    }
}

/// What is asked for, each with its switch.
type Choices = Vec<(AskedScope, RwSignal<bool>)>;

/// What the person allows: all that is needed, and what is still switched on.
fn allowed(choices: &Choices) -> Vec<String> {
    let yes = choices.iter().filter(|(scope, on)| !scope.optional || on.get_untracked());
    yes.map(|(scope, _)| scope.name.clone()).collect()
}

/// A line for each scope: what it is, whether it was allowed before, and a switch, or a word where there is no choice.
fn switches(choices: Choices, words: &'static Words) -> impl IntoView {
    let lines = choices.into_iter().map(|(scope, on)| {
        let text = human::scope(&scope.name, words);
        let before = scope.granted.then(|| view! { <small>{words.allowed_before}</small> });
        if !scope.optional {
            return view! { <p class="scope"><span>{text}{before}</span><small>{words.needed}</small></p> }.into_any();
        }
        view! {
            <label class="scope">
                <span>{text}{before}</span>
                <input type="checkbox" role="switch" name=scope.name prop:checked=on on:change=move |event| on.set(event_target_checked(&event))/>
            </label>
        }
        .into_any()
    });
    view! {
        <fieldset class="scopes">
            <legend>{words.asks_for}</legend>
            {lines.collect_view()}
        </fieldset>
    }
}

/// Who would be signed in: the name that people see, and the account's where it is another.
fn person(account: AccountSummary) -> impl IntoView {
    let AccountSummary { name, display_name } = account;
    let other = (name != display_name).then(|| view! { " " <span class="muted">{name}</span> });
    view! { {display_name} {other} }
}
