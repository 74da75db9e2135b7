//! How it ended, and what to do next.

use leptos::prelude::*;

use super::{button, go, icon};
use crate::app::{Aim, Screen, Shared};
use crate::outcome::{Outcome, Tone};

const TICK: &str = "M5 12.5l4.5 4.5L19 7.5";
const CROSS: &str = "M7 7l10 10M17 7L7 17";
const EXCLAMATION: &str = "M12 6v7M12 17v.01";

/// The screen.
pub(crate) fn screen(app: Shared, outcome: &Outcome) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let (title, next) = outcome.texts(words);
    let (tone, drawing) = match outcome.tone() {
        Tone::Good => ("good", TICK),
        Tone::Declined => ("declined", CROSS),
        Tone::Bad => ("bad", EXCLAMATION),
    };
    let again = outcome.may_scan_again();
    let home = if again { words.back } else { words.done };
    view! {
        <main class="screen outcome" data-tone=tone>
            <div class="middle">
                <div class="mark">{icon(drawing)}</div>
                <h1 tabindex="-1">{title}</h1>
                <p class="muted lead">{next}</p>
            </div>
            <div class="stack">
                {again.then(|| button("primary", words.scan_again, move || go(app, Screen::Scanner(Aim::Scan))))}
                {button(if again { "quiet" } else { "primary" }, home, move || go(app, Screen::Home))}
            </div>
        </main>
    }
}
