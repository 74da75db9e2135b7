//! The phone API.

mod activity;
mod bodies;
mod decide;
mod devices;
mod dpop;
mod match_code;
mod revoked;
mod scan;
mod sign_in;
mod signs;
mod site;
mod token;
mod unlock;
