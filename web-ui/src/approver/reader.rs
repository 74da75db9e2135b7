//! Reads QR codes where the browser has no `BarcodeDetector`.

use rqrr::PreparedImage;

/// Reads the first QR code in a grey picture, one byte for each pixel, row by row.
pub(crate) fn read(grey: &[u8], width: usize) -> Option<String> {
    let height = grey.len().checked_div(width)?;
    let mut picture = PreparedImage::prepare_from_greyscale(width, height, |x, y| grey[y * width + x]);
    let grids = picture.detect_grids();
    grids.iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: &str = "https://login.example.com/q/abcdefghijklmnopqrstuvwxyz0";

    /// A picture of a code, each module `scale` pixels wide.
    fn picture(scale: usize) -> (Vec<u8>, usize) {
        let qr = protocol::draw::draw(PAYLOAD);
        let width = qr.side * scale;
        let mut grey = vec![230; width * width];
        for rectangle in qr.dark.split('M').skip(1) {
            let numbers: Vec<usize> =
                rectangle.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
            let (left, top, length) = (numbers[0] * scale, numbers[1] * scale, numbers[2] * scale);
            for row in top..top + scale {
                grey[row * width + left..row * width + left + length].fill(20);
            }
        }
        (grey, width)
    }

    #[test]
    fn a_code_is_read() {
        let (grey, width) = picture(6);
        assert_eq!(read(&grey, width).as_deref(), Some(PAYLOAD));
    }

    /// Reads a code in which a square of modules is the opposite of what it should be.
    fn read_spoilt(square: std::ops::Range<usize>) -> Option<String> {
        let (mut grey, width) = picture(6);
        let pixels = square.start * 6..square.end * 6;
        for row in pixels.clone() {
            for pixel in &mut grey[row * width..][pixels.clone()] {
                *pixel = 250 - *pixel;
            }
        }
        read(&grey, width)
    }

    #[test]
    fn a_spot_is_put_right_and_a_large_one_is_not() {
        assert_eq!(read_spoilt(18..22).as_deref(), Some(PAYLOAD));
        assert_eq!(read_spoilt(14..28), None);
    }

    #[test]
    fn half_a_code_is_none() {
        let (grey, width) = picture(6);
        assert_eq!(read(&grey[..grey.len() / 2], width), None);
    }

    #[test]
    fn a_picture_without_a_code_is_none() {
        assert_eq!(read(&[200; 64 * 48], 64), None);
        assert_eq!(read(&[], 0), None);
    }
}
