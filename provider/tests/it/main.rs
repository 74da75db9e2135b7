//! The provider from outside, told by those who call it: a browser, a phone, a site. Requests go to the production App and
//! router without a socket, with a clock that the test turns and a seeded random source, on the real store.

mod support;
mod walk_through;
