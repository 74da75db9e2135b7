//! How much a page has to load before it works.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::bundle::Built;
use super::compress::with_suffix;

/// Prints what each bundle weighs. Err when one is over its budget, which holds with and without wasm-opt.
pub(crate) fn check(tree: &Path, built: &[Built]) -> Result<()> {
    for built in built {
        let script = brotli_size(&tree.join("assets").join(&built.script))?;
        let mut loaders = 0;
        for loader in built.bundle.loaders {
            loaders += brotli_size(&tree.join(loader))?;
        }
        let wasm = brotli_size(&tree.join("assets").join(&built.wasm))?;
        match weigh(built, script + loaders, wasm) {
            Ok(line) => println!("{line}"),
            Err(line) => bail!(line),
        }
    }
    Ok(())
}

/// One line about a bundle: Ok within its budget, Err over it.
fn weigh(built: &Built, script: u64, wasm: u64) -> Result<String, String> {
    let (name, budget) = (built.bundle.name, built.bundle.budget);
    let total = script + wasm;
    let parts = format!("{} kB brotli'd (script {}, WebAssembly {})", kilo(total), kilo(script), kilo(wasm));
    if total <= budget {
        Ok(format!("  {name}: {parts}, budget {} kB", kilo(budget)))
    } else {
        Err(format!("the {name} is too large: {parts}, where its budget is {} kB", kilo(budget)))
    }
}

/// The size of a file's brotli'd form, in bytes.
fn brotli_size(file: &Path) -> Result<u64> {
    let file = with_suffix(file, "br");
    let metadata = fs::metadata(&file).with_context(|| format!("cannot look at {}", file.display()))?;
    Ok(metadata.len())
}

/// Bytes as kilobytes with one decimal.
fn kilo(bytes: u64) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::super::bundle::ALL;
    use super::*;

    fn widget() -> Built {
        Built { bundle: ALL[0], directory: "".into(), script: "w.js".into(), wasm: "w_bg.wasm".into() }
    }

    #[test]
    fn a_bundle_within_its_budget_is_reported() {
        let line = weigh(&widget(), 5_040, 48_000).unwrap();
        assert_eq!(line, "  widget: 53.0 kB brotli'd (script 5.0, WebAssembly 48.0), budget 75.0 kB");
    }

    #[test]
    fn a_byte_over_the_budget_is_too_much() {
        assert!(weigh(&widget(), 0, 75_000).is_ok());
        assert!(weigh(&widget(), 1, 75_000).unwrap_err().starts_with("the widget is too large"));
    }

    #[test]
    fn the_loaders_count() {
        let tree = tempfile::tempdir().unwrap();
        for directory in ["assets", "widget"] {
            fs::create_dir(tree.path().join(directory)).unwrap();
        }
        fs::write(tree.path().join("assets/w.js.br"), "").unwrap();
        fs::write(tree.path().join("assets/w_bg.wasm.br"), vec![0; 74_000]).unwrap();
        fs::write(tree.path().join("widget/saoma.js.br"), vec![0; 600]).unwrap();
        fs::write(tree.path().join("widget/key.js.br"), vec![0; 400]).unwrap();
        assert!(check(tree.path(), &[widget()]).is_ok());
        fs::write(tree.path().join("widget/key.js.br"), vec![0; 401]).unwrap();
        assert!(check(tree.path(), &[widget()]).is_err());
    }
}
