//! "Show that it is you": sites that guard much ask whoever holds the phone for the account's password, each time.

use std::rc::Rc;

use leptos::prelude::*;
use protocol::ProblemCode;
use protocol::phone::Scanned;
use web_sys::SubmitEvent;

use super::question::{Question, signs, who_asks};
use crate::app::Shared;
use crate::trouble::Trouble;

/// The screen. The password is read when the form is sent, and held nowhere.
pub(crate) fn screen(app: Shared, scanned: &Rc<Scanned>) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let question = Question::new(app, scanned);
    let wrong = RwSignal::new(false);
    let field = NodeRef::<leptos::html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(password) = field.get_untracked().map(|field| field.value()) else { return };
        question.busy.set(true);
        wrong.set(false);
        let scanned = question.scanned();
        app.with_value(|app| {
            app.spawn(|app| async move {
                match app.unlock(&scanned, password).await {
                    Err(Trouble::Refused(ProblemCode::WrongPassword)) => {
                        question.busy.try_set(false);
                        wrong.try_set(true);
                        if let Some(field) = field.get_untracked() {
                            field.select();
                        }
                    }
                    Err(trouble) => app.fail(trouble).await,
                    Ok(()) => {}
                }
            });
        });
    };
    let account = &scanned.account;
    view! {
        <main class="screen confirm step">
            {who_asks(&scanned.site, words)}
            {signs(&scanned.signs, words)}
            <form class="entry" id="unlock" on:submit=submit>
                <p>{words.unlock_lead}</p>
                <input type="text" name="username" autocomplete="username" value=account.name.clone() readonly hidden/>
                <label for="password">{words.password}</label>
                <input
                    node_ref=field id="password" type="password" required autocomplete="current-password" autofocus
                    aria-describedby="unlock-trouble" aria-invalid=move || wrong.get().then_some("true")
                />
                <p class="notice bad" id="unlock-trouble" role="alert" hidden=move || !wrong.get()>{words.wrong_password}</p>
            </form>
            <div class="answers">
                {question.time_left()}
                <div class="pair">
                    {question.decline()}
                    <button class="primary" form="unlock" disabled=move || question.busy.get()>{words.paste_go}</button>
                </div>
            </div>
        </main>
    }
}
