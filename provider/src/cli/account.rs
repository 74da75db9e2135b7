//! `saoma account`: people.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::json;

use super::DataArgs;
use crate::{
    account::{
        Account, AccountId, AccountName,
        password::{Password, Passwords},
    },
    clock::Clock,
    oidc::claims::Claims,
    random::Random,
    store::{AccountStore, Upkeep},
};

#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Add a person
    ///
    /// Prints the account as a JSON object. Fails if the name is taken. Works while the server runs.
    Add {
        /// The name to sign in with: letters, digits, `.`, `_`, `-`, `@`, `+`
        name: String,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
        /// A JSON file of OpenID Connect claims: name, email, picture and so on
        #[arg(long, value_name = "FILE")]
        claims: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(super) async fn run(command: AccountCommand) -> anyhow::Result<()> {
    let AccountCommand::Add { name, password_stdin: _, claims, data } = command;
    let name = AccountName::parse(&name).context("a name is 1 to 64 letters, digits, or any of .-_@+")?;
    let claims = claims.as_deref().map(read_claims).transpose()?.unwrap_or_default();
    let password = read_password()?;
    let store = data.open().await?;
    let now = Clock::System.now();
    let account = Account {
        id: AccountId(Random::System.uuid(now)),
        name,
        password: Passwords::default().hash(password).await?,
        claims,
        created_at: now,
    };
    let added = store.insert_account(&account).await?;
    store.close().await;
    if !added {
        bail!("the account `{}` already exists", account.name.as_str());
    }
    println!("{}", json!({"account": account.name.as_str(), "sub": account.id.0}));
    Ok(())
}

fn read_claims(file: &Path) -> anyhow::Result<Claims> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let json = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    Claims::from_json(json).with_context(|| file.display().to_string())
}

fn read_password() -> anyhow::Result<Password> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("reading the password from standard input")?;
    let typed = line.trim_end_matches(['\r', '\n']);
    if typed.chars().count() < 8 {
        bail!("a password has 8 characters or more");
    }
    Password::new(typed.to_owned()).context("the password is too long")
}
