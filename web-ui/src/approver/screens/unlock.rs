//! "Show that it is you": sites that guard much ask whoever holds the phone for a passkey or the account's password, each time.

use std::rc::Rc;

use leptos::prelude::*;
use protocol::ProblemCode;
use protocol::phone::Scanned;
use web_sys::SubmitEvent;

use super::question::{Question, signs, who_asks};
use crate::app::Shared;
use crate::outcome::sentences;
use crate::trouble::Trouble;
use crate::words::Words;

/// By what the person shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Passkey,
    Password,
}

/// What came of a try.
#[derive(Clone)]
struct Said {
    text: String,
    /// Whether something was wrong; else the person did not want to.
    wrong: bool,
}

/// The screen's state.
#[derive(Clone, Copy)]
struct Unlock {
    app: Shared,
    question: Question,
    /// Whether the password will do, too.
    password: bool,
    /// The way that is on the screen.
    way: RwSignal<Way>,
    said: RwSignal<Option<Said>>,
    field: NodeRef<leptos::html::Input>,
}

/// The screen. The password is read when the form is sent, and held nowhere.
pub(crate) fn screen(app: Shared, scanned: &Rc<Scanned>) -> impl IntoView {
    let (words, can) = app.with_value(|app| (app.words(), app.api.host().can_passkey()));
    let offered = scanned.unlock.as_ref();
    let passkey = can && offered.is_some_and(|unlock| unlock.passkey.is_some());
    let unlock = Unlock {
        app,
        question: Question::new(app, scanned),
        password: offered.is_some_and(|unlock| unlock.password),
        way: RwSignal::new(if passkey { Way::Passkey } else { Way::Password }),
        said: RwSignal::new(None),
        field: NodeRef::new(),
    };
    let Unlock { question, password, way, said, .. } = unlock;
    let by_passkey = move || way.get() == Way::Passkey;
    let account = scanned.account.name.clone();
    let turn = move |_| {
        said.set(None);
        way.set(if by_passkey() { Way::Password } else { Way::Passkey });
    };
    // One button for both ways, so that nothing moves and the keyboard stays where it is.
    let go_on = move |_| {
        if by_passkey() {
            unlock.ask();
        }
    };
    view! {
        <main class="screen confirm step">
            {who_asks(&scanned.site, words)}
            {signs(&scanned.signs, words)}
            <div class="entry">
                <p>{words.unlock_lead}</p>
                {move || (password && !by_passkey()).then(|| unlock.form(account.clone()))}
                <p
                    class="notice" class:bad=move || is_wrong(said) id="unlock-trouble" role="alert"
                    hidden=move || said.get().is_none()
                >
                    {move || said.get().map(|said| said.text)}
                </p>
                <p class="notice" hidden=passkey || password>{words.unlock_by_nothing}</p>
                <button type="button" class="quiet" hidden=!(passkey && password) on:click=turn>
                    {move || if by_passkey() { words.unlock_by_password } else { words.unlock_by_passkey }}
                </button>
            </div>
            <div class="answers">
                {question.time_left()}
                <div class="pair" class:one=!(passkey || password)>
                    {question.decline()}
                    <button
                        class="primary" hidden=!(passkey || password) type=move || if by_passkey() { "button" } else { "submit" }
                        form="unlock" disabled=move || question.busy.get() on:click=go_on
                    >
                        {move || if by_passkey() { words.unlock_use_passkey } else { words.paste_go }}
                    </button>
                </div>
            </div>
        </main>
    }
}

fn is_wrong(said: RwSignal<Option<Said>>) -> bool {
    said.with(|said| said.as_ref().is_some_and(|said| said.wrong))
}

impl Unlock {
    fn words(self) -> &'static Words {
        self.app.with_value(|app| app.words())
    }

    /// The form for the password, with the name that it belongs to, for whatever fills it in.
    fn form(self, account: String) -> impl IntoView {
        let words = self.words();
        let Self { field, said, .. } = self;
        field.on_load(|field| {
            let _ = field.focus();
        });
        view! {
            <form class="entry" id="unlock" on:submit=move |event| self.send(&event)>
                <input type="text" name="username" autocomplete="username" value=account readonly hidden/>
                <label for="password">{words.password}</label>
                <input
                    node_ref=field id="password" type="password" required autocomplete="current-password" autofocus
                    aria-describedby="unlock-trouble" aria-invalid=move || is_wrong(said).then_some("true")
                />
            </form>
        }
    }

    /// Sends the password.
    fn send(self, event: &SubmitEvent) {
        event.prevent_default();
        let Some(password) = self.field.get_untracked().map(|field| field.value()) else { return };
        self.begin();
        let scanned = self.question.scanned();
        self.app.with_value(|app| {
            app.spawn(|app| async move {
                let tried = app.unlock(&scanned, &password).await;
                let wrong = sentences(Trouble::Refused(ProblemCode::WrongPassword), self.words());
                self.judge(tried, wrong).await;
                if let Some(field) = self.field.get_untracked() {
                    field.select();
                }
            });
        });
    }

    /// Has the browser ask for the passkey. One that is refused would be refused again: then it is the password's turn.
    fn ask(self) {
        self.begin();
        let scanned = self.question.scanned();
        self.app.with_value(|app| {
            app.spawn(|app| async move {
                let words = self.words();
                let refused = if self.password { words.unlock_refused } else { words.wrong_passkey };
                let tried = app.unlock_by_passkey(&scanned).await;
                if self.judge(tried, refused.into()).await && self.password {
                    self.way.try_set(Way::Password);
                }
            });
        });
    }

    fn begin(self) {
        self.question.busy.set(true);
        self.said.set(None);
    }

    /// What came of a try. True: something was wrong, and may be tried again; `wrong` says so of what was refused.
    async fn judge(self, tried: Result<(), Trouble>, wrong: String) -> bool {
        let said = match tried {
            Ok(()) => return false,
            Err(Trouble::Refused(ProblemCode::WrongPassword)) => Said { text: wrong, wrong: true },
            Err(Trouble::NoPasskeys) => Said { text: self.words().no_passkeys.into(), wrong: true },
            Err(Trouble::PasskeyUnused) => Said { text: self.words().unlock_unused.into(), wrong: false },
            // It was not looked at, and may be tried again.
            Err(
                trouble @ (Trouble::Offline
                | Trouble::Refused(ProblemCode::TooManyAttempts | ProblemCode::Busy)),
            ) => Said { text: sentences(trouble, self.words()), wrong: true },
            Err(trouble) => {
                self.app.get_value().fail(trouble).await;
                return false;
            }
        };
        let wrong = said.wrong;
        self.question.busy.try_set(false);
        self.said.try_set(Some(said));
        wrong
    }
}
