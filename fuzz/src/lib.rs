//! Runs the checks that `provider/tests/it/parsers` shares with this package.

#[path = "../../provider/tests/it/parsers/invariants/mod.rs"]
mod invariants;

/// Runs a target's check. Panics where something does not hold.
pub fn hold(target: &str, data: &[u8]) {
    let (_, hold) = invariants::TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    hold(data);
}
