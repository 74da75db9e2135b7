//! B3: a copied cookie of the sign-in page collects nothing.

use crate::audit::{Check, Verdict, demand, key::Key, page::Page, target::Target};

pub(super) const CHECK: Check = Check {
    id: "B3",
    title: "The sign-in page gives its result to its browser's key, not to a copied cookie",
    source: "RFC 9449 section 4.3",
    advice: "Once the page has bound its login, answer its cookie with a page that proves the key, and the result only with that proof.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let page = Page::open(target).await?;
    let key = Key::make()?;
    let bound = page.bind(&key).await?;
    demand(bound.status.is_success(), format!("a sign-in page cannot bind its login ({})", bound.status))?;
    page.approve().await?;
    let look = page.look().await?;
    demand(!page.is_result(&look), "the cookie alone gets the result from the page")?;
    let other = Key::make()?.proof(&page.result_url())?;
    for (what, proof) in [("without a proof", ""), ("with a proof by another key", &other)] {
        let stolen = page.collect(proof).await?;
        demand(!page.is_result(&stolen), format!("the cookie gets the result {what}"))?;
    }
    let own = page.collect(&key.proof(&page.result_url())?).await?;
    demand(page.is_result(&own), format!("the page's own key does not get the result ({})", own.status))
}
