//! Home: one big button.

use leptos::prelude::*;
use saoma_web_ui::lang::fill;

use super::{BRAND, button, go, icon, told};
use crate::app::{Aim, Screen, Shared};

/// The corners of a viewfinder.
const FINDER: &str =
    "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16";

/// The screen.
pub(crate) fn screen(app: Shared) -> impl IntoView {
    let (words, person, online) = app.with_value(|app| (app.words(), app.person, app.online));
    view! {
        <main class="screen home">
            <header class="bar">
                <p class="muted">{move || fill(words.signed_in_as, &person.get())}</p>
            </header>
            <h1 class="sr-only" tabindex="-1">{BRAND}</h1>
            <div class="middle">
                <button type="button" class="scan" on:click=move |_| go(app, Screen::Scanner(Aim::Scan))>
                    {icon(FINDER)}
                    <span>{words.scan}</span>
                </button>
                <p class="muted lead">{words.scan_lead}</p>
                <p class="notice" role="status" hidden=move || online.get()>{words.offline}</p>
            </div>
            {told::section(app)}
            <nav class="rooms">
                {button("quiet", words.sites, move || go(app, Screen::Sites))}
                {button("quiet", words.activity, move || go(app, Screen::Activity))}
                {button("quiet", words.devices, move || go(app, Screen::Devices))}
                {button("quiet", words.passkeys, move || go(app, Screen::Passkeys))}
            </nav>
        </main>
    }
}
