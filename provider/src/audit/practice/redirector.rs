//! P2: nobody is sent to an address that is not registered.

use url::form_urlencoded::byte_serialize;

use crate::audit::{Check, Verdict, answer::Answer, demand, login::Request, target::Target};

/// Where nobody may be sent.
const ELSEWHERE: &str = "https://elsewhere.example/";

pub(super) const CHECK: Check = Check {
    id: "P2",
    title: "No open redirector",
    source: "RFC 9700 section 4.11.2",
    advice: "Show an error page where client or redirect URI is wrong, and redirect after logout to registered addresses only.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let request = Request::new(target)?;
    for (what, request) in [
        ("with another redirect URI", request.clone()),
        ("of an unknown client", request.clone().with("client_id", "no-such-client")),
        ("of an unknown response type", request.clone().with("response_type", "nonsense")),
        ("without a response type", request.clone().without("response_type")),
        ("with an unknown scope", request.clone().with("scope", "nonsense")),
        ("that must not ask anybody", request.with("prompt", "none")),
    ] {
        let answer = target.authorize(&request.with("redirect_uri", ELSEWHERE).pairs()).await?;
        stays(&answer, &format!("an authorization request {what}"))?;
    }
    let elsewhere: String = byte_serialize(ELSEWHERE.as_bytes()).collect();
    if let Ok(logout) = target.endpoint("end_session_endpoint") {
        for query in [
            format!("post_logout_redirect_uri={elsewhere}"),
            format!("post_logout_redirect_uri={elsewhere}&client_id={}", target.client()?.id),
        ] {
            stays(&target.get(&format!("{logout}?{query}")).await?, "a sign-out")?;
        }
    }
    for name in ["next", "return_to", "redirect", "url", "continue"] {
        for path in ["/", "/app", "/device"] {
            let answer = target.get(&format!("{}?{name}={elsewhere}", target.url(path))).await?;
            stays(&answer, &format!("{path} with `{name}`"))?;
        }
    }
    Ok(())
}

fn stays(answer: &Answer, what: &str) -> Verdict {
    let leaves = answer.location().is_some_and(|location| location.contains("elsewhere.example"));
    demand(!leaves, format!("{what} sends the browser to {ELSEWHERE}"))
}
