//! `cargo xtask fuzz`: gives the parsers whatever a fuzzer can think of.
//!
//! 1. cargo-fuzz is fetched where it is missing.
//! 2. Each target of `fuzz/` runs for some seconds, from the seeds in `fuzz/seeds` and from what earlier runs found worth keeping, in
//!    `target/fuzz/corpus`.
//! 3. A target that fails has written its input into `fuzz/artifacts`; it goes among the seeds with the fix, and the tests
//!    run it from then on.
//!
//! It runs on the stable toolchain: no sanitizer, because the code is safe Rust; libFuzzer's coverage needs none.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::setup;

/// What to fuzz.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
    /// The target; all of them if none is named
    target: Option<String>,
}

/// Where everything that a run makes goes.
const TARGET_DIRECTORY: &str = "target/fuzz";

/// Fuzzes, one target after the other. Goes on after one that fails.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    setup::ensure_cargo_fuzz(checkout)?;
    let targets = select(targets(checkout)?, options.target.as_deref())?;
    println!("Building the fuzz targets (the first time about 6 minutes of processor time) …");
    checkout.run(&mut cargo_fuzz(checkout, "build"))?;
    let mut failed = Vec::new();
    for target in targets {
        println!("\n==> {target} ({} s)", options.seconds);
        let corpus = format!("{TARGET_DIRECTORY}/corpus/{target}");
        fs::create_dir_all(checkout.path(&corpus)).context("the corpus has no place")?;
        let mut fuzz = cargo_fuzz(checkout, "run");
        fuzz.args([&target, &corpus, &format!("fuzz/seeds/{target}")]);
        fuzz.args(["--", "-print_final_stats=1", &format!("-max_total_time={}", options.seconds)]);
        if checkout.run(&mut fuzz).is_err() {
            checkout.stop.check()?;
            failed.push(target);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!(
        "{} failed. The inputs are in fuzz/artifacts: put each into fuzz/seeds, where the tests run it.",
        failed.join(", ")
    );
}

/// `cargo fuzz …` as all of its commands need it.
fn cargo_fuzz(checkout: &Checkout, command: &str) -> Command {
    let mut cargo =
        checkout.cargo(&["fuzz", command, "--sanitizer", "none", "--target-dir", TARGET_DIRECTORY]);
    cargo.env_remove("CARGO_TARGET_DIR").env("RUSTC_BOOTSTRAP", "1");
    cargo
}

/// The names of all targets.
fn targets(checkout: &Checkout) -> Result<Vec<String>> {
    let directory = fs::read_dir(checkout.path("fuzz/fuzz_targets")).context("there are no fuzz targets")?;
    let mut names = Vec::new();
    for file in directory {
        names.extend(file?.path().file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Those that are asked for.
fn select(all: Vec<String>, asked: Option<&str>) -> Result<Vec<String>> {
    match asked {
        None => Ok(all),
        Some(name) if all.iter().any(|known| known == name) => Ok(vec![name.to_owned()]),
        Some(name) => bail!("there is no fuzz target {name}; there are {}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_target_or_all_of_them() {
        let all = || vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(select(all(), None).unwrap(), ["a", "b"]);
        assert_eq!(select(all(), Some("b")).unwrap(), ["b"]);
        let error = select(all(), Some("c")).unwrap_err().to_string();
        assert_eq!(error, "there is no fuzz target c; there are a, b");
    }
}
