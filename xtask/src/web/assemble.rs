//! Putting the finished tree together beside the old one, and exchanging the two.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::bundle::Built;
use super::comments;
use super::files;
use super::placeholders::Placeholders;
use crate::checkout::Checkout;

/// Files in which placeholders are replaced.
const TEXT: [&str; 4] = ["js", "html", "css", "webmanifest"];

/// A tree that is being put together.
pub(crate) struct Tree {
    /// Where it is put together.
    draft: PathBuf,
    /// Where it shall be.
    place: PathBuf,
    /// Where the old tree goes for the moment of the exchange.
    old: PathBuf,
}

impl Tree {
    /// An empty tree.
    pub(crate) fn new(checkout: &Checkout) -> Result<Self> {
        let tree = Self {
            draft: checkout.path("target/web-build/draft"),
            place: checkout.path("target/web"),
            old: checkout.path("target/web-build/old"),
        };
        super::empty_directory(&tree.draft)?;
        Ok(tree)
    }

    /// Where it is put together.
    pub(crate) fn path(&self) -> &Path {
        &self.draft
    }

    /// Copies in the bundles and the static files.
    pub(crate) fn assemble(&self, statics: &Path, built: &[Built]) -> Result<()> {
        let assets = self.draft.join("assets");
        for built in built {
            files::copy(&built.directory.join(&built.wasm), &assets.join(&built.wasm))?;
            let script = built.directory.join(&built.script);
            let text =
                fs::read_to_string(&script).with_context(|| format!("cannot read {}", script.display()))?;
            write(&assets.join(&built.script), &comments::strip(&text))?;
            for snippet in built.snippets()? {
                files::copy(&snippet, &assets.join(snippet.strip_prefix(&built.directory)?))?;
            }
        }
        let placeholders = Placeholders::of(built);
        for file in files::below(statics)? {
            copy_static(&file, &self.draft.join(file.strip_prefix(statics)?), &placeholders)?;
        }
        Ok(())
    }

    /// Takes the place of the old tree.
    pub(crate) fn swap_in(self) -> Result<()> {
        if self.old.exists() {
            fs::remove_dir_all(&self.old).context("cannot remove the tree before the last")?;
        }
        if self.place.exists() {
            fs::rename(&self.place, &self.old).context("cannot move the old web UI away")?;
        }
        fs::rename(&self.draft, &self.place).context("cannot move the new web UI into place")?;
        // What is left of the old tree is removed next time, if not now.
        let _ = fs::remove_dir_all(&self.old);
        Ok(())
    }
}

/// Copies one static file, its placeholders replaced if it is text.
fn copy_static(from: &Path, to: &Path, placeholders: &Placeholders) -> Result<()> {
    if !TEXT.contains(&files::extension(from)) {
        return files::copy(from, to);
    }
    let text = fs::read_to_string(from).with_context(|| format!("cannot read {}", from.display()))?;
    let text = placeholders.replace_in(&text).with_context(|| from.display().to_string())?;
    let text = if files::extension(from) == "js" { comments::strip(&text) } else { text };
    write(to, &text)
}

fn write(to: &Path, text: &str) -> Result<()> {
    files::create_parent(to)?;
    fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::super::bundle::ALL;
    use super::*;

    /// A checkout with one built bundle and a static page that loads it.
    fn fixture(page: &str) -> (tempfile::TempDir, Checkout, Built) {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let dist = checkout.path("target/web-build/widget");
        for (name, text) in [
            ("target/web-build/widget/widget-1f.js", "  script\n"),
            ("target/web-build/widget/widget-1f_bg.wasm", "wasm"),
            ("target/web-build/widget/snippets/dep-2/inline0.js", "snippet"),
            ("web-ui/static/app/index.html", page),
            ("web-ui/static/icon.png", "{{not text}}"),
        ] {
            files::create_parent(&checkout.path(name)).unwrap();
            fs::write(checkout.path(name), text).unwrap();
        }
        let built = Built {
            bundle: ALL[0],
            directory: dist,
            script: "widget-1f.js".into(),
            wasm: "widget-1f_bg.wasm".into(),
        };
        (directory, checkout, built)
    }

    fn build(checkout: &Checkout, built: &Built) -> Result<()> {
        let tree = Tree::new(checkout)?;
        tree.assemble(&checkout.path("web-ui/static"), std::slice::from_ref(built))?;
        tree.swap_in()
    }

    #[test]
    fn everything_lands_in_its_place() {
        let (_directory, checkout, built) = fixture("<script src='{{widget.js}}'>");
        build(&checkout, &built).unwrap();
        let read = |name: &str| fs::read_to_string(checkout.path("target/web").join(name)).unwrap();
        assert_eq!(read("app/index.html"), "<script src='/assets/widget-1f.js'>");
        assert_eq!(read("assets/widget-1f.js"), "script\n");
        assert_eq!(read("assets/widget-1f_bg.wasm"), "wasm");
        assert_eq!(read("assets/snippets/dep-2/inline0.js"), "snippet");
        assert_eq!(read("icon.png"), "{{not text}}");
    }

    #[test]
    fn files_of_the_old_tree_do_not_linger() {
        let (_directory, checkout, built) = fixture("");
        fs::create_dir_all(checkout.path("target/web")).unwrap();
        fs::write(checkout.path("target/web/stale.js"), "").unwrap();
        build(&checkout, &built).unwrap();
        assert!(!checkout.path("target/web/stale.js").exists());
    }

    #[test]
    fn a_broken_build_leaves_the_old_tree() {
        let (_directory, checkout, built) = fixture("{{nobody.js}}");
        fs::create_dir_all(checkout.path("target/web")).unwrap();
        fs::write(checkout.path("target/web/old.js"), "").unwrap();
        let error = format!("{:#}", build(&checkout, &built).unwrap_err());
        assert!(error.contains("app/index.html") && error.contains("{{nobody.js}}"), "{error}");
        assert!(checkout.path("target/web/old.js").exists());
    }
}
