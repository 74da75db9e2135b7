//! Request parameters: no duplicates (RFC 6749 section 3.1) but for `resource` (RFC 8707 section 2), empty ones as if absent, bounded.

/// Most parameters in one request.
const MOST: usize = 64;

/// The one parameter that may be there several times.
const REPEATED: &str = "resource";

/// Names and values, each name once.
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

/// Why parameters are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// A parameter is there twice.
    #[error("the parameter `{0}` is there more than once")]
    Duplicate(String),
    /// Something is not UTF-8, so it could not be handed back as it was.
    #[error("a parameter is not text (UTF-8)")]
    NotText,
    /// There are more than any request has.
    #[error("there are more than {MOST} parameters")]
    TooMany,
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text: a query or a form.
    pub fn from_urlencoded(text: &str) -> Result<Self, ParametersError> {
        let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        // What is not UTF-8 is decoded to this. Nobody means to send it.
        if pairs.iter().any(|(name, value)| [name, value].iter().any(|text| text.contains('\u{fffd}'))) {
            return Err(ParametersError::NotText);
        }
        Self::from_pairs(pairs)
    }

    /// Takes pairs.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ParametersError> {
        let mut parameters = Self::default();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            if name != REPEATED && parameters.get(&name).is_some() {
                return Err(ParametersError::Duplicate(name.chars().take(40).collect()));
            }
            if parameters.0.len() == MOST {
                return Err(ParametersError::TooMany);
            }
            parameters.0.push((name, value));
        }
        Ok(parameters)
    }

    /// The values of a parameter that may be there several times.
    pub fn get_all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// These parameters without those of these names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// These parameters with this one, in place of any of its name.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut parameters = self.without(&[name]);
        parameters.0.push((name.to_owned(), value.to_owned()));
        parameters
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// As `application/x-www-form-urlencoded` text.
    pub fn to_urlencoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Names alone: values may be secrets.
impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_empty_ones_are_absent() {
        let parameters = Parameters::from_urlencoded("a=1+2%263&b=&c=%E6%89%AB").unwrap();
        assert_eq!(parameters.get("a"), Some("1 2&3"));
        assert_eq!(parameters.get("b"), None);
        assert_eq!(parameters.get("c"), Some("扫"));
    }

    #[test]
    fn duplicates_and_floods_are_refused() {
        assert_eq!(
            Parameters::from_urlencoded("a=1&a=1").unwrap_err(),
            ParametersError::Duplicate("a".into())
        );
        let flood: String = (0..=MOST).map(|i| i.to_string() + "=1&").collect();
        assert_eq!(Parameters::from_urlencoded(&flood).unwrap_err(), ParametersError::TooMany);
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        for odd in ["state=%ff%fe", "%c3=1", "a=1&b=%ed%a0%80"] {
            assert_eq!(Parameters::from_urlencoded(odd).unwrap_err(), ParametersError::NotText, "{odd}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", Parameters::from_urlencoded("code=hunter2").unwrap());
        assert_eq!(shown, r#"{"code"}"#);
    }
}
