//! One build of the web UI at a time: two would write over each other's files.

use std::fs::{self, File, TryLockError};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::checkout::Checkout;

/// How often a lock that somebody else has is tried again.
const LOOK: Duration = Duration::from_millis(200);

/// Waits for its turn. The turn ends when the file is dropped, or with the program.
pub(crate) fn acquire(checkout: &Checkout) -> Result<File> {
    fs::create_dir_all(checkout.path("target/web-build")).context("cannot create target/web-build")?;
    let file =
        File::create(checkout.path("target/web-build/lock")).context("cannot create the web UI's lock")?;
    let mut is_told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the web UI's build"),
            Err(TryLockError::WouldBlock) => checkout.stop.check()?,
        }
        if !is_told {
            println!("Waiting for another build of the web UI …");
            is_told = true;
        }
        sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn the_second_waits_for_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let first = acquire(&checkout).unwrap();
        let (sender, receiver) = mpsc::channel();
        let other = checkout.clone();
        std::thread::spawn(move || sender.send(acquire(&other).is_ok()));
        assert!(receiver.recv_timeout(LOOK).is_err());
        drop(first);
        assert!(receiver.recv_timeout(Duration::from_secs(5)).unwrap());
    }
}
