//! wasm-opt, which makes WebAssembly smaller. Wanted, not needed.

use std::fs;
use std::os::unix::fs::symlink;

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::pins::{self, BINARYEN};
use crate::run::capture;
use crate::stop::Stopped;

/// Fetches wasm-opt by npm where that is there; says so where it is not.
pub(crate) fn ensure(checkout: &Checkout) -> Result<()> {
    if is_there(checkout) {
        return Ok(());
    }
    if checkout.find_program("npm").is_none() {
        note("npm, which would fetch it, is not installed");
        return Ok(());
    }
    match fetch(checkout) {
        Err(error) if error.is::<Stopped>() => Err(error),
        Err(error) => {
            note(&format!("{error:#}"));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether the pinned wasm-opt is there. The one from npm takes half a second to answer, so its manifest is read.
pub(crate) fn is_there(checkout: &Checkout) -> bool {
    let manifest = checkout.path("target/tools/node_modules/binaryen/package.json");
    let own = checkout.path("target/tools/bin/wasm-opt");
    if own.is_file() && checkout.find_program("node").is_some() {
        return fs::read_to_string(manifest)
            .is_ok_and(|text| manifest_version(&text).as_deref() == Some(BINARYEN));
    }
    let answer = capture(checkout.program("wasm-opt").arg("--version"), "");
    answer.is_ok_and(|output| pins::is_version(&String::from_utf8_lossy(&output.stdout), BINARYEN))
}

/// The version in an npm package's manifest.
fn manifest_version(manifest: &str) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_str(manifest).ok()?;
    Some(manifest.get("version")?.as_str()?.to_owned())
}

/// Installs the npm package and puts its wasm-opt among the tools.
fn fetch(checkout: &Checkout) -> Result<()> {
    println!("Fetching wasm-opt (npm package binaryen {BINARYEN}, about 20 MB) …");
    let tools = checkout.path("target/tools");
    fs::create_dir_all(tools.join("bin"))?;
    let mut npm = checkout.program("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]);
    npm.args(["--fetch-retries=1", "--fetch-timeout=60000", "--prefix"]).arg(&tools);
    checkout.run(npm.arg(format!("binaryen@{BINARYEN}")))?;
    let link = tools.join("bin/wasm-opt");
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link)?;
    }
    symlink("../node_modules/binaryen/bin/wasm-opt", &link).context("cannot link wasm-opt")
}

/// Says that it goes on without wasm-opt.
fn note(cause: &str) {
    println!("note: going on without wasm-opt; the web UI works and is about 3 % larger ({cause}).");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_its_version() {
        assert_eq!(
            manifest_version(r#"{"name":"binaryen","version":"132.0.0"}"#).as_deref(),
            Some("132.0.0")
        );
        assert_eq!(manifest_version("{}"), None);
        assert_eq!(manifest_version("not JSON"), None);
    }
}
