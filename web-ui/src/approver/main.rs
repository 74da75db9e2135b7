//! The phone app: sign in once, then scan, look, confirm or decline.
//!
//! `static/app/app.js` loads this module and calls [`start`] with what only JavaScript can do well: the device's key in
//! `WebCrypto` and `IndexedDB`, passkeys, and the camera.

mod api;
mod app;
mod device_name;
mod dpop;
mod host;
mod human;
mod outcome;
mod passkey;
mod reader;
mod screens;
mod trouble;
mod typed;
mod words;

use leptos::mount::mount_to;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use host::Host;

/// Starts the app in `root`.
#[wasm_bindgen]
pub fn start(root: HtmlElement, host: Host) {
    mount_to(root, move || screens::root(app::App::open(host))).forget();
}

/// Reads a QR code out of a grey picture, one byte for each pixel, row by row. Returns its text, if there is one.
#[wasm_bindgen(js_name = readQr)]
pub fn read_qr(grey: &[u8], width: usize) -> Option<String> {
    reader::read(grey, width)
}

/// The module has nothing to do until it is called.
fn main() {}
