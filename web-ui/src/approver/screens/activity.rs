//! What happened to the account: sign-ins, phones, sites, the newest first.

use leptos::prelude::*;
use protocol::paths;
use protocol::phone::{Activity, ActivityEntry, ActivityKind};
use saoma_web_ui::lang::fill;

use super::list::List;
use super::{bar, button};
use crate::app::Shared;
use crate::human;
use crate::words::Words;

/// The newest page; nothing opens in it.
type Newest = List<ActivityEntry, ()>;

/// What was read after the newest page.
#[derive(Clone, Default)]
struct Older {
    entries: Vec<ActivityEntry>,
    /// Where to read on; `None`: nothing was read yet.
    next: Option<String>,
    ended: bool,
}

/// The screen.
pub(crate) fn screen(app: Shared) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let list = Newest::begin(app, |app| {
        Box::pin(async move { Ok(app.api.get::<Activity>(paths::PHONE_ACTIVITY).await?.entries) })
    });
    let older = RwSignal::new(Older::default());
    view! {
        <main class="screen">
            {bar(app, words.activity)}
            {list.alert()}
            {move || match list.items.get() {
                Some(entries) => view! {
                    <p class="muted">{words.activity_lead}</p>
                    <ul class="list">{entries.iter().map(|entry| row(list, entry)).collect_view()}</ul>
                    <ul class="list">
                        {move || older.get().entries.iter().map(|entry| row(list, entry)).collect_view()}
                    </ul>
                    <div class="row" hidden=move || older.get().ended || list.items.get().is_none_or(|all| all.len() < PAGE)>
                        {button("quiet", words.activity_more, move || read_on(list, older))}
                    </div>
                }.into_any(),
                None => list.wait().into_any(),
            }}
        </main>
    }
}

/// Entries on a page of the server's. A shorter page is the last.
const PAGE: usize = 50;

/// Reads the next page.
fn read_on(list: Newest, older: RwSignal<Older>) {
    let further = older.with_untracked(|older| older.next.clone());
    let newest = list.items.with_untracked(|items| items.as_ref()?.last().map(|entry| entry.id.clone()));
    let Some(before) = further.or(newest) else { return };
    let path = [paths::PHONE_ACTIVITY, "?before=", &before].concat();
    list.app.with_value(|app| {
        app.spawn(|app| async move {
            match app.api.get::<Activity>(&path).await {
                Ok(page) => older.update(|older| {
                    older.ended = page.next.is_none();
                    older.next = page.next;
                    older.entries.extend(page.entries);
                }),
                Err(trouble) => app.fail(trouble).await,
            }
        });
    });
}

/// One entry.
fn row(list: Newest, entry: &ActivityEntry) -> impl IntoView + use<> {
    let words = list.app.with_value(|app| app.words());
    let title = title(entry, words);
    let mut facts = vec![list.app.with_value(|app| app.ago(entry.at))];
    if entry.current_device {
        facts.push(words.this_device.into());
    } else {
        facts.extend(entry.device.clone());
    }
    facts.extend(entry.address.as_deref().map(|address| human::network(address, words)));
    view! {
        <li>
            <p class="name"><bdi>{title}</bdi></p>
            <p class="hint">{facts.join(" · ")}</p>
        </li>
    }
}

/// What happened, in words.
fn title(entry: &ActivityEntry, words: &Words) -> String {
    let site = entry.site.as_deref().unwrap_or_default();
    match entry.kind {
        ActivityKind::LoginScanned => fill(words.did_scan, site),
        ActivityKind::LoginConfirmed => fill(words.did_confirm, site),
        ActivityKind::LoginDenied => fill(words.did_decline, site),
        ActivityKind::LoginCancelled => fill(words.did_cancel, site),
        ActivityKind::SignedIn => fill(words.did_sign_in, site),
        ActivityKind::GrantRevoked => fill(words.did_end_grant, site),
        ActivityKind::ConsentWithdrawn => fill(words.did_withdraw, site),
        ActivityKind::SignInFailed => words.did_fail.into(),
        ActivityKind::DeviceEnrolled => words.did_enrol.into(),
        ActivityKind::DeviceAsked => words.did_ask.into(),
        ActivityKind::DeviceAllowed => words.did_let_in.into(),
        ActivityKind::DeviceTurnedAway => words.did_turn_away.into(),
        ActivityKind::NextDeviceAllowed => words.did_allow_next.into(),
        ActivityKind::TakenBack => words.did_take_back.into(),
        ActivityKind::PasskeyAdded => words.did_add_passkey.into(),
        ActivityKind::PasskeyRemoved => words.did_remove_passkey.into(),
        ActivityKind::DeviceRevoked => words.did_revoke.into(),
        ActivityKind::SessionEnded => words.did_sign_out.into(),
        ActivityKind::SignedOutEverywhere => words.did_end_all.into(),
        ActivityKind::AccountAdded => words.did_begin.into(),
        ActivityKind::Other => words.did_other.into(),
    }
}
