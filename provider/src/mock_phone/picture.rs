//! Reads a QR code out of a PNG: a screenshot, or a photograph of a screen.
//!
//! The picture becomes greyscale, what is transparent becomes white. It is tried as it is, at half and at
//! twice its size, and then all of that again with light and dark exchanged, until a code can be read.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use png::{ColorType, Decoder, DecodingError, Limits, Transformations};
use protocol::qr::QR_PATH;
use rqrr::PreparedImage;

/// Largest picture file, in bytes.
const MAX_FILE: u64 = 32 << 20;

/// Largest picture, in pixels: four times a 4K screen.
const MAX_PIXELS: usize = 4 * 3840 * 2160;

/// Most pixels of a picture that is also tried at twice its size: codes too small to read are on small
/// pictures.
const MAX_DOUBLED: usize = 2048 * 2048;

/// Why no text could be read from a picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file could not be read.
    #[error("the picture file cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is no PNG, or a broken one.
    #[error("the picture is not a PNG that can be read")]
    NotPng(#[source] png::DecodingError),
    /// It is larger than 32 MiB, or has more pixels than four 4K screens.
    #[error("the picture is too large")]
    TooLarge,
    /// There is no QR code on it that can be read.
    #[error("no QR code can be read on the picture; is all of it visible, with its white margin?")]
    NoCode,
}

impl From<DecodingError> for PictureError {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::LimitsExceeded => Self::TooLarge,
            error => Self::NotPng(error),
        }
    }
}

/// Reads a QR code out of a PNG file. See [`read_qr`].
///
/// # Errors
///
/// [`PictureError::Unreadable`]; those of [`read_qr`].
pub fn read_qr_file(path: &Path) -> Result<String, PictureError> {
    let mut content = Vec::new();
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut content)?;
    read_qr(&content)
}

/// Reads a QR code out of a PNG of any colour type and bit depth. Returns what the code says; of several
/// codes, that which looks like a sign-in code.
///
/// # Errors
///
/// [`PictureError::NotPng`], [`PictureError::TooLarge`], [`PictureError::NoCode`].
pub fn read_qr(png: &[u8]) -> Result<String, PictureError> {
    if png.len() as u64 > MAX_FILE {
        return Err(PictureError::TooLarge);
    }
    let grey = Grey::decode(png)?;
    let inverted = grey.inverted();
    [grey, inverted].iter().find_map(Grey::find_at_some_size).ok_or(PictureError::NoCode)
}

/// A picture in 256 shades, row by row.
struct Grey {
    width: usize,
    height: usize,
    shades: Vec<u8>,
}

impl Grey {
    /// Decodes a PNG (its first frame).
    fn decode(png: &[u8]) -> Result<Self, PictureError> {
        let limits = Limits { bytes: MAX_PIXELS * 4 };
        let mut decoder = Decoder::new_with_limits(Cursor::new(png), limits);
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let (width, height) = reader.info().size();
        if u64::from(width) * u64::from(height) > MAX_PIXELS as u64 {
            return Err(PictureError::TooLarge);
        }
        let size = reader.output_buffer_size();
        let mut samples = vec![0; size.ok_or(PictureError::TooLarge)?];
        let frame = reader.next_frame(&mut samples)?;
        samples.truncate(frame.buffer_size());
        let shades = match frame.color_type {
            ColorType::Grayscale | ColorType::Indexed => samples,
            ColorType::GrayscaleAlpha => shades::<2>(&samples, |[grey, alpha]| over_white(grey, alpha)),
            ColorType::Rgb => shades::<3>(&samples, luma),
            ColorType::Rgba => shades::<4>(&samples, |[r, g, b, alpha]| over_white(luma([r, g, b]), alpha)),
        };
        Ok(Self { width: frame.width as usize, height: frame.height as usize, shades })
    }

    /// Looks for a code at three sizes.
    fn find_at_some_size(&self) -> Option<String> {
        let doubled = || (self.shades.len() <= MAX_DOUBLED).then(|| self.doubled().find()).flatten();
        self.find().or_else(|| self.halved().find()).or_else(doubled)
    }

