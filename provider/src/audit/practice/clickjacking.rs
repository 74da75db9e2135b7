//! P11: no foreign page frames the sign-in page.

use crate::audit::{Check, Verdict, answer::Answer, demand, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P11",
    title: "The sign-in page cannot be framed by a stranger's page",
    source: "RFC 9700 section 4.16",
    advice: "Send `Content-Security-Policy: frame-ancestors` with every page, and name no more than the sites that may frame it.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    for (what, page) in [
        ("the sign-in page", super::sign_in_page(target).await?),
        ("the error page", super::error_page(target).await?),
        ("the phone's app", target.get(&target.url("/app")).await?),
    ] {
        demand(!framed_by_anybody(&page), format!("{what} may be framed by any page"))?;
    }
    Ok(())
}

fn framed_by_anybody(page: &Answer) -> bool {
    let policies = page.headers.get_all("content-security-policy").iter();
    let directives = policies.filter_map(|policy| policy.to_str().ok()).flat_map(|policy| policy.split(';'));
    let mut ancestors = directives.filter_map(|directive| directive.trim().strip_prefix("frame-ancestors"));
    let open =
        |sources: &str| sources.split_whitespace().any(|source| matches!(source, "*" | "https:" | "http:"));
    match ancestors.next() {
        Some(sources) => open(sources),
        None => !matches!(page.header("x-frame-options").to_uppercase().as_str(), "DENY" | "SAMEORIGIN"),
    }
}
