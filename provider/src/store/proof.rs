//! DPoP proofs that have been used (RFC 9449 section 11.1).

use async_trait::async_trait;

use crate::{clock::Time, secret::Digest, store::StoreError};

/// DPoP proofs that have been used.
#[async_trait]
pub trait ProofStore: Send + Sync {
    /// Remembers a proof until `expires_at`; `false` if it was there already.
    async fn remember_proof(&self, proof: &Digest, expires_at: Time) -> Result<bool, StoreError>;
}
