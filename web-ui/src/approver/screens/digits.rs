//! The digits that the browser shows, before anything is agreed to. The second one sends them: there is no button to find.

use std::rc::Rc;

use leptos::prelude::*;
use protocol::phone::Scanned;

use super::question::{Question, signs, who_asks};
use crate::app::Shared;
use crate::human;

/// How many digits there are.
pub(super) const LENGTH: usize = 2;

/// The screen.
pub(crate) fn screen(app: Shared, scanned: &Rc<Scanned>) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let question = Question::new(app, scanned);
    let field = NodeRef::<leptos::html::Input>::new();
    let typed = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let digits = read(&field.value());
        field.set_value(&digits);
        if digits.len() < LENGTH || question.busy.get_untracked() {
            return;
        }
        question.busy.set(true);
        let scanned = question.scanned();
        app.with_value(|app| {
            app.spawn(|app| async move { app.match_digits(&scanned, digits).await });
        });
    };
    let browser = &scanned.browser;
    view! {
        <main class="screen confirm step">
            {who_asks(&scanned.site, words)}
            <p class="from">{browser.name.clone()}" · "{human::place(browser, words)}</p>
            {signs(&scanned.signs, words)}
            <div class="entry">
                <label for="digits">{words.digits_label}</label>
                <input
                    node_ref=field id="digits" class="digits" inputmode="numeric" pattern="[0-9]*" autocomplete="off" maxlength="2" required
                    autofocus aria-describedby="digits-hint" readonly=move || question.busy.get() on:input=typed
                />
                <p class="hint" id="digits-hint">{words.digits_hint}</p>
            </div>
            <div class="answers">
                {question.time_left()}
                <div class="pair one">{question.decline()}</div>
            </div>
        </main>
    }
}

/// The digits in what was typed, in whatever script the keyboard writes them.
pub(super) fn read(text: &str) -> String {
    let digits = text.chars().filter_map(|c| match c {
        // Full width, as Chinese keyboards may write them.
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
        c if c.is_ascii_digit() => Some(c),
        _ => None,
    });
    digits.take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_however_they_are_typed() {
        for (typed, digits) in
            [("47", "47"), (" 4 7 ", "47"), ("４７", "47"), ("4", "4"), ("4x", "4"), ("479", "47"), ("", "")]
        {
            assert_eq!(read(typed), digits, "{typed}");
        }
    }
}
