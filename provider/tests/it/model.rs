//! The login against a model: random interleavings of everything that browsers, phones, sites, time and the operator can
//! do, on the real store, each outcome foretold by a reference in plain Rust.
//!
//! 1. [`step`] draws the interleavings.
//! 2. [`reference`] says, step by step, what must come of each: success or which error, and where the login then stands.
//! 3. [`world`] does the same to the production App.
//! 4. Here both are compared; and what must hold whatever the reference says is checked on its own, in [`invariants`].

mod invariants;
mod reference;
mod step;
mod world;

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{
    collection::vec,
    prop_assert_eq,
    test_runner::{Config, TestCaseError, TestRunner},
};

use reference::Reference;
use step::{Step, any_step};
use world::World;

/// How many interleavings are tried; `PROPTEST_CASES` asks for another number.
const CASES: u32 = 400;

/// Longest interleaving.
const STEPS: usize = 45;

/// What must come up in a run, or the interleavings do not reach what they are for.
const MUST_COME_UP: [&str; 24] = [
    "start: ok",
    "renew: ok",
    "renew: Expired",
    "renew: StillActive",
    "renew: UnknownLogin",
    "look: UnknownLogin",
    "scan: ok",
    "scan: AlreadyScanned",
    "scan: AlreadyDecided",
    "scan: Cancelled",
    "scan: Expired",
    "scan: InvalidToken",
    "scan: UnknownQr",
    "confirm: ok",
    "confirm: InvalidTicket",
    "confirm: AlreadyDecided",
    "confirm: Expired",
    "deny: ok",
    "cancel: ok cancelled",
    "collect: ok",
    "collect: NotConfirmed",
    "collect: ResultGone",
    "redeem: ok",
    "redeem: invalid_grant",
];

#[test]
fn every_interleaving_comes_out_as_the_model_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = RefCell::new(runtime.block_on(World::new()));
    let seen = RefCell::new(BTreeMap::<String, u32>::new());
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });

    let result = runner.run(&vec(any_step(), 1..=STEPS), |steps| {
        runtime.block_on(play(&mut world.borrow_mut(), &mut seen.borrow_mut(), &steps))
    });

    let seen = seen.into_inner();
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let missing: Vec<_> = MUST_COME_UP.iter().filter(|outcome| !seen.contains_key(**outcome)).collect();
    assert!(
        missing.is_empty() || cases < CASES,
        "these never came up: {missing:?}; but these did: {seen:#?}"
    );
}

/// Plays one interleaving on both. Answers what went wrong, and after which moves.
async fn play(
    world: &mut World,
    seen: &mut BTreeMap<String, u32>,
    steps: &[Step],
) -> Result<(), TestCaseError> {
    let mut stage = world.stage().await;
    let mut reference = Reference::new(stage.now());
    let mut moves = Vec::new();
    for step in steps {
        let next = reference.resolve(step);
        moves.push(next);
        let foretold = reference.take(next);
        let came = stage.take(next).await;
        prop_assert_eq!(&came, &foretold, "after {:#?}", moves);
        *seen.entry(came.split(" | ").next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    for login in 0..reference.logins() {
        let stored = stage.stored(login).await;
        prop_assert_eq!(stored, reference.stored(login), "login {} at the end of {:#?}", login, moves);
    }
    Ok(())
}
