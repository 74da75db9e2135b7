//! `saoma client import` and `saoma account add` beside a running server.

use provider::{
    oauth::client::{Client, ClientId},
    store::{ClientStore, SqliteStore},
};
use saoma_tests::{Browser, Operator, PASSWORD, sign_in};
use serde_json::{Value, json};

fn shop() -> Value {
    json!({"client_id": "shop", "client_name": "A shop", "redirect_uris": ["https://shop.example/cb"]})
}

/// What the store holds of a client.
async fn stored(operator: &Operator, id: &str) -> Option<Client> {
    let store = SqliteStore::open(&operator.data()).await.unwrap();
    store.client(&ClientId::parse(id).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_site_imported_while_the_server_runs_can_ask_at_once() {
    let operator = Operator::new();
    let server = operator.open().await;
    let mut browser = Browser::new(&server.url());
    let ask =
        "/authorize?client_id=shop&redirect_uri=https://shop.example/cb&response_type=code&scope=openid";
    assert_eq!(browser.get(ask).await.status, 400, "nobody knows it yet");

    let imported = operator.import(&shop()).await;
    let imported = imported.well().json();
    assert_eq!((&imported[0]["client_id"], &imported[0]["outcome"]), (&json!("shop"), &json!("created")));
    assert!(imported[0]["client_secret"].as_str().unwrap().starts_with("saoma_client_"));
    assert_eq!(browser.get(ask).await.status, 303);
}

/// A PNG of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\x0aIDAT\x78\xda\x63\x60\0\0\0\x02\0\x01\xe5\x27\xde\xfc\0\0\0\0IEND\xae\x42\x60\x82";

#[tokio::test]
async fn a_logo_lies_beside_the_metadata() {
    let operator = Operator::new();
    std::fs::write(operator.path("shop.png"), PIXEL).unwrap();
    let mut shop = shop();
    shop["logo_file"] = json!("shop.png");
    std::fs::write(operator.path("shop.json"), json!([shop]).to_string()).unwrap();
    let file = operator.path("shop.json");
    let data = operator.data();
    let import = ["client", "import", file.to_str().unwrap(), "--data", data.to_str().unwrap()];
    assert_eq!(operator.run(&import, "").await.well().json()[0]["outcome"], "created");
    assert_eq!(operator.run(&import, "").await.well().json()[0]["outcome"], "unchanged");
    let name = stored(&operator, "shop").await.unwrap().logo.unwrap().digest;
    let server = operator.open().await;
    let logo = reqwest::get(format!("{}/logos/{name}", server.url())).await.unwrap();
    assert_eq!(&*logo.bytes().await.unwrap(), PIXEL);

    std::fs::write(operator.path("shop.png"), "no picture").unwrap();
    let refused = operator.run(&import, "").await;
    assert!(refused.status != Some(0) && refused.err.contains("logo"), "{}", refused.err);
    std::fs::remove_file(operator.path("shop.png")).unwrap();
    assert!(operator.run(&import, "").await.err.contains("shop.png"));
}

#[tokio::test]
async fn the_same_import_again_changes_nothing() {
    let operator = Operator::new();
    let file =
        json!([shop(), {"client_name": "Without id", "redirect_uris": ["https://without-id.example/cb"]}]);
    let first = operator.import(&file).await;
    let first = first.well().json();
    let before = stored(&operator, "shop").await.unwrap();

    let again = operator.import(&file).await;
    let again = again.well().json();
    for (first, again) in first.as_array().unwrap().iter().zip(again.as_array().unwrap()) {
        assert_eq!(again["outcome"], "unchanged");
        assert_eq!(again["client_id"], first["client_id"], "also where the provider chose the id");
        assert_eq!(again.get("client_secret"), None, "a secret is shown once");
    }
    assert_eq!(stored(&operator, "shop").await.unwrap(), before);

    let mut changed = shop();
    changed["client_name"] = json!("A better shop");
    let updated = operator.import(&changed).await;
    assert_eq!(updated.well().json()[0]["outcome"], "updated");
    let after = stored(&operator, "shop").await.unwrap();
    assert_eq!((after.name.as_str(), &after.auth), ("A better shop", &before.auth), "its secret stays");
}

#[tokio::test]
async fn a_bad_import_stores_nothing_and_says_why() {
    let operator = Operator::new();
    let bad = json!({"client_id": "bad", "client_name": "Bad", "redirect_uris": ["http://shop.example/cb"]});
    let ran = operator.import(&json!([shop(), bad])).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.err.starts_with("saoma: client 2 is refused"), "{}", ran.err);
    assert_eq!(ran.err.matches("http://shop.example/cb").count(), 1, "said once: {}", ran.err);
    assert_eq!(stored(&operator, "shop").await, None, "the good one beside it is not stored either");

    let ran = operator.run(&["client", "import", "-"], "no JSON").await;
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("not JSON"), "{}", ran.err);
}

#[tokio::test]
async fn an_account_added_while_the_server_runs_can_sign_in() {
    let operator = Operator::new();
    let server = operator.open().await;
    let added = operator.add_account("Mei").await;
    assert_eq!(added.well().json()["account"], "mei", "names are lower case");
    let phone = sign_in(&server.url(), &operator.path("phone"), "mei").await;
    assert_eq!(phone.me().await.unwrap().account.name, "mei");

    let again = operator.add_account("mei").await;
    assert_eq!(again.status, Some(1));
    assert_eq!(again.err, "saoma: the account `mei` already exists\n");
    assert!(!format!("{added:?}{again:?}").contains(PASSWORD));
}

#[tokio::test]
async fn a_short_password_is_refused() {
    let operator = Operator::new();
    let ran = operator.run(&["account", "add", "mei", "--password-stdin"], "short\n").await;
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("8 characters"), "{}", ran.err);
}
