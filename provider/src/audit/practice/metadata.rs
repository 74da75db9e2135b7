//! P15: the metadata is true.

use serde_json::Value;
use url::Url;

use crate::audit::{Check, Verdict, demand, target::Target};

/// Members of a JWK that must not be public (RFC 7518 sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(super) const CHECK: Check = Check {
    id: "P15",
    title: "The metadata is true: issuer, endpoints, public keys",
    source: "RFC 9700 section 2.6, RFC 8414, OpenID Connect Discovery",
    advice: "Publish the issuer to the letter, endpoints that exist, and keys without private members, each with its own `kid`.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let issuer = target.metadata["issuer"].as_str().unwrap_or_default();
    demand(issuer == target.issuer, format!("the metadata is that of another issuer, {issuer}"))?;
    let here = Url::parse(issuer).ok();
    let members = target.metadata.as_object().into_iter().flatten();
    for (name, value) in members.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri") {
        let address = value.as_str().unwrap_or_default();
        let url = Url::parse(address).ok();
        let safe = url.as_ref().map(Url::scheme) == Some("https")
            || url.as_ref().map(Url::scheme) == here.as_ref().map(Url::scheme);
        demand(safe, format!("{name} is not https: {address}"))?;
        let answer = target.get(address).await?;
        demand(
            answer.status.as_u16() != 404 && !answer.status.is_server_error(),
            format!("{name} is not there ({})", answer.status),
        )?;
    }
    let keys = target.get(target.endpoint("jwks_uri")?).await?.json();
    let keys = keys["keys"].as_array().cloned().unwrap_or_default();
    demand(!keys.is_empty(), "no keys are published")?;
    for key in &keys {
        let leaked = PRIVATE.iter().find(|member| key.get(**member).is_some());
        demand(leaked.is_none(), format!("a published key has the private member {leaked:?}"))?;
        let named = key["kid"].as_str().is_some_and(|kid| !kid.is_empty());
        let alone = keys.iter().filter(|other| other["kid"] == key["kid"]).count() == 1;
        demand(named && alone, "a published key has no `kid` of its own")?;
    }
    let answer = target.token(&[("grant_type", "authorization_code"), ("code", "none")]).await?;
    demand(
        answer.header("cache-control").contains("no-store"),
        "answers of the token endpoint may be stored",
    )?;
    demand(
        answer.json().get("error").is_some_and(Value::is_string),
        "the token endpoint's errors are not JSON",
    )
}
