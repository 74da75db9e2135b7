//! What the person has and can rename and remove: a row for each of the account's devices and passkeys.

use leptos::prelude::*;
use protocol::phone::RenameDevice;
use web_sys::SubmitEvent;

use super::button;
use super::list::List;
use super::sign_in::LONGEST_NAME;
use crate::api::write;

/// A device or a passkey.
#[derive(Clone)]
pub(crate) struct Thing {
    /// Where the server has it.
    pub(crate) path: String,
    /// What its owner calls it.
    pub(crate) name: String,
    /// What sets it apart.
    pub(crate) tag: Option<&'static str>,
    /// What is to be known of it, a line each.
    pub(crate) facts: Vec<String>,
    /// How it goes.
    pub(crate) end: End,
}

/// How a thing goes.
#[derive(Clone, Copy)]
pub(crate) struct End {
    /// The word for it.
    pub(crate) word: &'static str,
    /// What it means.
    pub(crate) sure: &'static str,
    /// Whether the person goes, too: it is the device that they hold.
    pub(crate) leaves: bool,
}

/// What a thing's row shows beside it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Open {
    /// The form for another name.
    Rename(String),
    /// The question whether to remove it.
    Remove(String),
}

/// The list.
pub(crate) type Things = List<Thing, Open>;

/// The rows; `none` stands there where there are none.
pub(crate) fn rows(list: Things, none: &'static str) -> impl IntoView {
    move || match list.items.get() {
        Some(things) if things.is_empty() => view! { <p class="muted">{none}</p> }.into_any(),
        Some(things) => view! {
            <ul class="list">{things.into_iter().map(|thing| row(list, thing)).collect_view()}</ul>
        }
        .into_any(),
        None => list.wait().into_any(),
    }
}

fn row(list: Things, thing: Thing) -> impl IntoView {
    let facts = thing.facts.iter().cloned().map(|fact| view! { <p class="hint">{fact}</p> }).collect_view();
    view! {
        <li>
            <p class="name">
                <bdi>{thing.name.clone()}</bdi>
                {thing.tag.map(|tag| view! { <span class="tag">{tag}</span> })}
            </p>
            {facts}
            {move || match list.open.get() {
                Some(Open::Rename(path)) if path == thing.path => rename_form(list, &thing).into_any(),
                Some(Open::Remove(path)) if path == thing.path => remove_question(list, &thing).into_any(),
                _ => row_buttons(list, &thing).into_any(),
            }}
        </li>
    }
}

fn row_buttons(list: Things, thing: &Thing) -> impl IntoView + use<> {
    let words = list.app.with_value(|app| app.words());
    let (rename, remove) = (thing.path.clone(), thing.path.clone());
    view! {
        <div class="row">
            {button("quiet", words.rename, move || list.open.set(Some(Open::Rename(rename.clone()))))}
            {button("quiet", thing.end.word, move || list.open.set(Some(Open::Remove(remove.clone()))))}
        </div>
    }
}

fn rename_form(list: Things, thing: &Thing) -> impl IntoView + use<> {
    let words = list.app.with_value(|app| app.words());
    let field = NodeRef::<leptos::html::Input>::new();
    field.on_load(|field| {
        let _ = field.focus();
        field.select();
    });
    let path = thing.path.clone();
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let name = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if name.is_empty() {
            return;
        }
        let path = path.clone();
        // A passkey's new name is written in the same way (`RenamePasskey`).
        list.change(
            |app| async move { app.api.tell("PATCH", &path, Some(&write(&RenameDevice { name }))).await },
        );
    };
    view! {
        <form class="row" on:submit=save>
            <input node_ref=field required maxlength=LONGEST_NAME value=thing.name.clone() aria-label=words.new_name autocomplete="off"/>
            <button class="secondary">{words.save}</button>
        </form>
    }
}

fn remove_question(list: Things, thing: &Thing) -> impl IntoView + use<> {
    let words = list.app.with_value(|app| app.words());
    let (path, end) = (thing.path.clone(), thing.end);
    let remove = move || {
        if end.leaves {
            return list.app.with_value(|app| app.spawn(|app| async move { app.sign_out().await }));
        }
        let path = path.clone();
        list.change(|app| async move { app.api.tell("DELETE", &path, None).await });
    };
    view! {
        <p class="hint" role="status">{end.sure}</p>
        <div class="row">
            {button("secondary", words.cancel, move || list.open.set(None))}
            {button("secondary", end.word, remove)}
        </div>
    }
}
