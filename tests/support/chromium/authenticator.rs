//! An authenticator that is built into a phone: it keeps passkeys, and uses them when its owner's finger, face or PIN is known.
//! It is Chromium's own, and asks nobody (WebAuthn Level 3 section 11).

use chromiumoxide::{
    Page,
    cdp::browser_protocol::web_authn::{
        AddCredentialParams, AddVirtualAuthenticatorParams, AuthenticatorId, AuthenticatorProtocol,
        AuthenticatorTransport, ClearCredentialsParams, EnableParams, GetCredentialsParams,
        SetResponseOverrideBitsParams, SetUserVerifiedParams, VirtualAuthenticatorOptions,
    },
};

use super::Tab;

/// The authenticator of a tab.
#[derive(Debug)]
pub struct Authenticator {
    page: Page,
    id: AuthenticatorId,
}

impl Tab {
    /// Builds one in. Its passkeys are copied to its owner's other devices.
    pub async fn authenticator(&self) -> Authenticator {
        let page = self.page.clone();
        page.execute(EnableParams::default()).await.unwrap();
        let options = VirtualAuthenticatorOptions::builder()
            .protocol(AuthenticatorProtocol::Ctap2)
            .transport(AuthenticatorTransport::Internal)
            .has_resident_key(true)
            .has_user_verification(true)
            .is_user_verified(true)
            .automatic_presence_simulation(true)
            .default_backup_eligibility(true)
            .default_backup_state(true)
            .build()
            .unwrap();
        let added = page.execute(AddVirtualAuthenticatorParams::new(options)).await.unwrap();
        Authenticator { page, id: added.result.authenticator_id }
    }
}

impl Authenticator {
    /// Whether it will know its owner. Where it does not, the browser tells the page what it tells of a prompt that was closed.
    pub async fn knows_its_owner(&self, knows: bool) {
        self.page.execute(SetUserVerifiedParams::new(self.id.clone(), knows)).await.unwrap();
    }

    /// From now on, what it signs does not hold; or does again.
    pub async fn signs_falsely(&self, falsely: bool) {
        let bits = SetResponseOverrideBitsParams::builder().authenticator_id(self.id.clone());
        self.page.execute(bits.is_bogus_signature(falsely).build().unwrap()).await.unwrap();
    }

    /// Has the passkeys that another one has, and no others, as if their owner's account had copied them. They count on by themselves (as
    /// copied ones do not in truth), so that one that is behind the others is refused: it has to be made equal again before it is used.
    pub async fn is_as(&self, other: &Self) {
        self.page.execute(ClearCredentialsParams::new(self.id.clone())).await.unwrap();
        let found = other.page.execute(GetCredentialsParams::new(other.id.clone())).await.unwrap();
        for passkey in found.result.credentials {
            self.page.execute(AddCredentialParams::new(self.id.clone(), passkey)).await.unwrap();
        }
    }
}
