//! Counting tests: the closing lines of every test program that cargo runs, summed.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdout, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::run::{describe, spawn};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Adds what a line says, if it is a closing line: `test result: ok. 12 passed; 0 failed; 0 ignored; …`.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else { return };
        self.passed += number_before(result, "passed");
        self.failed += number_before(result, "failed");
    }

    /// Adds another tally.
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number that stands before a word; 0 if there is none.
fn number_before(text: &str, word: &str) -> u64 {
    let words: Vec<_> = text.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    let pair = words.windows(2).find(|pair| pair[1] == word);
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// Runs a command, shows what it says as it says it, and counts.
pub(crate) fn run(checkout: &Checkout, command: &mut Command, tally: &mut Tally) -> Result<()> {
    run_into(std::io::stdout(), checkout, command, tally)
}

/// Runs a command, copies what it says to `out`, and counts.
fn run_into(
    out: impl Write + Send + 'static,
    checkout: &Checkout,
    command: &mut Command,
    tally: &mut Tally,
) -> Result<()> {
    let mut child = spawn(command.stdout(Stdio::piped()))?;
    let stdout = child.stdout.take().context("the tests have no output")?;
    let reader = thread::spawn(move || pass_on(stdout, out));
    let status = checkout.wait(&mut child)?;
    let counted = reader.join().ok().context("the tests' output could not be read")?;
    tally.add(counted);
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// Copies lines as they come and counts.
fn pass_on(from: ChildStdout, mut out: impl Write) -> Tally {
    let mut tally = Tally::default();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        tally.add_line(&String::from_utf8_lossy(&line));
        // Nobody reads on: the tests still count.
        let _ = out.write_all(&line).and_then(|()| out.flush());
        line.clear();
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_summed() {
        let mut tally = Tally::default();
        tally.add_line(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.2s",
        );
        tally.add_line("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n");
        assert_eq!(tally, Tally { passed: 15, failed: 2 });
        assert_eq!(tally.to_string(), "15 passed, 2 failed");
    }

    #[test]
    fn other_lines_do_not_count() {
        let mut tally = Tally::default();
        for line in ["test login::scan ... ok", "running 3 tests", "", "the test result: 4 passed"] {
            tally.add_line(line);
        }
        assert_eq!(tally, Tally::default());
    }

    #[test]
    fn a_run_is_counted_even_if_it_fails() {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let mut tally = Tally::default();
        let mut tests = checkout.program("sh");
        tests.args(["-c", "echo 'test result: FAILED. 1 passed; 1 failed;'; exit 101"]);
        // Not to standard output, where the line would be counted as one of our own.
        assert!(run_into(std::io::sink(), &checkout, &mut tests, &mut tally).is_err());
        assert_eq!(tally, Tally { passed: 1, failed: 1 });
    }
}
