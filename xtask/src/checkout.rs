//! Where things are in the checkout.
//!
//! What cargo builds follows `CARGO_TARGET_DIR`. Tools, web assets and the demo's data always sit in the checkout's own
//! `target/`, because the provider embeds `target/web` from there.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::stop::Stop;

/// The checkout that a chore works on.
#[derive(Clone, Debug)]
pub(crate) struct Checkout {
    root: PathBuf,
    cargo_target: PathBuf,
    pub(crate) stop: Stop,
}

impl Checkout {
    /// The checkout that this program was built from, listening for signals from now on.
    pub(crate) fn locate() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask/ has no parent directory")?.to_path_buf();
        let cargo_target = match env::var_os("CARGO_TARGET_DIR") {
            Some(directory) => std::path::absolute(directory).context("CARGO_TARGET_DIR is not a path")?,
            None => root.join("target"),
        };
        Ok(Self { root, cargo_target, stop: Stop::listen()? })
    }

    /// A checkout at `root` that nobody stops.
    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf(), cargo_target: root.join("target"), stop: Stop::default() }
    }

    /// The checkout's top directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A file or directory of the checkout, by its path from the top.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The directory that cargo builds into.
    pub(crate) fn cargo_target(&self) -> &Path {
        &self.cargo_target
    }

    /// A built program: `profile` is the directory's name, `debug` or `release`.
    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.cargo_target.join(profile).join(name)
    }

    /// `PATH` with the checkout's own tools first.
    pub(crate) fn search_path(&self) -> Result<OsString> {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let own = std::iter::once(self.path("target/tools/bin"));
        env::join_paths(own.chain(env::split_paths(&inherited))).context("PATH cannot be extended")
    }

    /// Finds a program by name, the checkout's own tools first.
    pub(crate) fn find_program(&self, name: &str) -> Option<PathBuf> {
        let search_path = self.search_path().ok()?;
        env::split_paths(&search_path).map(|directory| directory.join(name)).find(|path| path.is_file())
    }

    /// How a person in the current directory would write `path`: relative where it lies below, else in full.
    pub(crate) fn display(&self, path: &Path) -> String {
        let here = env::current_dir().unwrap_or_else(|_| self.root.clone());
        path.strip_prefix(here).unwrap_or(path).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_tools_come_first_on_the_path() {
        let checkout = Checkout::at(Path::new("/saoma"));
        let search_path = checkout.search_path().unwrap();
        let first = env::split_paths(&search_path).next().unwrap();
        assert_eq!(first, Path::new("/saoma/target/tools/bin"));
    }

    #[test]
    fn binaries_lie_by_profile() {
        let checkout = Checkout::at(Path::new("/saoma"));
        assert_eq!(checkout.binary("debug", "saoma"), Path::new("/saoma/target/debug/saoma"));
    }

    #[test]
    fn a_program_of_the_checkout_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let tool = directory.path().join("target/tools/bin/a-tool");
        std::fs::create_dir_all(tool.parent().unwrap()).unwrap();
        std::fs::write(&tool, "").unwrap();
        assert_eq!(checkout.find_program("a-tool"), Some(tool));
        assert_eq!(checkout.find_program("no-such-tool-anywhere"), None);
    }
}
