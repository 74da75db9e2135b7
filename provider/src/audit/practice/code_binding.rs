//! P6: a code is good for the client and the redirect URI that it was made for.

use reqwest::Method;

use crate::audit::{Check, Verdict, demand, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P6",
    title: "A code is bound to its client and its redirect URI",
    source: "RFC 9700 section 4.5, RFC 6749 section 4.1.3",
    advice: "Authenticate the client at the token endpoint, and compare client and redirect URI with those of the request.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let login = target.start().await?;
    login.approve().await?;
    let code = login.code().await?;
    let client = target.client()?;
    let elsewhere = [("redirect_uri", "https://elsewhere.example/callback")];
    let answer = login.redeem(&code, &elsewhere).await?;
    demand(answer.is_refused(), "a code is redeemed with another redirect URI")?;
    let form = |id: &'static str| {
        [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
            ("code_verifier", login.request.verifier.as_str()),
            ("client_id", id),
        ]
    };
    let token = target.endpoint("token_endpoint")?;
    let answer = target.post(token, &form("no-such-client")).await?;
    demand(answer.is_refused(), "a code is redeemed by a client that is not its own")?;
    if client.secret.is_some() {
        let mut unproven = form("");
        unproven[4].1 = &client.id;
        let answer = target.post(token, &unproven).await?;
        demand(answer.is_refused(), "a code is redeemed without the client's secret")?;
        let guessed = target.request(Method::POST, token).basic_auth(&client.id, Some("guessed"));
        let answer = target.send(guessed.form(&unproven[..4])).await?;
        demand(answer.is_refused(), "a code is redeemed with a wrong secret")?;
    }
    Ok(())
}
