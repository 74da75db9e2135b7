//! `saoma audit` against the demo, which is started as `cargo xtask demo` starts it.
//!
//! It has a directory of its own, `target/demo/audit`, where the logs of the last time stay, and ports that are free.

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::demo::{Demo, Settings};
use crate::run::describe;

/// Audits a fresh demo, its table passing through. Err unless all holds.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    let settings = Settings::anew(checkout.path("target/demo/audit"))?;
    let demo = Demo::start(checkout, &settings)?;
    if let Err(error) = &demo.phone {
        bail!("the demo has no mock phone: {error:#}");
    }
    let mut audit = settings.audit(checkout);
    println!("{}\n", describe(&audit));
    checkout.run(&mut audit)
}
