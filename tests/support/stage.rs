//! Everything that a journey in real browsers needs: the provider, the demo site, a desktop and a phone.

use std::{
    fs::{self, File},
    ops::Deref,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use serde_json::Value;
use tokio::{
    process::{Child, Command},
    sync::{Mutex, MutexGuard},
};

use crate::{Album, Camera, Chromium, Operator, Server, Tab, eventually, server::free_port};

/// The account's name.
pub const ACCOUNT: &str = "lin";

/// The secret that the site has with the provider.
const SITE_SECRET: &str = "a-secret-between-the-magazine-and-saoma";

/// Size of a desktop's screen, in CSS pixels.
const DESK: (i64, i64) = (1280, 800);

static STAGE: Mutex<()> = Mutex::const_new(());

/// One journey at a time: each has several browsers, and looks at clocks. Answers when it is one's turn.
pub async fn turn() -> MutexGuard<'static, ()> {
    STAGE.lock().await
}

/// The stage of one journey.
#[derive(Debug)]
pub struct Stage {
    /// The provider.
    pub server: Server,
    operator: Operator,
    demo: Child,
    site: String,
    album: Arc<Album>,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    /// Starts both programs. `arguments` are for `saoma serve`, which may call the demo site although that is on this machine.
    pub async fn open(journey: &str, arguments: &[&str]) -> Self {
        let turn = turn().await;
        let operator = Operator::new();
        let port = free_port();
        let site = format!("http://localhost:{port}");
        operator.import(&registration(&site)).await.well();
        operator.add_account(ACCOUNT).await.well();
        let mut server =
            operator.server().on_localhost().with(&["--allow-private-networks", "localhost"]).with(arguments);
        server.start().await;
        let demo = start_demo(port, &site, server.issuer(), &operator.path("demo.log")).await;
        Self { server, operator, demo, site, album: Arc::new(Album::open(journey)), _turn: turn }
    }

    /// Where the journey's pictures are kept.
    pub fn album(&self) -> &Album {
        &self.album
    }

    /// The demo site's registration, to register it otherwise.
    pub fn registration(&self) -> Value {
        registration(&self.site)
    }

    /// Registers another client.
    pub async fn register(&self, client: &Value) {
        self.operator.import(client).await.well();
    }

    /// The demo site's URL.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// A path at the provider.
    pub fn provider(&self, path: &str) -> String {
        format!("{}{path}", self.server.issuer())
    }

    /// A browser at a desk, with one tab open.
    pub async fn desktop(&self) -> Device {
        self.desktop_of("desktop").await
    }

    /// The same, at another person's desk.
    pub async fn desktop_of(&self, name: &str) -> Device {
        let chromium = Chromium::start(self.operator.path(name), &[], self.album.clone()).await;
        let tab = chromium.tab().await;
        tab.resize(DESK.0, DESK.1).await;
        tab.speak("en-US").await;
        Device { chromium, tab, camera: None, profile: name.into() }
    }

    /// A phone by this name, with a camera and one tab open. A phone of the same name is the same phone, turned on again.
    pub async fn phone(&self, name: &str) -> Device {
        self.phone_in(name, "en-US").await
    }

    /// A phone in another language.
    pub async fn phone_in(&self, name: &str, language: &str) -> Device {
        let camera = Camera::new(self.operator.path(&format!("{name}.y4m")));
        let chromium =
            Chromium::start(self.operator.path(name), &camera.switches(), self.album.clone()).await;
        let mut tab = chromium.tab().await;
        tab.be_a_phone(language).await;
        Device { chromium, tab, camera: Some(camera), profile: name.into() }
    }

    /// Ends the journey: closes the browsers and both programs. No page may have complained of anything of what is
    /// `expected`, each of which is a part of a line.
    pub async fn close<const N: usize>(mut self, devices: [Device; N], expected: &[&str]) {
        let mut complaints = Vec::new();
        for device in devices {
            complaints.extend(device.turn_off().await);
        }
        self.demo.kill().await.unwrap();
        self.server.kill();
        self.server.stopped().await;
        complaints.retain(|line| !expected.iter().any(|part| line.contains(part)));
        assert!(complaints.is_empty(), "pages complained: {complaints:#?}");
    }
}

/// A browser and the tab that is open in it.
#[derive(Debug)]
pub struct Device {
    /// The browser.
    pub chromium: Chromium,
    /// The tab.
    pub tab: Tab,
    camera: Option<Camera>,
    profile: String,
}

impl Device {
    /// Points the camera at another device's screen.
    pub async fn point_camera_at(&self, other: &Tab) {
        self.camera.as_ref().expect("it has a camera").point_at(&other.picture().await);
    }

    /// Turns scripts off in its tab.
    pub async fn turn_scripts_off(&self) {
        let mirror = self.chromium.quiet_tab().await;
        mirror.resize(DESK.0, DESK.1).await;
        self.tab.turn_scripts_off(mirror).await;
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.profile
    }

    /// Turns it off; what it knows, it keeps. Returns what its pages complained of.
    pub async fn turn_off(self) -> Vec<String> {
        self.chromium.close().await.all()
    }
}

impl Deref for Device {
    type Target = Tab;

    fn deref(&self) -> &Tab {
        &self.tab
    }
}

/// The demo's own client file, at this address.
fn registration(site: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo-relying-party/client.json");
    let text = fs::read_to_string(file).unwrap().replace("http://localhost:8090", site);
    let mut client: Value = serde_json::from_str(&text).unwrap();
    client["client_secret"] = SITE_SECRET.into();
    client
}

async fn start_demo(port: u16, site: &str, issuer: &str, log: &Path) -> Child {
    let log = File::create(log).unwrap();
    let listen = format!("127.0.0.1:{port}");
    let mut demo = Command::new(demo_program())
        .args(["--listen", &listen, "--url", site, "--issuer", issuer, "--client-id", "demo-site"])
        .env("DEMO_CLIENT_SECRET", SITE_SECRET)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    eventually("the demo site is open", async || {
        assert!(demo.try_wait().unwrap().is_none(), "the demo site has ended");
        let answer = reqwest::get(site).await.ok()?;
        answer.status().is_success().then_some(())
    })
    .await;
    demo
}

/// `DEMO_BIN`, or else the one that was built beside the tests.
fn demo_program() -> PathBuf {
    std::env::var_os("DEMO_BIN").map_or_else(
        || {
            let test = std::env::current_exe().unwrap();
            test.parent().and_then(Path::parent).unwrap().join("demo-relying-party")
        },
        PathBuf::from,
    )
}
