//! Debian's packages: what the tests need and cargo cannot fetch.

use anyhow::{Result, bail};

use crate::checkout::Checkout;

/// Installs packages without what they merely recommend; only root may.
pub(crate) fn install(checkout: &Checkout, packages: &[&str]) -> Result<()> {
    if checkout.find_program("apt-get").is_none() {
        bail!("this system has no apt-get");
    }
    if !rustix::process::geteuid().is_root() {
        bail!("only root may install it");
    }
    println!("Installing {} by apt-get (about 2 minutes) …", packages.join(", "));
    let apt = |arguments: &[&str]| {
        checkout.run(checkout.program("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-q", "-y", "--no-install-recommends"], packages].concat())
}
