//! P14: what was posted is not posted on.

use crate::audit::{Check, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P14",
    title: "Redirects do not repeat what was posted (303, not 307 or 308)",
    source: "RFC 9700 section 4.12",
    advice: "Redirect with status 303 after a form.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let request = Request::new(target)?;
    let answer = target.post(target.endpoint("authorization_endpoint")?, &request.pairs()).await?;
    demand(!answer.is_refused(), format!("the authorization endpoint takes no POST ({})", answer.status))?;
    demand(
        !matches!(answer.status.as_u16(), 307 | 308),
        format!("a posted authorization request is redirected with {}", answer.status),
    )
}
