//! English and Chinese. Each program has one table of words, made by [`words!`](crate::words), in which the two stand
//! side by side: a text that lacks one of them does not compile.

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// Reads a language tag (BCP 47): anything Chinese is Chinese, the rest is English.
    pub fn from_tag(tag: &str) -> Self {
        let is_chinese = tag.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("zh"));
        if is_chinese { Self::Zh } else { Self::En }
    }

    /// The tag for the page's `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }
}

/// Puts `value` where `text` has its one `{}`.
pub fn fill(text: &str, value: &str) -> String {
    // By its two characters, because a search for a string weighs more in a download than all words together.
    match text.split_once('{') {
        Some((before, after)) => [before, value, after.get(1..).unwrap_or_default()].concat(),
        None => text.into(),
    }
}

/// Declares a table of texts: `name: "English" / "中文"`. The struct it makes has `of(lang)` and, for tests, `pairs()`.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident { $($field:ident: $en:literal / $zh:literal,)+ }) => {
        $(#[$meta])*
        $visibility struct $name {
            $(#[doc = $en] pub(crate) $field: &'static str,)+
        }

        impl $name {
            const EN: Self = Self { $($field: $en,)+ };
            const ZH: Self = Self { $($field: $zh,)+ };

            /// The texts in a language.
            $visibility fn of(lang: $crate::lang::Lang) -> &'static Self {
                match lang {
                    $crate::lang::Lang::En => &Self::EN,
                    $crate::lang::Lang::Zh => &Self::ZH,
                }
            }

            /// Each text in both languages.
            #[cfg(test)]
            fn pairs() -> Vec<(&'static str, &'static str)> {
                vec![$((Self::EN.$field, Self::ZH.$field),)+]
            }
        }
    };
}

/// Fails if a text is empty in one language, the same in both, or has a `{}` in only one.
///
/// # Panics
///
/// With the text that fails: it is for tests.
pub fn assert_complete(pairs: &[(&str, &str)]) {
    for (en, zh) in pairs {
        assert!(!en.is_empty() && !zh.is_empty(), "{en:?} / {zh:?}");
        assert_ne!(en, zh);
        assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en:?} / {zh:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_chinese_is_chinese() {
        for tag in ["zh", "zh-CN", "ZH-Hant-TW"] {
            assert_eq!(Lang::from_tag(tag), Lang::Zh);
        }
    }

    #[test]
    fn the_rest_is_english() {
        for tag in ["en-GB", "de", "", "z", "é"] {
            assert_eq!(Lang::from_tag(tag), Lang::En);
        }
    }

    #[test]
    fn a_value_takes_its_place() {
        assert_eq!(fill("Back to {}", "Demo"), "Back to Demo");
        assert_eq!(fill("Back", "Demo"), "Back");
    }
}
