//! The versions of the tools, in one place.
//!
//! `wasm-bindgen`, the command, and `wasm-bindgen`, the crate, must be of the same version to the digit; a test holds
//! the pin here against the one in the workspace's `Cargo.toml`.

/// Trunk builds web-ui. 0.22 needs a newer Rust than this project does.
pub(crate) const TRUNK: &str = "0.21.14";

/// wasm-bindgen, which Trunk calls.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";

/// cargo-fuzz, which drives libFuzzer.
pub(crate) const CARGO_FUZZ: &str = "0.13.2";

/// The npm package that carries wasm-opt.
pub(crate) const BINARYEN: &str = "132.0.0";

/// The target that web-ui is compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The first word of a `--version` answer that looks like a version, as in `trunk 0.21.14`. wasm-opt counts in whole
/// numbers: `wasm-opt version 132 (version_132)`.
pub(crate) fn version_in(answer: &str) -> Option<&str> {
    answer.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether an answer of `--version` names the pinned version; `132` is `132.0.0`.
pub(crate) fn is_version(answer: &str, pinned: &str) -> bool {
    version_in(answer).is_some_and(|found| {
        pinned == found || pinned.strip_prefix(found).is_some_and(|rest| rest.replace(".0", "").is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_bindgen_is_pinned_as_in_the_workspace() {
        let manifest = include_str!("../../Cargo.toml");
        let line = manifest.lines().find(|line| line.starts_with("wasm-bindgen ")).unwrap();
        let pinned = line.split('"').nth(1).unwrap();
        assert_eq!(pinned, format!("={WASM_BINDGEN}"));
    }

    #[test]
    fn versions_are_found_in_answers() {
        assert_eq!(version_in("trunk 0.21.14\n"), Some("0.21.14"));
        assert_eq!(version_in("wasm-opt version 132 (version_132)"), Some("132"));
        assert_eq!(version_in("no version here"), None);
    }

    #[test]
    fn only_the_pinned_version_is_good() {
        assert!(is_version("wasm-bindgen 0.2.130", WASM_BINDGEN));
        assert!(!is_version("wasm-bindgen 0.2.13", WASM_BINDGEN));
        assert!(!is_version("trunk 0.21.1", TRUNK));
        assert!(is_version("wasm-opt version 132 (version_132)", BINARYEN));
        assert!(!is_version("wasm-opt version 108", BINARYEN));
        assert!(!is_version("", BINARYEN));
    }
}
