//! What would give a person away, and whether it was given.

use url::form_urlencoded::byte_serialize;

use super::{
    Stop,
    target::{Target, broken},
};

/// Words that belong to the person with the phone, and addresses in which they may stand although nobody was known yet: that of an
/// account `audit`, say, in `https://audit.example/callback`.
pub(super) struct Personal {
    words: Vec<String>,
    public: Vec<String>,
}

impl Personal {
    /// Those that the phone's own account has.
    pub(super) async fn of(target: &Target) -> Result<Self, Stop> {
        let me = target.phone()?.me().await.map_err(|error| broken(&error))?;
        let words = [me.account.name, me.account.display_name, me.device.id, me.device.name];
        Ok(Self::new(&words, &[&target.client()?.redirect_uri, &target.issuer]))
    }

    fn new(words: &[impl AsRef<str>], public: &[&str]) -> Self {
        let words = words.iter().map(|word| word.as_ref().to_lowercase()).filter(|word| !word.is_empty());
        let encoded = |text: &&str| byte_serialize(text.as_bytes()).collect::<String>();
        let public = public.iter().flat_map(|text| [(*text).to_owned(), encoded(text)]);
        Self { words: words.collect(), public: public.map(|text| text.to_lowercase()).collect() }
    }

    /// The first word that `now` says more often than `before`, when nobody was known yet.
    pub(super) fn leaked(&self, before: &str, now: &str) -> Option<&str> {
        let bare = |text: &str| {
            self.public.iter().fold(text.to_lowercase(), |text, public| text.replace(public.as_str(), " "))
        };
        let (before, now) = (bare(before), bare(now));
        self.words.iter().find(|word| times(&now, word) > times(&before, word)).map(String::as_str)
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
        let personal = Personal::new(&["Lin", "林小姐"], &["https://lin.example/callback"]);
        assert_eq!(personal.leaked("line", r#"{"by":"Lin"}"#), Some("lin"));
        assert_eq!(personal.leaked("", "online, in line"), None);
        assert_eq!(personal.leaked("the site of lin", "the site of lin"), None);
        assert_eq!(personal.leaked("", "by 林小姐"), Some("林小姐"));
        let back = "https://lin.example/callback?code=1 https%3A%2F%2Flin.example%2Fcallback";
        assert_eq!(personal.leaked("", back), None, "where the site is was known before");
        assert_eq!(personal.leaked("", "https://lin.example/callback?by=lin"), Some("lin"));
    }
}
