//! The phone: the mock phone as a library, and as the command `saoma phone`.

use std::path::{Path, PathBuf};

use provider::mock_phone::{Admitted, MockPhone};
use serde_json::Value;

use crate::{Ran, saoma};

/// Password of every account.
pub const PASSWORD: &str = "correct horse battery";

/// A phone with its memory in `home`, on which this account is signed in.
pub async fn sign_in(provider: &str, home: &Path, account: &str) -> MockPhone {
    let phone = MockPhone::open(home).unwrap();
    phone.sign_in(provider, account, PASSWORD, "A phone").await.unwrap();
    phone
}

/// A further phone of the account, which `first` lets in.
pub async fn sign_in_beside(first: &MockPhone, provider: &str, home: &Path, account: &str) -> MockPhone {
    let phone = MockPhone::open(home).unwrap();
    match phone.ask_to_sign_in(provider, account, PASSWORD, "Another phone").await.unwrap() {
        Admitted::SignedIn(_) => panic!("a second phone came in without the first one's consent"),
        Admitted::Waiting(waiting) => {
            let asking = first.notices().await.unwrap().waiting;
            first.allow_device(&asking[0].id, &waiting.digits).await.unwrap();
            phone.wait_for_consent(&waiting).await.unwrap();
        }
    }
    phone
}

/// `saoma phone` with its memory in one directory.
#[derive(Debug)]
pub struct PhoneCommand {
    home: PathBuf,
}

impl PhoneCommand {
    /// With this directory as its memory.
    pub fn new(home: PathBuf) -> Self {
        Self { home }
    }

    /// Runs it with these arguments and this on standard input.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Ran {
        Ran::of(saoma().arg("phone").arg("--home").arg(&self.home).args(arguments), input).await
    }

    /// Signs in.
    pub async fn sign_in(&self, provider: &str, account: &str, password: &str) -> Ran {
        let arguments = ["sign-in", "--server", provider, "--account", account, "--password-stdin"];
        self.run(&arguments, &format!("{password}\n")).await
    }

    /// Enrols by an assertion, which it reads from standard input.
    pub async fn enrol(&self, provider: &str, assertion: &str) -> Ran {
        self.run(&["enrol", "--server", provider, "--assertion", "-"], assertion).await
    }

    /// The secrets in its memory, to look for where they must not be.
    pub fn secrets(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.home.join("device.json")).unwrap();
        let memory: Value = serde_json::from_str(&text).unwrap();
        let members =
            [&memory["key"], &memory["refresh_token"], &memory["access"]["token"], &memory["ticket"]];
        members.into_iter().filter_map(|member| member.as_str().map(str::to_owned)).collect()
    }
}
