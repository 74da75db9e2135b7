//! A site's back channel (OpenID Connect Back-Channel Logout section 2.5): it hears of sign-outs, and can be out of order.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

use crate::cutting_proxy::read_head;

/// A site that listens. It goes when it is dropped.
#[derive(Debug)]
pub struct Site {
    url: String,
    told: mpsc::UnboundedReceiver<String>,
    task: JoinHandle<()>,
}

impl Site {
    /// Listens, and answers these statuses in turn, then `200`.
    pub async fn open(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/backchannel", listener.local_addr().unwrap());
        let (tell, told) = mpsc::unbounded_channel();
        let (statuses, answered) = (statuses.to_vec(), Arc::new(AtomicUsize::new(0)));
        let task = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let status = statuses.get(answered.fetch_add(1, Ordering::Relaxed)).copied().unwrap_or(200);
                if let Some(body) = hear(visitor, status).await {
                    let _ = tell.send(body);
                }
            }
        });
        Self { url, told, task }
    }

    /// Where it is told.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the next call; answers its body.
    pub async fn told(&mut self) -> String {
        self.told.recv().await.unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads one request and answers it.
async fn hear(mut visitor: TcpStream, status: u16) -> Option<String> {
    let (head, begun) = read_head(&mut visitor).await?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
    })?;
    let mut body = begun;
    while body.len() < length {
        let mut more = vec![0; length - body.len()];
        let read = visitor.read(&mut more).await.ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&more[..read]);
    }
    let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    visitor.write_all(answer.as_bytes()).await.ok()?;
    String::from_utf8(body).ok()
}
