//! The production App, made to do a move.

use std::{collections::HashSet, sync::Arc, time::Duration};

use provider::{
    account::{
        AccountName,
        admission::Admission,
        device::{Device, DeviceId, DeviceName},
        phone_session::{self, PhoneSession},
    },
    app::App,
    clock::Time,
    login::{
        Approver, Login, LoginError, LoginState, Started,
        approve::{self, Handle},
        collect::{self, Collected, Collector, SessionPlace},
        consent::Answer,
        context::BrowserContext,
        match_code::MatchPolicy,
        qr, start,
    },
    oauth::{
        authorization_request::{AuthorizationRequest, Delivery, Redirect, RequestOptions, ResponseMode},
        client::{Client, ClientId},
        dpop::Thumbprint,
        error::TokenError,
        grant::GrantId,
        parameters::Parameters,
        pkce::Challenge,
        scope::Scopes,
        token_request::{self, Sender},
    },
    secret::{BrowserSecret, Code, DeviceToken, PhoneToken, Ticket},
    store::{Enrolment, NewDevice, NewPhoneToken},
    trail::Actor,
};

use super::{
    invariants::Witness,
    reference::{State, Stored},
    step::{Move, PHONES, Qr, Session, Verdict, Verifier},
};
use crate::support::{
    ISSUER, TestApp,
    site::{CHALLENGE, CLIENT, PUBLIC_CLIENT, REDIRECT_URI, VERIFIER},
};

/// The accounts of the phones.
const ACCOUNTS: [&str; PHONES] = ["lin", "lin", "mei"];

/// One provider for all interleavings; each has logins and phones of its own.
pub(super) struct World {
    app: TestApp,
    clients: [Client; 2],
    devices: u32,
    codes: HashSet<String>,
}

/// What one interleaving happens to.
pub(super) struct Stage<'w> {
    app: Arc<App>,
    world: &'w mut World,
    phones: Vec<Phone>,
    logins: Vec<Screen>,
    tickets: Vec<(Ticket, usize, usize)>,
}

struct Phone {
    session: PhoneSession,
    refresh_token: DeviceToken,
    access_token: PhoneToken,
}

/// A login on somebody's screen.
struct Screen {
    started: Started,
    code: Option<String>,
    witness: Witness,
}

impl World {
    pub(super) async fn new() -> Self {
        // The reference knows no digits; `match_code.rs` and `races.rs` have those.
        let app = TestApp::with(|config| config.match_code = MatchPolicy::Never).await;
        app.add_account("mei").await;
        let client = async |id| app.app.store.client(&ClientId::parse(id).unwrap()).await.unwrap().unwrap();
        let clients = [client(CLIENT).await, client(PUBLIC_CLIENT).await];
        Self { app, clients, devices: 0, codes: HashSet::new() }
    }

    /// New phones and no logins.
    pub(super) async fn stage(&mut self) -> Stage<'_> {
        let mut phones = Vec::new();
        for account in ACCOUNTS {
            phones.push(self.phone(account).await);
        }
        Stage { app: self.app.app.clone(), world: self, phones, logins: Vec::new(), tickets: Vec::new() }
    }

    /// Enrols a phone, past the password, which would take too long here.
    async fn phone(&mut self, account: &str) -> Phone {
        let app = &self.app.app;
        let now = app.clock.now();
        let account =
            app.store.account_by_name(&AccountName::parse(account).unwrap()).await.unwrap().unwrap();
        let refresh_token = DeviceToken::generate(&app.random);
        self.devices += 1;
        let device = Device {
            id: DeviceId(app.random.uuid(now)),
            account: account.id,
            name: DeviceName::parse("A phone").unwrap(),
            key: Thumbprint::from_stored(format!("key-{}", self.devices)),
            token: refresh_token.digest(),
            token_expires_at: now + app.config.lifetimes.device_token,
            enrolled_at: now,
            last_seen_at: now,
        };
        let access_token = PhoneToken::generate(&app.random);
        let expires_at = now + app.config.lifetimes.phone_token;
        let kept = NewPhoneToken { digest: access_token.digest(), expires_at };
        let new = NewDevice { device: device.clone(), access_token: kept, from: context(0) };
        let enrolled = app.store.enrol_device(&new, &Admission::Vouched, u32::MAX).await.unwrap();
        assert_eq!(enrolled, Enrolment::Enrolled);
        let session = PhoneSession { account, device, address: [192, 0, 2, 7].into() };
        Phone { session, refresh_token, access_token }
    }
}

/// A login error's name.
fn name(error: &LoginError) -> String {
    format!("{error:?}")
}

