//! Attacks, each by whoever would make it and as far as it goes. `docs/threat-model.md` lists them, with those that are told beside the
//! routes that they are made on.

mod downgrade;
mod enumeration;
mod fixation;
mod injection;
mod relay;
mod replay;
mod takeover;
