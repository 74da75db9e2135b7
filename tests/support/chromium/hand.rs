//! A person's hand on a tab: the mouse, or a finger, and the keyboard.

use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType,
    InsertTextParams, MouseButton, TouchPoint,
};
use chromiumoxide::{Command, Method, types::MethodId};
use serde::Serialize;
use serde_json::Value;
use std::sync::atomic::Ordering;

use super::tab::Tab;

/// `Input.dispatchTouchEvent`. (chromiumoxide's own leaves out the list of points where it is empty, as it is when the
/// finger is lifted; Chromium wants it.)
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Touch {
    r#type: &'static str,
    touch_points: Vec<TouchPoint>,
}

impl Method for Touch {
    fn identifier(&self) -> MethodId {
        "Input.dispatchTouchEvent".into()
    }
}

impl Command for Touch {
    type Response = Value;
}

impl Tab {
    /// Presses the button or link of this name.
    pub async fn press(&self, name: &str) {
        self.press_on(&format!("named({name:?})")).await;
    }

    /// Presses the first thing to be seen that matches.
    pub async fn press_at(&self, selector: &str) {
        self.press_on(&format!("first({selector:?})")).await;
    }

    /// Writes into the field with this label, in place of what it holds.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = format!("labelled({label:?})");
        self.press_on(&field).await;
        self.holds(&format!("({field}.select(), true)")).await;
        self.type_text(text).await;
        self.holds(&format!("{field}.value === {text:?}")).await;
    }

    /// Types a text to wherever the keyboard is.
    pub async fn type_text(&self, text: &str) {
        self.page.execute(InsertTextParams::new(text)).await.unwrap();
    }

    /// Presses what a JavaScript expression yields, once it lies still, is enabled and has nothing over it.
    pub async fn press_on(&self, element: &str) {
        let look = format!("spot({element})");
        let mut before = None;
        let (x, y) = self
            .until(&format!("{element} can be pressed"), async || {
                let now = self.evaluate(&look).await.as_ref().and_then(point);
                if now.is_none() || before.replace(now) != Some(now) {
                    return None;
                }
                now
            })
            .await;
        self.presses.fetch_add(1, Ordering::Relaxed);
        if self.has_touch { self.tap(x, y).await } else { self.click(x, y).await }
    }

    async fn click(&self, x: f64, y: f64) {
        use DispatchMouseEventType::{MouseMoved, MousePressed, MouseReleased};
        for kind in [MouseMoved, MousePressed, MouseReleased] {
            let event = DispatchMouseEventParams::builder().r#type(kind).x(x).y(y);
            let event = event.button(MouseButton::Left).click_count(1).build().unwrap();
            self.page.execute(event).await.unwrap();
        }
    }

    async fn tap(&self, x: f64, y: f64) {
        self.page
            .execute(Touch { r#type: "touchStart", touch_points: vec![TouchPoint::new(x, y)] })
            .await
            .unwrap();
        self.page.execute(Touch { r#type: "touchEnd", touch_points: vec![] }).await.unwrap();
    }
}

/// Keys that move about and press: name, code, what they write.
const KEYS: [(&str, i64, &str); 3] = [("Tab", 9, ""), ("Enter", 13, "\r"), (" ", 32, " ")];

/// More stops than any page has.
const STOPS: usize = 40;

/// The keyboard alone.
impl Tab {
    /// Presses a key: `Tab`, `Enter` or the space bar (` `).
    pub async fn key(&self, name: &str) {
        let (key, number, text) = KEYS.into_iter().find(|(key, ..)| *key == name).expect("a known key");
        let code = if key == " " { "Space" } else { key };
        let event = |kind| {
            let event = DispatchKeyEventParams::builder().r#type(kind).key(key).code(code);
            event.windows_virtual_key_code(number).native_virtual_key_code(number)
        };
        let down = match text {
            "" => event(DispatchKeyEventType::RawKeyDown),
            text => event(DispatchKeyEventType::KeyDown).text(text),
        };
        self.page.execute(down.build().unwrap()).await.unwrap();
        self.page.execute(event(DispatchKeyEventType::KeyUp).build().unwrap()).await.unwrap();
    }

    /// Goes from stop to stop until the one is reached that a JavaScript expression yields, which must show that it is.
    pub async fn reach(&self, element: &str) {
        self.holds(&format!("!!({element}) && !({element}).disabled && ({element}).ariaDisabled !== 'true'"))
            .await;
        let there = format!("focused() === ({element})");
        for _ in 0..STOPS {
            if self.evaluate(&there).await == Some(Value::Bool(true)) {
                // A screen that has just changed may put the keyboard elsewhere.
                self.holds(&format!("!({there}) || isMarked({element})")).await;
                if self.evaluate(&there).await == Some(Value::Bool(true)) {
                    return;
                }
            }
            self.key("Tab").await;
        }
        panic!("the keyboard does not come to {element} on {}", self.url().await);
    }

    /// Presses the button or link of this name with a key.
    pub async fn strike(&self, name: &str, key: &str) {
        self.reach(&format!("named({name:?})")).await;
        self.key(key).await;
    }

    /// Writes into the field with this label, in place of what it holds.
    pub async fn write(&self, label: &str, text: &str) {
        let field = format!("labelled({label:?})");
        self.reach(&field).await;
        self.holds(&format!("({field}.select(), true)")).await;
        self.type_text(text).await;
    }
}

fn point(value: &Value) -> Option<(f64, f64)> {
    Some((value.get(0)?.as_f64()?, value.get(1)?.as_f64()?))
}
