//! The app's state, and what moves it from screen to screen.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use protocol::ProblemCode;
use protocol::paths;
use protocol::phone::{Confirmation, Decision, Match, Scan, Scanned, SignIn, StepDone, WaitingSignIn};
use protocol::qr::QR_PATH;
use saoma_web_ui::browser::{self, sleep, window};
use saoma_web_ui::lang::Lang;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::api::{Admitted, Api};
use super::host::Host;
use super::human;
use super::outcome::Outcome;
use super::passkey;
use super::trouble::Trouble;
use super::words::Words;

/// How often a device that waits to be let in asks, in milliseconds.
const ASKS_EVERY_MS: f64 = 2_000.0;

/// The fragment that asks to type a code.
const TYPE_HASH: &str = "#/code";

/// What is on the screen.
#[derive(Clone)]
pub(crate) enum Screen {
    /// Looking whether somebody is signed in.
    Loading,
    /// Signing in, with a word on why.
    SignIn(Option<Notice>),
    /// Another phone has to let this one in.
    Waiting(Rc<WaitingSignIn>),
    /// Signed in, with nothing to do.
    Home,
    /// The camera; perhaps because a code that was scanned before is too old by now.
    Scanner(Aim),
    /// A field for a code, with what is in it already.
    TypeCode(String),
    /// Waiting for the server.
    Checking,
    /// Somebody asks: first for the digits that the browser shows.
    Digits(Rc<Scanned>),
    /// Somebody asks: first who holds the phone.
    Unlock(Rc<Scanned>),
    /// Somebody asks.
    Confirm(Rc<Scanned>),
    /// How it ended.
    Outcome(Outcome),
    /// The account's devices.
    Devices,
    /// The account's passkeys.
    Passkeys,
    /// Sites that were allowed something.
    Sites,
    /// What happened to the account.
    Activity,
}

/// Why the camera is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// There is a code to scan.
    Scan,
    /// The code that opened the app has changed since.
    Again,
}

/// What the person says to who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes; to these scopes alone, where they were asked.
    Confirm(Option<Vec<String>>),
    /// No.
    Decline,
}

/// What the app was opened for, until somebody is signed in.
#[derive(Debug)]
enum Errand {
    /// A scanned code, and what came of showing it at once.
    Scan(String, Option<String>),
    /// A code to type, with what is known of it.
    Type(String),
}

/// Why the app asks to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The server ended it.
    SignedOut,
    /// The person ended it.
    Bye,
    /// There is a code to go on with.
    CodeNext,
    /// The other phone has said no.
    TurnedAway,
    /// The other phone has said nothing.
    NobodyAnswered,
}

/// The app.
pub(crate) struct App {
    /// The server.
    pub(crate) api: Api,
    /// What is on the screen.
    pub(crate) screen: RwSignal<Screen, LocalStorage>,
    /// The name of who is signed in.
    pub(crate) person: RwSignal<String>,
    /// Whether the browser has a network.
    pub(crate) online: RwSignal<bool>,
    /// The language.
    pub(crate) lang: Lang,
    /// What is next once somebody is signed in.
    errand: RefCell<Option<Errand>>,
    /// Whether there is a history entry to come back from.
    pushed: Cell<bool>,
}

/// The app as its screens hold it.
pub(crate) type Shared = StoredValue<Rc<App>, LocalStorage>;

impl App {
    /// Opens the app: takes the code out of the address, if it was opened by one, and looks who is signed in.
    pub(crate) fn open(host: Host) -> Shared {
        let lang = browser::language();
        let app = Rc::new(Self {
            api: Api::new(host),
            screen: RwSignal::new_local(Screen::Loading),
            person: RwSignal::new(String::new()),
            online: RwSignal::new(window().navigator().on_line()),
            lang,
            errand: RefCell::new(take_errand()),
            pushed: Cell::new(false),
        });
        if let Some(root) = window().document().and_then(|document| document.document_element()) {
            let _ = root.set_attribute("lang", lang.tag());
        }
        app.listen();
        app.spawn(|app| async move {
            if let Some(person) = app.api.resume().await {
                return app.enter(person).await;
            }
            let code = match &*app.errand.borrow() {
                Some(Errand::Scan(code, _)) => Some(code.clone()),
                _ => None,
            };
            app.go(Screen::SignIn(code.as_ref().map(|_| Notice::CodeNext)));
            if let Some(code) = code
                && let Ok(sighting) = app.api.show(code).await
                && let Some(Errand::Scan(_, seen)) = &mut *app.errand.borrow_mut()
            {
                *seen = Some(sighting);
            }
        });
        StoredValue::new_local(app)
    }

