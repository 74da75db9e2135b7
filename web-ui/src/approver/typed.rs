//! Codes that are typed, such as `WDJB-MJHT` (RFC 8628 section 6.1): whatever the person's case, spaces and hyphens.

/// Letters in a code.
const LENGTH: usize = 8;

/// What was typed as the server shows it, or `None` where it has another number of letters.
pub(crate) fn read(text: &str) -> Option<String> {
    let letters: Vec<char> =
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let (first, second) = letters.split_at_checked(LENGTH / 2)?;
    let code = first.iter().chain(&['-']).chain(second).collect();
    (letters.len() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_however_it_was_typed() {
        for text in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "WDJB–MJHT", "wd.jb.mj.ht"] {
            assert_eq!(read(text).as_deref(), Some("WDJB-MJHT"), "{text}");
        }
    }

    #[test]
    fn another_number_of_letters_is_no_code() {
        for text in ["", "WDJ", "WDJB-MJH", "WDJB-MJHTX", "https://login.example/q/abc"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
