//! A list that the server keeps: read, changed, and read again.

use std::rc::Rc;

use leptos::prelude::*;
use protocol::paths;
use protocol::phone::{Activity, ActivityEntry, AllowedSite, AllowedSites, DeviceSummary, Devices};
use serde::de::DeserializeOwned;

use crate::app::{App, Shared};
use crate::outcome::trouble_texts;
use crate::trouble::Trouble;

/// A list of the phone API.
pub(crate) trait Listed: DeserializeOwned + 'static {
    /// What it is a list of.
    type Item: Clone + Send + Sync + 'static;
    /// Where it is read.
    const PATH: &'static str;
    /// What is in it.
    fn items(self) -> Vec<Self::Item>;
}

impl Listed for Devices {
    type Item = DeviceSummary;
    const PATH: &'static str = paths::PHONE_DEVICES;
    fn items(self) -> Vec<DeviceSummary> {
        self.devices
    }
}

impl Listed for AllowedSites {
    type Item = AllowedSite;
    const PATH: &'static str = paths::PHONE_SITES;
    fn items(self) -> Vec<AllowedSite> {
        self.sites
    }
}

impl Listed for Activity {
    type Item = ActivityEntry;
    const PATH: &'static str = paths::PHONE_ACTIVITY;
    fn items(self) -> Vec<ActivityEntry> {
        self.entries
    }
}

/// A list's signals. `O` says what is open in one of its rows.
pub(crate) struct List<L: Listed, O: Send + Sync + 'static> {
    /// The app.
    pub(crate) app: Shared,
    /// What is in it; nothing until it is read.
    pub(crate) items: RwSignal<Option<Vec<L::Item>>>,
    /// What is open.
    pub(crate) open: RwSignal<Option<O>>,
    trouble: RwSignal<Option<Trouble>>,
}

impl<L: Listed, O: Send + Sync + 'static> Clone for List<L, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Listed, O: Send + Sync + 'static> Copy for List<L, O> {}

impl<L: Listed, O: Send + Sync + 'static> List<L, O> {
    /// Begins to read it.
    pub(crate) fn read(app: Shared) -> Self {
        let list =
            Self { app, items: RwSignal::new(None), open: RwSignal::new(None), trouble: RwSignal::new(None) };
        list.change(|_| async { Ok(()) });
        list
    }

    /// Does something on the server, then reads the list again.
    pub(crate) fn change<F>(self, work: impl FnOnce(Rc<App>) -> F + 'static)
    where
        F: Future<Output = Result<(), Trouble>> + 'static,
    {
        self.open.set(None);
        self.app.with_value(|app| {
            app.spawn(|app| async move {
                let worked = work(app.clone()).await;
                let read = app.api.get::<L>(L::PATH).await;
                let (items, trouble) = match (worked, read) {
                    (Ok(()), Ok(list)) => (Some(list.items()), None),
                    (Err(trouble), Ok(list)) => (Some(list.items()), Some(trouble)),
                    (_, Err(trouble)) => (None, Some(trouble)),
                };
                if trouble == Some(Trouble::SignedOut) {
                    return app.fail(Trouble::SignedOut).await;
                }
                if items.is_some() {
                    self.items.try_set(items);
                }
                self.trouble.try_set(trouble);
            });
        });
    }

    /// The place for what went wrong.
    pub(crate) fn alert(self) -> impl IntoView {
        let words = self.app.with_value(|app| app.words());
        view! {
            <p class="notice bad" role="alert" hidden=move || self.trouble.get().is_none()>
                {move || self.trouble.get().map(|trouble| {
                    let (title, next) = trouble_texts(trouble, words);
                    [title, ". ", next].concat()
                })}
            </p>
        }
    }

    /// What stands there until the list is read.
    pub(crate) fn wait(self) -> impl IntoView {
        let words = self.app.with_value(|app| app.words());
        view! { <p class="muted" role="status" hidden=move || self.trouble.get().is_some()>{words.loading}</p> }
    }

    /// How long ago something was, by the server's clock. `then` is in seconds since 1970.
    pub(crate) fn ago(self, then: i64) -> String {
        // Times of the server's clock to the second; the part after the point has nothing to say here.
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        self.app.with_value(|app| crate::human::ago(app.api.server_time() as i64 - then, app.words()))
    }
}
