//! The six flaws that Zhang et al. found in the QR logins of 47 of 109 sites.

mod chosen;
mod leaked;
mod predictable;
mod reusable;
mod unbound;
mod unchecked;

use super::Check;

/// Who names them.
const SOURCE: &str = "Zhang et al. 2025";

pub(super) fn checks() -> Vec<Check> {
    vec![unbound::CHECK, reusable::CHECK, predictable::CHECK, chosen::CHECK, unchecked::CHECK, leaked::CHECK]
}
