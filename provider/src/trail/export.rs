//! The trail as JSON lines, for a log store of the operator's.

use serde_json::{Map, Value, json};

use super::{Count, Kept};
use crate::clock::Time;

/// One entry as a JSON object: `at` (RFC 3339, UTC), `id`, `kind`, `details`, and of `account`, `device`, `client`, `login`, `session`
/// and `address` what is known.
pub fn line(kept: &Kept) -> Value {
    let subject = &kept.entry.subject;
    let mut line = match serde_json::to_value(&kept.entry.event) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    line.insert("at".into(), time(kept.entry.at));
    line.insert("id".into(), json!(kept.id.0.simple().to_string()));
    for (name, value) in [
        ("account", subject.account.map(|id| json!(id.0))),
        ("device", subject.device.map(|id| json!(id.0))),
        ("client", subject.client.as_ref().map(|id| json!(id.as_str()))),
        ("login", subject.login.map(|id| json!(id.0))),
        ("session", subject.session.map(|id| json!(id.0))),
        ("address", subject.address.map(|address| json!(address))),
    ] {
        if let Some(value) = value {
            line.insert(name.into(), value);
        }
    }
    Value::Object(line)
}

impl Count {
    /// An hour's count as a JSON object of the kind `count`.
    pub fn line(&self) -> Value {
        let details = json!({"of": self.kind, "subject": self.subject, "count": self.count});
        json!({"kind": "count", "at": time(self.hour), "details": details})
    }
}

fn time(at: Time) -> Value {
    jiff::Timestamp::from_millisecond(at.millis()).map_or(Value::Null, |at| json!(format!("{at:.3}")))
}
