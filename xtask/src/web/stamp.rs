//! Whether the web UI is up to date: a stamp with the hash of all that went in and of all that came out.
//!
//! Contents are compared and not times, so that a checkout of another branch and back costs nothing. The hash is the
//! standard library's: it need not withstand anybody, and a new compiler may make a new one.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

use super::files;
use crate::checkout::Checkout;
use crate::pins;

/// What the web UI is built from, by its path from the top: files, and directories with all below.
const INPUTS: [&str; 8] = [
    "web-ui",
    "protocol/src",
    "protocol/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo/config.toml",
    "xtask/src/web",
];

/// Where the stamp of the last build is.
const STAMP: &str = "target/web-build/stamp";

/// What came out.
const OUTPUT: &str = "target/web";

/// The hash of what goes in: files and the versions of the tools.
pub(crate) fn inputs(checkout: &Checkout, optimised: bool) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let wasm_opt = if optimised { pins::BINARYEN } else { "none" };
    for version in [pins::TRUNK, pins::WASM_BINDGEN, wasm_opt] {
        add(&mut hasher, version.as_bytes());
    }
    for input in INPUTS {
        add_files(&mut hasher, checkout, input)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the last build had these inputs and its output is still as it was.
pub(crate) fn is_fresh(checkout: &Checkout, inputs: &str) -> bool {
    let stamp = fs::read_to_string(checkout.path(STAMP));
    stamp.is_ok_and(|stamp| text(checkout, inputs).is_ok_and(|expected| stamp == expected))
}

/// Remembers that the output was built from these inputs.
pub(crate) fn write(checkout: &Checkout, inputs: &str) -> Result<()> {
    fs::write(checkout.path(STAMP), text(checkout, inputs)?).context("cannot write the web UI's stamp")
}

/// What the stamp says: the inputs, and the output as it is now.
fn text(checkout: &Checkout, inputs: &str) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    add_files(&mut hasher, checkout, OUTPUT)?;
    Ok(format!("{inputs} {:016x}\n", hasher.finish()))
}

/// Adds a file, or all files of a directory, each with its path. What does not exist adds nothing.
fn add_files(hasher: &mut DefaultHasher, checkout: &Checkout, relative: &str) -> Result<()> {
    let path = checkout.path(relative);
    let all = if path.is_file() { vec![path] } else { files::below(&path)? };
    for file in all {
        add_file(hasher, checkout.root(), &file)?;
    }
    Ok(())
}

/// Adds one file's path and content.
fn add_file(hasher: &mut DefaultHasher, root: &Path, file: &Path) -> Result<()> {
    let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    add(hasher, file.strip_prefix(root).unwrap_or(file).as_os_str().as_encoded_bytes());
    add(hasher, &content);
    Ok(())
}

/// Adds bytes and their number, so that moving a byte from one field to the next makes a difference.
fn add(hasher: &mut DefaultHasher, bytes: &[u8]) {
    hasher.write_usize(bytes.len());
    hasher.write(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkout whose web UI was just built.
    fn built() -> (tempfile::TempDir, Checkout, String) {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        for name in ["web-ui/src/lib.rs", "Cargo.lock", "target/web/index.html", "target/web-build/app"] {
            files::create_parent(&checkout.path(name)).unwrap();
            fs::write(checkout.path(name), "content").unwrap();
        }
        let before = inputs(&checkout, true).unwrap();
        write(&checkout, &before).unwrap();
        (directory, checkout, before)
    }

    #[test]
    fn nothing_changed_is_fresh() {
        let (_directory, checkout, _) = built();
        assert!(is_fresh(&checkout, &inputs(&checkout, true).unwrap()));
    }

    #[test]
    fn a_changed_source_is_not() {
        let (_directory, checkout, before) = built();
        fs::write(checkout.path("web-ui/src/lib.rs"), "changed").unwrap();
        let now = inputs(&checkout, true).unwrap();
        assert_ne!(now, before);
        assert!(!is_fresh(&checkout, &now));
    }

    #[test]
    fn a_renamed_source_is_not() {
        let (_directory, checkout, before) = built();
        fs::rename(checkout.path("web-ui/src/lib.rs"), checkout.path("web-ui/src/main.rs")).unwrap();
        assert_ne!(inputs(&checkout, true).unwrap(), before);
    }

    #[test]
    fn other_tools_are_not() {
        let (_directory, checkout, before) = built();
        assert_ne!(inputs(&checkout, false).unwrap(), before);
    }

    #[test]
    fn a_lost_output_is_not() {
        let (_directory, checkout, before) = built();
        fs::remove_file(checkout.path("target/web/index.html")).unwrap();
        assert!(!is_fresh(&checkout, &before));
    }

    #[test]
    fn a_missing_stamp_is_not() {
        let (_directory, checkout, before) = built();
        fs::remove_file(checkout.path(STAMP)).unwrap();
        assert!(!is_fresh(&checkout, &before));
    }
}
