//! What the app asks of JavaScript (`static/app`).

use wasm_bindgen::prelude::*;
use web_sys::HtmlVideoElement;

#[wasm_bindgen]
extern "C" {
    /// The object that `app.js` passes in.
    pub type Host;

    /// What this browser keeps of the device: a [`Kept`], or `undefined` where nobody is signed in.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn load(this: &Host) -> Result<JsValue, JsValue>;

    /// Makes a new key, in memory; returns its public half as a [`Kept`] without a token.
    #[wasm_bindgen(method, catch, js_name = createKey)]
    pub(crate) async fn create_key(this: &Host) -> Result<JsValue, JsValue>;

    /// Keeps the key in use, the refresh token and the name of the person.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn keep(this: &Host, refresh_token: &str, person: &str) -> Result<JsValue, JsValue>;

    /// Forgets all of it.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn forget(this: &Host) -> Result<JsValue, JsValue>;

    /// Signs with the key in use (ES256); returns the 64 bytes of the signature.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn sign(this: &Host, text: &str) -> Result<JsValue, JsValue>;

    /// Shows the rear camera in a video element. Fails with an error whose `name` says why.
    #[wasm_bindgen(method, catch, js_name = startCamera)]
    pub(crate) async fn start_camera(this: &Host, video: &HtmlVideoElement) -> Result<JsValue, JsValue>;

    /// Looks for a QR code in the picture; returns its text, or `undefined`.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn look(this: &Host, video: &HtmlVideoElement) -> Result<JsValue, JsValue>;

    /// Turns the camera off.
    #[wasm_bindgen(method, js_name = stopCamera)]
    pub(crate) fn stop_camera(this: &Host);

    /// Whether passkeys can be here.
    #[wasm_bindgen(method, js_name = canPasskey)]
    pub(crate) fn can_passkey(this: &Host) -> bool;

    /// Makes a passkey by these options; both are JSON. Fails with an error whose `name` says why.
    #[wasm_bindgen(method, catch, js_name = makePasskey)]
    pub(crate) async fn make_passkey(this: &Host, options: &str) -> Result<JsValue, JsValue>;

    /// Has the person use a passkey, in the same way.
    #[wasm_bindgen(method, catch, js_name = usePasskey)]
    pub(crate) async fn use_passkey(this: &Host, options: &str) -> Result<JsValue, JsValue>;

    /// The public half of a key, and what was kept beside it.
    pub(crate) type Kept;

    /// The key's x coordinate, in base64url.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn x(this: &Kept) -> String;

    /// The key's y coordinate, in base64url.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn y(this: &Kept) -> String;

    /// The refresh token.
    #[wasm_bindgen(method, getter, js_name = refreshToken)]
    pub(crate) fn refresh_token(this: &Kept) -> Option<String>;

    /// The name of the person who signed in.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn person(this: &Kept) -> Option<String>;

    /// A JavaScript error.
    pub(crate) type Thrown;

    /// Its name, such as `NotAllowedError`.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn name(this: &Thrown) -> Option<String>;
}
