//! `saoma trail`: the audit trail, for a log store of the operator's.

use std::io::{BufWriter, Write};

use anyhow::Context;
use clap::Subcommand;

use super::DataArgs;
use crate::{
    account::AccountName,
    clock::Time,
    store::{AccountStore, SqliteStore, TrailStore, Upkeep},
    trail::{Part, line},
};

/// Entries that are read at once.
const PIECE: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum TrailCommand {
    /// Write the audit trail as JSON lines, the oldest entry first
    ///
    /// Each line is an object: `at` (RFC 3339), `id`, `kind`, `details`, and of `account`, `device`, `client`, `login`, `session`,
    /// `address` what is known. After the entries come lines of the kind `count`: how often in each hour what is
    /// counted happened. Works while the server runs.
    Export {
        /// What happened then or later: a time such as `2026-03-01T12:00:00Z`
        #[arg(long, value_name = "TIME")]
        since: Option<jiff::Timestamp>,
        /// Of this account alone, and no counts
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(super) async fn run(command: TrailCommand) -> anyhow::Result<()> {
    let TrailCommand::Export { since, account, data } = command;
    let since = since.map(|since| Time::from_millis(since.as_millisecond()));
    let store = data.open().await?;
    let exported = export(&store, since, account.as_deref()).await;
    store.close().await;
    exported
}

async fn export(store: &SqliteStore, since: Option<Time>, account: Option<&str>) -> anyhow::Result<()> {
    let mut part = Part { since, ..Part::default() };
    if let Some(name) = account {
        let found = match AccountName::parse(name) {
            Some(name) => store.account_by_name(&name).await?,
            None => None,
        };
        part.account = Some(found.with_context(|| format!("there is no account `{name}`"))?.id);
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    loop {
        let piece = store.trail(part, PIECE).await?;
        let Some(last) = piece.last() else { break };
        part.after = last.number;
        for kept in &piece {
            writeln!(out, "{}", line(kept))?;
        }
    }
    if account.is_none() {
        for count in store.trail_counts(since).await? {
            writeln!(out, "{}", count.line())?;
        }
    }
    Ok(out.flush()?)
}
