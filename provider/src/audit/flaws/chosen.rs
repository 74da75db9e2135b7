//! F4: the server chooses, and nobody else.

use reqwest::{Method, header};
use url::form_urlencoded::Serializer;

use crate::audit::{Check, Verdict, demand, login::Request, target::Target};

/// What a careless server may take an identifier from.
const NAMES: [&str; 9] =
    ["id", "login_id", "qr", "qr_id", "qrcode", "uuid", "session_id", "browser_secret", "handle"];

pub(super) const CHECK: Check = Check {
    id: "F4",
    title: "Identifiers are made by the server, never taken from a request",
    source: super::SOURCE,
    advice: "Ignore what a request calls an identifier, and begin a login with values of the server's own.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    for name in NAMES {
        // Shaped like a UUID, and like a code: whatever is believed shows.
        for chosen in ["0195f0c0aaaa7bbb8cccdddddddddddd", "ChosenByTheClientChosenBy0"] {
            let answer = target.try_start(&Request::new(target)?.with(name, chosen)).await?;
            // To refuse the unknown parameter is fine, too.
            demand(
                !answer.status.is_success() || !answer.all().contains(chosen),
                format!("a login's start takes `{name}` from the request"),
            )?;
        }
    }
    let request = Request::new(target)?;
    let chosen = "ChosenByTheClientChosenBy0";
    let query = Serializer::new(String::new())
        .extend_pairs(request.pairs())
        .extend_pairs(NAMES.map(|name| (name, chosen)))
        .finish();
    let url = format!("{}?{query}", target.endpoint("authorization_endpoint")?);
    let cookies = format!(
        "__Host-saoma-login={chosen}; saoma-login={chosen}; __Host-saoma-session={chosen}; session={chosen}"
    );
    let asked = target.request(Method::GET, &url).header(header::COOKIE, cookies);
    let answer = target.send(asked).await?;
    demand(
        !answer.all().contains(chosen),
        "the authorization endpoint takes an identifier from the request or a cookie",
    )
}
