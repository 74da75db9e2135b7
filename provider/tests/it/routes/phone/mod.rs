//! The phone API.

mod activity;
mod bodies;
mod decide;
mod devices;
mod dpop;
mod lockout;
mod match_code;
mod not_me;
mod notices;
mod passkey_sign_in;
mod passkeys;
mod revoked;
mod scan;
mod sighting;
mod sign_in;
mod signs;
mod site;
mod token;
mod unlock;
mod waiting;
