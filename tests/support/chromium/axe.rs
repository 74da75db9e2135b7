//! axe, the accessibility checker (<https://github.com/dequelabs/axe-core>), on what a tab shows: every rule that it has.
//!
//! It runs in a world of its own beside the page's scripts, so it sees the page as it is, changes nothing in it, and is held back by no
//! content security policy.
//!
//! Where scripts are off, axe's timers are, too, and it never ends. There it judges a copy of what is to be seen, in a tab where they are on.

use std::{env, fs, path::Path, sync::LazyLock};

use chromiumoxide::cdp::{
    browser_protocol::page::{CreateIsolatedWorldParams, SetBypassCspParams, SetDocumentContentParams},
    js_protocol::runtime::EvaluateParams,
};
use serde_json::Value;

use super::Tab;

/// axe itself: `AXE`, or else what `cargo xtask test` has fetched.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let usual =
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/axe/node_modules/axe-core/axe.min.js");
    let file = env::var_os("AXE").map_or_else(usual, Into::into);
    fs::read_to_string(&file).unwrap_or_else(|_| {
        panic!("there is no {}: run `cargo xtask test --only browser`, which fetches it", file.display())
    })
});

/// Runs every rule; yields what is broken, where and how, a line for each.
const JUDGE: &str = "axe.run(document, { resultTypes: ['violations'], reporter: 'v1' }).then(({ violations, passes }) => \
    passes.length === 0 ? ['axe has looked at nothing'] : violations.flatMap(({ id, nodes }) => \
    nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' >> ')}: ${failureSummary.replace(/\\s+/g, ' ')}`)))";

/// The document without its scripts and what reloads it. What is hidden where scripts are off stays so where they are on, and the other way
/// round.
const COPY: &str = "(() => { \
    const [root, copy] = [document.documentElement, document.documentElement.cloneNode(true)]; \
    const copies = [...copy.querySelectorAll('*')]; \
    [...root.querySelectorAll('*')].forEach((element, at) => { \
        if (document.body.contains(element) && !element.checkVisibility()) copies[at].style.setProperty('display', 'none', 'important'); \
    }); \
    for (const active of copy.querySelectorAll('script, meta[http-equiv]')) active.remove(); \
    for (const part of copy.querySelectorAll('noscript')) part.replaceWith(...part.childNodes); \
    return '<!doctype html>' + copy.outerHTML; })()";

impl Tab {
    /// Complains of whatever axe finds wrong with what is on the screen. `what` names it.
    pub async fn judge(&self, what: &str) {
        let judged = match self.mirror.get() {
            None => self,
            Some(mirror) => {
                self.copy_to(mirror).await;
                mirror
            }
        };
        let found = judged.until(&format!("axe has looked at {what}"), async || judged.run_axe().await).await;
        for barrier in found.as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.complaints.add(format!("axe: {what}: {barrier}"));
        }
    }

    /// Copies what is to be seen to another tab: at an address of the same origin, a style sheet's, so that it may load what this one loads.
    async fn copy_to(&self, mirror: &Tab) {
        let style = self.value("document.querySelector('link[rel=stylesheet]').href").await;
        let copy = self.value(COPY).await;
        mirror.page.execute(SetBypassCspParams::new(true)).await.unwrap();
        mirror.open(&style).await;
        let frame = mirror.page.mainframe().await.unwrap().expect("it has a frame");
        mirror.page.execute(SetDocumentContentParams::new(frame, copy)).await.unwrap();
        mirror.holds("document.readyState === 'complete' && document.styleSheets.length > 0").await;
        mirror.holds("isAtRest()").await;
    }

    /// What axe finds, a text for each; nothing while the page is between two documents.
    async fn run_axe(&self) -> Option<Value> {
        let frame = self.page.mainframe().await.ok()??;
        let world = self.page.execute(CreateIsolatedWorldParams::new(frame)).await.ok()?;
        let script = EvaluateParams::builder()
            .expression(format!("{}\n{JUDGE}", *AXE))
            .context_id(world.result.execution_context_id)
            .await_promise(true)
            .return_by_value(true);
        let answer = self.page.execute(script.build().unwrap()).await.ok()?.result;
        if answer.exception_details.is_some() { None } else { answer.result.value }
    }
}
