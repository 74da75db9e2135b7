//! The life of the widget: start a login, follow it, renew it, and hand over its result.
//!
//! 1. On a site, [`Session::run`] starts a login, bound to the browser's own key where it has one; on the provider's page it takes the one
//!    that the server gave.
//! 2. It follows the login's state (`follow`), on the way that works (`ladder`).
//! 3. An expired code renews itself while the server allows it, then waits for a click.
//! 4. A confirmed login's result goes to the site (`deliver`).
//!
//! A click on "cancel" or "new code" stops the run that is under way, by its abort signal, and begins another.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use protocol::login::{LoginStatus, LoginView, StartedLogin};
use protocol::paths;
use saoma_web_ui::backoff;
use saoma_web_ui::browser::{jitter, now_ms, random_bytes, sleep};
use saoma_web_ui::countdown::Deadline;
use saoma_web_ui::http::{Call, Failure, PATIENCE_MS};
use web_sys::{AbortController, AbortSignal, RequestCredentials};

use super::code::Code;
use super::flow::Flow;
use super::follow::{Follower, Gone, attempt};
use super::frames::Frames;
use super::ladder::{Ladder, Outcome, Transport};
use super::login::{DPOP_HEADER, Login, Proof};
use super::options::{Place, SiteRequest};
use super::panel::{Panel, Phase};
use super::{Loader, wire};

/// News is overdue this long after a state's time is over, in milliseconds.
const GRACE_MS: f64 = 2_000.0;
/// How often countdown and code look at the clock, in milliseconds.
const TICK_MS: f64 = 250.0;
/// Wall clock and monotonic clock that come this far apart, in milliseconds: the computer has slept.
const JUMP_MS: f64 = 1_000.0;
/// So many tries to start or renew before a person must click.
const TRIES: u32 = 5;
/// Renewal because time ran out, and because somebody clicked.
const EXPIRY: &str = r#"{"reason":"expiry"}"#;
const REQUEST: &str = r#"{"reason":"request"}"#;

/// Why a page gets no answer where others do.
const NOT_ALLOWED: &str = "unknown client, or this page's origin is not among its allowed_origins";

/// The session as the view holds it.
pub(crate) type Shared = StoredValue<Rc<Session>, LocalStorage>;

/// The widget's state beside the panel.
pub(crate) struct Session {
    /// The script that mounted the widget.
    pub(crate) loader: Loader,
    /// What is on the screen.
    pub(crate) panel: Panel,
    place: Option<Place>,
    origin: String,
    flow: RefCell<Option<Flow>>,
    login: RefCell<Option<Rc<Login>>>,
    frames: RefCell<Option<Frames>>,
    /// When the login started, in milliseconds since 1970 by the server's clock.
    born_ms: Cell<f64>,
    /// Whether the login is bound to the browser's key.
    bound: Cell<bool>,
    /// Whether the code has run out and renews itself: no phase of its own, for that would be news every two minutes.
    renews: Cell<bool>,
    deadline: Cell<Option<Deadline>>,
    run: RefCell<Option<AbortController>>,
}

impl Session {
    /// A session that has not begun. `place` is `None` where the page's attributes are too few.
    pub(crate) fn new(loader: Loader, panel: Panel, place: Option<Place>) -> Self {
        Self {
            origin: loader.origin(),
            loader,
            panel,
            place,
            flow: RefCell::default(),
            login: RefCell::default(),
            frames: RefCell::default(),
            born_ms: Cell::new(0.0),
            bound: Cell::new(false),
            renews: Cell::new(false),
            deadline: Cell::new(None),
            run: RefCell::default(),
        }
    }

    /// Begins, or begins again: stops the run before.
    pub(crate) fn begin(self: &Rc<Self>) {
        let stop = self.next_run();
        spawn(Box::pin(self.clone().run(stop.clone())));
        spawn(Box::pin(self.clone().tick(stop)));
    }

