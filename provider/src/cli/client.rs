//! `saoma client`: sites.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::DataArgs;
use crate::{
    clock::Clock,
    oauth::{
        client::{ClientId, LOGO_SIZE, Logo},
        client_import,
    },
    random::Random,
    secret::{ClientSecret, InitialAccessToken},
    store::{ClientStore, RegistrationStore, SqliteStore, Upkeep},
};

const DAY: Duration = Duration::from_hours(24);

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
    /// List the sites
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Show what a site has registered
    Show {
        /// Its `client_id`
        client_id: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove a site, and end every grant to it
    Remove {
        /// Its `client_id`
        client_id: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Give a site a new secret, which is shown this once; the old one stays good for a while
    RotateSecret {
        /// Its `client_id`
        client_id: String,
        /// Days that the old secret stays good
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=365))]
        overlap_days: u32,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Make an initial access token, with which somebody may register sites (`registration = "token"`)
    Token {
        /// Registrations that it is good for
        #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
        uses: u32,
        /// Days that it is good for
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
        #[command(flatten)]
        data: DataArgs,
    },
}

impl ClientCommand {
    const fn data(&self) -> &DataArgs {
        match self {
            Self::Import { data, .. }
            | Self::List { data }
            | Self::Show { data, .. }
            | Self::Remove { data, .. }
            | Self::RotateSecret { data, .. }
            | Self::Token { data, .. } => data,
        }
    }
}

pub(super) async fn run(command: ClientCommand) -> anyhow::Result<()> {
    let store = command.data().open().await?;
    let answer = answer(&store, command).await;
    store.close().await;
    println!("{}", serde_json::to_string_pretty(&answer?)?);
    Ok(())
}

async fn answer(store: &SqliteStore, command: ClientCommand) -> anyhow::Result<Value> {
    let (now, random) = (Clock::System.now(), Random::System);
    match command {
        ClientCommand::Import { file, .. } => {
            let imported = client_import::import(store, &random, read(&file)?, now).await?;
            Ok(serde_json::to_value(imported)?)
        }
        ClientCommand::List { .. } => {
            let clients = store.clients().await?;
            Ok(clients
                .iter()
                .map(|client| json!({"client_id": client.id, "client_name": client.name}))
                .collect())
        }
        ClientCommand::Show { client_id, .. } => match store.client(&id(&client_id)?).await? {
            Some(client) => Ok(client.to_metadata()),
            None => bail!("there is no client {client_id}"),
        },
        ClientCommand::Remove { client_id, .. } => {
            if !store.remove_client(&id(&client_id)?, None, now).await? {
                bail!("there is no client {client_id}");
            }
            Ok(json!({"client_id": client_id, "outcome": "removed"}))
        }
        ClientCommand::RotateSecret { client_id, overlap_days, .. } => {
            let (secret, old_until) = (ClientSecret::generate(&random), now + DAY * overlap_days);
            if !store.rotate_client_secret(&id(&client_id)?, &secret.digest(), old_until, now).await? {
                bail!("there is no client {client_id} that has a secret");
            }
            Ok(json!({
                "client_id": client_id, "client_secret": secret.expose(),
                "old_secret_expires_at": old_until.seconds(),
            }))
        }
        ClientCommand::Token { uses, days, .. } => {
            let (token, end) = (InitialAccessToken::generate(&random), now + DAY * days);
            store.keep_initial_access_token(&token.digest(), uses, end).await?;
            Ok(json!({"initial_access_token": token.expose(), "uses": uses, "expires_at": end.seconds()}))
        }
    }
}

fn id(text: &str) -> anyhow::Result<ClientId> {
    ClientId::parse(text).with_context(|| format!("{text} cannot be a client_id"))
}

fn read(file: &Path) -> anyhow::Result<Value> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin()).context("reading standard input")?
    } else {
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?
    };
    let mut metadata =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let beside = file.parent().unwrap_or(Path::new(""));
    match &mut metadata {
        Value::Array(clients) => clients.iter_mut().try_for_each(|client| take_logo(client, beside))?,
        client => take_logo(client, beside)?,
    }
    Ok(metadata)
}

/// Puts a picture that metadata names by `logo_file`, a path beside the metadata's own file, into it as `logo`.
fn take_logo(metadata: &mut Value, beside: &Path) -> anyhow::Result<()> {
    let Some(named) = metadata.as_object_mut().and_then(|members| members.remove("logo_file")) else {
        return Ok(());
    };
    let file = beside.join(named.as_str().context("logo_file must be the path of a PNG")?);
    let mut png = Vec::new();
    // One byte more than there may be, so that more is seen to be too much.
    let most = u64::try_from(LOGO_SIZE)? + 1;
    File::open(&file)
        .and_then(|file| file.take(most).read_to_end(&mut png))
        .with_context(|| format!("reading the logo {}", file.display()))?;
    metadata["logo"] = json!(Logo::to_data_uri(&png));
    Ok(())
}
