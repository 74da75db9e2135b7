//! A list that the server keeps: read, changed, and read again.

use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;

use super::alert;
use crate::app::{App, Shared};
use crate::trouble::Trouble;

/// Reads the list anew. One function, and not one that is made for each list.
type Read<I> = fn(Rc<App>) -> Pin<Box<dyn Future<Output = Result<Vec<I>, Trouble>>>>;

/// A list's signals: of items `I`, and `O` says what is open in one of its rows.
pub(crate) struct List<I: Send + Sync + 'static, O: Send + Sync + 'static> {
    /// The app.
    pub(crate) app: Shared,
    /// What is in it; nothing until it is read.
    pub(crate) items: RwSignal<Option<Vec<I>>>,
    /// What is open.
    pub(crate) open: RwSignal<Option<O>>,
    trouble: RwSignal<Option<Trouble>>,
    read: Read<I>,
}

impl<I: Send + Sync, O: Send + Sync> Clone for List<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I: Send + Sync, O: Send + Sync> Copy for List<I, O> {}

impl<I: Send + Sync, O: Send + Sync> List<I, O> {
    /// Begins to read it.
    pub(crate) fn begin(app: Shared, read: Read<I>) -> Self {
        let (items, open, trouble) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(None));
        let list = Self { app, items, open, trouble, read };
        list.change(|_| async { Ok(()) });
        list
    }

    /// Does something on the server, then reads the list again.
    pub(crate) fn change<F>(self, work: impl FnOnce(Rc<App>) -> F)
    where
        F: Future<Output = Result<(), Trouble>> + 'static,
    {
        self.app.with_value(|app| self.run(app, Box::pin(work(app.clone()))));
    }

    fn run(self, app: &Rc<App>, work: Pin<Box<dyn Future<Output = Result<(), Trouble>>>>) {
        self.open.set(None);
        app.spawn(|app| async move {
            let worked = work.await;
            let read = (self.read)(app.clone()).await;
            let (items, trouble) = match (worked, read) {
                (worked, Ok(items)) => (Some(items), worked.err()),
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
    }

    /// The place for what went wrong.
    pub(crate) fn alert(self) -> impl IntoView {
        alert(self.app, self.trouble)
    }

    /// What stands there until the list is read.
    pub(crate) fn wait(self) -> impl IntoView {
        let words = self.app.with_value(|app| app.words());
        view! { <p class="muted" role="status" hidden=move || self.trouble.get().is_some()>{words.loading}</p> }
    }
}
