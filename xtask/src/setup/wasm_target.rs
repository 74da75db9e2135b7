//! The WebAssembly target of the Rust toolchain.

use std::path::Path;

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::pins::WASM_TARGET;
use crate::run::capture;

/// Adds the target by rustup where the toolchain lacks it.
pub(crate) fn ensure(checkout: &Checkout) -> Result<()> {
    if is_there(checkout)? {
        return Ok(());
    }
    println!("Fetching the Rust target {WASM_TARGET} (a few seconds) …");
    let added = checkout.run(checkout.program("rustup").args(["target", "add", WASM_TARGET]));
    match added {
        Err(error) if !error.is::<crate::stop::Stopped>() => bail!(by_hand(&format!("{error:#}"))),
        other => other,
    }
}

/// Whether the toolchain that cargo uses has the target's standard library, wherever it came from.
fn is_there(checkout: &Checkout) -> Result<bool> {
    let mut rustc = checkout.program("rustc");
    let output = capture(rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]), "")?;
    let directory = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && Path::new(directory.trim()).is_dir())
}

/// What to do when rustup cannot help.
fn by_hand(cause: &str) -> String {
    format!(
        "the Rust target {WASM_TARGET} is missing and could not be fetched ({cause}).\n\
         The web UI is compiled for it. To get it by hand:\n\
         \n  rustup target add {WASM_TARGET}\n\n\
         or, without rustup, install your system's package of the Rust standard library for WebAssembly."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_what_why_and_how() {
        let text = by_hand("`rustup target add` failed");
        assert!(text.contains("missing"));
        assert!(text.contains("web UI is compiled for it"));
        assert!(text.contains("\n  rustup target add wasm32-unknown-unknown\n"));
    }
}
