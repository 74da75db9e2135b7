//! Whether the ports are free, asked before anything is built; and ports that are.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Result, bail};

use super::settings::Settings;

/// Err when one of the demo's ports is taken.
pub(crate) fn check(settings: &Settings) -> Result<()> {
    if settings.port == settings.demo_port {
        bail!("Saoma and the demo site cannot both listen on port {}", settings.port);
    }
    check_one("Saoma", settings.listen(), "--port")?;
    check_one("the demo site", (Ipv4Addr::LOCALHOST, settings.demo_port).into(), "--demo-port")
}

/// Two ports that nobody listens on now.
pub(crate) fn free() -> Result<[u16; 2]> {
    // Both are held until both are known, else they could be one.
    let one = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}

/// Err when a port cannot be listened on.
fn check_one(who: &str, address: SocketAddr, option: &str) -> Result<()> {
    let port = address.port();
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port}, where {who} would listen, is taken by another program.\n\
             Stop that program, or choose another port: cargo xtask demo {option} {}",
            port.saturating_add(1000)
        ),
        Err(error) => bail!("{who} cannot listen on {address}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_a_way_out() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = check_one("Saoma", (Ipv4Addr::LOCALHOST, port).into(), "--port").unwrap_err().to_string();
        assert!(error.contains(&format!("port {port}, where Saoma would listen, is taken")), "{error}");
        assert!(error.contains("cargo xtask demo --port"), "{error}");
    }

    #[test]
    fn a_free_port_is_fine() {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        assert!(check_one("Saoma", (Ipv4Addr::LOCALHOST, port).into(), "--port").is_ok());
    }

    #[test]
    fn one_port_is_not_enough_for_two() {
        let settings = Settings { port: 8080, demo_port: 8080, lan: None, home: "/tmp".into() };
        assert!(check(&settings).unwrap_err().to_string().contains("cannot both"));
    }
}
