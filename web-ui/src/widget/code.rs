//! The QR code as the attributes of its drawing.

use protocol::draw::{QrPath, draw};

/// What the code says and how it is drawn; an empty white square until there is one.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) payload: String,
    pub(crate) view_box: String,
    pub(crate) paper: String,
    pub(crate) dark: String,
}

impl Code {
    /// Draws it.
    pub(crate) fn of(payload: &str) -> Self {
        let QrPath { side, dark } = if payload.is_empty() { QrPath::default() } else { draw(payload) };
        let side = side.max(1).to_string();
        Self {
            payload: payload.into(),
            view_box: ["0 0 ", &side, " ", &side].concat(),
            paper: ["M0 0h", &side, "v", &side, "H0z"].concat(),
            dark,
        }
    }
}
