//! The camera, and a place to paste a link for those without one.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leptos::prelude::*;
use saoma_web_ui::browser::sleep;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlVideoElement, SubmitEvent};

use super::{button, go};
use crate::app::{Aim, App, Screen, Shared};
use crate::host::Thrown;
use crate::words::Words;

/// Pause between two looks, in milliseconds: about six a second, which leaves the phone cool.
const PAUSE_MS: f64 = 150.0;

/// How it goes with the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Camera {
    Starting,
    Looking,
    Denied,
    Missing,
    Busy,
    Insecure,
}

impl Camera {
    /// What an error of `getUserMedia` means (Media Capture and Streams section 10.3.2); `Insecure` is `camera.js`'s own.
    fn from_error(name: &str) -> Self {
        match name {
            "Insecure" => Self::Insecure,
            "NotAllowedError" | "SecurityError" => Self::Denied,
            "NotReadableError" | "AbortError" => Self::Busy,
            _ => Self::Missing,
        }
    }

    fn text(self, words: &Words) -> &'static str {
        match self {
            Self::Starting => words.starting_camera,
            Self::Looking => "",
            Self::Denied => words.camera_denied,
            Self::Missing => words.camera_missing,
            Self::Busy => words.camera_busy,
            Self::Insecure => words.camera_insecure,
        }
    }
}

/// The screen.
pub(crate) fn screen(app: Shared, aim: Aim) -> impl IntoView {
    let words = app.with_value(|app| app.words());
    let camera = RwSignal::new(Camera::Starting);
    let video = NodeRef::<leptos::html::Video>::new();
    let link = NodeRef::<leptos::html::Input>::new();
    let closed = Arc::new(AtomicBool::new(false));
    let closing = closed.clone();
    on_cleanup(move || {
        closing.store(true, Ordering::Relaxed);
        app.try_with_value(|app| app.api.host().stop_camera());
    });
    video.on_load(move |video| {
        let closed = closed.clone();
        let video = video.unchecked_into::<HtmlVideoElement>();
        app.with_value(|app| app.spawn(|app| look_for_code(app, video, camera, closed)));
    });
    let paste = move |event: SubmitEvent| {
        event.prevent_default();
        let text = link.get_untracked().map(|link| link.value().trim().to_owned()).unwrap_or_default();
        if !text.is_empty() {
            app.with_value(|app| app.spawn(|app| async move { app.scan(text).await }));
        }
    };
    view! {
        <main class="screen scanner">
            <h1 tabindex="-1">{words.scan_title}</h1>
            {(aim == Aim::Again).then(|| view! { <p class="notice" role="status">{words.scan_changed}</p> })}
            <div class="finder" data-camera=move || if camera.get() == Camera::Looking { "on" } else { "off" }>
                <video node_ref=video playsinline muted aria-label=words.camera_label></video>
                <p role="status">{move || camera.get().text(words)}</p>
            </div>
            <form class="paste" on:submit=paste>
                <label for="link">{words.paste_label}</label>
                <div class="row">
                    <input node_ref=link id="link" type="text" inputmode="url" autocomplete="off" autocapitalize="none" spellcheck="false"/>
                    <button class="secondary">{words.paste_go}</button>
                </div>
            </form>
            {button("quiet wide", words.type_instead, move || go(app, Screen::TypeCode(String::new())))}
            {button("quiet wide", words.cancel, move || go(app, Screen::Home))}
        </main>
    }
}

/// Starts the camera and looks until there is a code or the screen is left.
async fn look_for_code(
    app: Rc<App>,
    video: HtmlVideoElement,
    camera: RwSignal<Camera>,
    closed: Arc<AtomicBool>,
) {
    let host = app.api.host();
    if let Err(error) = host.start_camera(&video).await {
        let name = error.unchecked_into::<Thrown>().name().unwrap_or_default();
        camera.try_set(Camera::from_error(&name));
        return;
    }
    camera.try_set(Camera::Looking);
    while !closed.load(Ordering::Relaxed) {
        // A picture that cannot be read now may be read the next time.
        let found = host.look(&video).await.unwrap_or(JsValue::UNDEFINED).as_string();
        if let Some(code) = found.filter(|_| !closed.load(Ordering::Relaxed)) {
            return app.scan(code).await;
        }
        sleep(PAUSE_MS).await;
    }
    host.stop_camera();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_told_apart() {
        for (name, camera) in [
            ("NotAllowedError", Camera::Denied),
            ("NotFoundError", Camera::Missing),
            ("NotReadableError", Camera::Busy),
            ("Insecure", Camera::Insecure),
            ("SomethingNew", Camera::Missing),
        ] {
            assert_eq!(Camera::from_error(name), camera);
        }
    }
}
