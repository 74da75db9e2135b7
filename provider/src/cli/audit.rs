//! `saoma audit URL`: attacks a live deployment and tells what holds.
//!
//! Exit status: 0 if everything holds, 1 if something does not, 2 if something could not be run.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;

use crate::{
    audit::{self, Given, Registered, Target},
    mock_phone::Secret,
};

/// Attack a live deployment and tell what holds: six flaws, five attacks, RFC 9700
///
/// It works as a browser, a phone and a site would, and makes logins of its own. Register a client for it, with the grant types
/// `authorization_code` and `refresh_token` and any redirect URI, and give it the home of a mock phone that is signed in. What it
/// cannot run for want of these is named, and is no pass. Exit status: 0 if everything holds, 1 if something does not,
/// 2 if something could not be run.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    /// The provider's issuer, such as `https://login.example.com`
    url: String,
    /// Home of a mock phone that is signed in there (`saoma phone --home DIR sign-in`)
    #[arg(long, value_name = "DIR", env = "SAOMA_PHONE_HOME")]
    phone: Option<PathBuf>,
    /// A registered client
    #[arg(long, value_name = "ID", requires = "redirect_uri")]
    client_id: Option<String>,
    /// File that holds the client's secret (`client_secret_basic`); without one the client has none
    #[arg(long, value_name = "FILE", requires = "client_id")]
    client_secret_file: Option<PathBuf>,
    /// The client's secret; better by the environment, which keeps it out of the process list
    #[arg(
        long,
        env = "SAOMA_AUDIT_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        conflicts_with = "client_secret_file"
    )]
    client_secret: Option<String>,
    /// One of the client's redirect URIs; nobody has to listen there
    #[arg(long, value_name = "URI", requires = "client_id")]
    redirect_uri: Option<String>,
    /// PEM file of an authority's certificate to trust besides, such as that of `saoma serve --dev-tls`
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// What the exit status says when nothing could be run.
const NOT_RUN: u8 = 2;

pub(super) async fn run(args: AuditArgs) -> ExitCode {
    let json = args.json;
    match audit(args).await {
        Ok(report) => {
            let text = if json { format!("{:#}", report.json()) } else { report.table() };
            println!("{text}");
            ExitCode::from(report.status())
        }
        Err(error) => {
            eprintln!("saoma audit: {}", super::explain(&error));
            ExitCode::from(NOT_RUN)
        }
    }
}

async fn audit(args: AuditArgs) -> anyhow::Result<audit::Report> {
    let from_file = match &args.client_secret_file {
        Some(file) => {
            Some(std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?)
        }
        None => None,
    };
    let secret = from_file.map(|text| text.trim().to_owned()).or(args.client_secret).map(Secret::new);
    let client = match (args.client_id, args.redirect_uri) {
        (Some(id), Some(redirect_uri)) => Some(Registered { id, secret, redirect_uri }),
        _ => None,
    };
    let given = Given { client, phone: args.phone, authority: args.ca };
    Ok(audit::run(&Target::find(&args.url, given).await?).await)
}
