//! Server-sent events as they come (the HTML standard, section 9.2.6).

use reqwest::Response;
use serde_json::Value;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its `id`, to resume from.
    pub id: String,
    /// Its data.
    pub data: Value,
}

/// An open stream of events.
#[derive(Debug)]
pub struct Events {
    response: Response,
    read: String,
}

impl Events {
    /// Reads the events of an answer.
    pub fn of(response: Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    /// The next event; `None` at the end of the stream. Comments are passed over.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.read.find("\n\n") {
                let block: String = self.read.drain(..end + 2).collect();
                if let Some(event) = event(&block) {
                    return Some(event);
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

fn event(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let data = serde_json::from_str(field("data")?).unwrap();
    Some(Event { id: field("id").unwrap_or_default().to_owned(), data })
}
