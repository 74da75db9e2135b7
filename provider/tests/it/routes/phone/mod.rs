//! The phone API.

mod activity;
mod bodies;
mod decide;
mod devices;
mod dpop;
mod revoked;
mod scan;
mod sign_in;
mod token;
