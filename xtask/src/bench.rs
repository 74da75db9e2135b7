//! `cargo xtask bench`: the benchmarks of all packages.

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::web;

/// Where the workspace may keep benchmarks.
const PLACES: [&str; 3] = ["provider/benches", "protocol/benches", "tests/benches"];

/// How to run the benchmarks.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// Handed on to `cargo bench`, for example a part of a benchmark's name
    #[arg(trailing_var_arg = true)]
    rest: Vec<String>,
}

/// Runs `cargo bench --workspace --benches`.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    if !PLACES.iter().any(|place| checkout.path(place).is_dir()) {
        bail!("there are no benchmarks yet (looked for {})", PLACES.join(", "));
    }
    web::run(checkout)?;
    checkout.run(checkout.cargo(&["bench", "--workspace", "--benches"]).args(&options.rest))
}
