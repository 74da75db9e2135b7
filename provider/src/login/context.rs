//! What the server saw of the browser that started a login. The phone shows it, so that its owner can tell their own
//! browser from somebody else's.

use std::net::IpAddr;

use super::browser_name::browser_name;
use crate::{clock::Time, oauth::dpop::Thumbprint};

/// Most of a `User-Agent` that is kept, in bytes.
const USER_AGENT_LENGTH: usize = 512;

/// What the server saw of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserContext {
    /// Its `User-Agent` header, cut at 512 bytes; empty if it sent none.
    pub user_agent: String,
    /// Its network address.
    pub address: IpAddr,
    /// The key that its login is bound to; `None` where the browser secret alone must do.
    pub key: Option<Thumbprint>,
}

impl BrowserContext {
    /// From a request's header and connection.
    pub fn new(user_agent: &str, address: IpAddr) -> Self {
        let end = user_agent.floor_char_boundary(USER_AGENT_LENGTH);
        Self { user_agent: user_agent[..end].to_owned(), address: address.to_canonical(), key: None }
    }

    /// As the person with the phone is told.
    pub fn for_approver(&self, started_at: Time) -> protocol::phone::BrowserContext {
        protocol::phone::BrowserContext {
            name: browser_name(&self.user_agent),
            address: self.address.to_string(),
            place: None,
            started_at: started_at.seconds(),
            bound: self.key.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_user_agent_is_cut_between_characters() {
        let context = BrowserContext::new(&"扫".repeat(400), [127, 0, 0, 1].into());
        assert_eq!(context.user_agent, "扫".repeat(170));
    }

    #[test]
    fn a_mapped_address_is_shown_as_the_one_it_is() {
        let context = BrowserContext::new("", "::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(context.for_approver(Time::from_millis(0)).address, "192.0.2.1");
    }
}
