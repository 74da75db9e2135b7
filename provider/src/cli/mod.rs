//! The `saoma` command: one file for each subcommand.

mod account;
mod audit;
mod client;
mod key;
mod phone;
mod serve;
mod trail;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::store::{SqliteStore, StoreError};

/// Scan to log in: an OAuth 2.1 / OpenID Connect provider.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the provider
    Serve(Box<serve::ServeArgs>),
    /// Register and manage sites
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// Look after the signing keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Add people, and sign them out
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Attack a live deployment and tell what holds
    Audit(Box<audit::AuditArgs>),
    /// Export the audit trail
    #[command(subcommand)]
    Trail(trail::TrailCommand),
    /// A phone on the command line, for those who develop a site
    Phone(phone::PhoneArgs),
}

impl Cli {
    /// Runs the command. What it answers is on standard output; why it failed, on standard error.
    pub async fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Serve(args) => serve::run(*args).await,
            Command::Key(command) => key::run(command).await,
            Command::Client(command) => client::run(command).await,
            Command::Account(command) => account::run(command).await,
            Command::Audit(args) => return audit::run(*args).await,
            Command::Trail(command) => trail::run(command).await,
            Command::Phone(args) => return phone::run(args).await,
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("saoma: {}", explain(&error));
                ExitCode::FAILURE
            }
        }
    }
}

/// An error and its causes in one line, each said once: some messages quote their cause.
fn explain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        match text.as_str() {
            "" => text = cause,
            said if said.contains(&cause) => {}
            _ => text = format!("{text}: {cause}"),
        }
    }
    text
}

/// Where the database is: the same for every command, also while the server runs.
#[derive(Debug, clap::Args)]
struct DataArgs {
    /// Directory of the database, made if it is not there
    #[arg(long, env = "SAOMA_DATA", value_name = "DIR", default_value = "./data")]
    data: PathBuf,
}

impl DataArgs {
    async fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.data).await
    }
}
