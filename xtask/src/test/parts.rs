//! The parts of `cargo xtask test`, in the order in which they run.
//!
//! Clippy and the documentation share the metadata of the dependencies; the last five parts share one build, with the
//! programs and the tests in it. All of them select the whole workspace, because another selection may mean other
//! features of a dependency and so another build of it.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use super::tally::{self, Tally};
use super::{audit, chromium, fetch, recipes, targets};
use crate::checkout::Checkout;
use crate::web;

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// rustfmt
    Format,
    /// The web UI and its size
    Web,
    /// clippy
    Lints,
    /// rustdoc
    Docs,
    /// Programs and tests, compiled
    Build,
    /// Unit tests, routes, journeys
    Tests,
    /// The examples in the documentation
    Examples,
    /// `saoma audit` against the demo
    Audit,
    /// The sites of docs/integrating.md, with their stock clients
    Recipes,
    /// Journeys in a real browser
    Browser,
}

impl Part {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 10] = [
        Self::Format,
        Self::Web,
        Self::Lints,
        Self::Docs,
        Self::Build,
        Self::Tests,
        Self::Examples,
        Self::Audit,
        Self::Recipes,
        Self::Browser,
    ];

    /// Its name, as `--only` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Web => "web",
            Self::Lints => "lints",
            Self::Docs => "docs",
            Self::Build => "build",
            Self::Tests => "tests",
            Self::Examples => "examples",
            Self::Audit => "audit",
            Self::Recipes => "recipes",
            Self::Browser => "browser",
        }
    }

    /// What it does, in a few words.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::Format => "rustfmt",
            Self::Web => "the web UI, and its size against its budget",
            Self::Lints => "clippy",
            Self::Docs => "rustdoc without warnings",
            Self::Build => "programs and tests, about 8 minutes the first time",
            Self::Tests => "units, routes and journeys",
            Self::Examples => "the examples in the documentation",
            Self::Audit => "attacks on the demo",
            Self::Recipes => "the sites of docs/integrating.md, with their stock clients",
            Self::Browser => "journeys in Chromium",
        }
    }

    /// The parts that this one can do nothing without.
    pub(crate) fn needs(self) -> &'static [Self] {
        match self {
            Self::Tests | Self::Recipes => &[Self::Build],
            Self::Audit | Self::Browser => &[Self::Web, Self::Build],
            _ => &[],
        }
    }

    /// The parts to run for somebody who asked for `only` these, and what they need with them; all if for none.
    pub(crate) fn select(only: &[Self]) -> Vec<Self> {
        let wanted = |part: &Self| only.iter().any(|asked| asked == part || asked.needs().contains(part));
        Self::ALL.into_iter().filter(|part| only.is_empty() || wanted(part)).collect()
    }

    /// Runs it. Counts go to `tally`.
    pub(crate) fn run(self, checkout: &Checkout, tally: &mut Tally) -> Result<()> {
        match self {
            Self::Format => checkout.run(&mut checkout.cargo(&["fmt", "--all", "--check"])),
            Self::Web => web::run(checkout),
            Self::Lints => checkout.run(&mut checkout.cargo(&LINTS)),
            Self::Docs => checkout.run(checkout.cargo(&DOCS).env("RUSTDOCFLAGS", "-D warnings")),
            Self::Build => checkout.run(&mut checkout.cargo(&BUILD)),
            Self::Tests => test(checkout, &targets::ordinary(checkout)?, &[], tally),
            Self::Examples => test(checkout, &["--doc".to_owned()], &[], tally),
            Self::Audit => audit::run(checkout),
            Self::Recipes => {
                let variables = recipes::ensure(checkout)?;
                test(checkout, &["--test".to_owned(), targets::RECIPES.to_owned()], &variables, tally)
            }
            Self::Browser => browser(checkout, tally),
        }
    }
}

/// Clippy, on all there is.
const LINTS: [&str; 6] = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];

/// The documentation of our own packages.
const DOCS: [&str; 3] = ["doc", "--workspace", "--no-deps"];

/// The programs, which journeys start, and the tests.
const BUILD: [&str; 5] = ["build", "--workspace", "--lib", "--bins", "--tests"];

/// Runs the browser tests, if there are any.
fn browser(checkout: &Checkout, tally: &mut Tally) -> Result<()> {
    if !targets::has_browser(checkout)? {
        println!("There are no browser tests.");
        return Ok(());
    }
    let chromium = chromium::ensure(checkout)?;
    println!("Chromium: {chromium}");
    let (pins, axe) = (checkout.path("tests/axe"), checkout.path("target/axe"));
    fetch::npm(checkout, "axe, which judges how accessible pages are,", &pins, &axe)?;
    let variables = [("CHROMIUM", chromium.into()), ("AXE", axe.join("node_modules/axe-core/axe.min.js"))];
    test(checkout, &["--test".to_owned(), targets::BROWSER.to_owned()], &variables, tally)
}

/// A variable of the tests' environment.
type Variable = (&'static str, PathBuf);

/// Runs `cargo test` on the selected targets, with these variables besides, and counts.
fn test(checkout: &Checkout, selection: &[String], variables: &[Variable], tally: &mut Tally) -> Result<()> {
    let mut cargo = checkout.cargo(&["test", "--workspace", "--no-fail-fast"]);
    cargo.args(selection);
    cargo.env("SAOMA_BIN", checkout.binary("debug", "saoma"));
    cargo.env("DEMO_BIN", checkout.binary("debug", "demo-relying-party"));
    cargo.envs(variables.iter().map(|(name, value)| (name, value)));
    tally::run(checkout, &mut cargo, tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_only_takes() {
        for part in Part::ALL {
            assert_eq!(Part::from_str(part.name(), false), Ok(part));
        }
    }

    #[test]
    fn a_part_brings_what_it_needs() {
        assert_eq!(Part::select(&[Part::Browser]), [Part::Web, Part::Build, Part::Browser]);
        assert_eq!(Part::select(&[Part::Format]), [Part::Format]);
        assert_eq!(Part::select(&[]), Part::ALL);
    }

    #[test]
    fn parts_come_after_what_they_need() {
        let position = |part: &Part| Part::ALL.iter().position(|other| other == part).unwrap();
        for part in Part::ALL {
            assert!(part.needs().iter().all(|needed| position(needed) < position(&part)));
        }
    }
}
