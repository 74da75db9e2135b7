//! Sites that the person has allowed something: what, since when, and the way to take it back.

use leptos::prelude::*;
use protocol::paths;
use protocol::phone::{AllowedSite, AllowedSites};
use saoma_web_ui::browser;
use saoma_web_ui::lang::fill;

use super::list::List;
use super::{bar, button};
use crate::app::Shared;
use crate::human;

/// The list; open is the question whether to remove the site of this identifier.
type Sites = List<AllowedSite, String>;

/// The screen.
pub(crate) fn screen(app: Shared) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let list = Sites::begin(app, |app| {
        Box::pin(async move { Ok(app.api.get::<AllowedSites>(paths::PHONE_SITES).await?.sites) })
    });
    view! {
        <main class="screen">
            {bar(app, words.sites)}
            {list.alert()}
            {move || match list.items.get() {
                Some(sites) if sites.is_empty() => view! { <p class="muted">{words.sites_none}</p> }.into_any(),
                Some(sites) => view! {
                    <p class="muted">{words.sites_lead}</p>
                    <ul class="list">{sites.into_iter().map(|site| row(list, site)).collect_view()}</ul>
                }.into_any(),
                None => list.wait().into_any(),
            }}
        </main>
    }
}

/// One site.
fn row(list: Sites, site: AllowedSite) -> impl IntoView {
    let (words, lang) = list.app.with_value(|app| (app.words(), app.lang));
    let since = fill(words.site_since, &browser::date(site.granted_at, lang));
    let used = fill(words.site_used, &list.app.with_value(|app| app.ago(site.used_at)));
    let scopes =
        site.scopes.iter().map(|scope| view! { <li>{human::scope(scope, words)}</li> }).collect_view();
    let name = site.name.clone();
    view! {
        <li>
            <p class="name"><bdi>{name}</bdi></p>
            <ul class="has">{scopes}</ul>
            <p class="hint">{since}" · "{used}</p>
            {move || if list.open.get().as_ref() == Some(&site.client_id) {
                question(list, &site).into_any()
            } else {
                let id = site.client_id.clone();
                view! {
                    <div class="row">
                        {button("quiet", words.remove_access, move || list.open.set(Some(id.clone())))}
                    </div>
                }.into_any()
            }}
        </li>
    }
}

/// Whether to take it back.
fn question(list: Sites, site: &AllowedSite) -> impl IntoView {
    let words = list.app.with_value(|app| app.words());
    let path = paths::phone_site(&site.client_id);
    let remove = move || {
        let path = path.clone();
        list.change(|app| async move { app.api.tell("DELETE", &path, None).await });
    };
    view! {
        <p class="hint" role="status">{words.remove_access_sure}</p>
        <div class="row">
            {button("secondary", words.keep_access, move || list.open.set(None))}
            {button("secondary", words.remove_access, remove)}
        </div>
    }
}
