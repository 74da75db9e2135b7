//! The account's devices: rename, remove, and sign out of this one.

use leptos::prelude::*;
use protocol::paths;
use protocol::phone::{DeviceSummary, Devices};
use saoma_web_ui::lang::fill;

use super::bar;
use super::things::{End, Thing, Things, rows};
use crate::app::{App, Shared};

/// The screen.
pub(crate) fn screen(app: Shared) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let list = Things::begin(app, |app| {
        Box::pin(async move {
            let Devices { devices } = app.api.get(paths::PHONE_DEVICES).await?;
            Ok(devices.into_iter().map(|device| thing(&app, device)).collect())
        })
    });
    view! {
        <main class="screen">
            {bar(app, words.devices)}
            {list.alert()}
            {rows(list, words.loading)}
        </main>
    }
}

fn thing(app: &App, device: DeviceSummary) -> Thing {
    let words = app.words();
    let end = if device.current {
        End { word: words.sign_out, sure: words.sign_out_sure, leaves: true }
    } else {
        End { word: words.remove, sure: words.remove_sure, leaves: false }
    };
    Thing {
        path: paths::phone_device(&device.id),
        name: device.name,
        tag: device.current.then_some(words.this_device),
        facts: vec![fill(words.last_seen, &app.ago(device.last_seen_at))],
        end,
    }
}
