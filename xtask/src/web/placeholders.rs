//! Placeholders in static files: `{{widget.js}}` stands for the path of the widget's script, hash and all.

use anyhow::{Result, bail};

use super::bundle::Built;

/// Where the hashed files are served.
const ASSETS: &str = "/assets/";

/// What each placeholder stands for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placeholders(Vec<(String, String)>);

impl Placeholders {
    /// Two for each bundle: its script and its WebAssembly.
    pub(crate) fn of(built: &[Built]) -> Self {
        let pairs = built.iter().flat_map(|built| {
            let name = built.bundle.name;
            [(format!("{{{{{name}.js}}}}"), &built.script), (format!("{{{{{name}.wasm}}}}"), &built.wasm)]
        });
        Self(pairs.map(|(placeholder, file)| (placeholder, format!("{ASSETS}{file}"))).collect())
    }

    /// `text` with every placeholder replaced. Err when one is left that stands for nothing.
    pub(crate) fn replace_in(&self, text: &str) -> Result<String> {
        let mut replaced = text.to_owned();
        for (placeholder, path) in &self.0 {
            replaced = replaced.replace(placeholder, path);
        }
        match unknown(&replaced) {
            Some(placeholder) => bail!("{{{{{placeholder}}}}} stands for no file of the web UI"),
            None => Ok(replaced),
        }
    }
}

/// What is left between double braces and ends in `.js` or `.wasm`. Other double braces are none of our business.
fn unknown(text: &str) -> Option<&str> {
    let inside = text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0));
    let mut names = inside.filter(|name| !name.contains(char::is_whitespace));
    names.find(|name| [".js", ".wasm"].iter().any(|ending| name.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders() -> Placeholders {
        Placeholders(vec![
            ("{{widget.js}}".into(), "/assets/widget-1f.js".into()),
            ("{{widget.wasm}}".into(), "/assets/widget-1f_bg.wasm".into()),
        ])
    }

    #[test]
    fn every_placeholder_is_replaced() {
        let text = "import init from '{{widget.js}}'; init('{{widget.wasm}}'); '{{widget.js}}'";
        let expected = "import init from '/assets/widget-1f.js'; init('/assets/widget-1f_bg.wasm'); '/assets/widget-1f.js'";
        assert_eq!(placeholders().replace_in(text).unwrap(), expected);
    }

    #[test]
    fn a_placeholder_for_nothing_is_an_error() {
        let error = placeholders().replace_in("{{wigdet.js}}").unwrap_err();
        assert_eq!(error.to_string(), "{{wigdet.js}} stands for no file of the web UI");
    }

    #[test]
    fn other_double_braces_stay() {
        let text = "const style = {{ a: 1 }}; `{{name}}` {{";
        assert_eq!(placeholders().replace_in(text).unwrap(), text);
    }
}
