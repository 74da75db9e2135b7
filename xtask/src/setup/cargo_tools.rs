//! Tools that cargo builds: Trunk and wasm-bindgen, and cargo-fuzz for who fuzzes.

use std::fs;

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::pins;
use crate::run::capture;
use crate::stop::Stopped;

/// A tool that `cargo install` provides.
struct CargoTool {
    /// Its name on the command line.
    program: &'static str,
    /// Its crate.
    package: &'static str,
    /// Its version.
    version: &'static str,
    /// Whether to build it from the lock file that it was published with.
    locked: bool,
    /// What it is for, as the end of "Saoma needs it to …".
    purpose: &'static str,
    /// How long building it takes on two cores.
    minutes: u32,
}

/// Trunk.
const TRUNK: CargoTool = CargoTool {
    program: "trunk",
    package: "trunk",
    version: pins::TRUNK,
    locked: true,
    purpose: "build the web UI",
    minutes: 5,
};

/// wasm-bindgen. Its published lock file does not build with every toolchain.
const WASM_BINDGEN: CargoTool = CargoTool {
    program: "wasm-bindgen",
    package: "wasm-bindgen-cli",
    version: pins::WASM_BINDGEN,
    locked: false,
    purpose: "join WebAssembly and JavaScript",
    minutes: 2,
};

/// cargo-fuzz. Only `cargo xtask fuzz` needs it.
const CARGO_FUZZ: CargoTool = CargoTool {
    program: "cargo-fuzz",
    package: "cargo-fuzz",
    version: pins::CARGO_FUZZ,
    locked: true,
    purpose: "fuzz its parsers",
    minutes: 2,
};

/// Where the tools are compiled: together, so that what both depend on is compiled once.
const BUILD_DIRECTORY: &str = "target/tools-build";

/// Installs what the web UI needs and is missing.
pub(crate) fn ensure(checkout: &Checkout) -> Result<()> {
    ensure_all(checkout, [TRUNK, WASM_BINDGEN])
}

/// Installs cargo-fuzz where it is missing.
pub(crate) fn ensure_cargo_fuzz(checkout: &Checkout) -> Result<()> {
    ensure_all(checkout, [CARGO_FUZZ])
}

fn ensure_all<const N: usize>(checkout: &Checkout, tools: [CargoTool; N]) -> Result<()> {
    let missing: Vec<_> = tools.into_iter().filter(|tool| !is_there(checkout, tool)).collect();
    for tool in &missing {
        install(checkout, tool)?;
    }
    if !missing.is_empty() {
        // Half a gigabyte that is needed only once. That it cannot be removed harms nobody.
        let _ = fs::remove_dir_all(checkout.path(BUILD_DIRECTORY));
    }
    Ok(())
}

/// Whether the tool answers with the pinned version.
fn is_there(checkout: &Checkout, tool: &CargoTool) -> bool {
    let answer = capture(checkout.program(tool.program).arg("--version"), "");
    answer.is_ok_and(|output| pins::is_version(&String::from_utf8_lossy(&output.stdout), tool.version))
}

/// Builds the tool into `target/tools`.
fn install(checkout: &Checkout, tool: &CargoTool) -> Result<()> {
    let CargoTool { program, version, minutes, .. } = tool;
    println!("Building {program} {version} into target/tools, once (about {minutes} minutes on two cores) …");
    let mut cargo = checkout.cargo(&install_arguments(tool));
    cargo.arg("--root").arg(checkout.path("target/tools"));
    cargo.arg("--target-dir").arg(checkout.path(BUILD_DIRECTORY));
    match checkout.run(&mut cargo) {
        Err(error) if !error.is::<Stopped>() => bail!(by_hand(tool, &format!("{error:#}"))),
        other => other,
    }
}

/// `install …` as cargo is told it, without the places.
fn install_arguments(tool: &CargoTool) -> Vec<&'static str> {
    let mut arguments = vec!["install", tool.package, "--version", tool.version];
    if tool.locked {
        arguments.push("--locked");
    }
    arguments
}

/// What to do when the tool cannot be built.
fn by_hand(tool: &CargoTool, cause: &str) -> String {
    let CargoTool { program, version, purpose, .. } = tool;
    let command = install_arguments(tool).join(" ");
    format!(
        "{program} {version} is missing and could not be built ({cause}).\n\
         Saoma needs it to {purpose}. To get it by hand:\n\
         \n  cargo {command} --root target/tools\n\n\
         Any {program} {version} on the PATH will do as well."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_is_built_from_its_own_lock_file_and_wasm_bindgen_is_not() {
        assert_eq!(install_arguments(&TRUNK).last(), Some(&"--locked"));
        assert!(!install_arguments(&WASM_BINDGEN).contains(&"--locked"));
    }

    #[test]
    fn the_error_says_what_why_and_how() {
        let text = by_hand(&WASM_BINDGEN, "no network");
        assert!(text.contains("could not be built (no network)"));
        assert!(text.contains("needs it to join"));
        assert!(text.contains("cargo install wasm-bindgen-cli --version 0.2.130 --root target/tools"));
    }

    #[test]
    fn a_tool_of_another_version_does_not_count() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let trunk = checkout.path("target/tools/bin/trunk");
        fs::create_dir_all(trunk.parent().unwrap()).unwrap();
        fs::write(&trunk, "#!/bin/sh\necho trunk 0.20.0\n").unwrap();
        fs::set_permissions(&trunk, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(!is_there(&checkout, &TRUNK));
    }
}