    /// Looks for a code that can be read.
    fn find(&self) -> Option<String> {
        let shade = |x, y| self.shade(x, y);
        let mut prepared = PreparedImage::prepare_from_greyscale(self.width, self.height, shade);
        let mut texts: Vec<String> = prepared
            .detect_grids()
            .iter()
            .filter_map(|grid| grid.decode().ok().map(|(_, text)| text))
            .collect();
        let sign_in = texts.iter().position(|text| text.contains(QR_PATH)).unwrap_or_default();
        (sign_in < texts.len()).then(|| texts.swap_remove(sign_in))
    }

    /// One pixel's shade; white outside.
    fn shade(&self, x: usize, y: usize) -> u8 {
        self.shades.get(y * self.width + x).copied().unwrap_or(u8::MAX)
    }

    /// Light and dark exchanged.
    fn inverted(&self) -> Self {
        Self { shades: self.shades.iter().map(|shade| !shade).collect(), ..*self }
    }

    /// Half the size: each pixel is the mean of four.
    fn halved(&self) -> Self {
        Self::drawn(self.width / 2, self.height / 2, |x, y| {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let sum: u16 = four.iter().map(|(dx, dy)| u16::from(self.shade(2 * x + dx, 2 * y + dy))).sum();
            u8::try_from(sum / 4).unwrap_or(u8::MAX)
        })
    }

    /// Twice the size: each pixel becomes four.
    fn doubled(&self) -> Self {
        Self::drawn(self.width * 2, self.height * 2, |x, y| self.shade(x / 2, y / 2))
    }

    /// A picture of a size, with a shade for each place.
    fn drawn(width: usize, height: usize, shade: impl Fn(usize, usize) -> u8) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Self { width, height, shades: places.map(|(x, y)| shade(x, y)).collect() }
    }
}

/// Turns pixels of `N` samples into shades.
fn shades<const N: usize>(samples: &[u8], shade: impl Fn([u8; N]) -> u8) -> Vec<u8> {
    samples.as_chunks::<N>().0.iter().map(|pixel| shade(*pixel)).collect()
}

/// How light a colour looks (ITU-R BT.601).
fn luma([r, g, b]: [u8; 3]) -> u8 {
    let weighted = u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114;
    u8::try_from(weighted / 1000).unwrap_or(u8::MAX)
}

