//! The server's loop: takes connections, and lets them end in peace.
//!
//! Who opens a connection and sends nothing, or sends its request byte by byte, is cut off; there are only so many connections.
//! With a certificate of our own, the TLS handshake runs in the connection's task, in its place, and not for long.
//! When the server stops it takes no more, tells each to end after its present answer, and waits for a while.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tower::{ServiceExt, service_fn};

use super::router;
use crate::app::App;

/// How long a request's head may take, and how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections beside those of browsers that follow a login.
const OTHER_CONNECTIONS: usize = 4096;

/// How long to wait before accepting again, where the system has no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// How long requests under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until [`App::shutdown`] is raised and what was under way has ended; plain HTTP, unless there is a TLS configuration.
pub async fn serve(listener: TcpListener, app: Arc<App>, tls: Option<Arc<ServerConfig>>) {
    let tls = tls.map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(app.config.limits.followers + OTHER_CONNECTIONS));
    let connections = GracefulShutdown::new();
    let router = router(app.clone());
    loop {
        tokio::select! {
            (stream, peer, place) = accept(&listener, &places) => {
                let connection = Connection { peer, router: router.clone(), watcher: connections.watcher() };
                let (tls, stopping) = (tls.clone(), app.shutdown.clone());
                tokio::spawn(async move {
                    let _place = place;
                    let Some(tls) = tls else { return connection.serve(stream).await };
                    let shaken = tokio::select! {
                        shaken = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)) => shaken,
                        () = stopping.stopping() => return,
                    };
                    // Who does not speak TLS, or not in time, is not answered.
                    if let Ok(Ok(stream)) = shaken {
                        connection.serve(stream).await;
                    }
                });
            }
            () = app.shutdown.stopping() => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("some requests did not end in time"),
    }
}

/// A connection that has been taken.
struct Connection {
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
}

impl Connection {
    /// Answers its requests until one side ends it.
    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { peer, router, watcher } = self;
        let service = service_fn(move |mut request: Request<_>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT);
        let service = TowerToHyperService::new(service);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        // A connection that breaks is its client's affair.
        let _ = watcher.watch(connection).await;
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = places.clone().acquire_owned().await.expect("nobody closes the semaphore");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small and awaited: none is held back to be joined with the next.
                let _ = stream.set_nodelay(true);
                return (stream, peer, place);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(OUT_OF_SOCKETS).await;
            }
        }
    }
}
