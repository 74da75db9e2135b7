//! The widget: `<saoma-login>`, on the provider's own sign-in page and in other sites.
//!
//! `static/widget/saoma.js` defines the element and calls [`mount`] when it comes onto a page.

mod code;
mod deliver;
mod flow;
mod follow;
mod frames;
mod ladder;
mod login;
mod options;
mod panel;
mod session;
mod sse;
mod view;
mod wire;
mod words;

use std::any::Any;
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use saoma_web_ui::browser;
use saoma_web_ui::lang::Lang;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use options::Place;
use panel::Panel;
use session::Session;

#[wasm_bindgen]
extern "C" {
    /// What the script that defines the element offers to the widget.
    pub type Loader;

    /// The provider's origin: where the script came from.
    #[wasm_bindgen(method, getter)]
    fn origin(this: &Loader) -> String;

    /// An attribute of the element.
    #[wasm_bindgen(method)]
    fn attribute(this: &Loader, name: &str) -> Option<String>;

    /// A proof by the widget's own key that it makes this call; `undefined` where there is no key. `seconds` are since 1970.
    #[wasm_bindgen(method)]
    async fn prove(this: &Loader, method: &str, path: &str, seconds: f64) -> JsValue;

    /// Whether things should move as little as they can.
    #[wasm_bindgen(method)]
    fn calm(this: &Loader) -> bool;

    /// Keeps the keyboard's focus where the control that has it is about to go.
    #[wasm_bindgen(method, js_name = keepFocus)]
    fn keep_focus(this: &Loader);

    /// Whether the provider answers a request that every origin may make.
    #[wasm_bindgen(method)]
    async fn reachable(this: &Loader) -> JsValue;

    /// Goes to the site's callback page, and keeps for it what `finishLogin` reads.
    #[wasm_bindgen(method)]
    fn leave(this: &Loader, state: &str, kept: &JsValue, url: &str);

    /// Goes to another page of the provider's.
    #[wasm_bindgen(method)]
    fn open(this: &Loader, path: &str);

    /// Gives the provider's page the address of another login.
    #[wasm_bindgen(method)]
    fn rename(this: &Loader, path: &str);

    /// Dispatches an event on the element.
    #[wasm_bindgen(method)]
    fn emit(this: &Loader, name: &str, detail: &JsValue);

    /// Dispatches `saoma-state`.
    #[wasm_bindgen(method, js_name = emitState)]
    fn emit_state(this: &Loader, state: &str);

    /// Dispatches `saoma-error`.
    #[wasm_bindgen(method, js_name = emitError)]
    fn emit_error(this: &Loader, error: &str, description: &str);
}

/// A mounted widget.
#[wasm_bindgen]
pub struct Handle {
    session: Rc<Session>,
    view: Box<dyn Any>,
    /// Keeps the signals alive.
    _owner: Owner,
}

/// Mounts the widget into `root`, a `div` inside the element's shadow root. It begins at once.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, loader: Loader) -> Handle {
    let place = options::read(|name| loader.attribute(name));
    let level = if matches!(place, Some(Place::Page(_))) { "1" } else { "2" };
    let owner = Owner::new();
    let stays = place.as_ref().is_some_and(Place::stays);
    let panel = owner.with(|| Panel::new(language(loader.attribute("lang")), stays));
    let session = Rc::new(Session::new(loader, panel, place));
    session.begin();
    let shown = session.clone();
    let view = owner.with(|| {
        let session = StoredValue::new_local(shown);
        mount_to(root, move || view::panel_view(session, level))
    });
    Handle { session, view: Box::new(view), _owner: owner }
}

#[wasm_bindgen]
impl Handle {
    /// Changes the language: what the attribute `lang` says now, or `undefined`.
    #[wasm_bindgen(js_name = setLang)]
    pub fn set_lang(&self, tag: Option<String>) {
        self.session.panel.lang.set(language(tag));
    }

    /// Stops following and takes the view down.
    pub fn unmount(self) {
        self.session.stop();
        drop(self.view);
    }
}

/// The language of an attribute, or else the browser's.
fn language(tag: Option<String>) -> Lang {
    tag.filter(|tag| !tag.is_empty()).map_or_else(browser::language, |tag| Lang::from_tag(&tag))
}

/// The module has nothing to do until it is called.
fn main() {}
