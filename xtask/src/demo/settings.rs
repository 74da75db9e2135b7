//! Who listens where, and how the two programs are called.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::ports;
use crate::checkout::Checkout;

/// The demo's account.
pub(crate) const ACCOUNT: &str = "demo";

/// Its password. It guards nothing: the data are made up.
pub(crate) const PASSWORD: &str = "scan-to-sign-in";

/// The site's `client_id` in its committed client file.
const CLIENT: &str = "demo-site";

/// The port that the site's committed client file names.
pub(crate) const DEMO_PORT: u16 = 8090;

/// How to run the demo.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// Where Saoma listens
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the demo site listens
    #[arg(long, default_value_t = DEMO_PORT)]
    demo_port: u16,
    /// Let a real phone in: Saoma speaks https on this machine's address in the local network, or on the one given
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the flag may have a value")]
    lan: Option<Option<IpAddr>>,
}

/// All that the demo's steps must know.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where Saoma listens.
    pub(crate) port: u16,
    /// Where the site listens.
    pub(crate) demo_port: u16,
    /// Saoma's address in the local network, if phones there are to reach it.
    pub(crate) lan: Option<IpAddr>,
    /// Where the demo keeps what is its own.
    pub(crate) home: PathBuf,
}

impl Settings {
    /// The settings that the options ask for; the home directory exists from here on.
    pub(crate) fn new(checkout: &Checkout, options: &Options) -> Result<Self> {
        let lan = match options.lan {
            None => None,
            Some(Some(address)) => Some(address),
            Some(None) => Some(lan_address()?),
        };
        // Another issuer needs data of its own.
        let home = checkout.path(if lan.is_some() { "target/demo/lan" } else { "target/demo" });
        fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
        Ok(Self { port: options.port, demo_port: options.demo_port, lan, home })
    }

    /// A demo that begins anew in `home`, whatever was there, on ports that are free now.
    pub(crate) fn anew(home: PathBuf) -> Result<Self> {
        if home.exists() {
            fs::remove_dir_all(&home).with_context(|| format!("cannot remove {}", home.display()))?;
        }
        fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
        let [port, demo_port] = ports::free()?;
        Ok(Self { port, demo_port, lan: None, home })
    }

    /// Saoma's issuer URL.
    pub(crate) fn issuer(&self) -> String {
        match self.lan {
            Some(_) => format!("https://{}", self.listen()),
            None => format!("http://localhost:{}", self.port),
        }
    }

    /// Where Saoma listens.
    pub(crate) fn listen(&self) -> SocketAddr {
        (self.lan.unwrap_or(Ipv4Addr::LOCALHOST.into()), self.port).into()
    }

    /// The certificate of Saoma's authority for development, which everybody has to trust in the local network.
    pub(crate) fn ca(&self) -> Option<PathBuf> {
        self.lan.map(|_| self.data().join("dev-ca.crt"))
    }

    /// The site's URL.
    pub(crate) fn site_url(&self) -> String {
        format!("http://localhost:{}", self.demo_port)
    }

    /// Saoma's data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The file with the site's client secret.
    pub(crate) fn client_secret(&self) -> PathBuf {
        self.home.join("client-secret")
    }

    /// The mock phone's directory. A phone belongs to one issuer.
    pub(crate) fn phone(&self) -> PathBuf {
        if self.port == 8080 {
            self.home.join("phone")
        } else {
            self.home.join(format!("phone-{}", self.port))
        }
    }

