//! `saoma account`: people.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::json;

use super::DataArgs;
use crate::{
    account::{
        Account, AccountId, AccountName, admission,
        password::{Password, Passwords},
    },
    clock::Clock,
    oidc::claims::Claims,
    random::Random,
    store::{AccountStore, LogoutStore, PasskeyStore, SqliteStore, Upkeep},
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
    /// Sign a person out everywhere: browsers, phones and sites
    ///
    /// Prints what ended as a JSON object. Sites with a back channel are told by the running server.
    SignOut {
        /// The account's name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove a person's passkeys, for who has lost what keeps them
    ///
    /// Prints how many as a JSON object. Phones that are signed in stay so.
    RemovePasskeys {
        /// The account's name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Let a person's next phone in on its password alone: for who has lost the only one
    ///
    /// A further phone needs the word of one that the account has, or a passkey. This stands in for it, once, within 24 hours. Ask the
    /// person first who they are: whoever knows the password is let in. To shut the lost phone out as well, sign the
    /// person out, and remove their passkeys.
    AllowDevice {
        /// The account's name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(super) async fn run(command: AccountCommand) -> anyhow::Result<()> {
    match command {
        AccountCommand::Add { name, password_stdin: _, claims, data } => add(&name, claims, &data).await,
        AccountCommand::SignOut { name, data } => sign_out(&name, &data).await,
        AccountCommand::RemovePasskeys { name, data } => remove_passkeys(&name, &data).await,
        AccountCommand::AllowDevice { name, data } => allow_device(&name, &data).await,
    }
}

async fn remove_passkeys(name: &str, data: &DataArgs) -> anyhow::Result<()> {
    let store = data.open().await?;
    let account = find(&store, name).await?;
    let removed = store.remove_passkeys(account.id, Clock::System.now()).await?;
    store.close().await;
    println!("{}", json!({"account": account.name.as_str(), "passkeys": removed}));
    Ok(())
}

async fn allow_device(name: &str, data: &DataArgs) -> anyhow::Result<()> {
    let store = data.open().await?;
    let account = find(&store, name).await?;
    admission::allow_next_device(&store, account.id, Clock::System.now()).await?;
    store.close().await;
    println!("{}", json!({"account": account.name.as_str(), "hours": admission::ALLOWANCE.as_secs() / 3600}));
    Ok(())
}

async fn find(store: &SqliteStore, name: &str) -> anyhow::Result<Account> {
    let account = match AccountName::parse(name) {
        Some(name) => store.account_by_name(&name).await?,
        None => None,
    };
    account.with_context(|| format!("there is no account `{name}`"))
}

async fn sign_out(name: &str, data: &DataArgs) -> anyhow::Result<()> {
    let store = data.open().await?;
    let account = find(&store, name).await?;
    let ended = store.sign_out_everywhere(account.id, Clock::System.now()).await?;
    store.close().await;
    let (account, sessions, phones) = (account.name.as_str(), ended.sessions, ended.devices);
    println!("{}", json!({"account": account, "sessions": sessions, "phones": phones}));
    Ok(())
}

async fn add(name: &str, claims: Option<PathBuf>, data: &DataArgs) -> anyhow::Result<()> {
    let name = AccountName::parse(name).context("a name is 1 to 64 letters, digits, or any of .-_@+")?;
    let claims = claims.as_deref().map(read_claims).transpose()?.unwrap_or_default();
    let password = read_password()?;
    let store = data.open().await?;
    let now = Clock::System.now();
    let account = Account {
        id: AccountId(Random::System.uuid(now)),
        name,
        password: Some(Passwords::default().hash(password).await?),
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
