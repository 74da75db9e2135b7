//! `demo-relying-party`: the command line of the demonstration site.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use demo_relying_party::app::App;
use demo_relying_party::clock::Clock;
use demo_relying_party::config::{self, Config, Issuer, SiteUrl};
use demo_relying_party::session::Limits;
use oauth2::ClientId;
use tracing_subscriber::EnvFilter;

/// A small magazine whose readers sign in with Saoma.
#[derive(Parser)]
#[command(version, about)]
struct Options {
    /// Where to listen.
    #[arg(long, env = "DEMO_LISTEN", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Where readers find the site: scheme, host and port.
    #[arg(long, env = "DEMO_URL", default_value = "http://localhost:8090")]
    url: String,
    /// The provider's issuer identifier, to the letter.
    #[arg(long, env = "DEMO_ISSUER", default_value = "http://localhost:8080")]
    issuer: String,
    /// The site's client identifier at the provider.
    #[arg(long, env = "DEMO_CLIENT_ID", default_value = "demo-site")]
    client_id: String,
    /// A file whose first line is the client secret. The environment variable `DEMO_CLIENT_SECRET` goes before it.
    #[arg(long, env = "DEMO_CLIENT_SECRET_FILE")]
    client_secret_file: Option<PathBuf>,
    /// A PEM file of an authority that the provider's certificate may come from, beside those that the system trusts.
    #[arg(long, env = "DEMO_PROVIDER_CA")]
    provider_ca: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();

    // From the environment only: other users of a machine can read a command line.
    let secret = std::env::var("DEMO_CLIENT_SECRET").ok();
    let provider_ca =
        options.provider_ca.map(std::fs::read).transpose().context("cannot read the provider's CA")?;
    let config = Config {
        listen: options.listen,
        site: SiteUrl::parse(&options.url)?,
        issuer: Issuer::parse(&options.issuer)?,
        client_id: ClientId::new(options.client_id),
        client_secret: config::client_secret(secret, options.client_secret_file.as_deref())?,
        provider_ca,
    };
    let (listen, site) = (config.listen, config.site.origin().to_owned());
    let app = App::new(config, Clock::System, Limits::default()).context("cannot make the HTTP client")?;
    let listener =
        tokio::net::TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    tracing::info!(%listen, %site, issuer = app.config.issuer.as_str(), "the site is open");
    axum::serve(listener, app.router()).with_graceful_shutdown(asked_to_stop()).await?;
    tracing::info!("the site is closed");
    Ok(())
}

/// Returns upon SIGINT or SIGTERM.
async fn asked_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
