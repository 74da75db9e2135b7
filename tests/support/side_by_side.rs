//! Two screens in one picture, as the README shows them.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::Device;

/// Puts a desktop's screen and a phone's side by side, in a new tab of this browser. Returns the picture as PNG.
pub async fn side_by_side(device: &Device, desktop: &[u8], phone: &[u8]) -> Vec<u8> {
    let tab = device.chromium.tab().await;
    tab.resize(1160, 720).await;
    let image = |class: &str, png: &[u8]| {
        format!("<img class={class} src=data:image/png;base64,{}>", STANDARD.encode(png))
    };
    let page = format!(
        "<style>
            body {{ display: flex; gap: 56px; align-items: center; justify-content: center; margin: 0;
                    height: 720px; background: #dbe3df }}
            img {{ background: #fff; box-shadow: 0 8px 32px rgb(0 0 0 / 10%) }}
            .desktop {{ width: 640px; height: 600px; object-fit: none; border: 1px solid #c3cdc8; border-radius: 14px }}
            .phone {{ width: 300px; height: 649px; border: 8px solid #15201b; border-radius: 40px }}
        </style>{}{}",
        image("desktop", desktop),
        image("phone", phone),
    );
    tab.holds(&format!("(document.body.innerHTML = {page:?}, true)")).await;
    tab.holds(
        "document.images.length === 2 && [...document.images].every((i) => i.complete && i.naturalWidth)",
    )
    .await;
    tab.picture().await
}
