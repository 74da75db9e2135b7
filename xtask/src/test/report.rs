//! The table at the end, and the line that counts.

use std::fmt;
use std::time::{Duration, Instant};

use super::parts::Part;
use super::tally::Tally;

/// How a part ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was well.
    Passed,
    /// Something was not.
    Failed,
    /// It did not run, because a part that it needs had failed.
    Skipped(Part),
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => out.write_str("ok"),
            Self::Failed => out.write_str("FAILED"),
            Self::Skipped(needed) => write!(out, "SKIPPED: it needs {}", needed.name()),
        }
    }
}

/// What happened so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    ended: Vec<(Part, Outcome, Duration)>,
    running: Option<(Part, Instant)>,
    tally: Tally,
}

impl Report {
    /// A part begins.
    pub(crate) fn begin(&mut self, part: Part) {
        self.running = Some((part, Instant::now()));
    }

    /// The part that began has ended.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        if let Some((part, begun)) = self.running.take() {
            self.ended.push((part, outcome, begun.elapsed()));
        }
    }

    /// The counts, to add to.
    pub(crate) fn tally_mut(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Whether a part ran and did not come to a good end.
    pub(crate) fn is_missing(&self, part: Part) -> bool {
        self.ended.iter().any(|(ended, outcome, _)| *ended == part && *outcome != Outcome::Passed)
    }

    /// Whether all parts that ran came to a good end.
    pub(crate) fn is_good(&self) -> bool {
        self.ended.iter().all(|(_, outcome, _)| *outcome == Outcome::Passed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:<10} {:>8}  result", "part", "time")?;
        for (part, outcome, time) in &self.ended {
            writeln!(out, "{:<10} {:>8}  {outcome}", part.name(), clock(*time))?;
        }
        let total: Duration = self.ended.iter().map(|(_, _, time)| *time).sum();
        writeln!(out, "{:<10} {:>8}  {}", "all", clock(total), if self.is_good() { "ok" } else { "FAILED" })?;
        writeln!(out, "\n{}", self.tally)
    }
}

/// A time as minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[(Part, Outcome)]) -> Report {
        let ended =
            outcomes.iter().map(|(part, outcome)| (*part, *outcome, Duration::from_secs(65))).collect();
        Report { ended, ..Report::default() }
    }

    #[test]
    fn the_last_line_counts() {
        let mut report = report(&[(Part::Tests, Outcome::Passed)]);
        report.tally_mut().add_line("test result: ok. 3 passed; 0 failed; 0 ignored");
        assert!(report.to_string().ends_with("\n3 passed, 0 failed\n"), "{report}");
    }

    #[test]
    fn each_part_has_its_line() {
        let report = report(&[(Part::Build, Outcome::Failed), (Part::Tests, Outcome::Skipped(Part::Build))]);
        let text = report.to_string();
        assert!(text.contains("build          1:05  FAILED\n"), "{text}");
        assert!(text.contains("tests          1:05  SKIPPED: it needs build\n"), "{text}");
        assert!(text.contains("all            2:10  FAILED\n"), "{text}");
    }

    #[test]
    fn one_failure_spoils_the_whole() {
        assert!(report(&[(Part::Format, Outcome::Passed)]).is_good());
        assert!(!report(&[(Part::Format, Outcome::Failed), (Part::Docs, Outcome::Passed)]).is_good());
    }

    #[test]
    fn a_part_that_never_ran_is_not_missed() {
        let report = report(&[(Part::Web, Outcome::Failed)]);
        assert!(report.is_missing(Part::Web));
        assert!(!report.is_missing(Part::Build));
    }
}
