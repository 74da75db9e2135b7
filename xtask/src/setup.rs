//! `cargo xtask setup`: fetches what building the web UI needs and this machine lacks.
//!
//! 1. The WebAssembly target of the Rust toolchain.
//! 2. Trunk and wasm-bindgen, built by cargo into `target/tools` (once; the versions are in [`crate::pins`]).
//! 3. wasm-opt, from npm, where npm is there. Without it the web UI works and is somewhat larger.

use anyhow::Result;

use crate::checkout::Checkout;

mod cargo_tools;
mod wasm_opt;
mod wasm_target;

pub(crate) use cargo_tools::ensure_cargo_fuzz;
pub(crate) use wasm_opt::is_there as has_wasm_opt;

/// Fetches what is missing. Says nothing about what is there.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    wasm_target::ensure(checkout)?;
    cargo_tools::ensure(checkout)?;
    wasm_opt::ensure(checkout)
}
