//! A device that waits to be let in by another phone of the account.

use std::rc::Rc;

use leptos::prelude::*;
use protocol::phone::WaitingSignIn;

use crate::app::Shared;

/// The screen. It goes on by itself.
pub(crate) fn screen(app: Shared, waiting: &Rc<WaitingSignIn>) -> impl IntoView + use<> {
    let words = app.with_value(|app| app.words());
    view! {
        <main class="screen step">
            <div class="middle">
                <h1 tabindex="-1">{words.waiting_title}</h1>
                <p class="muted lead">{words.waiting_lead}</p>
                <p class="own-digits">{waiting.digits.clone()}</p>
                <p class="hint" role="status">{words.waiting_hint}</p>
            </div>
        </main>
    }
}
