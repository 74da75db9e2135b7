//! Typing the code that a device shows which cannot show a picture, or that no camera can see.

use leptos::prelude::*;
use protocol::ProblemCode;
use web_sys::SubmitEvent;

use super::{button, go};
use crate::app::{Screen, Shared};
use crate::outcome::sentences;
use crate::trouble::Trouble;
use crate::typed;
use crate::words::Words;

/// The screen, with what is known of the code in its field. What is wrong with a code is said here, where it can be put right.
pub(crate) fn screen(app: Shared, code: String) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let field = NodeRef::<leptos::html::Input>::new();
    let say = move |text: String| {
        wrong.try_set(Some(text));
        busy.try_set(false);
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let Some(code) = typed::read(&text) else { return say(words.type_length.into()) };
        busy.set(true);
        wrong.set(None);
        app.with_value(|app| {
            app.spawn(|app| async move {
                match app.type_code(code).await {
                    Err(Trouble::SignedOut) => app.fail(Trouble::SignedOut).await,
                    Err(trouble) => say(explain(trouble, words)),
                    Ok(()) => {}
                }
            });
        });
    };
    view! {
        <main class="screen">
            <form class="stack" on:submit=submit>
                <h1 tabindex="-1">{words.type_title}</h1>
                <p class="muted lead" id="code-lead">{words.type_lead}</p>
                <label for="code">{words.type_label}</label>
                <input
                    node_ref=field id="code" class="code" required value=code maxlength="32" autocomplete="off" autocapitalize="characters"
                    spellcheck="false" placeholder="WDJB-MJHT" aria-describedby="code-lead code-trouble" autofocus
                    aria-invalid=move || wrong.get().map(|_| "true")
                />
                <p class="notice bad" id="code-trouble" role="alert" hidden=move || wrong.get().is_none()>
                    {move || wrong.get()}
                </p>
                <button class="primary" disabled=move || busy.get()>
                    {move || if busy.get() { words.checking } else { words.paste_go }}
                </button>
                {button("quiet", words.cancel, move || go(app, Screen::Home))}
            </form>
        </main>
    }
}

/// What is wrong with a code, and what to do about it.
fn explain(trouble: Trouble, words: &Words) -> String {
    match trouble {
        Trouble::Refused(ProblemCode::MalformedQr | ProblemCode::UnknownQr) => words.type_unknown.into(),
        Trouble::Refused(ProblemCode::LoginExpired) => words.type_expired.into(),
        other => sentences(other, words),
    }
}

#[cfg(test)]
mod tests {
    use saoma_web_ui::lang::Lang;

    use super::*;

    #[test]
    fn a_code_that_is_none_and_one_that_has_run_out_are_told_apart() {
        let words = Words::of(Lang::En);
        let said = |code| explain(Trouble::Refused(code), words);
        assert_eq!(said(ProblemCode::MalformedQr), words.type_unknown);
        assert_eq!(said(ProblemCode::UnknownQr), words.type_unknown);
        assert_eq!(said(ProblemCode::LoginExpired), words.type_expired);
        assert!(said(ProblemCode::AlreadyScanned).starts_with(words.taken));
    }
}
