//! A proxy that does not let everything through: it closes the connection on requests that it does not like.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// No head of a request is longer.
const LONGEST_HEAD: usize = 64 * 1024;

/// The heads of requests.
type Heads = Arc<Mutex<Vec<String>>>;

/// A proxy. It closes when it is dropped.
#[derive(Debug)]
pub struct CuttingProxy {
    passed: Heads,
    cut: Heads,
    task: JoinHandle<()>,
}

impl CuttingProxy {
    /// Listens at one URL, in front of the server at the other. A request whose head has one of these words in it is
    /// cut off without an answer.
    pub async fn open(at: &str, server: &str, words: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port_of(at))).await.unwrap();
        let server = port_of(server);
        let (passed, cut) = (Heads::default(), Heads::default());
        let seen = (passed.clone(), cut.clone());
        let task = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let (passed, cut) = seen.clone();
                tokio::spawn(async move {
                    pass_on(visitor, server, |head| {
                        let is_cut = words.iter().any(|word| head.contains(word));
                        let heads = if is_cut { &cut } else { &passed };
                        heads.lock().unwrap().push(head.to_owned());
                        !is_cut
                    })
                    .await;
                });
            }
        });
        Self { passed, cut, task }
    }

    /// How many requests that have this in their heads were let through.
    pub fn passed(&self, part: &str) -> usize {
        count(&self.passed, part)
    }

    /// How many requests that have this in their heads were cut off.
    pub fn cut(&self, part: &str) -> usize {
        count(&self.cut, part)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn count(heads: &Heads, part: &str) -> usize {
    heads.lock().unwrap().iter().filter(|head| head.contains(part)).count()
}

fn port_of(url: &str) -> u16 {
    url::Url::parse(url).unwrap().port().unwrap()
}

/// Passes on one request and its answer, if it may pass; one on each connection, so that each is looked at.
async fn pass_on(mut visitor: TcpStream, port: u16, may_pass: impl FnOnce(&str) -> bool) {
    let Some((head, rest)) = read_head(&mut visitor).await else { return };
    if !may_pass(&head) {
        return;
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let lines = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let head = format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n"));
    if server.write_all(head.as_bytes()).await.is_err() || server.write_all(&rest).await.is_err() {
        return;
    }
    let (mut from_visitor, mut to_visitor) = visitor.split();
    let (mut from_server, mut to_server) = server.split();
    // Whoever closes first ends it for both.
    tokio::select! {
        _ = copy(&mut from_visitor, &mut to_server) => {}
        _ = copy(&mut from_server, &mut to_visitor) => {}
    }
}

/// Reads the head of a request, and what of the body came with it. `None` if there is none.
pub(crate) async fn read_head(visitor: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Some((String::from_utf8(bytes).ok()?, rest));
        }
        if bytes.len() > LONGEST_HEAD || visitor.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
