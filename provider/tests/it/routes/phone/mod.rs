//! The phone API.

mod bodies;
mod decide;
mod devices;
mod dpop;
mod not_me;
mod notices;
mod revoked;
mod scan;
mod sign_in;
mod token;
mod waiting;
