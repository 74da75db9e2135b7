//! A login is bound to a key of its browser's, which nobody can copy out of it.

mod key;
mod once;
mod page;
mod told;

use super::Check;

pub(super) fn checks() -> Vec<Check> {
    vec![key::CHECK, once::CHECK, page::CHECK, told::CHECK]
}
