//! `cargo xtask test`: every check and every test, one part after the other.
//!
//! A part that fails does not keep the others from running, save those that need what it makes. At the end stand how long
//! each took, and on the last line how many tests passed and failed.

use std::fmt;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::stop::Stopped;

mod apt;
mod audit;
mod chromium;
mod fetch;
mod parts;
mod recipes;
mod report;
mod tally;
mod targets;

use parts::Part;
use report::{Outcome, Report};
use tally::Tally;

/// What to run.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// Run one part only, and what it needs (may be repeated)
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
}

/// The error of a run in which not everything passed. The report has said so; its last line stays the last.
#[derive(Debug)]
pub(crate) struct NotAllPassed;

impl fmt::Display for NotAllPassed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not everything passed")
    }
}

impl std::error::Error for NotAllPassed {}

/// Runs the parts.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    let mut report = Report::default();
    for part in Part::select(&options.only) {
        println!("\n==> {} ({})", part.name(), part.purpose());
        report.begin(part);
        let outcome = match part.needs().iter().find(|needed| report.is_missing(**needed)) {
            Some(needed) => Outcome::Skipped(*needed),
            None => attempt(checkout, part, report.tally_mut())?,
        };
        report.end(outcome);
    }
    print!("\n{report}");
    if report.is_good() { Ok(()) } else { Err(NotAllPassed.into()) }
}

/// Runs one part. Err only when somebody asked for the end of it all.
fn attempt(checkout: &Checkout, part: Part, tally: &mut Tally) -> Result<Outcome, Stopped> {
    match part.run(checkout, tally) {
        Ok(()) => Ok(Outcome::Passed),
        Err(error) => {
            checkout.stop.check()?;
            println!("{}: {error:#}", part.name());
            Ok(Outcome::Failed)
        }
    }
}
