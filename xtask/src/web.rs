//! `cargo xtask web`: builds the web UI into `target/web`, which the provider serves.
//!
//! 1. Trunk builds the widget and the approver (`web-ui/widget.html`, `web-ui/app.html`) into `target/web-build`;
//!    wasm-opt, where it is there, makes them smaller.
//! 2. Their scripts and WebAssembly go to `target/web/assets` under their hashed names; `web-ui/static` is copied beside
//!    them, with `{{widget.js}}`, `{{widget.wasm}}`, `{{approver.js}}` and `{{approver.wasm}}` replaced by the paths.
//! 3. Every file that is worth it gets a `.br` and a `.gz` beside it.
//! 4. What a page must load is held against its budget, and no script may make HTML out of text.
//! 5. The finished tree takes the place of the old one, in one step. A broken build changes nothing.
//!
//! Nothing happens when nothing that goes in has changed since the last time.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::setup;

mod assemble;
mod budget;
mod bundle;
mod comments;
mod compress;
mod files;
mod lock;
mod placeholders;
mod sinks;
mod stamp;

use assemble::Tree;

/// Builds the web UI where it is out of date.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    let _turn = lock::acquire(checkout)?;
    setup::run(checkout)?;
    let optimised = setup::has_wasm_opt(checkout);
    let inputs = stamp::inputs(checkout, optimised)?;
    if stamp::is_fresh(checkout, &inputs) {
        println!("Web UI: up to date.");
        return Ok(());
    }
    println!("Building the web UI (about 3 minutes the first time) …");
    let begun = Instant::now();
    bundle::fetch_crates(checkout)?;
    let mut built = Vec::new();
    for bundle in bundle::ALL {
        built.push(bundle.build(checkout)?);
    }
    if optimised {
        built.iter().try_for_each(|built| built.optimise(checkout))?;
    }

    let tree = Tree::new(checkout)?;
    tree.assemble(&checkout.path("web-ui/static"), &built)?;
    compress::beside_all(tree.path())?;
    budget::check(tree.path(), &built)?;
    sinks::check(tree.path())?;
    tree.swap_in()?;
    stamp::write(checkout, &inputs)?;
    println!("Web UI: built into target/web in {} s.", begun.elapsed().as_secs());
    Ok(())
}

/// Creates an empty directory in the place of whatever was there.
fn empty_directory(path: &std::path::Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))
}
