//! The CBOR that authenticators write: the CTAP2 canonical form (CTAP 2.1 section 8), read strictly.
//!
//! Lengths are definite, numbers take the fewest bytes, no map has a key twice, nothing nests deeper than four levels, and tags and
//! floating-point numbers are not read at all: nothing that a registration needs has any.

/// Deepest nesting (CTAP 2.1 section 8).
const DEEPEST: u8 = 4;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A whole number.
    Integer(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// Values in order.
    Array(Vec<Self>),
    /// Keys and values.
    Map(Vec<(Self, Self)>),
    /// True or false.
    Bool(bool),
    /// Nothing.
    Null,
}

impl<'a> Value<'a> {
    /// The value of a map's key that is a number.
    pub(super) fn at(&self, key: i64) -> Option<&Self> {
        self.find(&Value::Integer(key))
    }

    /// The value of a map's key that is text.
    pub(super) fn named(&self, key: &str) -> Option<&Self> {
        self.find(&Value::Text(key))
    }

    fn find(&self, key: &Value<'_>) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The bytes, if it is bytes.
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The number, if it is one.
    pub(super) fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// The text, if it is text.
    pub(super) fn text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// Reads one value that is all of the input.
pub(super) fn read(bytes: &[u8]) -> Option<Value<'_>> {
    let (value, rest) = read_first(bytes)?;
    rest.is_empty().then_some(value)
}

/// Reads the first value, and what follows it.
pub(super) fn read_first(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let mut reader = Reader(bytes);
    let value = reader.value(DEEPEST)?;
    Some((value, reader.0))
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A value at most so deep.
    fn value(&mut self, deepest: u8) -> Option<Value<'a>> {
        let first = *self.take(1)?.first()?;
        let (major, minor) = (first >> 5, first & 0x1f);
        if major == 7 {
            return match minor {
                20 => Some(Value::Bool(false)),
                21 => Some(Value::Bool(true)),
                22 => Some(Value::Null),
                _ => None,
            };
        }
        let argument = self.argument(minor)?;
        let length = usize::try_from(argument).ok()?;
        match major {
            0 => i64::try_from(argument).ok().map(Value::Integer),
            1 => i64::try_from(argument).ok().map(|number| Value::Integer(-1 - number)),
            2 => self.take(length).map(Value::Bytes),
            3 => std::str::from_utf8(self.take(length)?).ok().map(Value::Text),
            4 => self.array(length, deepest.checked_sub(1)?).map(Value::Array),
            5 => self.map(length, deepest.checked_sub(1)?).map(Value::Map),
            _ => None,
        }
    }

    /// What follows the first byte: a number in the fewest bytes (RFC 8949 section 4.2.1).
    fn argument(&mut self, minor: u8) -> Option<u64> {
        let (bytes, least) = match minor {
            0..24 => return Some(u64::from(minor)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return None,
        };
        let number = self.take(bytes)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte));
        (number >= least).then_some(number)
    }

    fn array(&mut self, length: usize, deepest: u8) -> Option<Vec<Value<'a>>> {
        // Each takes a byte at least, so a length that lies takes no memory.
        (length <= self.0.len()).then_some(())?;
        (0..length).map(|_| self.value(deepest)).collect()
    }

    fn map(&mut self, length: usize, deepest: u8) -> Option<Vec<(Value<'a>, Value<'a>)>> {
        (length <= self.0.len() / 2).then_some(())?;
        let mut members: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..length {
            let key = self.value(deepest)?;
            if members.iter().any(|(known, _)| *known == key) {
                return None;
            }
            members.push((key, self.value(deepest)?));
        }
        Some(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_rfc8949_appendix_a_writes_them() {
        for (bytes, value) in [
            (&[0x00][..], Value::Integer(0)),
            (&[0x17], Value::Integer(23)),
            (&[0x18, 0x18], Value::Integer(24)),
            (&[0x19, 0x03, 0xe8], Value::Integer(1000)),
            (&[0x1a, 0x00, 0x0f, 0x42, 0x40], Value::Integer(1_000_000)),
            (&[0x20], Value::Integer(-1)),
            (&[0x39, 0x03, 0xe7], Value::Integer(-1000)),
            (&[0x44, 1, 2, 3, 4], Value::Bytes(&[1, 2, 3, 4])),
            (&[0x62, 0xc3, 0xbc], Value::Text("ü")),
            (&[0xf4], Value::Bool(false)),
            (&[0xf6], Value::Null),
            (&[0x82, 1, 2], Value::Array(vec![Value::Integer(1), Value::Integer(2)])),
            (&[0xa1, 0x61, b'a', 1], Value::Map(vec![(Value::Text("a"), Value::Integer(1))])),
        ] {
            assert_eq!(read(bytes), Some(value), "{bytes:x?}");
        }
    }

    #[test]
    fn what_is_not_canonical_is_not_read() {
        for (bytes, why) in [
            (&[][..], "nothing"),
            (&[0x62], "cut off"),
            (&[0x18, 0x17], "a number in too many bytes"),
            (&[0x19, 0x00, 0xff], "a number in too many bytes"),
            (&[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "a number that is too large"),
            (&[0x5f, 0x41, 1, 0xff], "indefinite bytes"),
            (&[0x9f, 0xff], "an indefinite array"),
            (&[0xc0, 0x00], "a tag"),
            (&[0xf9, 0x3c, 0x00], "a floating-point number"),
            (&[0xf7], "undefined"),
            (&[0x62, 0xff, 0xff], "text that is none"),
            (&[0xa2, 1, 1, 1, 2], "a key twice"),
            (&[0x00, 0x00], "something after it"),
            (&[0x81, 0x81, 0x81, 0x81, 0x81, 0x00], "too deep"),
            (&[0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "an array of lies"),
            (&[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "a map of lies"),
        ] {
            assert_eq!(read(bytes), None, "{why}");
        }
        assert!(read(&[0x81, 0x81, 0x81, 0x81, 0x00]).is_some());
    }

    #[test]
    fn the_first_value_ends_where_it_ends() {
        assert_eq!(read_first(&[0x41, 7, 1, 2]), Some((Value::Bytes(&[7]), &[1, 2][..])));
    }
}
