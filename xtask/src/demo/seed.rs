//! What the demo needs to be there before it can be tried: the site as a client, an account, a phone.
//!
//! All of it can be done twice: a second start finds it and goes on.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::home::{client_secret, write_private};
use super::settings::{ACCOUNT, DEMO_PORT, PASSWORD, Settings, saoma};
use crate::checkout::Checkout;
use crate::run::{capture, describe};

/// The client file that comes with the demo site.
const CLIENT_FILE: &str = "demo-relying-party/client.json";

/// Registers the site and the account. Returns the site's client secret.
pub(crate) fn before_start(checkout: &Checkout, settings: &Settings) -> Result<String> {
    let data = settings.data();
    if !data.exists() {
        // The phones belonged to the data that are gone.
        let _ = fs::remove_dir_all(settings.phone());
        fs::create_dir_all(&data).context("cannot create the demo's data directory")?;
    }
    let secret = client_secret(&settings.client_secret())?;
    let client = client(&fs::read_to_string(checkout.path(CLIENT_FILE))?, settings, &secret)?;
    let client_file = settings.home.join("client.json");
    write_private(&client_file, &client)?;
    must(saoma(checkout).args(["client", "import"]).arg(&client_file).arg("--data").arg(&data), "")?;
    account(checkout, settings)?;
    Ok(secret)
}

/// The site's client file, with its secret and the ports of this demo.
fn client(template: &str, settings: &Settings, secret: &str) -> Result<String> {
    let usual = format!("http://localhost:{DEMO_PORT}");
    let text = template.replace(&usual, &settings.site_url());
    let mut client: Value =
        serde_json::from_str(&text).with_context(|| format!("{CLIENT_FILE} is not JSON"))?;
    client["client_secret"] = json!(secret);
    Ok(serde_json::to_string_pretty(&client)?)
}

/// Adds the account, unless it is there.
fn account(checkout: &Checkout, settings: &Settings) -> Result<()> {
    let claims = settings.home.join("claims.json");
    fs::write(&claims, serde_json::to_string_pretty(&claims_of_account())?)?;
    let mut command = saoma(checkout);
    command.args(["account", "add", ACCOUNT, "--password-stdin", "--claims"]).arg(&claims);
    let output = capture(command.arg("--data").arg(settings.data()), PASSWORD)?;
    if output.status.success() || String::from_utf8_lossy(&output.stderr).contains("already exists") {
        return Ok(());
    }
    bail!(complaint(&command, &output))
}

/// What the demo's account is called.
fn claims_of_account() -> Value {
    json!({
        "name": "Demo Reader",
        "preferred_username": ACCOUNT,
        "email": "demo@example.com",
        "email_verified": true,
    })
}

/// Signs the mock phone in, unless it is; needs Saoma running. Returns its directory, or why there is none.
///
/// The visitor's own phone is the next: with the operator's word it needs none of the mock phone's, which has no glass to look at.
pub(crate) fn phone(checkout: &Checkout, settings: &Settings) -> Result<PathBuf> {
    let home = settings.phone();
    let mut allow = saoma(checkout);
    allow.args(["account", "allow-device", ACCOUNT, "--data"]).arg(settings.data());
    let mut look = saoma(checkout);
    phone_of(&mut look, settings).arg("devices");
    if capture(&mut look, "")?.status.success() {
        must(&mut allow, "")?;
        return Ok(home);
    }
    must(&mut allow, "")?;
    // It was never signed in, or somebody has removed it from the account's devices.
    let mut command = saoma(checkout);
    phone_of(&mut command, settings).args(["sign-in", "--server", &settings.issuer()]);
    must(command.args(["--account", ACCOUNT, "--password-stdin"]), PASSWORD)?;
    must(&mut allow, "")?;
    Ok(home)
}

/// `phone`, with this phone's memory and whom it trusts.
fn phone_of<'a>(command: &'a mut Command, settings: &Settings) -> &'a mut Command {
    command.args(["phone", "--home"]).arg(settings.phone());
    if let Some(ca) = settings.ca() {
        command.arg("--ca").arg(ca);
    }
    command
}

/// Runs a short command. Err with what it said when it fails.
fn must(command: &mut Command, input: &str) -> Result<()> {
    let output = capture(command, input)?;
    if !output.status.success() {
        bail!(complaint(command, &output));
    }
    Ok(())
}

/// What a failed command said.
fn complaint(command: &Command, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    format!("`{}` failed ({}):\n{}", describe(command), output.status, said.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../demo-relying-party/client.json");

    fn settings(demo_port: u16) -> Settings {
        Settings { port: 8080, demo_port, lan: None, home: "/tmp".into() }
    }

    #[test]
    fn the_client_file_gets_its_secret() {
        let client: Value =
            serde_json::from_str(&client(TEMPLATE, &settings(8090), "s3cret").unwrap()).unwrap();
        assert_eq!(client["client_secret"], "s3cret");
        assert_eq!(client["client_id"], "demo-site");
        assert_eq!(client["redirect_uris"], json!(["http://localhost:8090/callback"]));
        assert_eq!(client["allowed_origins"], json!(["http://localhost:8090"]));
    }

    #[test]
    fn another_port_is_another_redirect_uri() {
        let client: Value =
            serde_json::from_str(&client(TEMPLATE, &settings(9090), "s3cret").unwrap()).unwrap();
        assert_eq!(client["redirect_uris"], json!(["http://localhost:9090/callback"]));
        assert_eq!(client["allowed_origins"], json!(["http://localhost:9090"]));
    }

    #[test]
    fn the_committed_client_file_has_no_secret() {
        assert!(!TEMPLATE.contains("client_secret\""));
    }

    #[test]
    fn a_failed_command_is_quoted() {
        let error = must(Command::new("sh").args(["-c", "echo no such client >&2; exit 2"]), "").unwrap_err();
        assert!(error.to_string().ends_with("failed (exit status: 2):\nno such client"), "{error}");
    }
}
