//! Which test targets there are. Those that need more than cargo fetches run on their own.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::checkout::Checkout;
use crate::run::capture;

/// The name of the test target with the browser tests.
pub(crate) const BROWSER: &str = "browser";

/// The name of the test target with the recipes of the documentation.
pub(crate) const RECIPES: &str = "recipes";

/// The selection, as cargo takes it, of all targets but those that run on their own.
pub(crate) fn ordinary(checkout: &Checkout) -> Result<Vec<String>> {
    let tests = test_targets(&metadata(checkout)?);
    let tests = tests.into_iter().filter(|name| name != BROWSER && name != RECIPES);
    let tests = tests.flat_map(|name| ["--test".to_owned(), name]);
    Ok(["--lib".to_owned(), "--bins".to_owned()].into_iter().chain(tests).collect())
}

/// Whether there are browser tests.
pub(crate) fn has_browser(checkout: &Checkout) -> Result<bool> {
    Ok(test_targets(&metadata(checkout)?).iter().any(|name| name == BROWSER))
}

/// What cargo knows about the workspace.
fn metadata(checkout: &Checkout) -> Result<Value> {
    let output = capture(&mut checkout.cargo(&["metadata", "--no-deps", "--format-version=1"]), "")?;
    serde_json::from_slice(&output.stdout).context("`cargo metadata` says nothing that can be read")
}

/// The names of all integration tests.
fn test_targets(metadata: &Value) -> Vec<String> {
    let mut names: Vec<_> = array(&metadata["packages"])
        .flat_map(|package| array(&package["targets"]))
        .filter(|target| array(&target["kind"]).any(|kind| kind == "test"))
        .filter_map(|target| Some(target["name"].as_str()?.to_owned()))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The items of an array; none if it is none.
fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integration_tests_of_all_packages_are_found_once() {
        let metadata = json!({ "packages": [
            { "targets": [{ "name": "saoma", "kind": ["lib"] }, { "name": "api", "kind": ["test"] }] },
            { "targets": [{ "name": "browser", "kind": ["test"] }, { "name": "api", "kind": ["test"] }] },
        ] });
        assert_eq!(test_targets(&metadata), ["api", "browser"]);
    }

    #[test]
    fn a_workspace_without_packages_has_no_tests() {
        assert!(test_targets(&json!({})).is_empty());
    }
}
