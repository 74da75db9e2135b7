//! axe, the accessibility checker (<https://github.com/dequelabs/axe-core>), on what a tab shows: every rule that it has.
//!
//! It runs in a world of its own beside the page's scripts, so it sees the page as it is, changes nothing in it, and is held back by no
//! content security policy.

use std::{
    env, fs,
    path::Path,
    sync::{LazyLock, atomic::Ordering},
};

use chromiumoxide::cdp::{
    browser_protocol::page::CreateIsolatedWorldParams, js_protocol::runtime::EvaluateParams,
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
const JUDGE: &str = "axe.run(document, { resultTypes: ['violations'], reporter: 'v2' }).then(({ violations, passes }) => \
    passes.length === 0 ? ['axe has looked at nothing'] : violations.flatMap(({ id, nodes }) => \
    nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' >> ')}: ${failureSummary.replace(/\\s+/g, ' ')}`)))";

impl Tab {
    /// Complains of whatever axe finds wrong with what is on the screen. `what` names it.
    ///
    /// Where scripts are off, axe's timers are, too, and it never ends. The markup is the one that it judges where they are on.
    pub async fn judge(&self, what: &str) {
        if !self.has_scripts.load(Ordering::Relaxed) {
            return;
        }
        let found = self.until(&format!("axe has looked at {what}"), async || self.run_axe().await).await;
        for barrier in found.as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.complaints.add(format!("axe: {what}: {barrier}"));
        }
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
