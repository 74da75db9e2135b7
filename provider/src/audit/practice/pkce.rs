//! P3: PKCE is there, and by S256 alone.

use crate::audit::{Check, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P3",
    title: "PKCE is offered, by S256 alone",
    source: "RFC 9700 section 2.1.1",
    advice: "Support PKCE, say so in the metadata, and refuse the method `plain`.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let methods = target.metadata["code_challenge_methods_supported"].as_array().cloned().unwrap_or_default();
    demand(methods.iter().any(|method| method == "S256"), "the metadata does not offer S256")?;
    demand(methods.iter().all(|method| method == "S256"), "the metadata offers more than S256")?;
    let request = Request::new(target)?;
    for (what, request) in [
        ("the method plain", request.clone().with("code_challenge_method", "plain")),
        ("no method, which means plain", request.clone().without("code_challenge_method")),
        ("an unknown method", request.clone().with("code_challenge_method", "S1")),
        ("a challenge that is none", request.with("code_challenge", "short")),
    ] {
        let answer = target.try_start(&request).await?;
        demand(answer.is_refused(), format!("{what} is accepted"))?;
    }
    if target.client()?.secret.is_none() {
        let without = Request::new(target)?.without("code_challenge").without("code_challenge_method");
        let answer = target.try_start(&without).await?;
        demand(answer.is_refused(), "a client without a secret may go without PKCE")?;
    }
    Ok(())
}