    /// A program's log file.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.home.join(format!("{name}.log"))
    }

    /// `saoma serve …`. The site is told of sign-outs at its address on this machine, which has to be allowed.
    pub(crate) fn saoma(&self, checkout: &Checkout) -> Command {
        let mut saoma = saoma(checkout);
        saoma.arg("serve").arg("--data").arg(self.data());
        saoma.args(["--allow-private-networks", "localhost"]);
        saoma.args(["--listen", &self.listen().to_string(), "--issuer", &self.issuer()]);
        if self.lan.is_some() {
            saoma.arg("--dev-tls");
        }
        saoma
    }

    /// `demo-relying-party …`.
    pub(crate) fn site(&self, checkout: &Checkout, secret: &str) -> Command {
        let mut site = Command::new(checkout.binary("debug", "demo-relying-party"));
        site.current_dir(checkout.root()).env("DEMO_CLIENT_SECRET", secret);
        site.args(["--listen", &format!("127.0.0.1:{}", self.demo_port), "--url", &self.site_url()]);
        site.args(["--issuer", &self.issuer(), "--client-id", CLIENT]);
        if let Some(ca) = self.ca() {
            site.arg("--provider-ca").arg(ca);
        }
        site
    }

    /// `saoma audit …`, as the site and with the mock phone.
    pub(crate) fn audit(&self, checkout: &Checkout) -> Command {
        let mut audit = saoma(checkout);
        audit.args(["audit", &self.issuer(), "--phone"]).arg(self.phone());
        audit.args(["--client-id", CLIENT, "--client-secret-file"]).arg(self.client_secret());
        audit.args(["--redirect-uri", &format!("{}/callback", self.site_url())]);
        if let Some(ca) = self.ca() {
            audit.arg("--ca").arg(ca);
        }
        audit
    }
}

/// This machine's address in the local network: the one from which it would call a stranger. Nothing is sent.
fn lan_address() -> Result<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    let routed = socket.connect(("198.51.100.1", 9)).and_then(|()| socket.local_addr());
    let address = routed.context("this machine is in no network; give its address: --lan ADDRESS")?.ip();
    match address {
        IpAddr::V4(v4) if v4.is_private() => Ok(address),
        _ => bail!("{address} is no address of a local network; give the one to use: --lan ADDRESS"),
    }
}

/// The `saoma` command.
pub(crate) fn saoma(checkout: &Checkout) -> Command {
    let mut saoma = Command::new(checkout.binary("debug", "saoma"));
    saoma.current_dir(checkout.root());
    saoma
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::describe;

    fn settings(port: u16) -> (tempfile::TempDir, Checkout, Settings) {
        let directory = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(directory.path());
        let settings = Settings::new(&checkout, &Options { port, demo_port: 8090, lan: None }).unwrap();
        (directory, checkout, settings)
    }

    #[test]
    fn both_programs_are_told_of_each_other() {
        let (_directory, checkout, settings) = settings(8080);
        let site = describe(&settings.site(&checkout, "secret"));
        assert!(site.contains("--url http://localhost:8090 --issuer http://localhost:8080"), "{site}");
        let saoma = describe(&settings.saoma(&checkout));
        assert!(saoma.ends_with("--listen 127.0.0.1:8080 --issuer http://localhost:8080"), "{saoma}");
    }

    #[test]
    fn in_the_local_network_everything_goes_by_https() {
        let (_directory, checkout, mut settings) = settings(8080);
        settings.lan = Some([192, 168, 1, 20].into());
        let saoma = describe(&settings.saoma(&checkout));
        assert!(
            saoma.ends_with("--listen 192.168.1.20:8080 --issuer https://192.168.1.20:8080 --dev-tls"),
            "{saoma}"
        );
        let site = describe(&settings.site(&checkout, "secret"));
        assert!(site.contains("--listen 127.0.0.1:8090") && site.ends_with("data/dev-ca.crt"), "{site}");
    }

    #[test]
    fn the_secret_is_not_on_the_command_line() {
        let (_directory, checkout, settings) = settings(8080);
        assert!(!describe(&settings.site(&checkout, "a-secret")).contains("a-secret"));
    }

    #[test]
    fn a_demo_that_begins_anew_keeps_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("audit");
        fs::create_dir_all(home.join("data")).unwrap();
        let settings = Settings::anew(home).unwrap();
        assert!(settings.home.is_dir() && !settings.data().exists());
        assert!(ports::check(&settings).is_ok());
    }

    #[test]
    fn each_issuer_has_its_own_phone() {
        let (_directory, _, usual) = settings(8080);
        let (_other_directory, _, other) = settings(8081);
        assert!(usual.phone().ends_with("target/demo/phone"));
        assert!(other.phone().ends_with("target/demo/phone-8081"));
    }
}
