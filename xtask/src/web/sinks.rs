//! No script makes HTML, or a script, out of text: the provider's content security policy forbids it (Trusted Types), and so may that of
//! a site that embeds the widget. Better to hear of it when it is built than when a page stays empty.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::files;

/// Ways to make HTML or a script out of text.
const SINKS: [&str; 10] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "parseFromString",
    "setHTMLUnsafe",
    "document.write",
    "srcdoc",
    "eval(",
    "importScripts",
];

/// Looks through all scripts of a tree.
pub(crate) fn check(tree: &Path) -> Result<()> {
    for file in files::below(tree)? {
        if files::extension(&file) != "js" {
            continue;
        }
        let script = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if let Some(sink) = sink_in(&script) {
            bail!(
                "{} uses `{sink}`, which our content security policy forbids. Markup in `view!` that is all literals is a \
                 usual reason: put a constant into it.",
                file.display()
            );
        }
    }
    Ok(())
}

/// The first sink that a script names.
fn sink_in(script: &str) -> Option<&'static str> {
    SINKS.into_iter().find(|sink| script.contains(sink))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_makes_html_of_text_is_found() {
        assert_eq!(sink_in("a.innerHTML = b"), Some("innerHTML"));
        assert_eq!(sink_in("(0, eval)(x); eval(y)"), Some("eval("));
        assert_eq!(sink_in("a.textContent = b"), None);
    }

    #[test]
    fn a_tree_with_such_a_script_is_refused_and_one_without_is_not() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("good.js"), "a.replaceChildren()").unwrap();
        fs::write(directory.path().join("page.html"), "innerHTML").unwrap();
        assert!(check(directory.path()).is_ok());
        fs::write(directory.path().join("bad.js"), "a.innerHTML = b").unwrap();
        let error = check(directory.path()).unwrap_err().to_string();
        assert!(error.contains("bad.js") && error.contains("`innerHTML`"), "{error}");
    }
}
