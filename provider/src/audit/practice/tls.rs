//! P16: everything goes encrypted, and browsers remember that.

use url::Url;

use crate::{
    audit::{Check, Stop, Verdict, demand, target::Target},
    loopback::is_loopback,
};

/// Shortest that browsers are told to remember it, in seconds: half a year.
const HALF_A_YEAR: u64 = 15_552_000;

pub(super) const CHECK: Check = Check {
    id: "P16",
    title: "TLS everywhere, and browsers are told to keep to it",
    source: "RFC 9700 section 2.6, RFC 6797",
    advice: "Serve https only, with `Strict-Transport-Security: max-age=31536000`.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let answer = target.get(&target.url(protocol::paths::OPENID_CONFIGURATION)).await?;
    judge(&target.issuer, answer.header("strict-transport-security"))
}

fn judge(issuer: &str, policy: &str) -> Verdict {
    let url = Url::parse(issuer).map_err(|_| Stop::Failed("the issuer is no URL".into()))?;
    if is_loopback(&url) {
        return Err(Stop::NotApplicable("on loopback nothing crosses a network".into()));
    }
    demand(url.scheme() == "https", "the provider is reached without TLS")?;
    let age = policy.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    demand(age.is_some_and(|age| age >= HALF_A_YEAR), format!("Strict-Transport-Security is `{policy}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_and_a_short_memory_fail_and_loopback_does_not_count() {
        assert_eq!(judge("https://login.example", "max-age=31536000; includeSubDomains"), Ok(()));
        for (issuer, policy) in [
            ("http://login.example", "max-age=31536000"),
            ("https://login.example", ""),
            ("https://login.example", "max-age=300"),
        ] {
            assert!(matches!(judge(issuer, policy), Err(Stop::Failed(_))), "{issuer} {policy}");
        }
        assert!(matches!(judge("http://localhost:8080", ""), Err(Stop::NotApplicable(_))));
    }
}
