//! What the person has to hear of: devices that wait to be let in, sign-ins and new devices. What was not them is taken back by one tap.

use std::time::Duration;

use leptos::prelude::*;
use protocol::notice::{AllowDevice, Notice, NoticeKind, Notices, WaitingDevice};
use protocol::paths;
use saoma_web_ui::lang::fill;

use super::button;
use super::digits::{LENGTH, read};
use crate::api::write;
use crate::app::Shared;
use crate::human;
use crate::words::Words;

/// How often the server is asked.
const EVERY: Duration = Duration::from_secs(5);

/// What there is to tell.
#[derive(Clone, Copy)]
struct Told {
    app: Shared,
    news: RwSignal<Notices>,
    /// What there is to say of something that has just been taken back.
    taken_back: RwSignal<Option<&'static str>>,
}

/// The part of the home screen that tells it; nothing where there is nothing to tell.
pub(crate) fn section(app: Shared) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let nothing = Notices { waiting: Vec::new(), notices: Vec::new() };
    let told = Told { app, news: RwSignal::new(nothing), taken_back: RwSignal::new(None) };
    told.look();
    if let Ok(timer) = set_interval_with_handle(move || told.look(), EVERY) {
        on_cleanup(move || timer.clear());
    }
    let Told { news, taken_back, .. } = told;
    let empty = move || news.with(|news| news.waiting.is_empty() && news.notices.is_empty());
    view! {
        <section class="told" aria-label=words.told hidden=move || empty() && taken_back.get().is_none()>
            <p class="notice" role="status" hidden=move || taken_back.get().is_none()>{move || taken_back.get()}</p>
            <ul class="list">
                {move || news.get().waiting.iter().map(|device| asks_in(told, device)).collect_view()}
                {move || news.get().notices.iter().map(|notice| happened(told, notice)).collect_view()}
            </ul>
        </section>
    }
}

impl Told {
    fn words(self) -> &'static Words {
        self.app.with_value(|app| app.words())
    }

    /// Asks the server. What has not changed is left alone: somebody may be typing into it.
    fn look(self) {
        self.app.with_value(|app| {
            app.spawn(async move |app| {
                let Ok(mut news) = app.api.get::<Notices>(paths::PHONE_NOTICES).await else { return };
                news.notices.retain(|notice| notice.due);
                news.waiting.iter_mut().for_each(|device| device.expires_in = 0);
                // The screen may be gone by now.
                if self.news.try_with_untracked(|before| *before != news) == Some(true) {
                    self.news.set(news);
                }
            });
        });
    }

    /// Says something to the server, then to the person what that has taken back, and looks again.
    fn say(self, path: String, json: Option<String>, takes_back: Option<&'static str>) {
        self.app.with_value(|app| {
            app.spawn(async move |app| match app.api.tell("POST", &path, json.as_deref()).await {
                Ok(()) => {
                    let _ = self.taken_back.try_set(takes_back);
                    self.look();
                }
                Err(trouble) => app.fail(trouble).await,
            });
        });
    }
}

/// A device that waits: the digits on its screen let it in.
fn asks_in(told: Told, device: &WaitingDevice) -> impl IntoView + use<> {
    let words = told.words();
    let WaitingDevice { id, name, from, .. } = device.clone();
    let (allow, deny) = (paths::phone_waiting_allow(&id), paths::phone_waiting_deny(&id));
    let field = NodeRef::<leptos::html::Input>::new();
    let typed = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let digits = read(&field.value());
        field.set_value(&digits);
        if digits.len() == LENGTH {
            told.say(allow.clone(), Some(write(&AllowDevice { digits })), None);
        }
    };
    view! {
        <li>
            <p class="name">{fill(words.asks_in, &name)}</p>
            <p class="hint">{from.name.clone()}" · "{human::place(&from, words)}</p>
            <label for=id.clone()>{words.asks_in_label}</label>
            <input node_ref=field id=id.clone() class="digits" inputmode="numeric" autocomplete="off" maxlength="2" on:input=typed/>
            {button("secondary", words.turn_away, move || told.say(deny.clone(), None, None))}
        </li>
    }
}

/// Something that happened.
fn happened(told: Told, notice: &Notice) -> impl IntoView + use<> {
    let words = told.words();
    let what = |name: &Option<String>| name.clone().unwrap_or_else(|| words.told_gone.into());
    let (title, taken_back) = match notice.kind {
        NoticeKind::Login => (fill(words.told_login, &what(&notice.site)), words.taken_back),
        NoticeKind::Device => (fill(words.told_device, &what(&notice.device)), words.taken_back),
        NoticeKind::Passkey => (fill(words.told_passkey, &what(&notice.device)), words.taken_back_passkey),
    };
    let ago = told.app.with_value(|app| app.ago(notice.at));
    let facts = [ago, notice.from.name.clone(), human::place(&notice.from, words)];
    let (seen, not_me) = (paths::phone_notice_seen(&notice.id), paths::phone_notice_not_me(&notice.id));
    view! {
        <li>
            <p class="name"><bdi>{title}</bdi></p>
            <p class="hint">{facts.join(" · ")}</p>
            <div class="pair">
                {button("secondary", words.not_me, move || told.say(not_me.clone(), None, Some(taken_back)))}
                {button("secondary", words.was_me, move || told.say(seen.clone(), None, None))}
            </div>
        </li>
    }
}
