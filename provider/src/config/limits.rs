//! How much may be asked of one server.

use crate::limits::Rule;

/// Bounds on what one server does.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Browsers that follow a login by event stream or long-poll.
    pub followers: usize,
    /// Calls a minute.
    pub rates: Rates,
    /// Logins that are open at a time, in all; 0: no limit.
    pub open_logins: u32,
    /// Logins that are open at a time, of one network; 0: no limit.
    pub open_logins_per_network: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            followers: 20_000,
            rates: Rates::default(),
            open_logins: 50_000,
            open_logins_per_network: 1_000,
        }
    }
}

/// How many calls a minute each rule admits, and at once; 0: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates([u32; Rule::ALL.len()]);

impl Default for Rates {
    fn default() -> Self {
        Self(Rule::ALL.map(Rule::usual))
    }
}

impl Rates {
    /// Nothing is limited.
    pub const fn none() -> Self {
        Self([0; Rule::ALL.len()])
    }

    /// What a rule admits.
    pub const fn of(&self, rule: Rule) -> u32 {
        self.0[rule as usize]
    }

    /// Gives a rule another rate.
    pub const fn set(&mut self, rule: Rule, calls: u32) {
        self.0[rule as usize] = calls;
    }
}
