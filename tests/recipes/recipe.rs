//! One recipe: where its files are, how its site is started, and what it says.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use tokio::process::Command;

/// A recipe, and what a visitor of its site meets.
pub(crate) struct Recipe {
    /// Its directory below `recipes/`.
    pub(crate) directory: &'static str,
    /// The site's address in its files. A test puts its own in place of it.
    pub(crate) home: &'static str,
    /// Where a visitor asks to sign in.
    pub(crate) login: &'static str,
    /// The page that says who has signed in.
    pub(crate) members: &'static str,
    /// How a visitor asks to log out.
    pub(crate) logout: Logout,
    /// The program that runs the site.
    pub(crate) command: fn(&Start<'_>) -> Command,
    /// What the site says to an answer that it has not asked for.
    pub(crate) refuses: &'static str,
    /// What the site says to somebody who has declined.
    pub(crate) declined: &'static str,
    /// Warnings and errors of its log that are no news: a part of each line.
    pub(crate) expected: &'static [&'static str],
}

/// How a visitor asks to log out, at `/logout`.
pub(crate) enum Logout {
    /// By a link.
    Link,
    /// By a button.
    Button,
}

/// What a site's program is started with.
pub(crate) struct Start<'a> {
    /// The recipe's directory below `recipes/`.
    pub(crate) directory: &'static str,
    /// The recipe's files, in a directory that anybody may read.
    pub(crate) files: &'a Path,
    /// The port to listen on.
    pub(crate) port: u16,
}

/// The directory of a recipe's files.
pub(crate) fn source(recipe: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../recipes").join(recipe)
}

/// Something that was fetched for the recipes: below `RECIPES`, or else below `target/recipes`.
pub(crate) fn fetched(path: &str) -> PathBuf {
    let place = env::var_os("RECIPES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/recipes"), PathBuf::from);
    must_be_there(place.join(path))
}

/// A path that a variable names, or else the one where Debian puts it.
pub(crate) fn installed(variable: &str, usual: &str) -> PathBuf {
    must_be_there(env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from))
}

fn must_be_there(path: PathBuf) -> PathBuf {
    assert!(
        path.exists(),
        "there is no {}: run `cargo xtask test --only recipes`, which fetches what the recipes need",
        path.display()
    );
    std::path::absolute(path).unwrap()
}

/// Copies a directory and what is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(from, to).map(drop).unwrap() }
    }
}

/// Runs a recipe's `site.js` with the packages that were fetched for it.
pub(crate) fn node(start: &Start<'_>) -> Command {
    symlink(fetched(start.directory).join("node_modules"), start.files.join("node_modules")).unwrap();
    let mut node = Command::new("node");
    node.arg("site.js");
    node
}
