//! The few things that the programs ask of the browser: time, waiting, chance, language.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use wasm_bindgen_futures::JsFuture;

use crate::lang::Lang;

/// The page's window.
///
/// # Panics
///
/// Where there is none, such as in a worker: these programs are pages.
pub fn window() -> web_sys::Window {
    web_sys::window().expect_throw("runs in a page")
}

/// Milliseconds since the page was opened, on a clock that nobody sets.
pub fn now_ms() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// A random number in `0.0..1.0`, for jitter. Not for secrets: those are [`random_bytes`].
pub fn jitter() -> f64 {
    js_sys::Math::random()
}

/// Bytes from the browser's cryptographic random source.
///
/// # Panics
///
/// If the browser has no such source, which none that runs WebAssembly lacks.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let crypto = window().crypto().expect_throw("crypto");
    crypto.get_random_values_with_u8_array(&mut bytes).expect_throw("random");
    bytes
}

/// A promise that is kept after so many milliseconds, with `undefined`.
pub fn timer(ms: f64) -> Promise {
    // A timeout takes an i32; longer than a day is nobody's wait.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a day")]
    let ms = ms.clamp(0.0, 86_400_000.0) as i32;
    Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    })
}

/// Waits so many milliseconds.
pub async fn sleep(ms: f64) {
    let _ = JsFuture::from(timer(ms)).await;
}

/// What a promise comes to, or `None` if it is not kept within `ms` milliseconds.
pub async fn within(ms: f64, promise: Promise) -> Option<Result<JsValue, JsValue>> {
    // The timer yields `undefined`; what is raced here never does.
    let race = Promise::race(&js_sys::Array::of2(&promise, &timer(ms)));
    match JsFuture::from(race.unchecked_into::<Promise>()).await {
        Ok(value) if value.is_undefined() => None,
        settled => Some(settled),
    }
}

/// The language that the person has set in the browser.
pub fn language() -> Lang {
    Lang::from_tag(&window().navigator().language().unwrap_or_default())
}

/// A day as people of that language write it, such as `Nov 24, 2026`. `seconds` are since 1970 UTC; the day is the browser's.
pub fn date(seconds: i64, lang: Lang) -> String {
    let options = js_sys::Object::new();
    for (part, form) in [("year", "numeric"), ("month", "short"), ("day", "numeric")] {
        let _ = js_sys::Reflect::set(&options, &part.into(), &form.into());
    }
    // Seconds of our time are whole numbers of a float.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let ms = seconds as f64 * 1000.0;
    js_sys::Date::new(&ms.into()).to_locale_date_string(lang.tag(), &options).into()
}
