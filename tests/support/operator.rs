//! The operator: a data directory, and the `saoma` command at hand.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{PASSWORD, Server, relying_party};

/// The real program: `SAOMA_BIN`, or else the one that was built beside the tests.
///
/// It inherits none of the settings that the tests' own environment may hold, and ends with whoever started it.
pub fn saoma() -> Command {
    let program = env::var_os("SAOMA_BIN").map_or_else(beside_the_tests, PathBuf::from);
    assert!(
        program.is_file(),
        "there is no program {}: build it with `cargo build -p saoma`, or run `cargo xtask test`, which does",
        program.display(),
    );
    let mut command = Command::new(program);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SAOMA_")) {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").kill_on_drop(true);
    command
}

/// Tests run as `target/<profile>/deps/<name>`.
fn beside_the_tests() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("saoma")
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Runs a command to its end, with this on its standard input.
    pub async fn of(command: &mut Command, input: &str) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that fails early does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
        let output = child.wait_with_output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Itself, if the command said that all went well.
    #[track_caller]
    pub fn well(&self) -> &Self {
        assert_eq!(self.status, Some(0), "{self:?}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

/// The operator of one provider.
#[derive(Debug)]
pub struct Operator {
    home: TempDir,
}

impl Default for Operator {
    fn default() -> Self {
        Self::new()
    }
}

impl Operator {
    /// With an empty directory.
    pub fn new() -> Self {
        Self { home: TempDir::new().unwrap() }
    }

    /// A path in the operator's own directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The provider's data directory.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Runs `saoma` with these arguments and this on standard input.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Ran {
        Ran::of(saoma().args(arguments).env("SAOMA_DATA", self.data()).current_dir(self.home.path()), input)
            .await
    }

    /// `saoma client import`.
    pub async fn import(&self, metadata: &Value) -> Ran {
        self.run(&["client", "import", "-"], &metadata.to_string()).await
    }

    /// `saoma account add`, with the usual password and a name to show.
    pub async fn add_account(&self, name: &str) -> Ran {
        let claims = self.path("claims.json");
        std::fs::write(&claims, json!({"name": "Lin Example", "email": "lin@example.com"}).to_string())
            .unwrap();
        let arguments = ["account", "add", name, "--password-stdin", "--claims", claims.to_str().unwrap()];
        self.run(&arguments, PASSWORD).await
    }

    /// A server on this data, not yet running.
    pub fn server(&self) -> Server {
        Server::new(&self.data(), &self.path("server.log"))
    }

    /// A running server with the usual site and the account `lin`.
    pub async fn open(&self) -> Server {
        self.open_with(&[]).await
    }

    /// The same, started with these arguments besides.
    pub async fn open_with(&self, arguments: &[&str]) -> Server {
        self.start(self.server().with(arguments)).await
    }

    /// Starts a server on this data, with the usual site and the account `lin`.
    pub async fn start(&self, mut server: Server) -> Server {
        self.import(&relying_party::metadata()).await.well();
        self.add_account("lin").await.well();
        server.start().await;
        server
    }
}
