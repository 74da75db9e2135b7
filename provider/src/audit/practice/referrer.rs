//! P12: the sign-in page tells nobody its address, and no cache keeps it.

use crate::audit::{Check, Verdict, demand, target::Target};

/// Policies that keep path and query from other sites.
const STRICT: [&str; 5] =
    ["no-referrer", "same-origin", "origin", "strict-origin", "strict-origin-when-cross-origin"];

pub(super) const CHECK: Check = Check {
    id: "P12",
    title: "Pages send no referrer, ask nobody else, and are not stored",
    source: "RFC 9700 section 4.2.4",
    advice: "Send a strict `Referrer-Policy` and `Cache-Control: no-store`, and load nothing from other hosts on sign-in pages.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    for (what, page) in [
        ("the sign-in page", super::sign_in_page(target).await?),
        ("the error page", super::error_page(target).await?),
    ] {
        let policy = page.header("referrer-policy").to_lowercase();
        // Of several words browsers take the last that they know.
        let last = policy.rsplit(',').next().unwrap_or_default().trim();
        demand(STRICT.contains(&last), format!("{what} has the referrer policy `{policy}`"))?;
        demand(page.header("cache-control").contains("no-store"), format!("{what} may be stored by caches"))?;
        if let Some(foreign) = foreign(&page.body, &target.issuer) {
            return demand(false, format!("{what} loads {foreign} from another host"));
        }
    }
    Ok(())
}

/// The first script, picture, style or frame that comes from elsewhere.
fn foreign(page: &str, issuer: &str) -> Option<String> {
    let tags = ["<script", "<img", "<iframe", "<link", "<source"];
    page.split('<').map(|tag| format!("<{tag}")).find_map(|tag| {
        tags.iter().find(|name| tag.starts_with(*name))?;
        let address =
            ["src=\"", "href=\""].iter().find_map(|name| tag.split(name).nth(1)?.split('"').next())?;
        let elsewhere = address.contains("//") && !address.starts_with(issuer);
        elsewhere.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_from_elsewhere_is_found() {
        let ours = r#"<script src="/saoma.js"></script><a href="https://site.example">back</a>"#;
        assert_eq!(foreign(ours, "https://login.example"), None);
        for (page, address) in [
            (r#"<script async src="https://cdn.example/a.js"></script>"#, "https://cdn.example/a.js"),
            (r#"<link rel="stylesheet" href="//cdn.example/a.css">"#, "//cdn.example/a.css"),
        ] {
            assert_eq!(foreign(page, "https://login.example").as_deref(), Some(address));
        }
    }
}