    /// Cancels the login, on a click.
    pub(crate) fn cancel(self: &Rc<Self>) {
        let Some(login) = self.current() else { return };
        let session = self.clone();
        self.panel.busy.set(true);
        spawn(Box::pin(async move {
            match login.wish(paths::login_cancel).await {
                // It was confirmed or ended just before: the run under way sees that, and goes on.
                Ok(view) if view.state != LoginStatus::Cancelled => {}
                Ok(view) => {
                    // The run under way would see the same and have nothing left to do.
                    session.next_run();
                    let is_news = session.panel.phase.get_untracked().is_under_way();
                    let phase = Phase::Login(view.state);
                    session.show(&login, view);
                    session.enter(phase);
                    if is_news {
                        session.report_denial();
                    }
                }
                Err(failure) => session.panel.offline.set(failure.is_passing()),
            }
            session.panel.busy.set(false);
        }));
    }

    /// Asks for more time, on a click.
    pub(crate) fn extend(self: &Rc<Self>) {
        self.ask_for_help(paths::login_extend);
    }

    /// Asks for a code to type, on a click.
    pub(crate) fn offer_code(self: &Rc<Self>) {
        self.ask_for_help(paths::login_typed_code);
    }

    fn ask_for_help(self: &Rc<Self>, path: fn(&str) -> String) {
        let Some(login) = self.current() else { return };
        let session = self.clone();
        self.panel.busy.set(true);
        spawn(Box::pin(async move { session.helped(&login, login.wish(path).await) }));
    }

    /// Shows what came of such a click. Where the login has gone on meanwhile, the run under way sees that.
    fn helped(&self, login: &Login, answer: Result<LoginView, Failure>) {
        match answer {
            Ok(view) => self.show(login, view),
            Err(failure) => self.panel.offline.set(failure.is_passing()),
        }
        self.panel.busy.set(false);
    }

    /// Makes a new code, on a click.
    pub(crate) fn renew(self: &Rc<Self>) {
        let Some(login) = self.current() else { return self.begin() };
        let stop = self.next_run();
        let session = self.clone();
        self.panel.busy.set(true);
        spawn(Box::pin(async move {
            match login.renew(REQUEST).await {
                Ok(started) => session.adopt(&started),
                Err(failure) if failure.is_passing() => session.panel.offline.set(true),
                // The authorization request has grown too old: the server's page says how to go on.
                Err(_) if session.is_page() => session.loader.open(&login.page()),
                Err(_) => {
                    session.login.take();
                    session.panel.phase.set(Phase::Starting);
                }
            }
            session.panel.busy.set(false);
            if !session.panel.offline.get_untracked() {
                spawn(Box::pin(session.clone().tick(stop.clone())));
                spawn(Box::pin(session.run(stop)));
            }
        }));
    }

    /// Stops for good.
    pub(crate) fn stop(&self) {
        if let Some(run) = self.run.take() {
            run.abort();
        }
    }

    /// The login that is followed. (What is borrowed is given back at once: a renewal puts another in its place.)
    fn current(&self) -> Option<Rc<Login>> {
        self.login.borrow().clone()
    }

    fn is_page(&self) -> bool {
        matches!(self.place, Some(Place::Page(_)))
    }

    /// Stops the run before, and returns the signal of the next.
    fn next_run(&self) -> Option<AbortSignal> {
        self.stop();
        let run = AbortController::new().ok();
        let signal = run.as_ref().map(AbortController::signal);
        self.run.replace(run);
        signal
    }

    /// From start to end, through all renewals that go by themselves.
    async fn run(self: Rc<Self>, stop: Option<AbortSignal>) {
        let Some(stop) = stop else { return };
        if self.login.borrow().is_none() && !self.start().await {
            return;
        }
        // What has been learnt of the way to the server holds for the next code, too.
        let mut ladder = Ladder::new();
        while let Some(login) = self.current() {
            if !self.follow(&login, &mut ladder, &stop).await {
                return;
            }
            match self.panel.phase.get_untracked() {
                _ if self.renews.take() => {
                    if !self.renew_by_itself(&login, &stop).await {
                        return;
                    }
                }
                Phase::Login(LoginStatus::Confirmed) => return self.deliver(&login).await,
                Phase::Login(LoginStatus::Denied | LoginStatus::Cancelled) | Phase::Refused(_) => {
                    return self.report_denial();
                }
                _ => return,
            }
        }
    }

