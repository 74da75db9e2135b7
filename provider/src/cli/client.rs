//! `saoma client`: sites.

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;

use super::DataArgs;
use crate::{clock::Clock, oauth::client_import, random::Random, store::Upkeep};

#[derive(Debug, Subcommand)]
pub(super) enum ClientCommand {
    /// Register sites from a file of client metadata (RFC 7591), one object or an array
    ///
    /// Prints a JSON array that says for each client what happened (`created`, `updated` or `unchanged`), with its
    /// `client_id`, and its `client_secret` if that was made now: it is shown this once. The same file again changes
    /// nothing. Works while the server runs.
    Import {
        /// The file; `-` reads standard input
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(super) async fn run(command: ClientCommand) -> anyhow::Result<()> {
    let ClientCommand::Import { file, data } = command;
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin()).context("reading standard input")?
    } else {
        std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?
    };
    let metadata = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let store = data.open().await?;
    let imported = client_import::import(&store, &Random::System, metadata, Clock::System.now()).await?;
    store.close().await;
    println!("{}", serde_json::to_string_pretty(&imported)?);
    Ok(())
}
