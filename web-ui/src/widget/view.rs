//! What is on the screen.
//!
//! The server's sign-in page has the same markup inside `<saoma-login>`, so that nothing moves when the widget takes
//! the page over. With `{…}` for what differs:
//!
//! ```html
//! <section class="saoma" data-state="waiting">
//!   <div class="head">
//!     <p class="site">Sign in to {site}</p>
//!     <h1 class="title">Scan with the Saoma app</h1>
//!   </div>
//!   <a class="button primary open" href="{qr}" target="_blank" rel="noopener">Open in the Saoma app</a>
//!   <div class="code">
//!     <span class="digits" role="status">4 7</span>
//!     <svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges">
//!       <path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/>
//!     </svg>
//!     <svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="{mark}"/></svg>
//!   </div>
//!   <p class="status"><span role="status">Good for</span> <span class="countdown" role="timer">1:58</span></p>
//!   <div class="actions">
//!     <form method="post" action="/login/{id}/renew"><button class="button primary">New code</button></form>
//!     <a class="button quiet link" href="{qr}" target="_blank" rel="noopener">Open in the Saoma app</a>
//!     <form method="post" action="/login/{id}/cancel"><button class="button quiet">Cancel</button></form>
//!     <a class="button quiet" href="{return_to}">Back to {site}</a>
//!     <div class="help">
//!       <p class="typed"><span role="status">In the app, type</span> <span class="user-code" role="status">{user_code}</span></p>
//!       <form method="post" action="/login/{id}/typed-code"><button class="button quiet">Type a code instead</button></form>
//!       <form method="post" action="/login/{id}/extend"><button class="button quiet">I need more time</button></form>
//!     </div>
//!   </div>
//! </section>
//! ```
//!
//! Waiting shows the `open` link, the `link`, cancel, and of the help what was not asked for yet, or what came of it; scanned shows cancel;
//! denied, cancelled and expired show renew and the way back. While the phone waits for digits, they stand in place of the mark. There is a `mark` in every state but waiting.

use std::rc::Rc;

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use protocol::login::LoginStatus;
use saoma_web_ui::countdown::clock;
use saoma_web_ui::lang::fill;

use super::panel::Phase;

use super::session::{Session, Shared};

/// A phone.
const MARK_SCANNED: &str = "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2";
/// A tick.
const MARK_CONFIRMED: &str = "M5 12.5l4.5 4.5L19 7.5";
/// A cross.
const MARK_DENIED: &str = "M7 7l10 10M17 7L7 17";
/// A bar.
const MARK_CANCELLED: &str = "M6 12h12";
/// A clock.
const MARK_EXPIRED: &str = "M12 6.5V12l3.5 2";
/// An exclamation mark.
const MARK_FAILED: &str = "M12 6v7M12 17v.01";

/// The sign in the middle of the code, as a path's `d`; empty while there is none.
fn mark(phase: Phase) -> &'static str {
    match phase {
        Phase::Starting | Phase::Login(LoginStatus::Waiting) => "",
        Phase::Login(LoginStatus::Scanned) => MARK_SCANNED,
        Phase::Login(LoginStatus::Confirmed) => MARK_CONFIRMED,
        Phase::Login(LoginStatus::Denied) | Phase::Refused(_) => MARK_DENIED,
        Phase::Login(LoginStatus::Cancelled) => MARK_CANCELLED,
        Phase::Login(LoginStatus::Expired) => MARK_EXPIRED,
        Phase::Unreached | Phase::Misused => MARK_FAILED,
    }
}

