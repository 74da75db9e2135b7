//! P9: access tokens can be bound to a key, and then are of no use without it.

use crate::{
    audit::{Check, Stop, Verdict, demand, target::Target},
    clock::Clock,
    mock_phone::{DeviceKey, ProofTarget, proof},
};

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
    let token_endpoint = target.endpoint("token_endpoint")?;
    let key = DeviceKey::generate();
    let made = key.and_then(|key| {
        let call = ProofTarget { method: "POST", url: token_endpoint, access_token: None };
        proof(&key, call, Clock::System.now().seconds())
    });
    let proof = made.map_err(|_| Stop::Broken("no proof could be made".into()))?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", login.request.parameters["redirect_uri"].as_str()),
        ("code_verifier", login.request.verifier.as_str()),
    ];
    let answer = target.send(target.token_request(&form)?.header("dpop", proof)).await?;
    if answer.text("error") == "use_dpop_nonce" {
        return Err(Stop::Skipped(
            "this provider demands a nonce in proofs, which this audit does not bring".into(),
        ));
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
