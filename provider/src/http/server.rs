//! The server's loop: takes connections, and lets them end in peace.
//!
//! Who opens a connection and sends nothing, or sends its request byte by byte, is cut off; there are only so many connections.
//! When the server stops it takes no more, tells each to end after its present answer, and waits for a while.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::{ServiceExt, service_fn};

use super::router;
use crate::app::App;

/// How long a request's head may take, and how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Connections beside those of browsers that follow a login.
const OTHER_CONNECTIONS: usize = 4096;

/// How long to wait before accepting again, where the system has no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// How long requests under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until [`App::shutdown`] is raised and what was under way has ended.
pub async fn serve(listener: TcpListener, app: Arc<App>) {
    let places = Arc::new(Semaphore::new(app.config.limits.followers + OTHER_CONNECTIONS));
    let connections = GracefulShutdown::new();
    let router = router(app.clone());
    loop {
        tokio::select! {
            (stream, peer, place) = accept(&listener, &places) => {
                let router = router.clone();
                let service = service_fn(move |mut request: Request<_>| {
                    request.extensions_mut().insert(ConnectInfo(peer));
                    router.clone().oneshot(request.map(Body::new))
                });
                let mut builder = Builder::new(TokioExecutor::new());
                builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
                builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT);
                let service = TowerToHyperService::new(service);
                let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
                let connection = connections.watch(connection);
                tokio::spawn(async move {
                    let _place = place;
                    // A connection that breaks is its client's affair.
                    let _ = connection.await;
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
