//! What would give a person away, and whether it was given.

use super::{
    Stop,
    target::{Target, broken},
};

/// Words that belong to the person with the phone.
pub(super) struct Personal(Vec<String>);

impl Personal {
    /// Those that the phone's own account has.
    pub(super) async fn of(target: &Target) -> Result<Self, Stop> {
        let me = target.phone()?.me().await.map_err(|error| broken(&error))?;
        let words = [me.account.name, me.account.display_name, me.device.id, me.device.name];
        Ok(Self(words.into_iter().map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect()))
    }

    /// The first word that `now` says more often than `before`, when nobody was known yet.
    pub(super) fn leaked(&self, before: &str, now: &str) -> Option<&str> {
        let more = |word: &&String| times(&now.to_lowercase(), word) > times(&before.to_lowercase(), word);
        self.0.iter().find(more).map(String::as_str)
    }
}

/// How often a text has a word, by itself and not as a part of another.
fn times(text: &str, word: &str) -> usize {
    let mut found = 0;
    for (at, _) in text.match_indices(word) {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let apart = |next: Option<char>| next.is_none_or(|next| !next.is_alphanumeric());
        found += usize::from(apart(before) && apart(after));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_itself_and_only_if_it_is_new() {
        let personal = Personal(vec!["lin".into(), "林小姐".into()]);
        assert_eq!(personal.leaked("line", r#"{"by":"Lin"}"#), Some("lin"));
        assert_eq!(personal.leaked("", "online, in line"), None);
        assert_eq!(personal.leaked("the site of lin", "the site of lin"), None);
        assert_eq!(personal.leaked("", "by 林小姐"), Some("林小姐"));
    }
}
