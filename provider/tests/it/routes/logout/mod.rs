//! Signing out.

mod back_channel;
mod from_site;
