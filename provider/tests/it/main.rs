//! The provider from outside, told by those who call it: a browser, a phone, a site. Requests go to the production App and
//! router without a socket, with a clock that the test turns and a seeded random source, on the real store.

#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]
#![expect(clippy::doc_markdown, reason = "demands stand in a table (`conformance`), in its own words")]

mod attacks;
mod client_import;
mod conformance;
mod discovery_truth;
mod docs;
mod forgeries;
mod keys;
mod limits;
mod model;
mod parsers;
mod races;
mod routes;
mod store;
mod support;
mod trail;
mod walk_through;
mod web;
