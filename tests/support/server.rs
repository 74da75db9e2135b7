//! The real `saoma serve` in a process of its own.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::{eventually, saoma, within};

/// How long a server may take to stop after it was asked to: less than the grace that it gives to stragglers.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// Seconds for which a picture of a code is good, where a test does not say otherwise: on a busy machine it takes its time from a screen to
/// a phone.
const PATIENT_FRAME: &str = "120";

/// When a phone asks for the digits that the browser shows: not where browsers are told over HTTP, one step at a time. They make no keys, which
/// is a risk. Real browsers do ([`Server::on_localhost`]), and a flag goes before the variable.
const MATCH_CODE: &str = "SAOMA_MATCH_CODE";

/// First of the ports to choose from. They lie below those that the system hands out by itself, so that nobody takes
/// one while its server is down.
const FIRST_PORT: u16 = 20_000;

/// How many ports there are to choose from.
const PORTS: u16 = 10_000;

/// How one server is started, again and again.
#[derive(Debug)]
pub struct Server {
    data: PathBuf,
    log: PathBuf,
    port: u16,
    issuer: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    ca: Option<PathBuf>,
    child: Option<Child>,
}

impl Server {
    /// A server on this data directory that is not yet running. Its log goes to the file.
    pub fn new(data: &Path, log: &Path) -> Self {
        let port = free_port();
        Self {
            data: data.to_owned(),
            log: log.to_owned(),
            port,
            issuer: format!("http://127.0.0.1:{port}"),
            arguments: Vec::new(),
            environment: vec![(MATCH_CODE.to_owned(), "never".to_owned())],
            ca: None,
            child: None,
        }
    }

    /// With these arguments besides.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// With this variable in its environment.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Under the name `localhost`, where browsers give pages all that they give to https: keys, and the camera.
    #[must_use]
    pub fn on_localhost(mut self) -> Self {
        self.issuer = format!("http://localhost:{}", self.port);
        self.environment.retain(|(name, _)| name != MATCH_CODE);
        self
    }

    /// By https, with a certificate whose authority is in this PEM file, at the latest when the server has started.
    #[must_use]
    pub fn by_https(mut self, ca: PathBuf) -> Self {
        self.issuer = format!("https://127.0.0.1:{}", self.port);
        self.ca = Some(ca);
        self
    }

    /// A client with a connection of its own that trusts this server; none while its authority is not there.
    pub fn client(&self) -> Option<reqwest::Client> {
        let mut client = reqwest::Client::builder().no_proxy();
        if let Some(ca) = &self.ca {
            let pem = fs::read(ca).ok()?;
            client = client.tls_certs_only([reqwest::Certificate::from_pem(&pem).ok()?]);
        }
        client.build().ok()
    }

    /// Under another server's issuer: both are the same provider.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        self.issuer.clone_from(&other.issuer);
        self
    }

    /// Starts it and waits until it is ready.
    pub async fn start(&mut self) {
        assert!(self.child.is_none(), "it is running");
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command: Command = saoma();
        command
            .args(["serve", "--listen", &listen, "--issuer", &self.issuer])
            .args(&self.arguments)
            .env("SAOMA_DATA", &self.data)
            .env("SAOMA_QR_FRAME_SECONDS", PATIENT_FRAME)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        self.child = Some(command.spawn().unwrap());
        let url = format!("{}/readyz", self.url());
        eventually("the server is ready", async || {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the server has ended ({ended:?}):\n{}", self.log());
            let answer = self.client()?.get(&url).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        let scheme = if self.ca.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it as a power cut would: by SIGKILL, wherever it is.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Starts it again at the same place, after it was killed.
    pub async fn restart(&mut self) {
        self.stopped().await;
        self.start().await;
    }

    /// Asks it to stop, by SIGTERM. It goes on for a while; [`stopped`](Self::stopped) waits for the end.
    pub fn ask_to_stop(&self) {
        self.signal(Signal::TERM);
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().expect("it is running").id().expect("it has not ended");
        let pid = Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits until it has stopped, within seconds.
    pub async fn stopped(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it is running");
        within(STOPS_WITHIN, "the server stops", child.wait()).await.unwrap()
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap();
    loop {
        let offset = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = FIRST_PORT + offset % PORTS;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
