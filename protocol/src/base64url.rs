//! Base64url without padding (RFC 4648 section 5), the encoding of PKCE, of JOSE and of the QR code. Forty lines here weigh less in
//! a download than a crate that knows every alphabet.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes bytes; returns four characters for each three bytes, two or three for what is left.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..=chunk.len() {
            let index = group >> (18 - 6 * position) & 63;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

/// Decodes exactly `N` bytes. `None` for another length, another alphabet, or bits beyond the last byte: a value has one writing.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    let mut bytes = [0; N];
    let (mut bits, mut held, mut at) = (0u32, 0, 0);
    for character in text.bytes() {
        bits = bits << 6 | value(character)?;
        held += 6;
        if held >= 8 {
            held -= 8;
            // The byte that is complete; what is above it has been written before.
            *bytes.get_mut(at)? = (bits >> held & 0xff) as u8;
            at += 1;
        }
    }
    (bits & ((1 << held) - 1) == 0).then_some(bytes)
}

fn value(character: u8) -> Option<u32> {
    Some(u32::from(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_two_characters_that_differ_from_base64() {
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn what_is_encoded_can_be_read() {
        let bytes: [u8; 16] = std::array::from_fn(|at| u8::try_from(at * 17).unwrap());
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
        assert_eq!(decode(&encode(&bytes[..9])), Some(<[u8; 9]>::try_from(&bytes[..9]).unwrap()));
        assert_eq!(decode("Zg"), Some(*b"f"));
    }

    #[test]
    fn a_value_has_one_writing() {
        for odd in ["Zh", "Z", "Zg=", "Zg==", "Z+", "é", ""] {
            assert_eq!(decode::<1>(odd), None, "{odd}");
        }
    }
}
