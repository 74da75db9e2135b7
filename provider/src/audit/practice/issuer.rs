//! P7: a response says whose it is (against mix-up), and gives `state` and `nonce` back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use url::Url;

use crate::audit::{Check, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P7",
    title: "Responses name their issuer and give state and nonce back",
    source: "RFC 9700 sections 4.4 and 4.7, RFC 9207",
    advice: "Add `iss` to every authorization response, errors too, say so in the metadata, and return `state` and `nonce` unchanged.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    demand(
        target.metadata["authorization_response_iss_parameter_supported"] == true,
        "the metadata does not promise `iss` in responses",
    )?;
    // An error that goes back to the site.
    let request = Request::new(target)?.with("prompt", "none");
    let refused = target.authorize(&request.pairs()).await?;
    let location = refused.location().unwrap_or_default().to_owned();
    fits(target, &request, &location, "an error response")?;

    let login = target.start().await?;
    login.approve().await?;
    let result = login.collect().await?;
    fits(target, &login.request, &result.text("redirect_to"), "a response")?;
    demand(result.text("iss") == target.issuer, "the widget's result names another issuer")?;
    let tokens = login.redeem(&result.text("code"), &[]).await?;
    let claims = claims(&tokens.text("id_token"));
    demand(claims["iss"] == target.issuer.as_str(), "the ID token names another issuer")?;
    demand(
        claims["nonce"] == login.request.parameters["nonce"].as_str(),
        "the ID token has not the request's nonce",
    )
}

fn fits(target: &Target, request: &Request, location: &str, what: &str) -> Verdict {
    let parameters: Vec<(String, String)> =
        Url::parse(location).map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default();
    let value = |name: &str| parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    demand(value("iss") == Some(target.issuer.as_str()), format!("{what} does not name its issuer"))?;
    let state = request.parameters.get("state").map(String::as_str);
    demand(value("state") == state, format!("{what} does not give `state` back"))
}

/// What an ID token says. Its signature is for the site to check.
fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap_or_default();
    URL_SAFE_NO_PAD.decode(part).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
}
