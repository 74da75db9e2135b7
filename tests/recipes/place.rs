//! A provider, a recipe's site and a phone: all that one journey needs.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

use provider::mock_phone::MockPhone;
use rustix::process::{Pid, Signal, kill_process};
use saoma_tests::{Operator, Server, code_on, eventually, free_port, sign_in};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;

use crate::{
    recipe::{self, Recipe, Start},
    visitor::{Stop, Visitor},
};

/// The name of the person whose phone it is.
pub(crate) const NAME: &str = "Lin Example";

/// What the site seals its sessions with.
const SESSION_SECRET: &str = "a-secret-of-the-site-alone-with-which-it-seals";

/// Everybody.
pub(crate) struct Place {
    /// The phone, signed in.
    pub(crate) phone: MockPhone,
    /// The provider.
    pub(crate) server: Server,
    /// The `sub` of the account.
    pub(crate) sub: String,
    recipe: &'static Recipe,
    site: Site,
    _operator: Operator,
}

/// A code on the visitor's screen.
#[derive(Debug)]
pub(crate) struct Screen {
    /// The authorization request that the site made.
    pub(crate) request: Stop,
    /// The sign-in page's address.
    pub(crate) page: String,
    /// What the code says.
    pub(crate) qr: String,
}

/// The site's program. It is asked to end when it is dropped.
struct Site {
    url: String,
    files: TempDir,
    child: Child,
}

impl Place {
    /// Registers the site as its recipe says, and starts everybody.
    pub(crate) async fn open(recipe: &'static Recipe) -> Self {
        let operator = Operator::new();
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let imported = operator.import(&registration(recipe, &url)).await.well().json();
        let sub = operator.add_account("lin").await.well().json()["sub"].as_str().unwrap().to_owned();
        let mut server = operator.server();
        server.start().await;
        let secret = imported[0]["client_secret"].as_str().expect("a secret was made");
        let environment = [
            ("ISSUER", server.issuer()),
            ("SITE", &url),
            ("CLIENT_SECRET", secret),
            ("SESSION_SECRET", SESSION_SECRET),
        ];
        let site = Site::start(recipe, port, &environment).await;
        let phone = sign_in(&server.url(), &operator.path("phone"), "lin").await;
        Self { phone, server, sub, recipe, site, _operator: operator }
    }

    /// An address of the site.
    pub(crate) fn site(&self, path: &str) -> String {
        format!("{}{path}", self.site.url)
    }

    /// What the site has logged so far.
    pub(crate) fn log(&self) -> String {
        ["log", "run/error.log"].map(|name| self.site.read(name)).concat()
    }

    /// The site sends a visitor to the provider, who shows the code.
    pub(crate) async fn ask(&self, visitor: &Visitor) -> Screen {
        let request = visitor.walk(&self.site(self.recipe.login), Some(self.server.issuer())).await;
        let shown = visitor.walk(request.url.as_str(), None).await;
        let page = shown.page();
        assert_eq!(page.status, 200, "{page:?}");
        let qr = code_on(&page.body).expect("the page has a code").to_owned();
        Screen { request, page: shown.url.into(), qr }
    }

    /// The phone has confirmed: where the sign-in page sends the visitor.
    pub(crate) async fn answer(&self, visitor: &Visitor, screen: &Screen) -> Stop {
        visitor.walk(&screen.page, Some(&self.site.url)).await
    }

    /// Where the sign-in page leads somebody who has declined.
    pub(crate) async fn way_back(&self, visitor: &Visitor, screen: &Screen) -> String {
        let page = visitor.get(&screen.page).await;
        attribute(&page.body, "return-to").expect("the page leads back").replace("&#38;", "&")
    }

    /// Whether the site takes this visitor for the person whose phone it is.
    pub(crate) async fn knows(&self, visitor: &Visitor) -> bool {
        let page = visitor.get(&self.site(self.recipe.members)).await;
        page.body.contains(NAME) && page.body.contains(&self.sub)
    }

    /// The provider's discovery document.
    pub(crate) async fn discovery(&self) -> Value {
        let url = format!("{}/.well-known/openid-configuration", self.server.url());
        Visitor::new().get(&url).await.json()
    }
}

impl Site {
    async fn start(recipe: &Recipe, port: u16, environment: &[(&str, &str)]) -> Self {
        let files = TempDir::new().unwrap();
        fs::set_permissions(files.path(), Permissions::from_mode(0o755)).unwrap();
        recipe::copy(&recipe::source(recipe.directory), files.path());
        let log = File::create(files.path().join("log")).unwrap();
        let mut command = (recipe.command)(&Start { directory: recipe.directory, files: files.path(), port });
        command.current_dir(files.path()).envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut site =
            Self { url: format!("http://localhost:{port}"), child: command.spawn().unwrap(), files };
        eventually("the site is open", async || {
            let ended = site.child.try_wait().unwrap();
            assert!(ended.is_none(), "the site has ended ({ended:?}):\n{}", site.read("log"));
            reqwest::get(&site.url).await.ok()
        })
        .await;
        site
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.files.path().join(name)).unwrap_or_default()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        // One that has ended already cannot be asked to.
        let _ = id.and_then(Pid::from_raw).map(|pid| kill_process(pid, Signal::TERM));
    }
}

/// The recipe's client metadata, with the site at this address.
fn registration(recipe: &Recipe, url: &str) -> Value {
    let text = read(&recipe::source(recipe.directory).join("client.json"));
    assert!(text.contains(recipe.home), "{text}");
    serde_json::from_str(&text.replace(recipe.home, url)).unwrap()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// An attribute of the sign-in page's `<saoma-login>`.
fn attribute(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}
