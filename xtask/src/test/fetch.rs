//! Packages that tests run on, fetched once: anew when the files that pin them have changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;

/// What pins npm packages.
const NPM_PINS: [&str; 2] = ["package.json", "package-lock.json"];

/// Fills the directory `to` with npm packages, exactly those of the lock file in the directory `from`. `whose` is for who waits.
pub(crate) fn npm(checkout: &Checkout, whose: &str, from: &Path, to: &Path) -> Result<()> {
    once(from, to, NPM_PINS, || {
        needs(checkout, "npm", "nodejs npm")?;
        println!("Fetching the packages of {whose} from npm …");
        for pin in NPM_PINS {
            fs::copy(from.join(pin), to.join(pin))?;
        }
        let mut npm = checkout.program("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]);
        checkout.run(npm.current_dir(to))
    })
}

/// Fills the directory `to`, unless it was filled under the same pins, files in the directory `from`.
pub(crate) fn once(from: &Path, to: &Path, pins: [&str; 2], fill: impl FnOnce() -> Result<()>) -> Result<()> {
    let read = |pin| fs::read_to_string(from.join(pin)).with_context(|| from.join(pin).display().to_string());
    let pinned = read(pins[0])? + &read(pins[1])?;
    let filled = to.join("pinned");
    if fs::read_to_string(&filled).is_ok_and(|before| before == pinned) {
        return Ok(());
    }
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    fill()?;
    fs::write(filled, pinned).context("cannot remember what was fetched")
}

/// Err, with what to install, where a program is missing.
pub(crate) fn needs(checkout: &Checkout, program: &str, packages: &str) -> Result<()> {
    if checkout.find_program(program).is_none() {
        bail!("the tests need {program}. Install it, for example by\n\n  sudo apt-get install {packages}\n");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_filled_anew_when_its_pins_have_changed() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        fs::create_dir(&from).unwrap();
        let pin = |text: &str| fs::write(from.join("a"), text).and(fs::write(from.join("b"), "")).unwrap();
        let fill = |what: &str| once(&from, &to, ["a", "b"], || Ok(fs::write(to.join(what), "")?)).unwrap();
        pin("1");
        fill("first");
        fill("second");
        assert!(to.join("first").exists() && !to.join("second").exists());
        pin("2");
        fill("third");
        assert!(!to.join("first").exists() && to.join("third").exists());
    }

    #[test]
    fn what_could_not_be_filled_is_tried_again() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path(), directory.path().join("to"));
        fs::write(from.join("a"), "").unwrap();
        assert!(once(from, &to, ["a", "a"], || bail!("no network")).is_err());
        once(from, &to, ["a", "a"], || Ok(fs::write(to.join("filled"), "")?)).unwrap();
        assert!(to.join("filled").exists());
    }
}