    /// The words.
    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.lang)
    }

    /// How long ago something was, by the server's clock. `then` is in seconds since 1970.
    pub(crate) fn ago(&self, then: i64) -> String {
        human::ago(self.seconds_since(then), self.words())
    }

    /// The same in seconds.
    pub(crate) fn seconds_since(&self, then: i64) -> i64 {
        // Times of the server's clock to the second; the part after the point has nothing to say here.
        #[expect(clippy::cast_possible_truncation, reason = "seconds of our time fit many times over")]
        let now = self.api.server_time() as i64;
        now - then
    }

    /// Lets a task run that holds the app.
    pub(crate) fn spawn<F>(self: &Rc<Self>, task: impl FnOnce(Rc<Self>) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task(self.clone()));
        wasm_bindgen_futures::spawn_local(task);
    }

    /// Shows a screen. The first step away from home can be taken back with the phone's back gesture.
    pub(crate) fn go(self: &Rc<Self>, screen: Screen) {
        let leaves_home = matches!(
            screen,
            Screen::Scanner(_)
                | Screen::TypeCode(_)
                | Screen::Digits(_)
                | Screen::Unlock(_)
                | Screen::Confirm(_)
                | Screen::Devices
                | Screen::Passkeys
                | Screen::Sites
                | Screen::Activity
        );
        if leaves_home
            && !self.pushed.replace(true)
            && let Ok(history) = window().history()
        {
            let _ = history.push_state_with_url(&JsValue::NULL, "", None);
        }
        self.screen.set(screen);
        // A reader of the screen begins at the new title, or at the one field that there is to fill in. The screen is drawn by then: that
        // task was woken before this one.
        self.spawn(|_| async {
            let Some(document) = window().document() else { return };
            let find = |what| document.query_selector(what).ok().flatten();
            let first = find("[autofocus]").or_else(|| find("h1"));
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
        });
    }

    /// Signs in.
    pub(crate) async fn sign_in(self: &Rc<Self>, request: SignIn) -> Result<(), Trouble> {
        let admitted = self.api.sign_in(&request).await?;
        self.admit(admitted).await;
        Ok(())
    }

    /// Signs in with a passkey, which no other phone has to allow.
    pub(crate) async fn sign_in_by_passkey(self: &Rc<Self>, device_name: &str) -> Result<(), Trouble> {
        let admitted = self.api.sign_in_by_passkey(device_name).await?;
        self.admit(admitted).await;
        Ok(())
    }

    async fn admit(self: &Rc<Self>, admitted: Admitted) {
        match admitted {
            Admitted::Enrolled(signed_in) => self.enter(signed_in.account.display_name).await,
            Admitted::Waiting(waiting) => self.wait_to_be_let_in(Rc::new(waiting)).await,
        }
    }

    /// Shows the digits for the other phone, until that has decided.
    async fn wait_to_be_let_in(self: &Rc<Self>, waiting: Rc<WaitingSignIn>) {
        self.go(Screen::Waiting(waiting.clone()));
        let notice = loop {
            sleep(ASKS_EVERY_MS).await;
            match self.api.sign_in_result(&waiting.request).await {
                Ok(Admitted::Enrolled(signed_in)) => {
                    return self.enter(signed_in.account.display_name).await;
                }
                Ok(Admitted::Waiting(_)) | Err(Trouble::Offline | Trouble::Server) => {}
                Err(Trouble::Refused(ProblemCode::DeviceDeclined)) => break Notice::TurnedAway,
                Err(_) => break Notice::NobodyAnswered,
            }
        };
        self.go(Screen::SignIn(Some(notice)));
    }

    /// Somebody is signed in: goes on with the code that waits, or home.
    async fn enter(self: &Rc<Self>, person: String) {
        self.person.set(person);
        let errand = self.errand.take();
        match errand {
            Some(Errand::Scan(code, sighting)) => {
                self.scan_seen(code, sighting, Screen::Scanner(Aim::Again)).await;
            }
            Some(Errand::Type(code)) => self.go(Screen::TypeCode(code)),
            None => self.go(Screen::Home),
        }
    }

    /// Asks the server who is behind a scanned code.
    pub(crate) async fn scan(self: &Rc<Self>, qr: String) {
        let stale = Outcome::Failed(Trouble::Refused(ProblemCode::StaleQr));
        self.scan_seen(qr, None, Screen::Outcome(stale)).await;
    }

    /// The same of a code that this phone may have seen before. One that has changed since leads to the screen `stale`.
    async fn scan_seen(self: &Rc<Self>, qr: String, sighting: Option<String>, stale: Screen) {
        self.go(Screen::Checking);
        match self.look_up(&Scan { qr: Some(qr), sighting, ..Scan::default() }).await {
            Ok(scanned) => self.ask(scanned),
            Err(Trouble::Refused(ProblemCode::StaleQr)) => self.go(stale),
            Err(trouble) => self.fail(trouble).await,
        }
    }

    /// Asks the server who is behind a code that was typed. What the person can put right there comes back.
    pub(crate) async fn type_code(self: &Rc<Self>, code: String) -> Result<(), Trouble> {
        let scanned = self.look_up(&Scan { user_code: Some(code), ..Scan::default() }).await?;
        self.ask(scanned);
        Ok(())
    }

    /// Shows the question, or what has to come before it.
    fn ask(self: &Rc<Self>, scanned: Scanned) {
        let (digits, unlock, scanned) = (scanned.match_required, scanned.unlock.is_some(), Rc::new(scanned));
        self.go(match (digits, unlock) {
            (true, _) => Screen::Digits(scanned),
            (false, true) => Screen::Unlock(scanned),
            (false, false) => Screen::Confirm(scanned),
        });
    }

    /// Sends the digits that the browser shows, and goes on. There is one try.
    pub(crate) async fn match_digits(self: &Rc<Self>, scanned: &Scanned, digits: String) {
        let body = Match { ticket: scanned.ticket.clone(), digits };
        match self.api.post::<StepDone>(paths::PHONE_MATCH, &body).await {
            Ok(StepDone { expires_in }) => {
                self.ask(Scanned { match_required: false, expires_in, ..scanned.clone() });
            }
            Err(trouble) => self.fail(trouble).await,
        }
    }

    /// Proves by the password who holds the phone, and goes on. What may be tried again comes back.
    pub(crate) async fn unlock(self: &Rc<Self>, scanned: &Scanned, password: &str) -> Result<(), Trouble> {
        self.unlock_with(scanned, ("password", &super::api::write(&password))).await
    }

    /// Proves it by a passkey.
    pub(crate) async fn unlock_by_passkey(self: &Rc<Self>, scanned: &Scanned) -> Result<(), Trouble> {
        let options = scanned.unlock.as_ref().and_then(|unlock| unlock.passkey.as_deref());
        let proof = passkey::using(self.api.host(), options.unwrap_or_default()).await?;
        self.unlock_with(scanned, ("passkey", &proof)).await
    }

    async fn unlock_with(self: &Rc<Self>, scanned: &Scanned, proof: (&str, &str)) -> Result<(), Trouble> {
        let body = passkey::body(("ticket", &scanned.ticket), proof);
        let StepDone { expires_in } = self.api.post_json(paths::PHONE_UNLOCK, &body).await?;
        self.ask(Scanned { unlock: None, expires_in, ..scanned.clone() });
        Ok(())
    }

    async fn look_up(&self, scan: &Scan) -> Result<Scanned, Trouble> {
        self.api.post(paths::PHONE_SCAN, scan).await
    }

    /// Answers. A repeated answer that the server has already is no failure.
    pub(crate) async fn decide(self: &Rc<Self>, scanned: &Scanned, answer: Answer) {
        let (ticket, site) = (scanned.ticket.clone(), scanned.site.name.clone());
        let (path, json, outcome) = match answer {
            Answer::Confirm(scopes) => {
                let json = super::api::write(&Confirmation { ticket, scopes });
                (paths::PHONE_CONFIRM, json, Outcome::Confirmed(site))
            }
            Answer::Decline => {
                (paths::PHONE_DENY, super::api::write(&Decision { ticket }), Outcome::Declined(site))
            }
        };
        match self.api.tell("POST", path, Some(&json)).await {
            Ok(()) => self.go(Screen::Outcome(outcome)),
            Err(trouble) => self.fail(trouble).await,
        }
    }

    /// Shows trouble; where it means that the device is signed out, goes to sign in.
    pub(crate) async fn fail(self: &Rc<Self>, trouble: Trouble) {
        if trouble == Trouble::SignedOut {
            self.leave(Notice::SignedOut).await;
        } else {
            self.go(Screen::Outcome(Outcome::Failed(trouble)));
        }
    }

    /// Ends the sign-in of this device on the server, then here. Without a network it ends here alone, and the key with it.
    pub(crate) async fn sign_out(self: &Rc<Self>) {
        if let Ok(me) = self.api.get::<protocol::phone::Me>(paths::PHONE_ME).await {
            let _ = self.api.tell("DELETE", &paths::phone_device(&me.device.id), None).await;
        }
        self.leave(Notice::Bye).await;
    }

    /// Forgets who was signed in.
    async fn leave(self: &Rc<Self>, notice: Notice) {
        self.api.forget().await;
        self.person.set(String::new());
        self.go(Screen::SignIn(Some(notice)));
    }

    /// The time to decide is over.
    pub(crate) fn time_is_up(self: &Rc<Self>) {
        let trouble = Trouble::Refused(ProblemCode::LoginExpired);
        self.go(Screen::Outcome(Outcome::Failed(trouble)));
    }

    /// Listens for the network and for the back gesture, as long as the page lives.
    fn listen(self: &Rc<Self>) {
        for event in ["online", "offline"] {
            let online = self.online;
            on_window(event, move || online.set(window().navigator().on_line()));
        }
        let app = self.clone();
        on_window("popstate", move || app.go_back());
    }

    /// The back gesture. Away from a question it is a no: nobody is signed in by an accident.
    fn go_back(self: &Rc<Self>) {
        self.pushed.set(false);
        // An address that was typed over the app's is heard here, too.
        let errand = take_errand();
        if errand.is_some() {
            self.errand.replace(errand);
        }
        match self.screen.get_untracked() {
            Screen::Digits(scanned) | Screen::Unlock(scanned) | Screen::Confirm(scanned) => {
                self.go(Screen::Checking);
                self.spawn(|app| async move { app.decide(&scanned, Answer::Decline).await });
            }
            Screen::Home
            | Screen::Scanner(_)
            | Screen::TypeCode(_)
            | Screen::Devices
            | Screen::Passkeys
            | Screen::Sites
            | Screen::Activity
            | Screen::Outcome(_) => {
                let person = self.person.get_untracked();
                self.spawn(|app| async move { app.enter(person).await });
            }
            Screen::Loading | Screen::SignIn(_) | Screen::Waiting(_) | Screen::Checking => {}
        }
    }
}

/// Listens to an event of the window for ever.
fn on_window(event: &str, listener: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(listener);
    let _ = window().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// What the address asks for: the code that the phone's own camera has opened the app with (`/q/…`), or to type one (`#/code`, and
/// after another slash the code itself). It leaves the address, so that a reload does not do it again.
fn take_errand() -> Option<Errand> {
    let location = window().location();
    let path = location.pathname().ok()?;
    let errand = if path.starts_with(QR_PATH) {
        Errand::Scan([location.origin().ok()?, path].concat(), None)
    } else {
        let hash = location.hash().ok()?;
        Errand::Type(hash.strip_prefix(TYPE_HASH)?.trim_start_matches('/').into())
    };
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(paths::APP));
    }
    Some(errand)
}