impl Stage<'_> {
    pub(super) fn now(&self) -> Time {
        self.app.clock.now()
    }

    /// What the store holds of a login.
    pub(super) async fn stored(&self, login: usize) -> Option<Stored> {
        let login = self.app.store.login(self.logins[login].started.login.id).await.unwrap()?;
        let state = match &login.state {
            LoginState::Waiting { .. } => State::Waiting,
            LoginState::Scanned { approver, .. } => State::Scanned { phone: self.number(approver) },
            LoginState::Confirmed { approval } => State::Confirmed { phone: self.number(&approval.approver) },
            LoginState::Delivered { approval } => State::Delivered { phone: self.number(&approval.approver) },
            LoginState::Redeemed { grant } => State::Redeemed { live: self.is_live(*grant).await },
            LoginState::Denied { .. } => State::Denied,
            LoginState::Cancelled => State::Cancelled,
        };
        let Login { version, renewals, expires_at, .. } = login;
        Some(Stored { version, renewals, expires_at, state })
    }

    /// Which of the phones; its account must be the right one.
    fn number(&self, approver: &Approver) -> usize {
        let phone = self.phones.iter().position(|p| p.session.device.id == approver.device).unwrap();
        assert_eq!(self.phones[phone].session.account.id, approver.account);
        phone
    }

    async fn is_live(&self, grant: GrantId) -> bool {
        self.app.store.live_grant(grant).await.unwrap().is_some()
    }

    /// Makes a move. Answers what came of it, in the reference's words.
    pub(super) async fn take(&mut self, next: Move) -> String {
        match next {
            Move::Start { browser, site } => {
                let request = self.request(site);
                let started = start::start(&self.app, request, context(browser)).await.unwrap();
                self.show(started);
                "start: ok".into()
            }
            Move::Renew { login, secret_of, reason } => {
                let (id, secret) = self.who(login, secret_of);
                let came = match start::renew(&self.app, id, &secret, reason, context(0)).await {
                    Ok(started) => {
                        self.show(started);
                        "ok".into()
                    }
                    Err(error) => name(&error),
                };
                format!("renew: {came}")
            }
            Move::Look { login, secret_of } => format!("look: {}", self.look(login, secret_of).await),
            Move::Scan { phone, session, qr } => format!("scan: {}", self.scan(phone, session, qr).await),
            Move::Decide { phone, session, ticket, verdict } => {
                let word = if verdict == Verdict::Confirm { "confirm" } else { "deny" };
                format!("{word}: {}", self.decide(phone, session, ticket, verdict).await)
            }
            Move::Cancel { login, secret_of } => {
                let (id, secret) = self.who(login, secret_of);
                let came = match collect::cancel(&self.app, id, &secret).await {
                    Ok(left) => format!("ok {}", self.witness(login, &left)),
                    Err(error) => name(&error),
                };
                format!("cancel: {came}")
            }
            Move::Collect { login, secret_of } => {
                format!("collect: {}", self.collect(login, secret_of).await)
            }
            Move::Redeem { code_of, site, verifier } => {
                format!("redeem: {}", self.redeem(code_of, site, verifier).await)
            }
            Move::Pass { seconds } => {
                self.world.app.clock.advance(Duration::from_secs(seconds));
                "pass: ok".into()
            }
            Move::Revoke { phone } => {
                let PhoneSession { account, device, .. } = &self.phones[phone].session;
                let revoked = self
                    .app
                    .store
                    .revoke_device(account.id, device.id, Actor::default(), self.now())
                    .await
                    .unwrap();
                format!("revoke: {}", if revoked { "ok" } else { "gone" })
            }
            Move::Refresh { phone } => {
                let phone = &mut self.phones[phone];
                let key = &phone.session.device.key;
                match phone_session::refresh(&self.app, &phone.refresh_token, key, phone.session.address)
                    .await
                {
                    Ok(token) => {
                        phone.access_token = token;
                        "refresh: ok".into()
                    }
                    Err(error) => format!("refresh: {error:?}"),
                }
            }
            Move::Sweep => {
                let now = self.now();
                self.app.store.sweep(now, now - self.app.config.lifetimes.ended).await.unwrap();
                "sweep: ok".into()
            }
        }
    }

    fn request(&self, site: usize) -> AuthorizationRequest {
        let client = &self.world.clients[site];
        AuthorizationRequest {
            client: client.id.clone(),
            delivery: Delivery::Redirect(Redirect {
                uri: client.redirect_uri(REDIRECT_URI).unwrap(),
                mode: ResponseMode::Query,
                state: Some("the-state".into()),
            }),
            scopes: Scopes::parse("openid profile offline_access"),
            nonce: None,
            challenge: Challenge::parse(CHALLENGE),
            options: RequestOptions::default(),
        }
    }

    fn show(&mut self, started: Started) {
        self.logins.push(Screen { started, code: None, witness: Witness::default() });
    }

    fn who(&self, login: usize, secret_of: usize) -> (provider::login::LoginId, BrowserSecret) {
        (self.logins[login].started.login.id, self.logins[secret_of].started.browser_secret.clone())
    }

    /// Its browser sees a login; answers the word for where it stands.
    fn witness(&mut self, login: usize, seen: &Login) -> String {
        let view = seen.view(&self.app, self.now());
        self.logins[login].witness.saw(&view);
        serde_json::to_value(view.state).unwrap().as_str().unwrap().to_owned()
    }

    async fn look(&mut self, login: usize, secret_of: usize) -> String {
        let (id, secret) = self.who(login, secret_of);
        let seen = match collect::look(&self.app, id, &secret).await {
            Ok(seen) => seen,
            Err(error) => return name(&error),
        };
        let word = self.witness(login, &seen);
        let view = seen.view(&self.app, self.now());
        let (version, left, renewals) = (view.version, view.expires_in, view.renewals_left);
        let returns = view.return_to.is_some();
        format!("ok | {word}, version {version}, {left} s, {renewals} renewals, returns: {returns}")
    }

    async fn session(&self, phone: usize, session: Session) -> Result<PhoneSession, String> {
        let phone = &self.phones[phone];
        match session {
            Session::Held => Ok(phone.session.clone()),
            Session::Now => {
                let key = &phone.session.device.key;
                let address = phone.session.address;
                let found = phone_session::authenticate(&self.app, &phone.access_token, key, address).await;
                found.map_err(|error| format!("{error:?}"))
            }
        }
    }

    async fn scan(&mut self, phone: usize, session: Session, code: Qr) -> String {
        let caller = match self.session(phone, session).await {
            Ok(caller) => caller,
            Err(refused) => return refused,
        };
        let unknown = protocol::qr::prefix(ISSUER, protocol::qr::Handle::new(self.app.random.bytes()));
        let text = match code {
            Qr::Of(login) => qr::text(&self.app, &self.logins[login].started.login, self.now()),
            Qr::Foreign => unknown.replace(ISSUER, "https://evil.example"),
            Qr::Unknown => unknown,
            Qr::Malformed => unknown + "!",
        };
        match (approve::scan(&self.app, &caller, &Handle::Qr { text, sighting: None }).await, code) {
            (Ok(scan), Qr::Of(login)) => {
                assert_eq!(scan.login.id, self.logins[login].started.login.id);
                self.tickets.push((scan.ticket, login, phone));
                "ok".into()
            }
            (Ok(_), _) => "a made-up code was scanned".into(),
            (Err(error), _) => name(&error),
        }
    }

    async fn decide(
        &mut self,
        phone: usize,
        session: Session,
        ticket: Option<usize>,
        verdict: Verdict,
    ) -> String {
        let caller = match self.session(phone, session).await {
            Ok(caller) => caller,
            Err(refused) => return refused,
        };
        let made_up = Ticket::generate(&self.app.random);
        let secret = ticket.map_or(&made_up, |ticket| &self.tickets[ticket].0);
        let decided = match verdict {
            Verdict::Confirm => approve::confirm(&self.app, &caller, secret, &Answer::All).await,
            Verdict::Deny => approve::deny(&self.app, &caller, secret).await,
        };
        match decided {
            Ok(()) => {
                let (_, login, owner) = &self.tickets[ticket.expect("no made-up ticket is good")];
                assert_eq!(*owner, phone, "a ticket works from its own device alone");
                if verdict == Verdict::Confirm {
                    self.logins[*login].witness.confirmed();
                }
                "ok".into()
            }
            Err(error) => name(&error),
        }
    }

    async fn collect(&mut self, login: usize, secret_of: usize) -> String {
        let (id, secret) = self.who(login, secret_of);
        let who = Collector { secret: &secret, key: None, place: SessionPlace::Cookie(None) };
        match collect::collect(&self.app, id, who).await {
            Ok(Collected { result, .. }) => {
                let screen = &mut self.logins[login];
                screen.witness.collected(&result.code);
                if screen.code.replace(result.code.clone()).is_none() {
                    assert!(self.world.codes.insert(result.code), "two logins have one code");
                }
                "ok".into()
            }
            Err(error) => name(&error),
        }
    }

    async fn redeem(&mut self, code_of: Option<usize>, site: usize, verifier: Verifier) -> String {
        let code = match code_of {
            Some(login) => self.logins[login].code.clone().expect("a code that was collected"),
            None => Code::generate(&self.app.random).expose().to_owned(),
        };
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", REDIRECT_URI.to_owned()),
        ];
        match verifier {
            Verifier::Right => form.push(("code_verifier", VERIFIER.to_owned())),
            Verifier::Wrong => form.push(("code_verifier", VERIFIER.to_uppercase())),
            Verifier::Missing => {}
        }
        let form = form.into_iter().map(|(name, value)| (name.to_owned(), value));
        let form = Parameters::from_pairs(form).unwrap();
        let sender = Sender { client: Some(&self.world.clients[site]), key: None, from: context(1) };
        match token_request::answer(&self.app, &form, sender).await {
            Ok(_) => {
                let login = code_of.expect("no made-up code is good");
                self.logins[login].witness.redeemed();
                let live = self.stored(login).await.map(|stored| stored.state);
                assert_eq!(live, Some(State::Redeemed { live: true }), "a redeemed code yields a live grant");
                "ok".into()
            }
            Err(TokenError::InvalidGrant(_)) => "invalid_grant".into(),
            Err(error) => format!("{error:?}"),
        }
    }
}

fn context(browser: u8) -> BrowserContext {
    BrowserContext::new("A browser", [192, 0, 2, browser].into())
}
