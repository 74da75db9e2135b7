//! Running other programs.
//!
//! What builds runs in a process group of its own, so that it can be ended together with what it started: a build that
//! is stopped leaves no compiler behind. Output goes straight through, so that long steps show what they do.

use std::env;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::checkout::Checkout;

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How long a program has to end after SIGTERM before SIGKILL. Saoma gives requests under way 10 s.
const GRACE: Duration = Duration::from_secs(15);

impl Checkout {
    /// `cargo` in the checkout's top directory, with the environment that a shell would give it.
    ///
    /// This program runs under `cargo run`, whose variables would otherwise make build scripts believe that something
    /// changed, and rebuild.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("cargo");
        command.args(arguments).env("CARGO_TARGET_DIR", self.cargo_target());
        command
    }

    /// A program found on the path (the checkout's own tools first), to run in the checkout's top directory.
    pub(crate) fn program(&self, name: &str) -> Command {
        let path = self.find_program(name).unwrap_or_else(|| name.into());
        let mut command = Command::new(path);
        command.current_dir(self.root()).stdin(Stdio::null());
        if let Ok(search_path) = self.search_path() {
            command.env("PATH", search_path);
        }
        for (key, _) in env::vars_os() {
            if key.to_str().is_some_and(is_set_by_cargo_run) {
                command.env_remove(key);
            }
        }
        command
    }

    /// Runs a program to its end, its output passing through. Err when it fails or when this program is told to stop.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let mut child = spawn(command)?;
        let status = self.wait(&mut child)?;
        if !status.success() {
            bail!("`{}` failed ({status})", describe(command));
        }
        Ok(())
    }

    /// Waits for a program's end; ends it when this program is told to stop.
    pub(crate) fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if let Err(stopped) = self.stop.check() {
                end(child);
                return Err(stopped.into());
            }
            sleep(LOOK);
        }
    }
}

/// Starts a program in a process group of its own.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command.process_group(0).spawn().with_context(|| format!("cannot start `{}`", describe(command)))
}

/// Runs a short program with `input` on its standard input and collects what it says.
pub(crate) fn capture(command: &mut Command, input: &str) -> Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that has ended without reading says why on its own.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().with_context(|| format!("cannot run `{}`", describe(command)))
}

/// Ends a program that [`spawn`] started, and all that it started: SIGTERM, and SIGKILL for what is left after 15 s.
pub(crate) fn end(child: &mut Child) {
    end_by(child, kill_process_group);
}

/// Ends one process: SIGTERM, and SIGKILL if it is there after 15 s.
pub(crate) fn end_alone(child: &mut Child) {
    end_by(child, kill_process);
}

/// Ends a child by a way to send it a signal.
fn end_by(child: &mut Child, send: impl Fn(Pid, Signal) -> rustix::io::Result<()>) {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // Where nobody is left to be told, the rest finds that out.
    let _ = send(pid, Signal::TERM);
    let begun = Instant::now();
    while begun.elapsed() < GRACE {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return;
        }
        sleep(LOOK);
    }
    let _ = send(pid, Signal::KILL);
    let _ = child.wait();
}

/// A command as a person would type it, without the program's directory.
pub(crate) fn describe(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Whether `cargo run` sets the variable for the program that it runs.
fn is_set_by_cargo_run(key: &str) -> bool {
    let exact =
        ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"];
    exact.contains(&key) || key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_BIN_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_without_its_directory() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["build", "-p", "saoma"]);
        assert_eq!(describe(&command), "cargo build -p saoma");
    }

    #[test]
    fn variables_of_cargo_run_are_recognised() {
        assert!(is_set_by_cargo_run("CARGO_PKG_VERSION"));
        assert!(is_set_by_cargo_run("CARGO_MANIFEST_DIR"));
        assert!(!is_set_by_cargo_run("CARGO_HOME"));
        assert!(!is_set_by_cargo_run("CARGO_TARGET_DIR"));
    }

    #[test]
    fn a_failing_program_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let error = checkout.run(&mut checkout.program("false")).unwrap_err();
        assert!(error.to_string().starts_with("`false` failed"), "{error}");
    }

    #[test]
    fn what_a_program_says_is_collected() {
        let output = capture(&mut Command::new("cat"), "hello").unwrap();
        assert_eq!(output.stdout, b"hello");
    }

    #[test]
    fn ending_a_program_ends_what_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 100 & echo $!; wait"]).stdout(Stdio::piped());
        let mut child = spawn(&mut command).unwrap();
        let mut line = String::new();
        let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        end(&mut child);
        // The grandchild held the other end of the pipe: the end of the file says that it is gone.
        std::io::Read::read_to_string(&mut stdout, &mut line).unwrap();
        assert!(child.try_wait().unwrap().is_some());
    }
}
