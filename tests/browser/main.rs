//! Whole journeys in real browsers: a Chromium at a desk, another that is a phone, the `saoma` program and the demo site.
//! The phone's camera sees a picture of the desktop's screen; nothing else passes between the two.

mod accessible;
mod app;
mod bound;
mod consent;
mod devices;
mod embedded;
mod help;
mod keyboard;
mod languages;
mod lost_connection;
mod match_code;
mod pages;
mod passkeys;
mod redirect;
mod relay;
mod renewal;
mod rotation;
mod sign_out;
mod steps;
mod stolen;
mod taps;
mod third_party;
mod turned_down;
mod typed_code;
mod watch;
mod without_scripts;
