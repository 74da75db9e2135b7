//! How a client proves who it is, and what it proves that with.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{clock::Time, secret::Digest};

/// How a client proves who it is (RFC 6749 section 2.3, OpenID Connect Core section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// It cannot keep a secret; PKCE alone ties the code to it.
    #[serde(rename = "none")]
    Public,
    /// A secret in the Authorization header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
    /// A JWT signed by its own key (RFC 7523 section 2.2).
    PrivateKeyJwt,
}

impl ClientAuth {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt, Self::Public];

    /// Its name in metadata (RFC 7591 section 2).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|auth| auth.as_str() == name)
    }

    /// Whether it rests on a secret that both sides know.
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// A client's secret, as the store knows it. While one is replaced by another, both are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientSecretHash {
    /// Its hash.
    pub digest: Digest,
    /// When it ends; `None`: when it is taken away.
    pub expires_at: Option<Time>,
}

/// A client's own public keys (RFC 7591 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// A JWK Set, by value.
    Jwks(Value),
    /// A JWK Set, by its address.
    JwksUri(Url),
}