    /// Starts a login, or takes the server's. Returns whether there is one.
    async fn start(&self) -> bool {
        match &self.place {
            None => {
                self.fail(Phase::Misused, "invalid_request", "client-id or redirect-uri is missing");
                false
            }
            Some(Place::Page(page)) => {
                let login = Rc::new(Login::new("", &page.id, Proof::Cookie, page.view.version));
                self.login.replace(Some(login.clone()));
                self.panel.site.set(page.client_name.clone());
                self.panel.may_type.set(page.may_type);
                self.frames.replace(Frames::new(&page.seed, now_ms()));
                self.draw();
                self.show(&login, page.view.clone());
                true
            }
            Some(Place::Site(site)) => self.start_on_site(site).await,
        }
    }

    /// Starts a login for a site. A retry is a new request with new secrets.
    async fn start_on_site(&self, site: &SiteRequest) -> bool {
        let mut reachable = false;
        let mut clock_is_right = true;
        for failures in 1..=TRIES {
            let flow = Flow::new(site.given.clone(), random_bytes);
            let request = flow.request(&site.client_id, &site.redirect_uri, &site.scope);
            let id = String::from(js_sys::encode_uri_component(&site.client_id));
            let proof =
                if clock_is_right { self.prove(paths::LOGINS, js_sys::Date::now()).await } else { None };
            let headers = proof.as_deref().map(|proof| (DPOP_HEADER, proof));
            let call = Call {
                method: "POST",
                url: [self.origin.as_str(), paths::LOGINS, "?client_id=", &id].concat(),
                headers: headers.as_slice(),
                json: wire::json(&request),
                credentials: RequestCredentials::Omit,
                signal: None,
                patience_ms: PATIENCE_MS,
            };
            let answer = call.text().await;
            match answer {
                Ok(text) => {
                    let Some(started) = wire::read(&text) else { break };
                    self.flow.replace(Some(flow));
                    self.adopt(&started);
                    self.bound.set(proof.is_some() || self.bind().await);
                    return true;
                }
                // The proof is refused, as one is whose date is wrong: the login is bound once the server's time is known.
                Err(Failure::Refused(refusal)) if refusal.status == 401 && proof.is_some() => {
                    clock_is_right = false;
                    continue;
                }
                // A refusal to a page of another origin looks like no answer; but others are answered.
                Err(Failure::Unreachable) if reachable => {
                    self.fail(Phase::Misused, "invalid_request", NOT_ALLOWED);
                    return false;
                }
                Err(failure) if failure.is_passing() => self.panel.offline.set(true),
                Err(Failure::Refused(refusal)) => {
                    self.fail(Phase::Misused, "invalid_request", &wire::detail(&refusal.body));
                    return false;
                }
                Err(Failure::Unreachable | Failure::Silent) => {}
            }
            sleep(backoff::delay_ms(failures, jitter())).await;
            reachable = self.loader.reachable().await.is_truthy();
        }
        self.fail(Phase::Unreached, "temporarily_unavailable", "the provider cannot be reached");
        false
    }

    /// Takes over a login that the server has just started.
    fn adopt(&self, started: &StartedLogin) {
        let origin = if self.is_page() { "" } else { &self.origin };
        let login = Rc::new(Login::started(origin, started));
        if self.is_page() {
            self.loader.rename(&login.page());
        }
        self.login.replace(Some(login.clone()));
        self.panel.site.set(started.client_name.clone());
        self.frames.replace(Frames::new(&started.qr, now_ms()));
        // Times of our days fit a float to the millisecond.
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        self.born_ms.set(started.server_time as f64 * 1000.0 - started.login.age_ms as f64);
        self.draw();
        self.panel.offline.set(false);
        self.show(&login, started.login.clone());
    }

