//! Tries to sign in with a password.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    account::lockout::{Attempt, Claim, Outcome, Verdict},
    clock::Time,
};

/// Tries to sign in.
#[async_trait]
pub trait AttemptStore: Send + Sync {
    /// Counts a try, if none of its counts holds it up. Keeps `most` counts, give or take a few hundred.
    async fn claim_attempt(&self, attempt: &Attempt, most: u32, now: Time) -> Result<Verdict, StoreError>;
    /// Takes a try back that was counted.
    async fn settle_attempt(&self, claim: &Claim, outcome: Outcome) -> Result<(), StoreError>;
}
