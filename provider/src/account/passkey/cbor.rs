//! The CBOR that authenticators write (CTAP 2.1 section 8): maps of definite length whose keys are numbers or names, none of them twice.
//! Of a value the bytes are kept; what it is shows when it is asked for.

use minicbor::{Decoder, data::Type};

/// Most members of a map that is read: none that we know has more than five.
const MOST_MEMBERS: usize = 32;

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// As in COSE keys.
    Number(i64),
    /// As in attestations.
    Name(&'a str),
}

impl From<i64> for Key<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

/// A map: keys, and the bytes of their values.
#[derive(Debug)]
pub(super) struct Map<'a>(Vec<(Key<'a>, &'a [u8])>);

impl<'a> Map<'a> {
    /// Reads a map that is all of the input.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (map, rest) = Self::read_first(bytes)?;
        rest.is_empty().then_some(map)
    }

    /// Reads a map, and answers what follows it, too.
    pub(super) fn read_first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut decoder = Decoder::new(bytes);
        let length = usize::try_from(decoder.map().ok()??).ok()?;
        (length <= MOST_MEMBERS).then_some(())?;
        let mut members: Vec<(Key<'a>, &'a [u8])> = Vec::with_capacity(length);
        for _ in 0..length {
            let key = key(&mut decoder)?;
            if members.iter().any(|(known, _)| *known == key) {
                return None;
            }
            let start = decoder.position();
            decoder.skip().ok()?;
            members.push((key, bytes.get(start..decoder.position())?));
        }
        Some((Self(members), bytes.get(decoder.position()..)?))
    }

    /// Whether it has no member.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has this member.
    pub(super) fn has<'k>(&self, key: impl Into<Key<'k>>) -> bool {
        self.value(key).is_some()
    }

    /// A member that is a whole number.
    pub(super) fn integer<'k>(&self, key: impl Into<Key<'k>>) -> Option<i64> {
        Decoder::new(self.value(key)?).i64().ok()
    }

    /// A member that is bytes.
    pub(super) fn bytes<'k>(&self, key: impl Into<Key<'k>>) -> Option<&'a [u8]> {
        Decoder::new(self.value(key)?).bytes().ok()
    }

    /// A member that is text.
    pub(super) fn text<'k>(&self, key: impl Into<Key<'k>>) -> Option<&'a str> {
        Decoder::new(self.value(key)?).str().ok()
    }

    /// A member that is a map.
    pub(super) fn map<'k>(&self, key: impl Into<Key<'k>>) -> Option<Self> {
        Self::read(self.value(key)?)
    }

    fn value<'k>(&self, key: impl Into<Key<'k>>) -> Option<&'a [u8]> {
        let key = key.into();
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

fn key<'a>(decoder: &mut Decoder<'a>) -> Option<Key<'a>> {
    match decoder.datatype().ok()? {
        Type::String => decoder.str().ok().map(Key::Name),
        _ => decoder.i64().ok().map(Key::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{1: 2, -1: h'0102', "fmt": "none", "attStmt": {}}`, and a byte that follows.
    const BYTES: &[u8] = b"\xa4\x01\x02\x20\x42\x01\x02\x63fmt\x64none\x67attStmt\xa0\x07";

    #[test]
    fn members_are_what_they_are_and_nothing_else() {
        let (map, rest) = Map::read_first(BYTES).unwrap();
        assert_eq!(rest, [7]);
        assert_eq!(
            (map.integer(1), map.bytes(-1), map.text("fmt")),
            (Some(2), Some(&[1, 2][..]), Some("none"))
        );
        assert!(map.map("attStmt").unwrap().is_empty());
        assert_eq!((map.bytes(1), map.integer(-1), map.text("attStmt")), (None, None, None));
        assert!(map.has("fmt") && !map.has("sig") && !map.has(2));
        assert!(Map::read(BYTES).is_none(), "something follows");
    }

    #[test]
    fn what_no_authenticator_writes_is_not_read() {
        let many =
            [&[0xb8, 33][..], &(0..33).flat_map(|key| [0x18, 100 + key, 0]).collect::<Vec<_>>()].concat();
        for (bytes, why) in [
            (&[][..], "nothing"),
            (&[0x01], "no map"),
            (&[0xa1, 0x01], "cut off"),
            (&[0xbf, 0x01, 0x02, 0xff], "a map of indefinite length"),
            (&[0xa1, 0x01, 0x9f], "an array that does not end"),
            (&[0xa2, 0x01, 0x02, 0x01, 0x03], "a key twice"),
            (&[0xa2, 0x01, 0x02, 0x18, 0x01, 0x03], "a key twice, once in too many bytes"),
            (&[0xa1, 0x41, 0x01, 0x02], "a key that is bytes"),
            (&[0xa1, 0x61, 0xff, 0x02], "a name that is no text"),
            (&[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "a length of lies"),
            (&[0xa1, 0x01, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "bytes of lies"),
            (&many, "too many members"),
        ] {
            assert!(Map::read(bytes).is_none(), "{why}");
        }
    }
}
