//! Reads a stream of server-sent events out of chunks that break anywhere (HTML Standard section 9.2.6).

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Event {
    /// Its type; empty where the stream names none.
    pub(crate) name: String,
    /// Its data; lines are joined by line feeds.
    pub(crate) data: String,
}

/// The reader: takes chunks of bytes, gives events.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    line: Vec<u8>,
    after_return: bool,
    event: Event,
    has_data: bool,
}

impl Reader {
    /// Takes the next chunk and returns the events that it completes. Comments and unknown fields are passed over;
    /// `id` too, because a view carries its version itself.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for &byte in chunk {
            let ends_line = byte == b'\r' || byte == b'\n';
            // The line feed of a CR LF belongs to the line that the CR has ended.
            let continues_return = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !ends_line {
                self.line.push(byte);
            } else if !continues_return {
                events.extend(self.end_line());
            }
        }
        events
    }

    /// Takes in a full line; an empty one ends an event.
    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let text = String::from_utf8_lossy(&line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.into(), data: data.into() }
    }

    #[test]
    fn an_event_in_one_chunk() {
        let events = Reader::default().push(b"event: login\nid: 2\ndata: {\"version\":2}\n\n");
        assert_eq!(events, [event("login", "{\"version\":2}")]);
    }

    #[test]
    fn an_event_byte_by_byte() {
        let mut reader = Reader::default();
        let text = "event:login\r\ndata:a\r\ndata: é\r\n\r\n";
        let events: Vec<_> = text.as_bytes().iter().flat_map(|byte| reader.push(&[*byte])).collect();
        assert_eq!(events, [event("login", "a\né")]);
    }

    #[test]
    fn two_events_and_half_a_third() {
        let mut reader = Reader::default();
        assert_eq!(reader.push(b"data: 1\n\ndata: 2\n\nda"), [event("", "1"), event("", "2")]);
        assert_eq!(reader.push(b"ta: 3\r\r"), [event("", "3")]);
    }

    #[test]
    fn comments_and_empty_blocks_are_no_events() {
        assert_eq!(Reader::default().push(b": still here\n\n\n\nevent: login\n\n"), []);
    }

    #[test]
    fn a_name_does_not_outlive_its_event() {
        assert_eq!(Reader::default().push(b"event: x\n\ndata: 1\n\n"), [event("", "1")]);
    }
}
