//! A program that runs until it is stopped, its output in a file.
//!
//! It stays in this program's process group, so that whoever kills the group kills it too. Ctrl-C in a terminal then
//! reaches it directly, and it may be gone before this program has looked.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http;
use crate::checkout::Checkout;
use crate::run::{describe, end_alone};

/// How often a program is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How long a program may take to get ready.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// How much of the log is shown when a program fails.
const LOG_LINES: usize = 20;

/// A running program. It ends when this is dropped.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Starts a program; `name` is what the person is told of.
    pub(crate) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        // The log is a file, which knows no colours.
        command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("cannot start `{}`", describe(command)))?;
        Ok(Self { name, child, log: log.to_path_buf() })
    }

    /// Waits until `GET path` is answered with success.
    pub(crate) fn wait_until_ready(&mut self, checkout: &Checkout, port: u16, path: &str) -> Result<()> {
        let good = |status| (200..400).contains(&status);
        self.wait_until(checkout, port, || http::status(port, path).is_some_and(good))
    }

    /// Waits until it listens there. Saoma does so once it is ready; by https, this program could not ask it.
    pub(crate) fn wait_until_listening(&mut self, checkout: &Checkout, address: SocketAddr) -> Result<()> {
        self.wait_until(checkout, address.port(), || http::listens(address))
    }

    /// Waits until it is there.
    fn wait_until(&mut self, checkout: &Checkout, port: u16, there: impl Fn() -> bool) -> Result<()> {
        let begun = Instant::now();
        while !there() {
            checkout.stop.check()?;
            self.check(checkout)?;
            if begun.elapsed() > READY_WITHIN {
                bail!("{} does not answer on port {port}. {}", self.name, self.last_words());
            }
            sleep(LOOK);
        }
        // Somebody answered; make sure that it was not another program on this port.
        self.check(checkout)
    }

    /// Err when it has ended: [`Stopped`](crate::stop::Stopped) if somebody stopped the demo, else its last words.
    fn check(&mut self, checkout: &Checkout) -> Result<()> {
        let Some(status) = self.child.try_wait()? else { return Ok(()) };
        sleep(LOOK);
        checkout.stop.check()?;
        bail!("{} has ended by itself ({status}). {}", self.name, self.last_words())
    }

    /// Stops it, in good order if it can be had.
    pub(crate) fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            end_alone(&mut self.child);
        }
    }

    /// The end of its log, as a person reads it.
    fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        if lines.is_empty() {
            return format!("It left nothing in {}.", self.log.display());
        }
        let last = &lines[lines.len().saturating_sub(LOG_LINES)..];
        format!("The last lines of {}:\n\n  {}\n", self.log.display(), last.join("\n  "))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits until somebody stops the demo or one of the programs ends by itself, and says which as the error.
pub(crate) fn watch(checkout: &Checkout, services: &mut [&mut Service]) -> Result<()> {
    loop {
        checkout.stop.check()?;
        for service in &mut *services {
            service.check(checkout)?;
        }
        sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service that runs a line of shell.
    fn service(line: &str) -> (tempfile::TempDir, Checkout, Service) {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let mut shell = Command::new("sh");
        let log = directory.path().join("log");
        let service = Service::start("The service", shell.args(["-c", line]), &log).unwrap();
        (directory, checkout, service)
    }

    #[test]
    fn a_service_that_ends_says_its_last_words() {
        let (_directory, checkout, mut service) =
            service("echo first; echo cannot open the door >&2; exit 3");
        let error = watch(&checkout, &mut [&mut service]).unwrap_err().to_string();
        assert!(error.starts_with("The service has ended by itself (exit status: 3)."), "{error}");
        assert!(error.contains("\n  first\n  cannot open the door\n"), "{error}");
    }

    #[test]
    fn a_service_that_ends_is_not_waited_for() {
        let (_directory, checkout, mut service) = service("exit 1");
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert!(service.wait_until_ready(&checkout, free, "/").is_err());
    }

    #[test]
    fn a_stopped_service_is_gone() {
        let (_directory, _, mut service) = service("sleep 100");
        service.stop();
        assert!(service.child.try_wait().unwrap().is_some());
    }

    #[test]
    fn only_the_end_of_a_long_log_is_shown() {
        let (_directory, _, mut service) = service("for i in $(seq 100); do echo line $i; done");
        service.child.wait().unwrap();
        let words = service.last_words();
        assert!(
            words.contains("line 100\n") && words.contains("line 81\n") && !words.contains("line 80\n"),
            "{words}"
        );
    }
}
