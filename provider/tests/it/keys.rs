//! The key ring on the real store.

mod at_rest;
mod forgeries;
mod master;
mod rotation;
