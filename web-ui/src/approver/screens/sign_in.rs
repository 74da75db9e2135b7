//! Signing in, once for each device: with a password, or with a passkey where the browser can.

use leptos::prelude::*;
use protocol::phone::SignIn;
use saoma_web_ui::browser::window;
use web_sys::SubmitEvent;

use super::{BRAND, alert};
use crate::app::{Notice, Shared};
use crate::device_name;
use crate::trouble::Trouble;
use crate::words::Words;

/// The longest name of a device, in characters (`protocol::phone::SignIn`).
pub(crate) const LONGEST_NAME: i64 = 64;

/// The app's picture.
const ICON: &str = "/app/icon.svg";

/// The screen. The password is read when the form is sent, and held nowhere.
pub(crate) fn screen(app: Shared, notice: Option<Notice>) -> impl IntoView {
    let (words, lang, can) = app.with_value(|app| (app.words(), app.lang, app.api.host().can_passkey()));
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Trouble>);
    let [account, password, name] = [(); 3].map(|()| NodeRef::<leptos::html::Input>::new());
    let suggestion = device_name::suggest(&window().navigator().user_agent().unwrap_or_default(), lang);
    let value = |field: NodeRef<leptos::html::Input>| field.get_untracked().map(|field| field.value());
    let begin = move || {
        busy.set(true);
        trouble.set(None);
    };
    let end = move |came: Result<(), Trouble>| {
        // Where it went well, the screen is gone.
        if let Err(found) = came {
            busy.try_set(false);
            trouble.try_set(Some(found));
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(account), Some(password), Some(device_name)) =
            (value(account), value(password), value(name))
        else {
            return;
        };
        begin();
        app.with_value(|app| {
            app.spawn(|app| async move { end(app.sign_in(SignIn { account, password, device_name }).await) });
        });
    };
    let preset = suggestion.clone();
    let by_passkey = move || {
        let name = value(name).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| preset.clone());
        begin();
        app.with_value(|app| {
            app.spawn(|app| async move { end(app.sign_in_by_passkey(&name).await) });
        });
    };
    view! {
        <main class="screen">
            <form class="stack" on:submit=submit>
                <p class="brand"><img src=ICON alt="" width="28" height="28"/>{BRAND}</p>
                <h1 tabindex="-1">{words.sign_in}</h1>
                <p class="muted">{words.sign_in_lead}</p>
                {notice.map(|notice| view! { <p class="notice" role="status">{notice_text(notice, words)}</p> })}
                <label for="account">{words.account}</label>
                <input node_ref=account id="account" required autocomplete="username" autocapitalize="none" spellcheck="false"/>
                <label for="password">{words.password}</label>
                <input node_ref=password id="password" type="password" required autocomplete="current-password"/>
                <label for="device">{words.device_name}</label>
                <input node_ref=name id="device" required maxlength=LONGEST_NAME value=suggestion autocomplete="off" aria-describedby="device-hint"/>
                <p class="hint" id="device-hint">{words.device_name_hint}</p>
                {alert(app, trouble)}
                <button class="primary" disabled=move || busy.get()>
                    {move || if busy.get() { words.signing_in } else { words.sign_in }}
                </button>
                {can.then(|| view! {
                    <button type="button" class="secondary" disabled=move || busy.get() on:click=move |_| by_passkey()>
                        {words.passkey_sign_in}
                    </button>
                })}
            </form>
        </main>
    }
}

fn notice_text(notice: Notice, words: &Words) -> &'static str {
    match notice {
        Notice::SignedOut => words.notice_signed_out,
        Notice::Bye => words.notice_bye,
        Notice::CodeNext => words.notice_first,
        Notice::TurnedAway => words.notice_turned_away,
        Notice::NobodyAnswered => words.notice_nobody,
    }
}
