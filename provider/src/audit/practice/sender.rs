//! P9: access tokens can be bound to a key, and then are of no use without it.

use crate::audit::{Check, Stop, Verdict, demand, key::Key, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P9",
    title: "Sender-constrained access tokens are offered, and hold",
    source: "RFC 9700 sections 2.2.1 and 4.10.1, RFC 9449",
    advice: "Support DPoP (or mutual TLS), say so in the metadata, and refuse a bound token that comes as a bearer token.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let algorithms = target.metadata["dpop_signing_alg_values_supported"].as_array().map_or(0, Vec::len);
    if target.metadata["tls_client_certificate_bound_access_tokens"] == true && algorithms == 0 {
        return Err(Stop::Skipped("tokens are bound by mutual TLS, which this audit does not speak".into()));
    }
    demand(algorithms > 0, "the metadata offers neither DPoP nor mutual TLS")?;
    let login = target.start().await?;
    login.approve().await?;
    let code = login.code().await?;
    let url = target.endpoint("token_endpoint")?;
    let key = Key::make()?;
    let redeem = async |proof: String| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", login.request.parameters["redirect_uri"].as_str()),
            ("code_verifier", login.request.verifier.as_str()),
        ];
        target.send(target.token_request(&form)?.header("dpop", proof)).await
    };
    let mut answer = redeem(key.proof_with(url, &target.word())?).await?;
    let gives_nonces = !answer.header("dpop-nonce").is_empty();
    demand(
        answer.is_refused() || !gives_nonces,
        "a proof is good with a nonce that the provider never gave",
    )?;
    if answer.is_refused() {
        answer = redeem(key.proof(url)?).await?;
    }
    if answer.text("error") == "use_dpop_nonce" {
        answer = redeem(key.proof_with(url, answer.header("dpop-nonce"))?).await?;
    }
    demand(
        answer.text("token_type").eq_ignore_ascii_case("dpop"),
        "a proof of a key gives no token that is bound to it",
    )?;
    let token = answer.text("access_token");
    for scheme in ["Bearer", "DPoP"] {
        let stolen = target.userinfo(scheme, &token).await?;
        demand(stolen.is_refused(), format!("a bound token is good without its key, as {scheme}"))?;
    }
    Ok(())
}
