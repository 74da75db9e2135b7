//! Names that others chose and people read before they decide.

/// Characters that cannot be seen, or that change how those after them are shown, so that a name reads as another (Unicode
/// Technical Report 36 section 3.1). Not among them: the joiners (U+200C, U+200D), which scripts and emoji need.
const DECEPTIVE: [(char, char); 12] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200b}'),
    ('\u{200e}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffd}'),
    ('\u{e0000}', '\u{e007f}'),
];

/// Whether a name shows all that it is: no control characters, and none of [`DECEPTIVE`].
pub(crate) fn is_plain(name: &str) -> bool {
    let deceives = |c: char| DECEPTIVE.iter().any(|(first, last)| (*first..=*last).contains(&c));
    !name.chars().any(|c| c.is_control() || deceives(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_plain() {
        for name in ["The Reader", "扫码", "می\u{200c}خواهم", "👩\u{200d}💻", "Łódź & Söhne", ""]
        {
            assert!(is_plain(name), "{name}");
        }
    }

    #[test]
    fn what_reads_as_something_else_is_not() {
        for odd in ["a\u{7}", "knab\u{202e}", "a\u{200b}b", "\u{2066}a\u{2069}", "\u{feff}a", "a\u{e0041}"] {
            assert!(!is_plain(odd), "{odd:?}");
        }
    }
}
