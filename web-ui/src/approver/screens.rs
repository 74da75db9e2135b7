//! What the app shows. One thing per screen; what is to be pressed lies at the bottom, where the thumb is.

mod activity;
mod confirm;
mod devices;
mod digits;
mod home;
mod list;
mod outcome;
mod passkeys;
mod question;
mod scanner;
mod sign_in;
mod sites;
mod things;
mod told;
mod type_code;
mod unlock;
mod waiting;

use leptos::prelude::*;

use super::app::{Screen, Shared};
use super::outcome::sentences;
use super::trouble::Trouble;

/// The whole app.
pub(crate) fn root(app: Shared) -> impl IntoView {
    let screen = app.with_value(|app| app.screen);
    move || match screen.get() {
        Screen::Loading => wait(app, |words| words.loading).into_any(),
        Screen::Checking => wait(app, |words| words.checking).into_any(),
        Screen::SignIn(notice) => sign_in::screen(app, notice).into_any(),
        Screen::Waiting(waiting) => waiting::screen(app, &waiting).into_any(),
        Screen::Home => home::screen(app).into_any(),
        Screen::Scanner(aim) => scanner::screen(app, aim).into_any(),
        Screen::TypeCode(code) => type_code::screen(app, code).into_any(),
        Screen::Digits(scanned) => digits::screen(app, &scanned).into_any(),
        Screen::Unlock(scanned) => unlock::screen(app, &scanned).into_any(),
        Screen::Confirm(scanned) => confirm::screen(app, &scanned).into_any(),
        Screen::Outcome(outcome) => outcome::screen(app, &outcome).into_any(),
        Screen::Devices => devices::screen(app).into_any(),
        Screen::Passkeys => passkeys::screen(app).into_any(),
        Screen::Sites => sites::screen(app).into_any(),
        Screen::Activity => activity::screen(app).into_any(),
    }
}

/// Of markup that is all literals, leptos makes HTML for `innerHTML`, which our content security policy forbids (Trusted Types); of
/// markup with a constant in it, it makes elements.
const HIDDEN: &str = "true";

/// The app's name, which is no word to be translated.
const BRAND: &str = "Saoma";

/// Waiting for something that takes a moment.
fn wait(app: Shared, text: fn(&super::words::Words) -> &'static str) -> impl IntoView {
    let text = app.with_value(|app| text(app.words()));
    view! {
        <main class="screen wait">
            <span class="spinner" aria-hidden=HIDDEN></span>
            <p role="status">{text}</p>
        </main>
    }
}

/// The head of a room: what it is, and the way out.
fn bar(app: Shared, title: &'static str) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    view! {
        <header class="bar">
            <h1 tabindex="-1">{title}</h1>
            {button("quiet", words.back, move || go(app, Screen::Home))}
        </header>
    }
}

/// The place for what went wrong.
fn alert(app: Shared, trouble: RwSignal<Option<Trouble>>) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    view! {
        <p
            class="notice" class:bad=move || !trouble.get().is_some_and(Trouble::is_calm) role="alert"
            hidden=move || trouble.get().is_none()
        >
            {move || trouble.get().map(|trouble| sentences(trouble, words))}
        </p>
    }
}

/// Goes to a screen.
fn go(app: Shared, screen: Screen) {
    app.with_value(|app| app.go(screen));
}

/// A drawing of 24 by 24 lines; the text beside it says the same.
fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}

/// A button that does not submit.
fn button(class: &'static str, text: &'static str, action: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button type="button" class=class on:click=move |_| action()>
            {text}
        </button>
    }
}
