//! The actors.

mod answer;
mod authenticator;
mod back_channel;
mod browser;
pub(crate) mod forgery;
mod id_token;
mod phone;
pub(crate) mod places;
pub(crate) mod site;
pub(crate) mod site_key;
mod test_app;

pub(crate) use answer::Answer;
pub(crate) use authenticator::{Authenticator, BACKED_UP, BACKUP_ELIGIBLE, USER_PRESENT, USER_VERIFIED};
pub(crate) use back_channel::BackChannel;
pub(crate) use browser::{Browser, BrowserKey, OWN_ORIGIN, Widget};
pub(crate) use id_token::{claims_of, id_token};
pub(crate) use phone::Phone;
pub(crate) use site::{Ask, Site};
pub(crate) use site_key::SiteKey;
pub(crate) use test_app::{ISSUER, PASSWORD, START, TestApp, keep_keys};
