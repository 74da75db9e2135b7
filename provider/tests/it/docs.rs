//! The documents tell the truth: every path that they name exists, and what is made from the code is fresh.

use std::{
    fs,
    path::{Path, PathBuf},
};

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
    const ROOMS: [&str; 9] = [
        "fuzz/",
        "protocol/",
        "provider/",
        "web-ui/",
        "demo-relying-party/",
        "recipes/",
        "tests/",
        "xtask/",
        "docs/",
    ];
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

/// The files of the recipes. Those that a package manager made are not for reading.
fn recipe_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let (directories, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_made = |path: &PathBuf| path.ends_with("package-lock.json") || path.ends_with("constraints.txt");
    let below = directories.iter().flat_map(|directory| recipe_files(directory));
    below.chain(files.into_iter().filter(|path| !is_made(path))).collect()
}

/// Each file of a recipe stands in the document under its path, between fences. To put them there anew:
/// `SAOMA_UPDATE_DOCS=1 cargo test --package saoma --test it docs::`.
#[test]
fn the_recipes_are_quoted_to_the_letter() {
    let document = root().join("docs/integrating.md");
    let mut text = fs::read_to_string(&document).unwrap();
    for file in recipe_files(&root().join("recipes")) {
        let path = file.strip_prefix(root()).unwrap().display().to_string();
        let kept = fs::read_to_string(&file).unwrap();
        let (before, rest) = text.split_once(&format!("\n`{path}`:\n\n```")).expect(&path);
        let (language, rest) = rest.split_once('\n').unwrap();
        let (quote, after) = rest.split_once("```").unwrap();
        if std::env::var_os("SAOMA_UPDATE_DOCS").is_none() {
            assert!(quote == kept, "docs/integrating.md does not quote {path} as it is");
        }
        text = format!("{before}\n`{path}`:\n\n```{language}\n{kept}```{after}");
    }
    if std::env::var_os("SAOMA_UPDATE_DOCS").is_some() {
        fs::write(&document, &text).unwrap();
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
