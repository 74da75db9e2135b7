//! The documents tell the truth: every path that they name exists, and what is made from the code is fresh.

use std::{fs, path::PathBuf};

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The words between backticks, and the targets of links.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split('`').skip(1).step_by(2);
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    code.chain(links)
}

/// Whether a quoted word is meant as a path in this repository.
fn is_path(word: &str) -> bool {
    const ROOMS: [&str; 7] =
        ["protocol/", "provider/", "web-ui/", "demo-relying-party/", "tests/", "xtask/", "docs/"];
    ROOMS.iter().any(|room| word.starts_with(room)) && !word.contains([' ', '*', '{'])
}

#[test]
fn every_path_that_the_documents_name_exists() {
    for document in ["README.md", "docs/architecture.md", "docs/protocol.md", "docs/integrating.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let paths: Vec<&str> = quoted(&text).filter(|word| is_path(word)).collect();
        assert!(!paths.is_empty(), "{document} names no path");
        for path in paths {
            assert!(root().join(path).exists(), "{document} names {path}");
        }
    }
}

/// To make it anew: `SAOMA_UPDATE_DOCS=1 cargo test --package saoma --test it docs::`.
#[test]
fn the_openapi_document_is_fresh() {
    let file = root().join("docs/openapi.json");
    let fresh = provider::http::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("SAOMA_UPDATE_DOCS").is_some() {
        fs::write(&file, &fresh).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    assert!(kept == fresh, "docs/openapi.json is stale; make it anew with SAOMA_UPDATE_DOCS=1");
}
