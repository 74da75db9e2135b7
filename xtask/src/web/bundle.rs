//! One Trunk build: a page's script and WebAssembly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::files;
use crate::checkout::Checkout;
use crate::pins::WASM_TARGET;
use crate::run::capture;

/// What Trunk builds of web-ui, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bundle {
    /// Its name in placeholders.
    pub(crate) name: &'static str,
    /// The page that Trunk starts from.
    page: &'static str,
    /// Where Trunk puts it.
    dist: &'static str,
    /// The hand-written scripts that load it and help it.
    pub(crate) loaders: &'static [&'static str],
    /// How much a page may load of it: scripts and WebAssembly together, brotli'd, in bytes.
    pub(crate) budget: u64,
}

/// The embeddable widget, which is also the provider's own sign-in page.
const WIDGET: Bundle = Bundle {
    name: "widget",
    page: "web-ui/widget.html",
    dist: "target/web-build/widget",
    loaders: &["widget/saoma.js", "widget/key.js"],
    budget: 75_000,
};

/// The phone app. Its budget was 260 kB before its reader of QR codes did without a table of 64 kB.
const APPROVER: Bundle = Bundle {
    name: "approver",
    page: "web-ui/app.html",
    dist: "target/web-build/app",
    loaders: &["app/app.js", "app/camera.js", "app/device.js", "app/passkey.js"],
    budget: 210_000,
};

/// Everything that Trunk builds.
pub(crate) const ALL: [Bundle; 2] = [WIDGET, APPROVER];

/// What came out of a build.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    /// What was built.
    pub(crate) bundle: Bundle,
    /// Where its files are.
    pub(crate) directory: PathBuf,
    /// The file name of the script.
    pub(crate) script: String,
    /// The file name of the WebAssembly.
    pub(crate) wasm: String,
}

/// Downloads the crates of the web UI, so that Trunk can be held to what is there.
pub(crate) fn fetch_crates(checkout: &Checkout) -> Result<()> {
    let version = capture(checkout.program("rustc").arg("-vV"), "")?;
    let answer = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = answer
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not name its host")?;
    checkout.run(&mut checkout.cargo(&["fetch", "--quiet", "--target", WASM_TARGET, "--target", host]))
}

impl Bundle {
    /// Has Trunk build it.
    pub(crate) fn build(self, checkout: &Checkout) -> Result<Built> {
        super::empty_directory(&checkout.path(self.dist))?;
        checkout.run(&mut self.trunk(checkout))?;
        self.find(&checkout.path(self.dist))
    }

    /// The Trunk command. Trunk must not fetch tools by itself: setup did, from places that more networks allow.
    fn trunk(self, checkout: &Checkout) -> Command {
        let mut trunk = checkout.program("trunk");
        trunk.args(["build", self.page, "--offline=true", "--skip-version-check"]);
        trunk.arg("--dist").arg(checkout.path(self.dist));
        // Its backtraces say nothing of the build, and it does not take NO_COLOR=1 for a truth value.
        trunk.env("RUST_BACKTRACE", "0");
        trunk.env_remove("NO_COLOR").env("CARGO_TARGET_DIR", checkout.cargo_target());
        trunk
    }

    /// Finds the script and the WebAssembly in what Trunk built.
    fn find(self, directory: &Path) -> Result<Built> {
        let names = names_in(directory)?;
        let script = the_one(&names, ".js").with_context(|| format!("{}: script", self.name))?;
        let wasm = the_one(&names, "_bg.wasm").with_context(|| format!("{}: WebAssembly", self.name))?;
        Ok(Built { bundle: self, directory: directory.to_path_buf(), script, wasm })
    }
}

impl Built {
    /// Has wasm-opt make the WebAssembly smaller. Trunk would do it too, but insists on wasm-opt.
    pub(crate) fn optimise(&self, checkout: &Checkout) -> Result<()> {
        let wasm = self.directory.join(&self.wasm);
        checkout.run(checkout.program("wasm-opt").arg("-Oz").arg("--output").arg(&wasm).arg(&wasm))
    }

    /// The snippets of JavaScript that crates brought along, which the script imports by relative path.
    pub(crate) fn snippets(&self) -> Result<Vec<PathBuf>> {
        files::below(&self.directory.join("snippets"))
    }
}

/// The names of the files that lie directly in `directory`.
fn names_in(directory: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// The only name that ends in `ending`.
fn the_one(names: &[String], ending: &str) -> Result<String> {
    let mut found = names.iter().filter(|name| name.ends_with(ending));
    match (found.next(), found.next()) {
        (Some(name), None) => Ok(name.clone()),
        (None, _) => bail!("Trunk built no file that ends in {ending}"),
        (Some(one), Some(other)) => {
            bail!("Trunk built more than one file that ends in {ending}: {one}, {other}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_wasm_are_found_among_what_trunk_built() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["index.html", "widget-1f.js", "widget-1f_bg.wasm"] {
            fs::write(directory.path().join(name), "").unwrap();
        }
        let built = WIDGET.find(directory.path()).unwrap();
        assert_eq!((built.script.as_str(), built.wasm.as_str()), ("widget-1f.js", "widget-1f_bg.wasm"));
        assert!(built.snippets().unwrap().is_empty());
    }

    #[test]
    fn a_build_without_wasm_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("widget-1f.js"), "").unwrap();
        let error = format!("{:#}", WIDGET.find(directory.path()).unwrap_err());
        assert_eq!(error, "widget: WebAssembly: Trunk built no file that ends in _bg.wasm");
    }

    #[test]
    fn two_scripts_are_an_error() {
        let names = ["a.js".to_owned(), "b.js".to_owned()];
        assert!(the_one(&names, ".js").unwrap_err().to_string().contains("more than one"));
    }

    #[test]
    fn trunk_is_held_to_what_is_there() {
        let checkout = Checkout::at(Path::new("/saoma"));
        let command = crate::run::describe(&WIDGET.trunk(&checkout));
        assert!(command.starts_with("trunk build web-ui/widget.html --offline=true"), "{command}");
        assert!(command.ends_with("--dist /saoma/target/web-build/widget"), "{command}");
    }
}
