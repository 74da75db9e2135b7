//! What keeps an account its owner's: who lets devices in, and what people are told of.

use std::time::Duration;

use async_trait::async_trait;

use super::{NewPhoneToken, StoreError};
use crate::{
    account::{
        AccountId,
        admission::{Admission, Decision, WaitingDevice, WaitingId},
        device::Device,
        notice::{Notice, NoticeId, TakenBack},
        phone_session::PhoneSession,
    },
    clock::Time,
    login::context::BrowserContext,
    secret::Digest,
};

/// A device to enrol.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// The device.
    pub device: Device,
    /// Its first access token.
    pub access_token: NewPhoneToken,
    /// What the server saw of it.
    pub from: BrowserContext,
}

/// What came of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolment {
    /// The device is enrolled, and the account's other devices will hear of it.
    Enrolled,
    /// The account has as many as it may.
    TooMany,
    /// The account has another device, which has to be asked.
    NeedsConsent,
}

/// Devices, and who lets them in.
#[async_trait]
pub trait EnrolmentStore: Send + Sync {
    /// Adds a device and its first access token, makes a notice of it, and revokes what the account had under the same key. At most
    /// `most` others may be signed in.
    async fn enrol_device(
        &self,
        new: &NewDevice,
        admission: &Admission,
        most: u32,
    ) -> Result<Enrolment, StoreError>;
    /// Keeps a device that waits, in the place of one with the same key; `false` if `most` wait for the account.
    async fn add_waiting_device(&self, waiting: &WaitingDevice, most: u32) -> Result<bool, StoreError>;
    /// Devices that wait for the account's yes, the oldest first.
    async fn waiting_devices(&self, account: AccountId, now: Time) -> Result<Vec<WaitingDevice>, StoreError>;
    /// By the hash of what it asks with, if its time is not over.
    async fn waiting_device(&self, token: &Digest, now: Time) -> Result<Option<WaitingDevice>, StoreError>;
    /// A phone of the account decides, if it is not revoked; `false`: nothing waits there, or it has been decided.
    async fn decide_waiting_device(
        &self,
        id: WaitingId,
        decision: Decision,
        by: &PhoneSession,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Enrols a device that has been let in, if whoever let it in is not revoked, and it has not been enrolled and revoked since:
    /// else it needs consent.
    async fn enrol_waiting_device(
        &self,
        id: WaitingId,
        new: &NewDevice,
        most: u32,
    ) -> Result<Enrolment, StoreError>;
    /// Lets the account's next device in on its password alone, once, from now on for so long.
    async fn allow_next_device(
        &self,
        account: AccountId,
        lasts: Duration,
        now: Time,
    ) -> Result<(), StoreError>;
}

/// What people are told of.
#[async_trait]
pub trait NoticeStore: Send + Sync {
    /// What a device's owner has not seen there often enough, the newest first.
    async fn notices(&self, device: &Device, now: Time, most: u32) -> Result<Vec<Notice>, StoreError>;
    /// Notes that it was seen on this device, if it is due there; `false`: it is no notice of the account.
    async fn acknowledge_notice(&self, id: NoticeId, device: &Device, now: Time) -> Result<bool, StoreError>;
    /// Takes back all that came of what a notice tells of. `None`: it is no notice of the account, or has been answered.
    async fn take_back(
        &self,
        id: NoticeId,
        by: &PhoneSession,
        now: Time,
    ) -> Result<Option<TakenBack>, StoreError>;
}
