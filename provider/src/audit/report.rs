//! What the audit says, for people and for machines.

use serde_json::{Value, json};

use super::{Check, Stop, Verdict};

/// One check and what came of it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The check.
    pub check: Check,
    /// What came of it.
    pub verdict: Verdict,
}

impl Row {
    /// The verdict in one word.
    pub fn word(&self) -> &'static str {
        match &self.verdict {
            Ok(()) => "pass",
            Err(Stop::Failed(_)) => "FAIL",
            Err(Stop::Skipped(_)) => "skip",
            Err(Stop::NotApplicable(_)) => "n/a",
            Err(Stop::Broken(_)) => "error",
        }
    }
}

/// What came of an audit.
#[derive(Debug, Clone)]
pub struct Report {
    /// What was audited.
    pub target: String,
    /// All checks.
    pub rows: Vec<Row>,
}

impl Report {
    /// The identifiers of the checks that failed.
    pub fn failed(&self) -> Vec<&'static str> {
        let failed = self.rows.iter().filter(|row| matches!(row.verdict, Err(Stop::Failed(_))));
        failed.map(|row| row.check.id).collect()
    }

    /// For the exit status: 0 if everything holds, 1 if something does not, 2 if something could not be run.
    pub fn status(&self) -> u8 {
        let any = |what: fn(&Stop) -> bool| self.rows.iter().any(|row| row.verdict.as_ref().is_err_and(what));
        if any(|stop| matches!(stop, Stop::Failed(_))) {
            1
        } else if any(|stop| matches!(stop, Stop::Skipped(_) | Stop::Broken(_))) {
            2
        } else {
            0
        }
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut lines = vec![format!("{}\n", self.target)];
        for row in &self.rows {
            let Check { id, title, source, advice, .. } = row.check;
            lines.push(format!("{:<5}  {id:<4}  {title} ({source})", row.word()));
            if let Err(stop) = &row.verdict {
                lines.push(format!("             {stop}"));
            }
            if matches!(row.verdict, Err(Stop::Failed(_))) {
                lines.push(format!("             What to do: {advice}"));
            }
        }
        let count = |word: &str| self.rows.iter().filter(|row| row.word() == word).count();
        lines.push(format!(
            "\n{} passed, {} failed, {} not run, {} not applicable",
            count("pass"),
            count("FAIL"),
            count("skip") + count("error"),
            count("n/a")
        ));
        lines.join("\n")
    }

    /// The same for machines.
    pub fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "id": row.check.id, "title": row.check.title, "source": row.check.source,
                "verdict": row.word().to_lowercase(),
                "found": row.verdict.as_ref().err().map(ToString::to_string),
                "advice": row.check.advice,
            })
        });
        json!({"target": self.target, "status": self.status(), "checks": rows.collect::<Vec<_>>()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::checks;

    fn report(verdicts: &[Verdict]) -> Report {
        let rows = checks().into_iter().zip(verdicts.iter().cloned());
        let rows = rows.map(|(check, verdict)| Row { check, verdict }).collect();
        Report { target: "https://login.example".into(), rows }
    }

    #[test]
    fn a_skip_is_no_pass_and_a_failure_is_worse() {
        let skipped = Err(Stop::Skipped("no phone".into()));
        let failed = Err(Stop::Failed("it leaks".into()));
        let moot = Err(Stop::NotApplicable("loopback".into()));
        assert_eq!(report(&[Ok(()), moot.clone()]).status(), 0);
        assert_eq!(report(&[Ok(()), skipped.clone()]).status(), 2);
        assert_eq!(report(&[Err(Stop::Broken("gone".into()))]).status(), 2);
        assert_eq!(report(&[skipped, failed, moot]).status(), 1);
    }

    #[test]
    fn a_failure_says_what_was_found_and_what_to_do() {
        let report = report(&[Err(Stop::Failed("it leaks".into()))]);
        let advice = checks()[0].advice;
        let table = report.table();
        assert!(
            table.contains("it leaks") && table.contains(advice) && table.contains("1 failed"),
            "{table}"
        );
        assert_eq!(report.json()["checks"][0]["verdict"], "fail");
    }

    #[test]
    fn every_check_has_a_name_of_its_own_and_says_what_to_do() {
        let checks = checks();
        let mut ids: Vec<_> = checks.iter().map(|check| check.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), checks.len());
        assert!(checks.iter().all(|check| check.advice.ends_with('.') && !check.source.is_empty()));
    }
}
