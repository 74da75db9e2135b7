//! The app's state, and what moves it from screen to screen.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use protocol::ProblemCode;
use protocol::paths;
use protocol::phone::{Decision, Scan, Scanned, SignIn};
use protocol::qr::QR_PATH;
use saoma_web_ui::browser::{self, sleep, window};
use saoma_web_ui::lang::Lang;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::api::Api;
use super::host::Host;
use super::outcome::Outcome;
use super::trouble::Trouble;
use super::words::Words;

/// What is on the screen.
#[derive(Clone)]
pub(crate) enum Screen {
    /// Looking whether somebody is signed in.
    Loading,
    /// Signing in, with a word on why.
    SignIn(Option<Notice>),
    /// Signed in, with nothing to do.
    Home,
    /// The camera.
    Scanner,
    /// Waiting for the server.
    Checking,
    /// Somebody asks.
    Confirm(Rc<Scanned>),
    /// How it ended.
    Outcome(Outcome),
    /// The account's devices.
    Devices,
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
    /// A code that was opened before somebody was signed in.
    pending: RefCell<Option<String>>,
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
            pending: RefCell::new(take_code_from_address()),
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
            let notice = app.pending.borrow().is_some().then_some(Notice::CodeNext);
            app.go(Screen::SignIn(notice));
        });
        StoredValue::new_local(app)
    }

    /// The words.
    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.lang)
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
        let leaves_home = matches!(screen, Screen::Scanner | Screen::Confirm(_) | Screen::Devices);
        if leaves_home
            && !self.pushed.replace(true)
            && let Ok(history) = window().history()
        {
            let _ = history.push_state_with_url(&JsValue::NULL, "", None);
        }
        self.screen.set(screen);
        // A reader of the screen begins at the new title.
        self.spawn(|_| async {
            sleep(0.0).await;
            let title = window().document().and_then(|document| document.query_selector("h1").ok().flatten());
            if let Some(title) = title.and_then(|title| title.dyn_into::<HtmlElement>().ok()) {
                let _ = title.focus();
            }
        });
    }

    /// Signs in.
    pub(crate) async fn sign_in(self: &Rc<Self>, request: SignIn) -> Result<(), Trouble> {
        let signed_in = self.api.sign_in(&request).await?;
        self.enter(signed_in.account.display_name).await;
        Ok(())
    }

    /// Somebody is signed in: goes on with the code that waits, or home.
    async fn enter(self: &Rc<Self>, person: String) {
        self.person.set(person);
        let pending = self.pending.take();
        match pending {
            Some(code) => self.scan(code).await,
            None => self.go(Screen::Home),
        }
    }

    /// Asks the server who is behind a code.
    pub(crate) async fn scan(self: &Rc<Self>, qr: String) {
        self.go(Screen::Checking);
        let scanned = self.api.post::<Scanned>(paths::PHONE_SCAN, &Scan { qr }).await;
        match scanned {
            Ok(scanned) => self.go(Screen::Confirm(Rc::new(scanned))),
            Err(trouble) => self.fail(trouble).await,
        }
    }

    /// Answers. A repeated answer that the server has already is no failure.
    pub(crate) async fn decide(self: &Rc<Self>, scanned: &Scanned, confirm: bool) {
        let path = if confirm { paths::PHONE_CONFIRM } else { paths::PHONE_DENY };
        let json = super::api::write(&Decision { ticket: scanned.ticket.clone() });
        let site = scanned.site.name.clone();
        match self.api.tell("POST", path, Some(&json)).await {
            Ok(()) if confirm => self.go(Screen::Outcome(Outcome::Confirmed(site))),
            Ok(()) => self.go(Screen::Outcome(Outcome::Declined(site))),
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
        match self.screen.get_untracked() {
            Screen::Confirm(scanned) => {
                self.go(Screen::Checking);
                self.spawn(|app| async move { app.decide(&scanned, false).await });
            }
            Screen::Scanner | Screen::Devices | Screen::Outcome(_) => self.go(Screen::Home),
            Screen::Loading | Screen::SignIn(_) | Screen::Home | Screen::Checking => {}
        }
    }
}

/// Listens to an event of the window for ever.
fn on_window(event: &str, listener: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(listener);
    let _ = window().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// The code that the phone's own camera has opened the app with (`/q/…`). It leaves the address, so that a reload does not
/// scan it again.
fn take_code_from_address() -> Option<String> {
    let location = window().location();
    let path = location.pathname().ok().filter(|path| path.starts_with(QR_PATH))?;
    let code = [location.origin().ok()?, path].concat();
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(paths::APP));
    }
    Some(code)
}
