//! The actors.

mod answer;
mod browser;
mod phone;
mod site;
mod test_app;

pub(crate) use answer::Answer;
pub(crate) use browser::{Browser, Widget};
pub(crate) use phone::Phone;
pub(crate) use site::{Ask, Site};
pub(crate) use test_app::{ISSUER, START, TestApp};
