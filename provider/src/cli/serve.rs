//! `saoma serve`: the provider itself.
//!
//! On SIGTERM or SIGINT it stops taking connections, ends event streams and long-polls so that browsers reconnect to whoever
//! comes next, finishes the requests under way, and closes the store.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

use crate::{
    app::App,
    clock::{Clock, Time},
    config::{LogFormat, Settings, Tls},
    http,
    keys::{Vault, key_file},
    oidc::logout::deliver,
    random::Random,
    store::{SqliteStore, Store, StoreError},
    tls::{Certificate, DevAuthority},
};

/// How often expired rows are swept.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// How often the signing keys are looked after: this long at most goes by until a server knows of `saoma key rotate`.
const TEND_EVERY: Duration = Duration::from_secs(10);

/// What `saoma serve` takes.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// TOML file of settings, named as the flags with `_` for `-`; flags and environment go before it
    #[arg(long, env = "SAOMA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let file = args.config.as_deref().map(Settings::from_file).transpose()?.unwrap_or_default();
    let settings = args.settings.or(file);
    start_logging(&settings)?;
    let mut config = settings.config()?;
    let data = settings.data();
    let store = SqliteStore::open(&data).await.with_context(|| format!("opening {}", data.display()))?;
    if settings.key_encryption_key_file.is_none() {
        let vault = Vault::new(&store, &config.key_encryption);
        config.key_encryption = key_file::read_or_make(&data, &vault, &Random::System).await?;
    }
    let store: Arc<dyn Store> = Arc::new(store);
    let mut follower = None;
    let certificate = match settings.tls()? {
        Tls::None => None,
        Tls::Own(files) => {
            let certificate = Certificate::read(&files)?;
            follower = Some(tokio::spawn(certificate.clone().follow(files)));
            Some(certificate)
        }
        Tls::Development => {
            let authority = DevAuthority::load_or_make(&data)?;
            tell_of(&authority, config.issuer.as_str());
            config.dev_authority = Some(authority.pem().to_owned());
            Some(authority.certify(Clock::System.now())?)
        }
    };
    let tls = certificate.map(Certificate::server_config).transpose()?;
    let app = Arc::new(App::new(config, store.clone(), Clock::System, Random::System).await?);

    let address = settings.listen();
    let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
    tracing::info!(issuer = %app.config.issuer, listen = %listener.local_addr()?, data = %data.display(), "ready");

    let teller = tokio::spawn(deliver::run(app.clone()));
    let sweeper = tokio::spawn(sweep(app.clone()));
    let key_keeper = tokio::spawn(tend_keys(app.clone()));
    tokio::spawn(stop_at_signal(app.clone()));
    http::serve(listener, app.clone(), tls).await;
    sweeper.abort();
    key_keeper.abort();
    if let Some(follower) = follower {
        follower.abort();
    }
    // Ends by itself: what it has not told yet stays in the queue.
    if let Err(error) = teller.await {
        tracing::error!(%error, "telling sites of sign-outs has broken off");
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Says how a phone comes to trust the authority for development.
fn tell_of(authority: &DevAuthority, issuer: &str) {
    tracing::warn!(
        ca = %authority.file().display(),
        "this certificate is for development: install {issuer}{} on the phone, and let it trust it",
        DevAuthority::PATH
    );
}

fn start_logging(settings: &Settings) -> anyhow::Result<()> {
    let filter = settings.log.as_deref().unwrap_or("info");
    let filter = EnvFilter::try_new(filter).with_context(|| format!("log = {filter:?}"))?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format.unwrap_or(LogFormat::Text) {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}

async fn stop_at_signal(app: Arc<App>) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return tracing::error!("signals cannot be heard");
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    app.shutdown.stop();
}

async fn sweep(app: Arc<App>) {
    loop {
        let now = app.clock.now();
        match sweep_once(&app, now).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "swept"),
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "sweeping failed"),
        }
        app.clock.sleep_until(now + SWEEP_EVERY).await;
    }
}

async fn sweep_once(app: &App, now: Time) -> Result<u64, StoreError> {
    let lifetimes = &app.config.lifetimes;
    let ended = app.store.sweep(now, now - lifetimes.ended).await?;
    Ok(ended + app.store.cut_trail(now - lifetimes.trail).await?)
}

async fn tend_keys(app: Arc<App>) {
    loop {
        let now = app.clock.now();
        if let Err(error) = app.keys.tend(&*app.store, app.config.lifetimes.signing_key, now).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "looking after the signing keys failed"
            );
        }
        app.clock.sleep_until(now + TEND_EVERY).await;
    }
}
