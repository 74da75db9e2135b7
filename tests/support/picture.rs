//! Pictures of QR codes, as a screenshot shows them.

use std::{fs::File, path::Path};

use qrcode::{Color, QrCode};

/// Pixels of a module's side.
const MODULE: usize = 4;

/// Modules of white around the code.
const QUIET_ZONE: usize = 4;

/// Draws a QR code into a greyscale PNG file.
pub fn draw_qr(text: &str, file: &Path) {
    let code = QrCode::new(text).unwrap();
    let side = (code.width() + 2 * QUIET_ZONE) * MODULE;
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| (at / MODULE).checked_sub(QUIET_ZONE).filter(|at| *at < code.width());
        inside(x).zip(inside(y)).is_some_and(|at| code[at] == Color::Dark)
    };
    let pixels: Vec<u8> =
        (0..side * side).map(|at| if dark(at % side, at / side) { 0 } else { 255 }).collect();
    let side = u32::try_from(side).unwrap();
    let mut encoder = png::Encoder::new(File::create(file).unwrap(), side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
}
