//! P13: no script of another site reads the authorization endpoint.

use reqwest::{Method, header};
use url::form_urlencoded::Serializer;

use crate::audit::{Check, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P13",
    title: "The authorization endpoint is closed to other sites' scripts",
    source: "RFC 9700 section 2.6",
    advice: "Send no CORS headers from the authorization endpoint, and let only registered origins call the login API.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    const STRANGER: &str = "https://elsewhere.example";
    let request = Request::new(target)?;
    let query = Serializer::new(String::new()).extend_pairs(request.pairs()).finish();
    let url = format!("{}?{query}", target.endpoint("authorization_endpoint")?);
    let asked = target.request(Method::GET, &url).header(header::ORIGIN, STRANGER);
    let answer = target.send(asked).await?;
    demand(
        answer.header("access-control-allow-origin").is_empty(),
        "the authorization endpoint lets other sites' scripts read it",
    )?;
    let id = &target.client()?.id;
    let url = format!("{}?client_id={id}", target.url(protocol::paths::LOGINS));
    let widget =
        target.request(Method::POST, &url).header(header::ORIGIN, STRANGER).json(&request.parameters);
    let answer = target.send(widget).await?;
    demand(answer.is_refused(), "a page that is not registered may start logins")?;
    let allowed = answer.header("access-control-allow-origin");
    demand(allowed != "*" && allowed != STRANGER, "a page that is not registered may read the login API")
}
