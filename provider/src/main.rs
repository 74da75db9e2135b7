//! The `saoma` command.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    provider::cli::Cli::parse().run().await
}
