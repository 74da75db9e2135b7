//! The key ring on the real store.

mod master;
mod rotation;
