//! How deep JSON is nested. What is stored is wrapped once or twice more, and what is nested too deep for the reader would be lost.

use serde_json::Value;

/// Deepest value that anybody has to send: a key set has three levels, an address two.
const DEEPEST: usize = 16;

/// Whether a value is nested deeper than anybody needs.
pub(crate) fn is_too_deep(value: &Value) -> bool {
    is_deeper(value, DEEPEST)
}

fn is_deeper(value: &Value, limit: usize) -> bool {
    let deeper = |value: &Value| is_deeper(value, limit - 1);
    match value {
        Value::Array(items) => limit == 0 || items.iter().any(deeper),
        Value::Object(members) => limit == 0 || members.values().any(deeper),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted() {
        let nested = |levels: usize| -> Value {
            serde_json::from_str(&format!("{}1{}", "[".repeat(levels), "]".repeat(levels))).unwrap()
        };
        assert!(!is_too_deep(&nested(0)) && !is_too_deep(&nested(DEEPEST)));
        assert!(is_too_deep(&nested(DEEPEST + 1)) && is_too_deep(&serde_json::json!({"a": nested(DEEPEST)})));
    }
}
