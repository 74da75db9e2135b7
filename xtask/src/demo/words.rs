//! What the person at the terminal is told.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::settings::{ACCOUNT, PASSWORD, Settings};
use crate::checkout::Checkout;

/// What to open, and both ways to approve.
pub(crate) fn welcome(checkout: &Checkout, settings: &Settings, phone: &Result<PathBuf>) -> String {
    let (site, issuer) = (settings.site_url(), settings.issuer());
    let mock = match phone {
        Ok(home) => mock_phone(checkout, home, settings),
        Err(error) => format!("  The mock phone could not be set up: {error:#}"),
    };
    let audit = shell(checkout, &settings.audit(checkout));
    let place = match settings.lan {
        None => "in a second browser window".to_owned(),
        Some(_) => format!(
            "on a phone in this network. First let the phone (and this machine's browser) trust\n\
             {issuer}/dev-ca.crt: open it past the warning and install it (docs/operating.md). Then open"
        ),
    };
    format!(
        "
Ready. Open the demo site and sign in:

  {site}

Approve it on a phone. Either the phone app, {place}:

  {issuer}/app    account: {ACCOUNT}    password: {PASSWORD}

or the mock phone, with what “Type a code instead” shows (the QR code itself changes every 2 s):

{mock}

Attack it yourself (docs/operating.md):

{audit}

Logs and data are in {}. Ctrl-C stops everything.",
        checkout.display(&settings.home)
    )
}

/// The command that approves with the mock phone.
fn mock_phone(checkout: &Checkout, home: &Path, settings: &Settings) -> String {
    let saoma = quoted(&checkout.display(&checkout.binary("debug", "saoma")));
    let home = quoted(&checkout.display(home));
    let ca = settings.ca().map(|ca| format!(" --ca {}", quoted(&checkout.display(&ca)))).unwrap_or_default();
    format!("  {saoma} phone --home {home}{ca} approve --code WDJB-MJHT")
}

/// A command as one types it from here, each option on a line of its own.
fn shell(checkout: &Checkout, command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| quoted(&checkout.display(Path::new(word)))).collect();
    format!("  {}", words.join(" ").replace(" --", " \\\n    --"))
}

/// A word as a shell takes it.
fn quoted(path: &str) -> String {
    if path.chars().all(|c| c.is_alphanumeric() || "/._-~:".contains(c)) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings { port: 8080, demo_port: 8090, lan: None, home: "/saoma/target/demo".into() }
    }

    #[test]
    fn odd_paths_are_quoted() {
        assert_eq!(quoted("target/debug/saoma"), "target/debug/saoma");
        assert_eq!(quoted("/my work/it's"), r"'/my work/it'\''s'");
    }

    #[test]
    fn the_welcome_names_all_there_is_to_open() {
        let checkout = Checkout::at(Path::new("/saoma"));
        let text = welcome(&checkout, &settings(), &Ok("/saoma/target/demo/phone".into()));
        assert!(text.contains("\n  http://localhost:8090\n"), "{text}");
        assert!(
            text.contains("http://localhost:8080/app    account: demo    password: scan-to-sign-in"),
            "{text}"
        );
        assert!(
            text.contains("/saoma/target/debug/saoma phone --home /saoma/target/demo/phone approve"),
            "{text}"
        );
    }

    #[test]
    fn the_readme_and_the_welcome_say_how_to_audit_it() {
        let checkout = Checkout::at(Path::new("/saoma"));
        let command = shell(&checkout, &settings().audit(&checkout));
        assert!(welcome(&checkout, &settings(), &Ok("/phone".into())).contains(&command), "{command}");
        // The readme's reader is in the checkout, where nothing needs its full path.
        let from_there = command.replace("/saoma/", "");
        let readme = include_str!("../../../README.md");
        assert!(readme.contains(from_there.trim_start()), "the readme lacks\n{from_there}");
    }

    #[test]
    fn a_phone_that_failed_does_not_stop_the_demo() {
        let checkout = Checkout::at(Path::new("/saoma"));
        let text = welcome(&checkout, &settings(), &Err(anyhow::anyhow!("no such command")));
        assert!(text.contains("could not be set up: no such command"), "{text}");
    }
}
