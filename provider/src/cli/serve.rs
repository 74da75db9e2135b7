//! `saoma serve`: the provider itself.
//!
//! On SIGTERM or SIGINT it stops taking connections, ends event streams and long-polls so that browsers reconnect to whoever
//! comes next, finishes the requests under way, and closes the store.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

use crate::{
    app::App,
    clock::Clock,
    config::Settings,
    http,
    random::Random,
    store::{SqliteStore, Store},
};

/// How often expired rows are swept.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// How long requests under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What `saoma serve` takes.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// TOML file of settings, named as the flags with `_` for `-`; flags and environment go before it
    #[arg(long, env = "SAOMA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// How logs are written
    #[arg(long, env = "SAOMA_LOG_FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
    /// What is logged, such as `info` or `provider=debug`
    #[arg(long, env = "SAOMA_LOG", default_value = "info")]
    log: String,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    /// One line for people
    Text,
    /// One JSON object a line
    Json,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    start_logging(&args.log, args.log_format)?;
    let file = args.config.as_deref().map(Settings::from_file).transpose()?.unwrap_or_default();
    let settings = args.settings.or(file);
    let config = settings.config()?;
    let data = settings.data();
    let store = SqliteStore::open(&data).await.with_context(|| format!("opening {}", data.display()))?;
    let store: Arc<dyn Store> = Arc::new(store);
    let app = Arc::new(App::new(config, store.clone(), Clock::System, Random::System).await?);

    let address = settings.listen();
    let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
    tracing::info!(issuer = %app.config.issuer, listen = %listener.local_addr()?, data = %data.display(), "ready");

    let sweeper = tokio::spawn(sweep(app.clone()));
    let service = http::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop_signal(app.clone()));
    let overdue = async {
        app.shutdown.stopping().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served.context("serving")?,
        () = overdue => tracing::warn!("some requests did not end in time"),
    }
    sweeper.abort();
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn start_logging(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("--log")?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}

async fn stop_signal(app: Arc<App>) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
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
        match app.store.sweep(now, now - app.config.lifetimes.ended).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "swept"),
            Err(error) => tracing::error!(%error, "sweeping failed"),
        }
        app.clock.sleep_until(now + SWEEP_EVERY).await;
    }
}
