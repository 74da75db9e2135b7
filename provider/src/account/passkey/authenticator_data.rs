//! Authenticator data (WebAuthn section 6.1): what an authenticator signs of itself.

use super::cbor::Map;
use crate::secret::sha256;

/// Length of what is always there: hash, flags and counter.
const HEAD: usize = 37;

/// The user was there.
const USER_PRESENT: u8 = 1;
/// The authenticator knows that it was the right one: by PIN, finger or face.
const USER_VERIFIED: u8 = 1 << 2;
/// The passkey may be copied to other devices of its owner.
const BACKUP_ELIGIBLE: u8 = 1 << 3;
/// It has been.
const BACKED_UP: u8 = 1 << 4;
/// A new passkey follows.
const ATTESTED: u8 = 1 << 6;
/// Extensions follow.
const EXTENSIONS: u8 = 1 << 7;

/// What an authenticator says of itself.
#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    /// SHA-256 of the relying party's identifier that it knows.
    rp_id_hash: &'a [u8],
    flags: u8,
    /// How often the passkey has been used, or 0.
    pub(super) sign_count: u32,
    /// The new passkey, at a registration.
    pub(super) attested: Option<Attested<'a>>,
}

/// A new passkey.
#[derive(Debug)]
pub(super) struct Attested<'a> {
    /// The authenticator's model; zeros where it does not say.
    pub(super) aaguid: &'a [u8],
    /// The passkey's identifier.
    pub(super) id: &'a [u8],
    /// Its public key, as CBOR.
    pub(super) public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it to the last byte; `None` if it is none.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, mut rest) = bytes.split_at_checked(HEAD)?;
        let (rp_id_hash, tail) = head.split_at_checked(32)?;
        let (&flags, counter) = tail.split_first()?;
        let sign_count = u32::from_be_bytes(counter.try_into().ok()?);
        let attested = if flags & ATTESTED == 0 {
            None
        } else {
            let (aaguid, after) = rest.split_at_checked(16)?;
            let (length, after) = after.split_at_checked(2)?;
            let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
            let (id, key) = after.split_at_checked(length)?;
            let (_, after) = Map::read_first(key)?;
            rest = after;
            Some(Attested { aaguid, id, public_key: &key[..key.len() - after.len()] })
        };
        if flags & EXTENSIONS != 0 {
            // None were asked for, so none is looked at (section 7.1, step 20); they must only end where the data end.
            let (_, after) = Map::read_first(rest)?;
            rest = after;
        }
        rest.is_empty().then_some(Self { rp_id_hash, flags, sign_count, attested })
    }

    /// Whether it is for this relying party.
    pub(super) fn is_for(&self, rp_id: &str) -> bool {
        self.rp_id_hash == sha256(rp_id.as_bytes())
    }

    /// Whether the user was there, and was the right one.
    pub(super) fn user_is_verified(&self) -> bool {
        self.flags & USER_PRESENT != 0 && self.flags & USER_VERIFIED != 0
    }

    /// Whether the passkey may be copied, and has been; `None` for what cannot be: copied, but not to be.
    pub(super) fn backup(&self) -> Option<Backup> {
        let backup =
            Backup { eligible: self.flags & BACKUP_ELIGIBLE != 0, done: self.flags & BACKED_UP != 0 };
        (backup.eligible || !backup.done).then_some(backup)
    }
}

/// Whether a passkey may be copied to its owner's other devices, and has been (WebAuthn section 6.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// It may be. This never changes.
    pub eligible: bool,
    /// It has been.
    pub done: bool,
}
