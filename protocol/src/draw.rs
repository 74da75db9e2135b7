//! Draws a QR code as one SVG path, crisp at every zoom.
//!
//! Server and widget both draw with this (level M, quiet zone of four), so that nothing changes on the screen when the widget
//! takes the page over. How large a code is depends on the length of its text alone, so one that changes every 2 s stays as large.

use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits};

/// Modules of white around the code (ISO/IEC 18004 section 6.3.8).
const QUIET_ZONE: usize = 4;

/// Modules that there is room for: an issuer of up to 45 characters needs them all. A smaller code stands in the middle, so that its
/// modules are no larger, and a style sheet can make every one as many whole pixels wide.
const ROOM: usize = 37;

/// The largest version there is.
const LARGEST: i16 = 40;

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
    let Some(code) = (1..=LARGEST).find_map(|version| encode(payload, Version::Normal(version))) else {
        return QrPath::default();
    };
    let width = code.width();
    let margin = QUIET_ZONE + ROOM.saturating_sub(width) / 2;
    let mut dark = String::with_capacity(width * width * 4);
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while let Some(start) = (x..width).find(|x| row[*x] == Color::Dark) {
            let end = (start..width).find(|x| row[*x] == Color::Light).unwrap_or(width);
            rectangle(&mut dark, start + margin, y + margin, end - start);
            x = end;
        }
    }
    QrPath { side: width + 2 * margin, dark }
}

/// Encodes all of it as bytes: a code that is split into the alphabets that suit its parts would be shorter for some texts and not for
/// others of the same length.
fn encode(payload: &str, version: Version) -> Option<QrCode> {
    let mut bits = Bits::new(version);
    bits.push_byte_data(payload.as_bytes()).ok()?;
    bits.push_terminator(EcLevel::M).ok()?;
    QrCode::with_bits(bits, EcLevel::M).ok()
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
    fn codes_of_one_length_are_equally_large_whatever_they_say() {
        let side = |text: &str| draw(text).side;
        for (tail, length) in [("0", 59), ("0", 62), ("A", 63), ("a", 84)] {
            let text = "https://login.example.com/q/".to_owned() + &tail.repeat(length - 28);
            assert_eq!(side(&text), ROOM + 2 * QUIET_ZONE, "{length} of {tail}");
        }
        assert_eq!(side(&"0".repeat(85)), 41 + 2 * QUIET_ZONE);
    }

    #[test]
    fn a_small_code_stands_in_the_middle() {
        let rows = paint(&draw("hello"));
        let dark: Vec<usize> = (0..rows.len()).filter(|y| rows[*y].contains(&true)).collect();
        assert_eq!((rows.len(), dark[0], *dark.last().unwrap()), (45, 12, 32));
    }

    #[test]
    fn four_modules_around_it_stay_white() {
        let rows = paint(&draw(&"x".repeat(84)));
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
