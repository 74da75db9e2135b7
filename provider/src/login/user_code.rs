//! The code that can be typed in place of a scan (RFC 8628 section 6.1): eight letters in two groups, such as `WDJB-MJHT`.
//!
//! Twenty consonants, so that no word comes out and nothing looks like a digit; 20⁸ is about 2³⁴·⁶, too many to guess in the minutes that a
//! code lives.

use super::LoginId;
use crate::{app::App, random::Random, secret::Digest};

/// The letters.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How many make a code.
const LENGTH: usize = 8;

/// A new code, without its hyphen.
pub fn generate(random: &Random) -> String {
    spell(std::iter::repeat_with(|| random.bytes::<1>()[0]))
}

/// The code of a browser's login, without its hyphen: the same whenever it is asked for, so that nothing of it is kept but its hash.
pub fn of_login(app: &App, id: LoginId) -> String {
    spell((0u64..).flat_map(|block| {
        app.keys.derive("user code", &[&id.0.as_bytes()[..], &block.to_be_bytes()].concat())
    }))
}

fn spell(bytes: impl Iterator<Item = u8>) -> String {
    // 240 is twelve times 20: what is above would favour the first letters.
    let fair = bytes.filter(|byte| *byte < 240);
    fair.take(LENGTH).map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()])).collect()
}

/// As it is shown.
pub fn show(code: &str) -> String {
    let (first, second) = code.split_at(LENGTH / 2);
    format!("{first}-{second}")
}

/// Reads what a person typed, whatever its case, hyphens and spaces; `None` if it cannot be a code.
pub fn read(text: &str) -> Option<String> {
    let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase());
    let code: String = typed.take(LENGTH + 1).collect();
    (code.len() == LENGTH && code.bytes().all(|letter| LETTERS.contains(&letter))).then_some(code)
}

/// What the store keeps of a code.
pub fn digest(code: &str) -> Digest {
    Digest::of(&format!("user code {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = generate(&Random::seeded(1));
        for typed in [show(&code), show(&code).to_lowercase(), format!(" {code} ")] {
            assert_eq!(read(&typed).as_ref(), Some(&code));
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        for odd in ["", "BCDF-GHJ", "BCDF-GHJKL", "AEIO-UAEI", "BCDF-GHJ0", &"B".repeat(10_000)] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
