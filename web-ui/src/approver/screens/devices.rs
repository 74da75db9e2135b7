//! The account's devices: rename, remove, and sign out of this one.

use leptos::prelude::*;
use protocol::paths;
use protocol::phone::{DeviceSummary, Devices, RenameDevice};
use saoma_web_ui::lang::fill;
use web_sys::SubmitEvent;

use super::sign_in::LONGEST_NAME;
use super::{button, go};
use crate::api::write;
use crate::app::{Screen, Shared};

/// What a device's row shows beside the device.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Open {
    /// The form for another name.
    Rename(String),
    /// The question whether to remove it.
    Remove(String),
}

/// The list.
type List = super::list::List<Devices, Open>;

/// The screen.
pub(crate) fn screen(app: Shared) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let list = List::read(app);
    view! {
        <main class="screen">
            <header class="bar">
                <h1 tabindex="-1">{words.devices}</h1>
                {button("quiet", words.back, move || go(app, Screen::Home))}
            </header>
            {list.alert()}
            {move || match list.items.get() {
                Some(devices) => view! {
                    <ul class="list">
                        {devices.into_iter().map(|device| row(list, device)).collect_view()}
                    </ul>
                }.into_any(),
                None => list.wait().into_any(),
            }}
        </main>
    }
}

/// One device.
fn row(list: List, device: DeviceSummary) -> impl IntoView {
    let words = list.app.with_value(|app| app.words());
    let seen = fill(words.last_seen, &list.ago(device.last_seen_at));
    let name = device.name.clone();
    view! {
        <li>
            <p class="name">
                <bdi>{name}</bdi>
                {device.current.then(|| view! { <span class="tag">{words.this_device}</span> })}
            </p>
            <p class="hint">{seen}</p>
            {move || match list.open.get() {
                Some(Open::Rename(id)) if id == device.id => rename_form(list, &device).into_any(),
                Some(Open::Remove(id)) if id == device.id => remove_question(list, &device).into_any(),
                _ => row_buttons(list, &device).into_any(),
            }}
        </li>
    }
}

fn row_buttons(list: List, device: &DeviceSummary) -> impl IntoView {
    let words = list.app.with_value(|app| app.words());
    let (rename, remove) = (device.id.clone(), device.id.clone());
    view! {
        <div class="row">
            {button("quiet", words.rename, move || list.open.set(Some(Open::Rename(rename.clone()))))}
            {button(
                "quiet",
                if device.current { words.sign_out } else { words.remove },
                move || list.open.set(Some(Open::Remove(remove.clone()))),
            )}
        </div>
    }
}

fn rename_form(list: List, device: &DeviceSummary) -> impl IntoView {
    let words = list.app.with_value(|app| app.words());
    let field = NodeRef::<leptos::html::Input>::new();
    field.on_load(|field| {
        let _ = field.focus();
        field.select();
    });
    let id = device.id.clone();
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let name = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if name.is_empty() {
            return;
        }
        let path = paths::phone_device(&id);
        list.change(
            |app| async move { app.api.tell("PATCH", &path, Some(&write(&RenameDevice { name }))).await },
        );
    };
    view! {
        <form class="row" on:submit=save>
            <input node_ref=field required maxlength=LONGEST_NAME value=device.name.clone() aria-label=words.new_name autocomplete="off"/>
            <button class="secondary">{words.save}</button>
        </form>
    }
}

fn remove_question(list: List, device: &DeviceSummary) -> impl IntoView {
    let words = list.app.with_value(|app| app.words());
    let (id, current) = (device.id.clone(), device.current);
    let remove = move || {
        if current {
            return list.app.with_value(|app| app.spawn(|app| async move { app.sign_out().await }));
        }
        let path = paths::phone_device(&id);
        list.change(|app| async move { app.api.tell("DELETE", &path, None).await });
    };
    view! {
        <p class="hint" role="status">{if current { words.sign_out_sure } else { words.remove_sure }}</p>
        <div class="row">
            {button("secondary", words.cancel, move || list.open.set(None))}
            {button("secondary", if current { words.sign_out } else { words.remove }, remove)}
        </div>
    }
}
