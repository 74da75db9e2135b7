//! The five attacks of Zhang et al., from one end to the other.

mod brute_force;
mod double_login;
mod hijacking;
mod privacy;
mod takeover;

use super::Check;

/// Who names them.
const SOURCE: &str = "Zhang et al. 2025";

pub(super) fn checks() -> Vec<Check> {
    vec![hijacking::CHECK, double_login::CHECK, brute_force::CHECK, takeover::CHECK, privacy::CHECK]
}
