//! `cargo xtask dist`: the one binary to install, with the web UI inside, as `target/dist/saoma`.

use std::fs;

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::web;

/// Builds the release binary and puts it into `target/dist`.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    web::run(checkout)?;
    println!("Building saoma for release (about 8 minutes the first time) …");
    checkout.run(&mut checkout.cargo(&["build", "--release", "--package", "saoma"]))?;

    let place = checkout.path("target/dist/saoma");
    fs::create_dir_all(checkout.path("target/dist"))?;
    // A running saoma keeps the file that it was started from: the new one gets a new name first.
    let draft = place.with_extension("new");
    fs::copy(checkout.binary("release", "saoma"), &draft).context("cannot copy the release binary")?;
    fs::rename(&draft, &place).context("cannot put the release binary into place")?;
    println!("{} ({})", checkout.display(&place), megabytes(fs::metadata(&place)?.len()));
    Ok(())
}

/// A number of bytes in words, to a tenth of a megabyte.
fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_megabytes() {
        assert_eq!(megabytes(25_980_000), "25.9 MB");
        assert_eq!(megabytes(40_000), "0.0 MB");
    }
}
