//! The account's passkeys: make one on this phone, rename and remove them.

use leptos::prelude::*;
use protocol::passkey::{PasskeySummary, Passkeys};
use protocol::paths;
use protocol::phone::Me;
use saoma_web_ui::browser::{self, window};
use saoma_web_ui::lang::fill;
use web_sys::SubmitEvent;

use super::bar;
use super::sign_in::LONGEST_NAME;
use super::things::{End, Thing, Things, rows};
use crate::app::{App, Shared};
use crate::device_name;
use crate::outcome::sentences;
use crate::trouble::Trouble;

/// The screen.
pub(crate) fn screen(app: Shared) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let list = Things::begin(app, |app| {
        Box::pin(async move {
            let Passkeys { passkeys } = app.api.get(paths::PHONE_PASSKEYS).await?;
            Ok(passkeys.into_iter().map(|passkey| thing(&app, passkey)).collect())
        })
    });
    let below = if app.with_value(|app| app.api.host().can_passkey()) {
        form(list).into_any()
    } else {
        view! {
            {list.alert()}
            <p class="hint">{sentences(Trouble::NoPasskeys, words)}</p>
        }
        .into_any()
    };
    view! {
        <main class="screen">
            {bar(app, words.passkeys)}
            {rows(list, words.passkeys_none)}
            {below}
        </main>
    }
}

fn thing(app: &App, passkey: PasskeySummary) -> Thing {
    let words = app.words();
    let mut times = fill(words.passkey_made, &browser::date(passkey.created_at, app.lang));
    if let Some(used_at) = passkey.used_at {
        times = [times, fill(words.site_used, &app.ago(used_at))].join(" · ");
    }
    let copied = passkey.backed_up.then(|| words.passkey_copied.into());
    Thing {
        path: paths::phone_passkey(&passkey.id),
        name: passkey.name,
        tag: None,
        facts: [times].into_iter().chain(copied).collect(),
        end: End { word: words.remove, sure: words.remove_passkey_sure, leaves: false },
    }
}

/// Makes another, with a name that this device's own suggests, for who knows the account's password. That is read when the form is sent, and held
/// nowhere.
fn form(list: Things) -> impl IntoView {
    let (words, lang) = list.app.with_value(|app| (app.words(), app.lang));
    let suggestion = device_name::suggest(&window().navigator().user_agent().unwrap_or_default(), lang);
    let (busy, has_password) = (RwSignal::new(true), RwSignal::new(true));
    let field = NodeRef::<leptos::html::Input>::new();
    let password = NodeRef::<leptos::html::Input>::new();
    let first = suggestion.clone();
    list.app.with_value(|app| {
        app.spawn(|app| async move {
            let me = app.api.get::<Me>(paths::PHONE_ME).await;
            busy.try_set(false);
            let Ok(me) = me else { return };
            has_password.try_set(me.has_password);
            // Unless the person is quicker.
            if let Some(field) = field.get_untracked().filter(|field| field.value() == first) {
                field.set_value(&me.device.name);
            }
        });
    });
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        let name = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if name.is_empty() {
            return;
        }
        let typed = password.get_untracked().map(|field| field.value());
        busy.set(true);
        list.change(move |app| async move {
            let made = app.api.add_passkey(&name, typed).await;
            busy.try_set(false);
            if made.is_ok()
                && let Some(field) = password.get_untracked()
            {
                field.set_value("");
            }
            made
        });
    };
    view! {
        <form class="entry below" on:submit=make>
            <label for="passkey">{words.passkey_name}</label>
            <input node_ref=field id="passkey" required maxlength=LONGEST_NAME value=suggestion autocomplete="off"/>
            {move || has_password.get().then(|| view! {
                <label for="password">{words.password}</label>
                <input node_ref=password id="password" type="password" required autocomplete="current-password"/>
            })}
            {list.alert()}
            <button class="primary" disabled=move || busy.get()>{words.passkey_add}</button>
        </form>
    }
}