/// The panel: one function of its signals, drawn anew when one of them changes; only what differs touches the page.
/// `level` is the heading level of its title: 1 on the provider's page, 2 in a site.
pub(crate) fn panel_view(session: Shared, level: &'static str) -> impl IntoView {
    let panel = session.with_value(|session| session.panel);
    move || {
        let (words, phase, site) = (panel.words(), panel.phase.get(), panel.site_name());
        let (qr, offline) = (panel.qr.get(), panel.offline.get());
        let digits = panel.digits.get().filter(|_| phase == Phase::Login(LoginStatus::Scanned));
        let asks = digits.is_some();
        let status = match phase {
            _ if offline => phase.offline_status(words),
            Phase::Login(LoginStatus::Waiting) if panel.extended.get() => words.take_your_time,
            Phase::Login(LoginStatus::Confirmed) if panel.stays => "",
            Phase::Login(LoginStatus::Scanned) if asks => words.only_here,
            _ => phase.status(words),
        };
        let countdown = panel.seconds.get().filter(|_| !offline).map(clock);
        let waiting = phase == Phase::Login(LoginStatus::Waiting);
        let typed = panel.user_code.get().filter(|_| waiting);
        let may_type = waiting && typed.is_none() && panel.may_type.get();
        view! {
            <section class="saoma" part="panel" data-state=phase.name() lang=panel.lang.get().tag()>
                <div class="head" aria-live="polite">
                    <p class="site" part="site">{panel.has_site().then(|| fill(words.sign_in_to, &site))}</p>
                    <p class="title" part="title" role="heading" {..custom_attribute("aria-level", level)}>{if asks { words.type_digits } else { phase.title(words) }}</p>
                </div>
                {waiting.then(|| link("button primary open", "open", qr.payload.clone(), words.open_app.into()))}
                <div class="code" part="code">
                    <span class="digits" role="status">{digits.as_deref().map(apart)}</span>
                    <svg
                        class="qr"
                        part="qr"
                        viewBox=qr.view_box
                        role="img"
                        aria-label=words.code_label
                        shape-rendering="crispEdges"
                    >
                        <path fill="#fff" d=qr.paper></path>
                        <path fill="#000" d=qr.dark></path>
                    </svg>
                    <svg class="mark" part="mark" viewBox="0 0 24 24" aria-hidden="true">
                        <path d=mark(phase)></path>
                    </svg>
                </div>
                <p class="status" part="status">
                    <span role="status">{fill(status, &site)}</span>
                    " "
                    <span class="countdown" role="timer">{countdown}</span>
                </p>
                <div class="actions" part="actions">
                    {phase.may_renew().then(|| {
                        let text = if phase == Phase::Unreached { words.try_again } else { words.new_code };
                        button(session, "button primary", "renew", text, Session::renew)
                    })}
                    {waiting.then(|| link("button quiet link", "link", qr.payload, words.open_app.into()))}
                    {phase.is_under_way().then(|| {
                        button(session, "button quiet", "cancel", words.cancel, Session::cancel)
                    })}
                    {panel.return_to.get().filter(|_| phase.may_renew()).map(|url| {
                        link("button quiet", "back", url, fill(words.back_to, &site))
                    })}
                    <div class="help" part="help">
                        <p class="typed" part="typed">
                            <span role="status">{fill(if typed.is_some() { words.type_this } else { "" }, "")}</span>
                            " "
                            <span class="user-code" role="status">{typed}</span>
                        </p>
                        {may_type.then(|| {
                            button(session, "button quiet", "type-code", words.type_instead, Session::offer_code)
                        })}
                        {(waiting && !panel.extended.get()).then(|| {
                            button(session, "button quiet", "more-time", words.more_time, Session::extend)
                        })}
                    </div>
                </div>
            </section>
        }
    }
}

/// Digits with a space between, so that each is read by itself.
fn apart(digits: &str) -> String {
    // Without the message of a cut that fails, which weighs more in a download than this file.
    let (first, second) = digits.split_at_checked(digits.len() / 2).unwrap_or_default();
    [first, " ", second].concat()
}

/// A link. Into the app, it opens a page of its own, so that this one goes on following the login.
fn link(class: &'static str, part: &'static str, url: String, text: String) -> impl IntoView {
    let target = if part == "back" { "_self" } else { "_blank" };
    view! { <a class=class part=part href=url target=target rel="noopener">{text}</a> }
}

/// A button that does `action`. (One that is `disabled` would lose the keyboard's focus.)
fn button(
    session: Shared,
    class: &'static str,
    part: &'static str,
    text: &'static str,
    action: fn(&Rc<Session>),
) -> impl IntoView {
    let busy = session.with_value(|session| session.panel.busy);
    let click = move |_| {
        if !busy.get_untracked() {
            session.with_value(action);
        }
    };
    view! {
        <button type="button" class=class part=part aria-disabled=busy.get().then_some("true") on:click=click>
            {text}
        </button>
    }
}
