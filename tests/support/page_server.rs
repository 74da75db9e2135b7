//! A site of fixed pages, on an origin of its own: what a third party puts on its web space.

use std::{collections::HashMap, path::Path, sync::Arc};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{cutting_proxy::read_head, server::free_port};

/// A site that has not opened yet: its origin is known, its pages are not.
#[derive(Debug)]
pub struct WebSpace {
    listener: TcpListener,
    origin: String,
}

impl WebSpace {
    /// Takes a free port.
    pub async fn rent() -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        Self { listener, origin: format!("http://localhost:{port}") }
    }

    /// Its origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Opens the site: each page by its path, all of them under this content security policy. A path that ends in `.js`
    /// is a script.
    pub fn open(self, policy: &str, pages: &[(&'static str, String)]) -> PageServer {
        let pages: HashMap<_, _> =
            pages.iter().map(|(path, body)| (*path, answer(path, policy, body))).collect();
        let pages = Arc::new(pages);
        let task = tokio::spawn(async move {
            while let Ok((visitor, _)) = self.listener.accept().await {
                let pages = pages.clone();
                tokio::spawn(async move { serve(visitor, &pages).await });
            }
        });
        PageServer { origin: self.origin, task }
    }
}

/// An open site. It closes when it is dropped.
#[derive(Debug)]
pub struct PageServer {
    origin: String,
    task: JoinHandle<()>,
}

impl PageServer {
    /// Its origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for PageServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(path: &str, policy: &str, body: &str) -> String {
    let is_script = Path::new(path).extension().is_some_and(|extension| extension == "js");
    let kind = if is_script { "javascript" } else { "html" };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Security-Policy: {policy}\r\n\
         Cache-Control: no-store\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Answers one request. A visitor who goes away early misses it.
async fn serve(mut visitor: TcpStream, pages: &HashMap<&'static str, String>) {
    let Some((head, _)) = read_head(&mut visitor).await else { return };
    let target = head.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let answer = pages.get(path).map_or(missing, String::as_str);
    let _ = visitor.write_all(answer.as_bytes()).await;
}
