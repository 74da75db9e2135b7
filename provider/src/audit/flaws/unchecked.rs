//! F5: who confirms is known by their token and key, not by what they say.

use protocol::paths;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::{
    audit::{Check, Stop, Verdict, answer::Answer, demand, key::Key, login::Login, target::Target},
    mock_phone::Secret,
};

pub(super) const CHECK: Check = Check {
    id: "F5",
    title: "The phone's token is checked, and is of no use without its key",
    source: super::SOURCE,
    advice: "Authenticate every call of the app by its access token and a proof by its key (RFC 9449); believe no user id of a request.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let phone = target.phone()?;
    let who = phone.signed_in_as().ok_or_else(|| Stop::Broken("the phone has been signed out".into()))?;
    let waiting = target.start().await?;
    let scanned = target.start().await?;
    let ticket = scanned.scan().await?.ticket;
    let claims =
        json!({"account": who.account.name, "user_id": who.account.name, "device_id": who.device_id});
    let with = |mut body: Value| {
        for (name, value) in claims.as_object().into_iter().flatten() {
            body[name.as_str()] = value.clone();
        }
        body
    };
    let scan = with(json!({"qr": waiting.qr()}));
    let confirm = with(json!({"ticket": ticket.expose()}));
    for (who, caller) in [
        ("no token", Caller::Nobody),
        ("a made-up token", Caller::MadeUp),
        ("a stolen token without its key", Caller::Thief),
        ("a stolen token and no proof", Caller::ThiefWithoutProof),
    ] {
        for (path, body) in [(paths::PHONE_SCAN, &scan), (paths::PHONE_CONFIRM, &confirm)] {
            let answer = call(target, path, body, caller).await?;
            demand(answer.is_refused(), format!("{path} is obeyed with {who} ({})", answer.status))?;
        }
    }
    nothing_happened(&waiting, "waiting").await?;
    nothing_happened(&scanned, "scanned").await
}

async fn nothing_happened(login: &Login<'_>, state: &str) -> Verdict {
    demand(login.state().await? == state, "a call without a good token changed a login")
}

#[derive(Clone, Copy)]
enum Caller {
    Nobody,
    MadeUp,
    Thief,
    ThiefWithoutProof,
}

async fn call(target: &Target, path: &str, body: &Value, caller: Caller) -> Result<Answer, Stop> {
    let phone = target.phone()?;
    let stolen = phone.access_token().ok_or_else(|| Stop::Broken("the phone has been signed out".into()))?;
    let url = target.url(path);
    let request = target.request(Method::POST, &url).json(body);
    let dpop = |token: &Secret| Key::make()?.proof_for(&url, token);
    let request = match caller {
        Caller::Nobody => request,
        Caller::MadeUp => {
            let token = Secret::new(target.word());
            request
                .header(header::AUTHORIZATION, format!("DPoP {}", token.expose()))
                .header("dpop", dpop(&token)?)
        }
        Caller::Thief => request
            .header(header::AUTHORIZATION, format!("DPoP {}", stolen.expose()))
            .header("dpop", dpop(&stolen)?),
        Caller::ThiefWithoutProof => {
            request.header(header::AUTHORIZATION, format!("Bearer {}", stolen.expose()))
        }
    };
    target.send(request).await
}