/// A shade over a white page.
fn over_white(shade: u8, alpha: u8) -> u8 {
    let mixed = u32::from(shade) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
    u8::try_from(mixed / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use png::BitDepth;
    use qrcode::{Color, QrCode};

    use super::*;

    const TEXT: &str = "https://login.example.com/q/abcdefghijklmnopqrstuvwxyz0";
    const PAGE: usize = 400;

    /// A square page of shade `page`, with a code of the given module size on a white panel in the middle.
    fn drawn(text: &str, module: usize, page: u8) -> Vec<u8> {
        let code = QrCode::new(text).unwrap();
        let (width, colours) = (code.width(), code.to_colors());
        let panel = (width + 8) * module;
        let margin = (PAGE - panel) / 2;
        let shade = |x: usize, y: usize| {
            let inside = |v: usize| (margin..margin + panel).contains(&v);
            if !inside(x) || !inside(y) {
                return page;
            }
            let (column, row) = ((x - margin) / module, (y - margin) / module);
            let on_code = (4..width + 4).contains(&column) && (4..width + 4).contains(&row);
            if on_code && colours[(row - 4) * width + column - 4] == Color::Dark { 0 } else { 255 }
        };
        (0..PAGE * PAGE).map(|i| shade(i % PAGE, i / PAGE)).collect()
    }

    fn encoded(samples: &[u8], color: ColorType, depth: BitDepth) -> Vec<u8> {
        let mut file = Vec::new();
        let side = u32::try_from(PAGE).unwrap();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette(vec![10, 20, 60, 250, 255, 240]);
        }
        encoder.write_header().unwrap().write_image_data(samples).unwrap();
        file
    }

    fn grey(shades: &[u8]) -> Vec<u8> {
        encoded(shades, ColorType::Grayscale, BitDepth::Eight)
    }

    #[test]
    fn what_is_drawn_is_read_at_any_size() {
        for module in [2, 3, 5, 9] {
            assert_eq!(read_qr(&grey(&drawn(TEXT, module, 255))).unwrap(), TEXT, "{module} pixels a module");
        }
    }

    #[test]
    fn a_code_of_one_pixel_a_module_is_read_at_twice_its_size() {
        assert_eq!(read_qr(&grey(&drawn(TEXT, 1, 255))).unwrap(), TEXT);
    }

    #[test]
    fn a_dark_page_around_the_white_panel_does_no_harm() {
        for page in [0, 18, 40] {
            assert_eq!(read_qr(&grey(&drawn(TEXT, 6, page))).unwrap(), TEXT, "page of shade {page}");
        }
    }

    #[test]
    fn a_code_with_light_and_dark_exchanged_is_read() {
        let inverted: Vec<u8> = drawn(TEXT, 6, 255).iter().map(|shade| 255 - shade).collect();
        assert_eq!(read_qr(&grey(&inverted)).unwrap(), TEXT);
    }

    #[test]
    fn every_colour_type_is_read() {
        let shades = drawn(TEXT, 6, 255);
        let each = |samples: fn(u8) -> Vec<u8>| shades.iter().flat_map(|s| samples(*s)).collect::<Vec<u8>>();
        let eight = BitDepth::Eight;
        let packed: Vec<u8> =
            shades.chunks(8).map(|row| row.iter().fold(0, |byte, s| byte << 1 | (s >> 7))).collect();
        let pictures = [
            encoded(&each(|s| vec![s, s, 200]), ColorType::Rgb, eight),
            encoded(&each(|s| vec![s, s, s, 255]), ColorType::Rgba, eight),
            encoded(&each(|s| vec![0, 0, 0, 255 - s]), ColorType::Rgba, eight),
            encoded(&each(|s| vec![0, 255 - s]), ColorType::GrayscaleAlpha, eight),
            encoded(&each(|s| vec![s, 0]), ColorType::Grayscale, BitDepth::Sixteen),
            encoded(&each(|s| vec![s, 0, s, 0, s, 0]), ColorType::Rgb, BitDepth::Sixteen),
            encoded(&each(|s| vec![s >> 7]), ColorType::Indexed, eight),
            encoded(&packed, ColorType::Indexed, BitDepth::One),
            encoded(&packed, ColorType::Grayscale, BitDepth::One),
        ];
        for (i, picture) in pictures.iter().enumerate() {
            assert_eq!(read_qr(picture).unwrap(), TEXT, "picture {i}");
        }
    }

    #[test]
    fn a_picture_without_a_code_says_so() {
        assert!(matches!(read_qr(&grey(&vec![255; PAGE * PAGE])), Err(PictureError::NoCode)));
    }

    #[test]
    fn what_is_no_png_is_refused() {
        assert!(matches!(read_qr(b"GIF89a"), Err(PictureError::NotPng(_))));
        let whole = grey(&drawn(TEXT, 6, 255));
        assert!(matches!(read_qr(&whole[..whole.len() / 2]), Err(PictureError::NotPng(_))));
    }

    #[test]
    fn a_huge_picture_is_refused_before_it_is_decoded() {
        for side in [6_000, 1 << 30] {
            let mut file = Vec::new();
            let mut writer = png::Encoder::new(&mut file, side, side).write_header().unwrap();
            writer.write_chunk(png::chunk::IDAT, &[]).unwrap();
            drop(writer);
            assert!(matches!(read_qr(&file), Err(PictureError::TooLarge)), "{side}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_unreadable() {
        let path = Path::new("/nowhere/code.png");
        assert!(matches!(read_qr_file(path), Err(PictureError::Unreadable(_))));
    }
}
