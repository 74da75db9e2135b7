//! Behind a proxy: what it says of the browser's address is shown to the approver, and what anybody else says is not.

use saoma_tests::{Operator, RelyingParty, code_on, sign_in};

/// The address that the phone is shown when a browser comes with this header.
async fn shown(arguments: &[&str]) -> String {
    let operator = Operator::new();
    drop(operator.open().await);
    let mut server = operator.server().with(arguments);
    server.start().await;
    let client = reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap();
    let request = client
        .get(format!("{}{}", server.url(), RelyingParty::authorize_path()))
        .header("x-forwarded-for", "203.0.113.9, 198.51.100.1");
    let page = request.send().await.unwrap().text().await.unwrap();
    let qr = code_on(&page).unwrap();
    let phone = sign_in(&server.url(), &operator.path("phone"), "lin").await;
    phone.scan(qr).await.unwrap().browser.address
}

#[tokio::test]
async fn a_forwarded_address_is_believed_from_a_trusted_peer_only() {
    assert_eq!(shown(&[]).await, "127.0.0.1");
    assert_eq!(shown(&["--trusted-proxies", "10.0.0.0/8"]).await, "127.0.0.1");
    assert_eq!(shown(&["--trusted-proxies", "127.0.0.1"]).await, "198.51.100.1");
    let other = ["--trusted-proxies", "127.0.0.1", "--forwarded-header", "forwarded"];
    assert_eq!(shown(&other).await, "127.0.0.1");
}