    /// A proof by the browser's key that it calls this path, by a clock in milliseconds since 1970.
    async fn prove(&self, path: &str, clock_ms: f64) -> Option<String> {
        self.loader.prove("POST", path, clock_ms / 1000.0).await.as_string()
    }

    /// The server's clock, in milliseconds since 1970.
    fn server_ms(&self) -> f64 {
        let age = self.frames.borrow().as_ref().map_or(0, |frames| frames.age_ms(now_ms()));
        // Times of our days fit a float to the millisecond.
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let age = age as f64;
        self.born_ms.get() + age
    }

    /// Binds the login to the browser's key, where it started without. Returns whether it is.
    async fn bind(&self) -> bool {
        let Some(login) = self.current() else { return false };
        let Some(proof) = self.prove(&login.key_path(), self.server_ms()).await else { return false };
        login.prove(&login.key_path(), Some(&proof)).await.is_ok()
    }

    /// Draws the code of this moment, if it is not on the screen.
    fn draw(&self) {
        let next = self.frames.borrow().as_ref().and_then(|frames| frames.next(now_ms(), self.loader.calm()));
        if let Some(code) = next {
            self.panel.qr.set(Code::of(&code));
        }
    }

    /// Follows the login to a final state. Returns `false` if the run was stopped.
    async fn follow(&self, login: &Login, ladder: &mut Ladder, stop: &AbortSignal) -> bool {
        let mut proven = false;
        let follower = LoginFollower { session: self, login };
        while !follower.is_done() {
            let overdue = follower.overdue_in_ms() <= 0.0;
            let transport = if overdue { Transport::Poll } else { ladder.transport() };
            let outcome = attempt(transport, login, &follower, &mut proven, stop).await;
            if stop.aborted() {
                return false;
            }
            let outcome = match outcome {
                Ok(Outcome::Silent) if follower.overdue_in_ms() <= 0.0 => continue,
                Ok(outcome) => outcome,
                Err(Gone) => return self.lose(),
            };
            let next = ladder.after(outcome, jitter());
            self.panel.offline.set(next.offline);
            if next.offline && overdue {
                return self.lose();
            }
            if !follower.is_done() {
                sleep(next.wait_ms).await;
            }
            if stop.aborted() {
                return false;
            }
        }
        true
    }

    /// The login cannot be followed any more: it shows as expired, and a click makes a new one.
    fn lose(&self) -> bool {
        self.enter(Phase::Login(LoginStatus::Expired));
        true
    }

    /// Renews an expired code. Returns whether there is a successor to follow.
    async fn renew_by_itself(&self, login: &Login, stop: &AbortSignal) -> bool {
        for failures in 1..=TRIES {
            let answer = login.renew(EXPIRY).await;
            if stop.aborted() {
                return false;
            }
            match answer {
                Ok(started) => {
                    self.adopt(&started);
                    return true;
                }
                Err(failure) if failure.is_passing() => self.panel.offline.set(true),
                Err(_) => break,
            }
            sleep(backoff::delay_ms(failures, jitter())).await;
        }
        if !stop.aborted() {
            self.lose();
        }
        false
    }

    /// Hands the result over: the server's page does it by itself, a site gets it from here.
    async fn deliver(&self, login: &Login) {
        let (Some(Place::Site(site)), Some(flow)) = (&self.place, self.flow.borrow().clone()) else {
            return self.loader.open(&login.page());
        };
        for failures in 1..=TRIES {
            let proof = if self.bound.get() {
                self.prove(&login.result_path(), self.server_ms()).await
            } else {
                None
            };
            let answer = login.prove(&login.result_path(), proof.as_deref()).await;
            match answer.and_then(|text| wire::read(&text).ok_or(Failure::Unreachable)) {
                Ok(result) if flow.accepts(&result, &self.origin) => {
                    return super::deliver::deliver(&self.loader, site, &flow, &result);
                }
                Ok(_) => {
                    return self.fail(
                        Phase::Misused,
                        "invalid_response",
                        "state or iss is not what was asked for",
                    );
                }
                Err(failure) if failure.is_passing() => self.panel.offline.set(true),
                Err(_) => break,
            }
            sleep(backoff::delay_ms(failures, jitter())).await;
        }
        self.lose();
    }

