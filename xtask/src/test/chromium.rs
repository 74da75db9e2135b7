//! The browser of the browser tests: Chromium, from the system's package manager.

use std::env;
use std::path::Path;

use anyhow::{Result, bail};

use super::apt;
use crate::checkout::Checkout;
use crate::stop::Stopped;

/// The variable that names another binary.
const VARIABLE: &str = "CHROMIUM";

/// What the binary is called here and there.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds Chromium, and installs it where it is missing and this program may. Returns the binary's path.
pub(crate) fn ensure(checkout: &Checkout) -> Result<String> {
    if let Some(binary) = env::var_os(VARIABLE) {
        if !Path::new(&binary).is_file() {
            bail!("{VARIABLE} names {}, where there is no file", Path::new(&binary).display());
        }
        return Ok(Path::new(&binary).display().to_string());
    }
    if let Some(binary) = find(checkout) {
        return Ok(binary);
    }
    match apt::install(checkout, &["chromium"]) {
        Err(error) if error.is::<Stopped>() => return Err(error),
        Err(error) => bail!(by_hand(&format!("{error:#}"))),
        Ok(()) => {}
    }
    find(checkout).map_or_else(|| bail!(by_hand("its package has no such program")), Ok)
}

/// The first of the names that is on the path.
fn find(checkout: &Checkout) -> Option<String> {
    NAMES.iter().find_map(|name| checkout.find_program(name)).map(|path| path.display().to_string())
}

/// What to do when it cannot be installed.
fn by_hand(cause: &str) -> String {
    format!(
        "Chromium is missing and was not installed ({cause}).\n\
         The browser tests drive it. Install it, for example by\n\
         \n  sudo apt-get install chromium\n\n\
         or set {VARIABLE} to the path of a Chromium or Chrome."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_what_why_and_how() {
        let text = by_hand("only root may install it");
        assert!(text.contains("not installed (only root may install it)"));
        assert!(text.contains("The browser tests drive it"));
        assert!(text.contains("\n  sudo apt-get install chromium\n"));
        assert!(text.contains("set CHROMIUM to the path"));
    }
}
