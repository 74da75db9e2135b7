//! A site's logo: a PNG that the operator gives with the site's metadata, and that this server keeps and serves. The phone never fetches it
//! from elsewhere, so that no site learns who looks at its sign-in, and none can change its picture under the operator's word.

use std::io::Cursor;

use base64::{Engine, engine::general_purpose::STANDARD};
use png::{Decoder, Limits};
use serde::{Deserialize, Serialize};

use crate::secret::Digest;

/// Largest logo, in bytes.
pub const LOGO_SIZE: usize = 32 * 1024;

/// Longest side, in pixels.
const LONGEST_SIDE: u32 = 1024;

/// How a logo stands in metadata: a `data:` URI (RFC 2397).
const DATA: &str = "data:image/png;base64,";

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// SHA-256 of the picture, in base64url: its name.
    pub digest: String,
    /// The picture, where it has just been given; the store keeps it beside the document.
    #[serde(skip)]
    pub png: Vec<u8>,
}

impl Logo {
    /// A logo as a `data:` URI.
    pub fn to_data_uri(png: &[u8]) -> String {
        format!("{DATA}{}", STANDARD.encode(png))
    }

    /// Reads such a URI; `None` if it is not a whole PNG within bounds.
    pub fn from_data_uri(uri: &str) -> Option<Self> {
        let png = STANDARD.decode(uri.strip_prefix(DATA)?).ok()?;
        (png.len() <= LOGO_SIZE && is_picture(&png))
            .then(|| Self { digest: Digest::of_bytes(&png).to_base64url(), png })
    }
}

/// Whether all of it is one PNG: who shows it must not find out otherwise.
fn is_picture(png: &[u8]) -> bool {
    let limits = Limits { bytes: 4 * LONGEST_SIDE as usize * LONGEST_SIDE as usize * 2 };
    let decode = || {
        let mut reader = Decoder::new_with_limits(Cursor::new(png), limits).read_info().ok()?;
        let info = reader.info();
        if info.width > LONGEST_SIDE || info.height > LONGEST_SIDE || info.animation_control.is_some() {
            return None;
        }
        let mut pixels = vec![0; reader.output_buffer_size()?];
        reader.next_frame(&mut pixels).ok()?;
        reader.finish().ok()
    };
    decode().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let mut png = Vec::new();
        let mut writer = png::Encoder::new(&mut png, width, height).write_header().unwrap();
        writer.write_image_data(&vec![0; (width * height) as usize]).unwrap();
        writer.finish().unwrap();
        png
    }

    #[test]
    fn a_png_is_kept_to_the_byte() {
        let png = picture(64, 64);
        let logo = Logo::from_data_uri(&Logo::to_data_uri(&png)).unwrap();
        assert_eq!(logo.png, png);
        assert_eq!(logo.digest.len(), 43);
    }

    #[test]
    fn nothing_else_is_a_logo() {
        let png = picture(64, 64);
        let cut = Logo::to_data_uri(&png[..png.len() - 20]);
        let wide = Logo::to_data_uri(&picture(LONGEST_SIDE + 1, 1));
        let large = Logo::to_data_uri(&[png.clone(), vec![0; LOGO_SIZE]].concat());
        let svg = Logo::to_data_uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>");
        let named = Logo::to_data_uri(&png).replace("image/png", "image/svg+xml");
        for odd in
            [&cut, &wide, &large, &svg, &named, "", "https://site.example/logo.png", "data:image/png;base64,"]
        {
            assert!(Logo::from_data_uri(odd).is_none(), "{}", &odd[..odd.len().min(40)]);
        }
    }
}
