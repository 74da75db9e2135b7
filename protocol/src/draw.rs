//! Draws a QR code as one SVG path, crisp at every zoom.
//!
//! Server and widget both draw with this (level M, quiet zone of four), so that nothing changes on the screen when the widget
//! takes the page over.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code (ISO/IEC 18004 section 6.3.8).
const QUIET_ZONE: usize = 4;

/// A drawn code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QrPath {
    /// Modules on a side, with the quiet zone: width and height of the view box.
    pub side: usize,
    /// The dark modules, as a path's `d`: each run of a row is one rectangle.
    pub dark: String,
}

/// Draws `payload` at error correction level M; an empty drawing if it is too long for any code.
pub fn draw(payload: &str) -> QrPath {
    let Ok(code) = QrCode::with_error_correction_level(payload, EcLevel::M) else {
        return QrPath::default();
    };
    let width = code.width();
    let mut dark = String::with_capacity(width * width * 4);
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while let Some(start) = (x..width).find(|x| row[*x] == Color::Dark) {
            let end = (start..width).find(|x| row[*x] == Color::Light).unwrap_or(width);
            rectangle(&mut dark, start + QUIET_ZONE, y + QUIET_ZONE, end - start);
            x = end;
        }
    }
    QrPath { side: width + 2 * QUIET_ZONE, dark }
}

/// Adds a rectangle one module high.
fn rectangle(path: &mut String, x: usize, y: usize, length: usize) {
    for (command, number) in [("M", x), (" ", y), ("h", length)] {
        path.push_str(command);
        path.push_str(&number.to_string());
    }
    path.push_str("v1h-");
    path.push_str(&length.to_string());
    path.push('z');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints a path back into rows of `#` and `.`.
    fn paint(qr: &QrPath) -> Vec<Vec<bool>> {
        let mut rows = vec![vec![false; qr.side]; qr.side];
        for rectangle in qr.dark.split('M').skip(1) {
            let numbers: Vec<usize> = rectangle
                .split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().unwrap())
                .collect();
            let (x, y, length) = (numbers[0], numbers[1], numbers[2]);
            rows[y][x..x + length].fill(true);
        }
        rows
    }

    #[test]
    fn what_is_drawn_can_be_read() {
        let payload = "https://login.example.com/q/abcdefghijklmnopqrstuvwxyz0";
        let rows = paint(&draw(payload));
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(rows.len() * 4, rows.len() * 4, |x, y| {
                if rows[y / 4][x / 4] { 0 } else { 255 }
            });
        let grids = picture.detect_grids();
        assert_eq!(grids[0].decode().unwrap().1, payload);
    }

    #[test]
    fn four_modules_around_it_stay_white() {
        let rows = paint(&draw("hello"));
        let last = rows.len() - 1;
        for i in 0..4 {
            assert!(rows[i].iter().chain(&rows[last - i]).all(|dark| !dark));
            assert!(rows.iter().all(|row| !row[i] && !row[last - i]));
        }
        assert!(rows[4][4]);
    }

    #[test]
    fn what_is_too_long_is_not_drawn() {
        assert_eq!(draw(&"x".repeat(4000)), QrPath::default());
    }
}
