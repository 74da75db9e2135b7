//! Consent: what a person allows a site.
//!
//! 1. What is asked for are the request's scopes, and those that the claims it names belong to.
//! 2. A site of the provider's own house gets what it asks for. Any other is shown with its scopes; those that it can do without may
//!    be declined.
//! 3. What the person agrees to is remembered. A request for no more than that needs no question, unless the site wants one
//!    (`prompt=consent`); nor does one for less. The last answer counts: what is declined is asked again, although it was allowed before.
//! 4. The person sees what they allowed, and takes it back, in the phone app: then every grant of that site ends.

use super::LoginError;
use crate::{
    account::AccountId,
    app::App,
    clock::Time,
    oauth::{
        authorization_request::AuthorizationRequest,
        client::{Client, ClientId},
        prompt::Prompt,
        scope::Scopes,
    },
    store::StoreError,
    trail::Actor,
};

/// What a person has allowed a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The site.
    pub client: ClientId,
    /// What it may have: all that the person has said yes to, for what an earlier yes gave lasts until it is taken back.
    pub scopes: Scopes,
    /// What the person said no to when they were asked last, whatever they had said before.
    pub declined: Scopes,
    /// When the person first allowed it something.
    pub granted_at: Time,
    /// When it was last signed in to.
    pub used_at: Time,
}

/// What a request asks of a person, and how much of it they have allowed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// All that is asked for.
    pub asked: Scopes,
    /// What of it has been allowed before.
    pub remembered: Scopes,
    /// Whether it has to be asked.
    pub open: bool,
}

/// What the person answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes to all of it.
    All,
    /// Yes to these alone.
    These(Scopes),
}

/// All that a request asks a person for: step 1.
pub fn asked(request: &AuthorizationRequest) -> Scopes {
    request.scopes.union(&request.options.claims.scopes())
}

/// What this person is to be asked: steps 2 and 3.
pub async fn question(
    app: &App,
    client: &Client,
    request: &AuthorizationRequest,
    account: AccountId,
) -> Result<Question, StoreError> {
    let asked = asked(request);
    let consent = app.store.consent(account, &client.id).await?;
    let remembered =
        consent.map(|consent| consent.scopes.minus(&consent.declined).intersect(&asked)).unwrap_or_default();
    let wanted = request.options.prompts.contains(Prompt::Consent);
    let open = !client.first_party && (wanted || !remembered.covers(&asked));
    Ok(Question { asked, remembered, open })
}

/// What the person agreed to.
///
/// # Errors
///
/// [`LoginError::NeededScope`] if they declined what the site cannot do without, or named what was not asked for.
pub fn agree(client: &Client, asked: &Scopes, answer: &Answer) -> Result<Scopes, LoginError> {
    let Answer::These(scopes) = answer else { return Ok(asked.clone()) };
    let declined = asked.minus(scopes);
    let dispensable = declined.iter().all(|scope| !client.first_party && client.may_do_without(scope));
    if dispensable && asked.covers(scopes) { Ok(scopes.clone()) } else { Err(LoginError::NeededScope) }
}

/// Takes back what an account has allowed a site, and every grant that the site has of it: step 4. `false` if there was nothing.
pub async fn withdraw(
    app: &App,
    account: AccountId,
    client: &ClientId,
    by: Actor,
) -> Result<bool, StoreError> {
    let withdrawn = app.store.withdraw_consent(account, client, by, app.clock.now()).await?;
    app.logouts.notify_one();
    Ok(withdrawn)
}
