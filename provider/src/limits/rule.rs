//! What is counted together, and by what.

/// A rule: what it counts, by whom, and how much is usual.
///
/// The usual rates leave room for an office behind one address, and none for a flood. One sign-in takes 1 start, 3 calls of its browser (its
/// page, the stream of its states, the way back), 2 of the phone and 2 of the site, as the log of one in real browsers shows. With scripts off
/// the page asks 20 times a minute, where only plain polling gets through 30 times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Sign-ins that are started, by address.
    Starts,
    /// Whatever else browsers ask of sign-ins, polling above all, by address.
    Browsing,
    /// Phones that sign in, by address. Each takes a slow hash, or enrols a phone.
    SignIns,
    /// All other calls of phones, by address.
    Phones,
    /// Calls of sites, and whatever belongs nowhere else, by address.
    Sites,
    /// Calls of one client that has proved who it is.
    Client,
    /// Calls of one device.
    Device,
    /// Scans of one account.
    Scans,
    /// Decisions of one account, what is typed for them, and passkeys that are to be made.
    Decisions,
}

impl Rule {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Starts,
        Self::Browsing,
        Self::SignIns,
        Self::Phones,
        Self::Sites,
        Self::Client,
        Self::Device,
        Self::Scans,
        Self::Decisions,
    ];

    /// Calls a minute, and at once, where the operator says nothing.
    pub const fn usual(self) -> u32 {
        match self {
            Self::Starts => 300,
            Self::Browsing => 3000,
            Self::SignIns | Self::Scans => 60,
            Self::Phones => 1200,
            Self::Sites | Self::Client => 6000,
            Self::Device => 240,
            Self::Decisions => 120,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_the_table_of_its_number() {
        for (number, rule) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(rule as usize, number, "{rule:?}");
        }
    }
}
