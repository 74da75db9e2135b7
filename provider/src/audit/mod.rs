//! `saoma audit`: attacks a live deployment from outside and tells what holds.
//!
//! 1. [`Target::find`] reads the provider's metadata, and takes what it was given to work with: a client's registration, and a phone that
//!    is signed in.
//! 2. [`run`] makes every [`Check`]: the six flaws and the five attacks of Zhang et al. ("Demystifying the (In)Security of QR Code-based
//!    Login", USENIX Security 2025), that a login is bound to its browser's key, and what of RFC 9700 can be seen from outside.
//! 3. Each says by a [`Verdict`] whether it holds. What could not be run is not passed ([`Stop::Skipped`]); what cannot apply, such as TLS on
//!    loopback, is no gap ([`Stop::NotApplicable`]).
//!
//! A check asks as an attacker would, by HTTP, and believes nothing that it has not seen. It does what a browser, a phone and a site may
//! do, and changes nothing but logins of its own.

mod answer;
mod attacks;
mod binding;
mod flaws;
mod key;
mod login;
mod page;
mod personal;
mod practice;
mod report;
mod target;

use std::{future::Future, pin::Pin};

pub use report::{Report, Row};
pub use target::{Given, Registered, Target, TargetError};

/// What came of a check: nothing, if what must hold holds.
pub type Verdict = Result<(), Stop>;

/// Why a check did not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// What must hold does not.
    #[error("{0}")]
    Failed(String),
    /// It could not be run without something that was not given.
    #[error("{0}")]
    Skipped(String),
    /// It does not apply here.
    #[error("{0}")]
    NotApplicable(String),
    /// It broke off before it could tell.
    #[error("{0}")]
    Broken(String),
}

/// Something that must hold.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name in reports: a flaw, an attack, or a practice.
    pub id: &'static str,
    /// What must hold.
    pub title: &'static str,
    /// Who demands it.
    pub source: &'static str,
    /// What to do where it does not hold.
    pub advice: &'static str,
    run: Run,
}

type Run = for<'a> fn(&'a Target) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("id", &self.id).field("title", &self.title).finish_non_exhaustive()
    }
}

/// Every check, in the order of the report.
pub fn checks() -> Vec<Check> {
    [flaws::checks(), attacks::checks(), binding::checks(), practice::checks()].concat()
}

/// Makes every check, one after the other: they would disturb each other on one phone.
pub async fn run(target: &Target) -> Report {
    let mut rows = Vec::new();
    for check in checks() {
        let verdict = (check.run)(target).await;
        rows.push(Row { check, verdict });
    }
    Report { target: target.issuer.clone(), rows }
}

/// Demands what must hold; `otherwise` says what is the matter.
fn demand(holds: bool, otherwise: impl Into<String>) -> Verdict {
    if holds { Ok(()) } else { Err(Stop::Failed(otherwise.into())) }
}