    /// Shows a view, unless a later one has been shown.
    fn show(&self, login: &Login, view: LoginView) {
        if view.version < login.version.get() {
            return;
        }
        login.version.set(view.version);
        self.loader.keep_focus();
        if let Some(frames) = &*self.frames.borrow() {
            frames.set_age(view.age_ms, now_ms());
        }
        self.panel.extended.set(view.extended);
        self.panel.user_code.set(view.user_code);
        self.panel.return_to.set(view.return_to.filter(|_| !self.panel.stays));
        self.panel.offline.set(false);
        self.panel.digits.set(view.match_code);
        self.renews.set(view.state == LoginStatus::Expired && view.renewals_left > 0);
        if self.renews.get() {
            return;
        }
        let deadline = (!view.state.is_final()).then(|| Deadline::after(now_ms(), view.expires_in));
        self.deadline.set(deadline);
        self.panel.seconds.set(self.seconds_left());
        self.enter(view.reason.map_or(Phase::Login(view.state), Phase::Refused));
    }

    /// Enters a phase, and tells the page if it is another.
    fn enter(&self, phase: Phase) {
        if self.panel.phase.get_untracked() == phase {
            return;
        }
        if !phase.is_under_way() {
            self.deadline.set(None);
            self.panel.seconds.set(None);
        }
        self.panel.phase.set(phase);
        self.loader.emit_state(phase.name());
    }

    fn report_denial(&self) {
        let name = self.panel.phase.get_untracked().name();
        self.loader.emit_error("access_denied", name);
    }

    fn fail(&self, phase: Phase, error: &str, description: &str) {
        self.panel.offline.set(false);
        self.enter(phase);
        self.loader.emit_error(error, description);
    }

    /// Seconds that the state lasts, where time is short.
    fn seconds_left(&self) -> Option<u32> {
        let deadline = self.deadline.get().filter(|_| !self.panel.extended.get_untracked());
        deadline.map(|deadline| deadline.seconds_left(now_ms()))
    }

    /// Counts down on the screen and keeps the code of the moment there, until the run is stopped.
    async fn tick(self: Rc<Self>, stop: Option<AbortSignal>) {
        let apart = || js_sys::Date::now() - now_ms();
        let before = apart();
        while stop.as_ref().is_some_and(|stop| !stop.aborted()) {
            if (apart() - before).abs() > JUMP_MS {
                // No clock of this browser can be trusted, nor a connection from before: the first look says how old the login is.
                return self.begin();
            }
            let seconds = self.seconds_left();
            if self.panel.seconds.get_untracked() != seconds {
                self.panel.seconds.set(seconds);
            }
            if self.panel.phase.get_untracked() == Phase::Login(LoginStatus::Waiting) {
                self.draw();
            }
            sleep(TICK_MS).await;
        }
    }
}

/// Lets a task run. One boxed type for all tasks makes one copy of the machinery below it.
fn spawn(task: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Shows what is read of one login.
struct LoginFollower<'a> {
    session: &'a Session,
    login: &'a Login,
}

impl Follower for LoginFollower<'_> {
    fn connected(&self) {
        self.session.panel.offline.set(false);
    }

    fn take(&self, view: LoginView) {
        self.session.show(self.login, view);
    }

    fn is_done(&self) -> bool {
        self.session.renews.get() || !self.session.panel.phase.get_untracked().is_under_way()
    }

    fn overdue_in_ms(&self) -> f64 {
        let deadline = self.session.deadline.get();
        deadline.map_or(f64::INFINITY, |deadline| deadline.ms_left(now_ms()) + GRACE_MS)
    }
}
