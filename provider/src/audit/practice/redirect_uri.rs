//! P1: redirect URIs are compared letter by letter.

use url::Url;

use crate::audit::{Check, Stop, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P1",
    title: "A redirect URI is good to the letter only",
    source: "RFC 9700 section 4.1.3",
    advice: "Compare redirect URIs as text with the registered ones: no prefixes, no patterns, no normalisation.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let registered = target.client()?.redirect_uri.clone();
    let url = Url::parse(&registered).map_err(|_| Stop::Skipped("--redirect-uri is no URL".into()))?;
    for uri in near(&url, &registered) {
        let request = Request::new(target)?.with("redirect_uri", &uri);
        let answer = target.authorize(&request.pairs()).await?;
        demand(
            answer.location().is_none() && !answer.status.is_success(),
            format!("the redirect URI {uri} is taken for {registered}"),
        )?;
        let started = target.try_start(&request).await?;
        demand(started.is_refused(), format!("a widget may use the redirect URI {uri}"))?;
    }
    Ok(())
}

/// What pattern matching, prefixes or clean-up would take for the registered one.
fn near(url: &Url, registered: &str) -> Vec<String> {
    let host = url.host_str().unwrap_or_default();
    let mut near = vec![
        format!("{registered}/"),
        format!("{registered}/more"),
        format!("{registered}?more=1"),
        format!("{registered}%2e%2e/"),
        format!("{registered}/../elsewhere"),
        format!("{registered}#fragment"),
        registered.to_uppercase(),
        registered.replacen("://", "://user@", 1),
        registered.replacen(host, &format!("{host}.attacker.example"), 1),
        registered.replacen(host, &format!("attacker.example/{host}"), 1),
    ];
    near.retain(|uri| uri != registered);
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_them_is_the_registered_one() {
        let registered = "https://site.example/callback";
        let near = near(&Url::parse(registered).unwrap(), registered);
        assert!(near.len() >= 10 && near.iter().all(|uri| uri != registered));
        assert!(near.contains(&"https://site.example.attacker.example/callback".to_owned()));
        assert!(near.contains(&"https://user@site.example/callback".to_owned()));
    }
}
