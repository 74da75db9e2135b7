//! What `fuzz/` checks, in every run of the tests: over the seeds, and over mutants of them.

mod invariants;

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use proptest::{
    collection::vec,
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};

use invariants::TARGETS;

/// Mutants of each target.
const CASES: u32 = 2000;

/// What each check must have answered in the end, or the inputs do not reach what they are for.
fn must_come_up(target: &str) -> &'static [&'static str] {
    match target {
        "authorization_request" => &["unreadable", "page", "redirect", "accepted"],
        "client_metadata" => &["no JSON", "refused", "accepted"],
        "dpop_proof" => &["malformed", "signature", "other call", "stale", "other token", "accepted"],
        "client_authentication" => &["unreadable", "refused", "basic", "post", "assertion", "none"],
        "token_request" => &[
            "unreadable",
            "invalid_request",
            "unsupported_grant_type",
            "invalid_grant",
            "invalid_scope",
            "invalid_target",
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "passkey" => &["no registration", "refused", "accepted"],
        "qr_payload" => &["malformed", "foreign", "dated", "for ever"],
        _ => &["refused", "accepted"],
    }
}

/// What is done to a seed: from here, so many bytes give way to these.
#[derive(Debug, Clone)]
struct Splice {
    at: Index,
    removed: usize,
    inserted: Inserted,
}

#[derive(Debug, Clone)]
enum Inserted {
    /// A piece of another seed.
    Piece { seed: Index, at: Index, length: usize },
    /// Something else.
    Bytes(Vec<u8>),
}

fn any_splice() -> impl Strategy<Value = Splice> {
    let piece = (any::<Index>(), any::<Index>(), 0_usize..40);
    let inserted = prop_oneof![
        piece.prop_map(|(seed, at, length)| Inserted::Piece { seed, at, length }),
        "[ -~]{0,8}".prop_map(|text| Inserted::Bytes(text.into_bytes())),
        vec(any::<u8>(), 0..6).prop_map(Inserted::Bytes),
    ];
    (any::<Index>(), 0_usize..24, inserted).prop_map(|(at, removed, inserted)| Splice {
        at,
        removed,
        inserted,
    })
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let directory = fuzz().join("seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn mutate(seeds: &[Vec<u8>], seed: Index, splices: &[Splice]) -> Vec<u8> {
    let mut data = seed.get(seeds).clone();
    for splice in splices {
        let inserted = match &splice.inserted {
            Inserted::Bytes(bytes) => bytes.clone(),
            Inserted::Piece { seed, at, length } => {
                let other = seed.get(seeds);
                let at = at.index(other.len() + 1);
                other[at..other.len().min(at + length)].to_vec()
            }
        };
        let at = splice.at.index(data.len() + 1);
        let end = data.len().min(at + splice.removed);
        data.splice(at..end, inserted);
    }
    data
}

#[test]
fn what_must_hold_holds_of_every_seed_and_of_its_mutants() {
    for (target, hold) in TARGETS {
        let seeds = seeds(target);
        let seen = RefCell::new(BTreeSet::new());
        for seed in &seeds {
            seen.borrow_mut().insert(hold(seed));
        }
        let mut runner =
            TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        let mutants = (any::<Index>(), vec(any_splice(), 0..4));
        let result = runner.run(&mutants, |(seed, splices)| {
            let data = mutate(&seeds, seed, &splices);
            seen.borrow_mut().insert(hold(&data));
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{target}: {failure}");
        }
        let seen = seen.into_inner();
        let missing: Vec<_> = must_come_up(target).iter().filter(|word| !seen.contains(*word)).collect();
        assert!(missing.is_empty(), "{target}: {missing:?} never came up");
    }
}

#[test]
fn every_check_is_a_fuzz_target() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for (target, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not built");
        assert!(fuzz().join(format!("fuzz_targets/{target}.rs")).exists(), "{target}");
    }
    assert_eq!(
        manifest.matches("[[bin]]").count(),
        TARGETS.len(),
        "a fuzz target that the tests do not know"
    );
}
