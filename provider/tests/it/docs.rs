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

/// The documents that people read.
const DOCUMENTS: [&str; 6] = [
    "README.md",
    "docs/architecture.md",
    "docs/protocol.md",
    "docs/integrating.md",
    "docs/operating.md",
    THREATS,
];

/// The one that names tests: `path::function`.
const THREATS: &str = "docs/threat-model.md";

/// A path without the function in it that may be named after it.
fn file_of(word: &str) -> &str {
    word.split_once("::").map_or(word, |(path, _)| path)
}

#[test]
fn every_path_that_the_documents_name_exists() {
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let paths: Vec<&str> = quoted(&text).filter(|word| is_path(word)).collect();
        assert!(!paths.is_empty(), "{document} names no path");
        for path in paths.into_iter().map(file_of) {
            assert!(root().join(path).exists(), "{document} names {path}");
        }
    }
}

/// The names of a file's tests.
fn tests_in(path: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("test(");
        } else if let Some((_, rest)) = line.split_once("fn ")
            && std::mem::take(&mut is_test)
        {
            names.extend(rest.split('(').next().map(str::to_owned));
        }
    }
    names
}

#[test]
fn every_attack_that_is_said_to_be_stopped_names_tests_that_are_there() {
    let text = fs::read_to_string(root().join(THREATS)).unwrap();
    let attacks = text.split("\n## ").filter(|section| section.contains("\n| attack |"));
    let rows: Vec<&str> = attacks
        .flat_map(|section| section.lines().filter(|line| line.starts_with("| ")))
        .filter(|line| !line.starts_with("| attack |") && !line.starts_with("| --- |"))
        .collect();
    assert!(rows.len() > 40, "{rows:#?}");
    for row in rows {
        let tests: Vec<_> = quoted(row).filter_map(|word| word.split_once("::")).collect();
        assert!(!tests.is_empty(), "no test performs this: {row}");
        for (path, name) in tests {
            assert!(tests_in(path).iter().any(|test| test == name), "{path} has no test {name}");
        }
    }
}

#[test]
fn every_attack_that_is_performed_is_in_the_threat_model() {
    let text = fs::read_to_string(root().join(THREATS)).unwrap();
    let directory = "provider/tests/it/attacks";
    let files = fs::read_dir(root().join(directory)).unwrap();
    let files = files.map(|file| format!("{directory}/{}", file.unwrap().file_name().display()));
    let files = files.chain(["tests/browser/relay.rs", "tests/browser/stolen.rs"].map(str::to_owned));
    for file in files {
        for name in tests_in(&file) {
            assert!(text.contains(&name), "{THREATS} does not name {file}::{name}");
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
