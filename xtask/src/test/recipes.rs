//! What the recipes of `docs/integrating.md` run on: their Python and npm packages, in `target/recipes`, and Apache from
//! the system's package manager.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::{apt, fetch};
use crate::checkout::Checkout;
use crate::stop::Stopped;

/// The recipes with npm packages.
const NPM: [&str; 2] = ["auth-js", "openid-client"];

/// What pins the packages of the recipe with Python packages.
const PYPI_PINS: [&str; 2] = ["requirements.txt", "constraints.txt"];

/// Debian's packages. The server's files without the service around them, so that nothing starts on its own.
const DEBIAN: [&str; 2] = ["apache2-bin", "libapache2-mod-auth-openidc"];

/// The variables that tell the tests where everything is.
pub(crate) type Variables = [(&'static str, PathBuf); 3];

/// Fetches what is missing.
pub(crate) fn ensure(checkout: &Checkout) -> Result<Variables> {
    python(checkout)?;
    NPM.iter().try_for_each(|recipe| npm(checkout, recipe))?;
    let [program, modules] = apache(checkout)?;
    Ok([("RECIPES", checkout.path("target/recipes")), ("APACHE", program), ("APACHE_MODULES", modules)])
}

/// The Python of the Authlib recipe, with its packages.
fn python(checkout: &Checkout) -> Result<()> {
    let (from, to) = (checkout.path("recipes/authlib"), checkout.path("target/recipes/venv"));
    fetch::once(&from, &to, PYPI_PINS, || {
        fetch::needs(checkout, "python3", "python3-venv")?;
        println!("Fetching the packages of authlib from PyPI …");
        checkout.run(checkout.program("python3").args(["-m", "venv"]).arg(&to))?;
        let mut pip = checkout.program(&to.join("bin/pip").display().to_string());
        pip.args(["install", "--quiet", "--disable-pip-version-check"]);
        pip.arg("--requirement").arg(from.join(PYPI_PINS[0]));
        checkout.run(pip.arg("--constraint").arg(from.join(PYPI_PINS[1])))
    })
}

/// A recipe's npm packages.
fn npm(checkout: &Checkout, recipe: &str) -> Result<()> {
    let (from, to) = (checkout.path("recipes").join(recipe), checkout.path("target/recipes").join(recipe));
    fetch::npm(checkout, recipe, &from, &to)
}

/// Apache's program and the directory of its modules; installs them where they are missing and this program may.
fn apache(checkout: &Checkout) -> Result<[PathBuf; 2]> {
    let program = env::var_os("APACHE").map_or_else(|| "/usr/sbin/apache2".into(), PathBuf::from);
    let modules =
        env::var_os("APACHE_MODULES").map_or_else(|| "/usr/lib/apache2/modules".into(), PathBuf::from);
    let there = || program.is_file() && modules.join("mod_auth_openidc.so").is_file();
    if !there() {
        match apt::install(checkout, &DEBIAN) {
            Err(error) if error.is::<Stopped>() => return Err(error),
            Err(error) => bail!(by_hand(&format!("{error:#}"))),
            Ok(()) => {}
        }
    }
    if there() { Ok([program, modules]) } else { bail!(by_hand("its packages have no such files")) }
}

/// What to do when Apache cannot be installed.
fn by_hand(cause: &str) -> String {
    format!(
        "Apache with mod_auth_openidc is missing and was not installed ({cause}).\n\
         The test of its recipe runs an instance of its own. Install it, for example by\n\
         \n  sudo apt-get install {}\n\n\
         or set APACHE to the path of its program and APACHE_MODULES to that of its modules.",
        DEBIAN.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_what_why_and_how() {
        let text = by_hand("only root may install it");
        assert!(text.contains("not installed (only root may install it)"));
        assert!(text.contains("\n  sudo apt-get install apache2-bin libapache2-mod-auth-openidc\n"));
        assert!(text.contains("set APACHE to the path"));
    }
}
