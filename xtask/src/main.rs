//! The project's own chores, run as `cargo xtask <chore>`.
//!
//! Each subcommand is one module. All of them work on a [`checkout::Checkout`]: where things are, and how
//! programs are run so that Ctrl-C ends them too.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod checkout;
mod demo;
mod dist;
mod fuzz;
mod pins;
mod run;
mod setup;
mod stop;
mod test;
mod web;

use checkout::Checkout;

/// Saoma's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

/// What there is to do.
#[derive(Subcommand)]
enum Chore {
    /// Fetch the tools that build the web UI, where they are missing
    Setup,
    /// Build the web UI into target/web
    Web,
    /// Start Saoma and a demo site, ready to sign in
    Demo(demo::Options),
    /// Run every check and every test
    Test(test::Options),
    /// Fuzz the parsers
    Fuzz(fuzz::Options),
    /// Build the release binary into target/dist
    Dist,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match perform(&arguments.chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<stop::Stopped>() => ExitCode::from(130),
        Err(error) if error.is::<test::NotAllPassed>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does one chore.
fn perform(chore: &Chore) -> anyhow::Result<()> {
    let checkout = Checkout::locate()?;
    match chore {
        Chore::Setup => setup::run(&checkout),
        Chore::Web => web::run(&checkout),
        Chore::Demo(options) => demo::run(&checkout, options),
        Chore::Test(options) => test::run(&checkout, options),
        Chore::Fuzz(options) => fuzz::run(&checkout, options),
        Chore::Dist => dist::run(&checkout),
    }
}
