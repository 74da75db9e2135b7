//! P10: no token in the front channel, no password in the back.

use serde_json::Value;

use crate::audit::{Check, Stop, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P10",
    title: "No implicit grant, no password grant",
    source: "RFC 9700 sections 2.1.2 and 2.4",
    advice: "Answer response types but `code`, and the grant type `password`, with an error; name neither in the metadata.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let named = |member: &str, word: &str| {
        let all = target.metadata[member].as_array().cloned().unwrap_or_default();
        all.iter().filter_map(Value::as_str).any(|one| one.split(' ').any(|part| part == word))
    };
    demand(!named("response_types_supported", "token"), "the metadata offers the implicit grant")?;
    demand(!named("grant_types_supported", "implicit"), "the metadata offers the implicit grant")?;
    demand(!named("grant_types_supported", "password"), "the metadata offers the password grant")?;
    for kind in ["token", "id_token token", "code token"] {
        let answer = target.authorize(&Request::new(target)?.with("response_type", kind).pairs()).await?;
        let to = answer.location().unwrap_or_default();
        // An error may go back to the site; a login may not begin.
        let begins = answer.status.is_success() || (answer.location().is_some() && !to.contains("error="));
        demand(!begins && !to.contains("access_token"), format!("the response type `{kind}` is accepted"))?;
    }
    let form = [("grant_type", "password"), ("username", "somebody"), ("password", "something")];
    let answer = target.token(&form).await?;
    demand(answer.is_refused(), "the password grant is accepted")?;
    if answer.text("error") == "invalid_client" {
        return Err(Stop::Broken(
            "the client's credential is refused, so its grants cannot be judged".into(),
        ));
    }
    demand(
        matches!(answer.text("error").as_str(), "unsupported_grant_type" | "unauthorized_client"),
        format!("the password grant is refused as `{}`: the endpoint looks at it", answer.text("error")),
    )
}
