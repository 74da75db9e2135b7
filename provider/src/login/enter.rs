//! What a good authorization request leads to in a browser (OpenID Connect Core section 3.1.2.3).
//!
//! 1. A demand that no authentication here can meet is refused at once.
//! 2. Where the browser holds a session that is worth what the site wants, and there is nothing to ask, the login starts, is
//!    approved by the session and delivered in one go: the person sees nothing. If the site thought of somebody else
//!    (`login_hint`), they are asked whether to go on.
//! 3. `prompt=none` stops here: nobody may be asked, so the site is told why it would have to be.
//! 4. Else a login waits for the person: to scan, or to click where their session is good for it.

use protocol::login::{LoginStatus, RenewReason};

use super::{
    LoginError, LoginId, Started, approve,
    collect::{self, Collected, Collector, SessionPlace},
    consent::{self, Answer, Question},
    context::BrowserContext,
    session::Session,
    start,
};
use crate::{
    account::{Account, AccountId},
    app::App,
    oauth::{
        authorization_request::{AuthorizationRequest, RedirectError},
        client::Client,
        error::AuthorizationErrorCode,
        prompt::Prompt,
        scope::Scopes,
    },
    oidc::{authentication::ContextClass, subject},
    secret::BrowserSecret,
    store::StoreError,
};

/// A browser that comes with a request.
#[derive(Debug)]
pub struct Visit {
    /// What the server saw of it.
    pub browser: BrowserContext,
    /// The session that it holds.
    pub session: Option<Session>,
}

/// What a request led to.
#[derive(Debug)]
pub enum Entry {
    /// A login waits for the person.
    Open(Box<Started>),
    /// It was approved by the session, without a question.
    Approved(Box<Collected>),
    /// The site is told why not.
    Refused(Box<RedirectError>),
}

/// Whether a scan, with what the phone may ask besides, can come up to what a request demands.
pub fn is_within_reach(request: &AuthorizationRequest) -> bool {
    let reachable = [ContextClass::Scan, ContextClass::ScanMatch, ContextClass::Unlocked];
    reachable.into_iter().any(|class| request.options.accepts_class(class))
}

/// Lets a browser in.
pub async fn enter(
    app: &App,
    client: &Client,
    request: AuthorizationRequest,
    visit: Visit,
) -> Result<Entry, LoginError> {
    use AuthorizationErrorCode::{ConsentRequired, LoginRequired, UnmetAuthenticationRequirements};
    let prompts = request.options.prompts.clone();
    let refuse = |code, description| {
        let error = request.error(code, description).ok_or(LoginError::UnknownLogin)?;
        Ok(Entry::Refused(Box::new(error)))
    };
    if !is_within_reach(&request) {
        return refuse(UnmetAuthenticationRequirements, "no authentication here has an acr that would do");
    }
    let silent = prompts.contains(Prompt::None);
    let session = visit.session.filter(|session| approve::suits(app, client, &request, session));
    let Some(session) = session else {
        return if silent {
            refuse(LoginRequired, "a person must scan, and prompt=none forbids to ask")
        } else {
            Ok(Entry::Open(Box::new(start::start(app, request, visit.browser).await?)))
        };
    };
    let question = consent::question(app, client, &request, session.account).await?;
    if silent && question.open {
        return refuse(
            ConsentRequired,
            "the person must be asked what they allow, and prompt=none forbids to ask",
        );
    }
    let asks = question.open
        || prompts.contains(Prompt::SelectAccount)
        || (!silent && !is_hinted_at(app, client, &request, session.account).await?);
    let started = start::start(app, request, visit.browser).await?;
    if asks {
        return Ok(Entry::Open(Box::new(started)));
    }
    approve::by_session(app, &started.login, &session, &Answer::All).await?;
    let place = SessionPlace::Cookie(Some(session.id));
    let collector = Collector { secret: &started.browser_secret, key: None, place };
    let collected = collect::collect(app, started.login.id, collector).await?;
    Ok(Entry::Approved(Box::new(collected)))
}

/// Whether this may be the person whom the site thinks it deals with, by `login_hint`. It proves nothing and binds nobody.
async fn is_hinted_at(
    app: &App,
    client: &Client,
    request: &AuthorizationRequest,
    account: AccountId,
) -> Result<bool, StoreError> {
    let Some(hint) = &request.options.login_hint else { return Ok(true) };
    let known = app.store.account(account).await?;
    Ok(*hint == subject::subject(app, client, account) || known.is_some_and(|known| known.may_be(hint)))
}

/// What a person who is signed in in this browser can agree to with one click.
#[derive(Debug)]
pub struct OneClick {
    /// Who is signed in.
    pub account: Account,
    /// Who asks.
    pub client: Client,
    /// What for.
    pub question: Question,
}

/// The click that a waiting login needs, if this session is good for it.
pub async fn one_click(
    app: &App,
    request: &AuthorizationRequest,
    session: &Session,
) -> Result<Option<OneClick>, LoginError> {
    let client = app.store.client(&request.client).await?.ok_or(LoginError::Cancelled)?;
    if !approve::suits(app, &client, request, session) {
        return Ok(None);
    }
    let question = consent::question(app, &client, request, session.account).await?;
    let account = app.store.account(session.account).await?;
    Ok(account.map(|account| OneClick { account, client, question }))
}

/// The click: the session approves, with what of the optional is agreed to, and the result is handed out. A login that ran out while
/// the person read is renewed first.
///
/// # Errors
///
/// [`LoginError::SessionDoesNotDo`] if the session is over, or no longer enough; [`LoginError::OtherKey`] if it is approved, and the
/// browser must still prove its key.
pub async fn go_on(
    app: &App,
    own: (LoginId, &BrowserSecret),
    visit: Visit,
    agreed: &Scopes,
) -> Result<Collected, LoginError> {
    let (id, secret) = own;
    let mut login = collect::look(app, id, secret).await?;
    let mut secret = secret.clone();
    let session = visit.session.ok_or(LoginError::SessionDoesNotDo)?;
    if login.status(app.clock.now()) == LoginStatus::Expired {
        if login.browser.key.is_some() {
            // Its successor must be in this browser's hands to be collected: the page sees to that.
            return Err(LoginError::SessionDoesNotDo);
        }
        let renewed = start::renew(app, id, &secret, RenewReason::Request, visit.browser).await?;
        (login, secret) = (renewed.login, renewed.browser_secret);
    }
    let click = one_click(app, &login.request, &session).await?.ok_or(LoginError::SessionDoesNotDo)?;
    let answer = if click.question.open {
        let needed = click.question.asked.iter().filter(|scope| !click.client.may_do_without(scope)).cloned();
        Answer::These(needed.collect::<Scopes>().union(&agreed.intersect(&click.question.asked)))
    } else {
        Answer::All
    };
    approve::by_session(app, &login, &session, &answer).await?;
    let collector = Collector { secret: &secret, key: None, place: SessionPlace::Cookie(Some(session.id)) };
    collect::collect(app, login.id, collector).await
}
