//! What a phone's camera sees, as Chromium's fake camera takes it: a film in a Y4M file, shown again and again.
//!
//! The file is read anew whenever the camera is turned on, so another picture can be put before it in between.

use std::{fs, path::PathBuf};

use png::{Decoder, Transformations};

/// The camera's picture, in pixels.
const WIDTH: usize = 640;
/// Its height.
const HEIGHT: usize = 480;

/// A camera.
#[derive(Debug)]
pub struct Camera {
    film: PathBuf,
}

impl Camera {
    /// A camera that looks at a grey wall. Its film is this file.
    pub fn new(film: PathBuf) -> Self {
        let camera = Self { film };
        camera.expose(&vec![160; WIDTH * HEIGHT]);
        camera
    }

    /// The switches by which a Chromium has this camera, and lets pages use it.
    pub fn switches(&self) -> Vec<String> {
        vec![
            "use-fake-ui-for-media-stream".into(),
            "use-fake-device-for-media-stream".into(),
            format!("use-file-for-fake-video-capture={}", self.film.display()),
        ]
    }

    /// Points it at the middle of a screen, of which this PNG is a picture.
    pub fn point_at(&self, screen: &[u8]) {
        self.expose(&middle_of(screen));
    }

    fn expose(&self, grey: &[u8]) {
        let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n").into_bytes();
        for _ in 0..2 {
            film.extend_from_slice(b"FRAME\n");
            film.extend_from_slice(grey);
            // No colour: both planes in the middle.
            film.resize(film.len() + grey.len() / 2, 128);
        }
        // In one step, so that a camera that is on reads the old film to its end.
        let fresh = self.film.with_extension("fresh");
        fs::write(&fresh, film).unwrap();
        fs::rename(fresh, &self.film).unwrap();
    }
}

/// The brightness of the middle of a picture, a pixel for a pixel; grey where the picture is too small.
fn middle_of(png: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let (width, height, samples) = (frame.width as usize, frame.height as usize, frame.color_type.samples());
    let (left, top) = (centred(width, WIDTH), centred(height, HEIGHT));
    let mut grey = vec![160; WIDTH * HEIGHT];
    for (at, shade) in grey.iter_mut().enumerate() {
        let x = usize::try_from(left + (at % WIDTH).cast_signed()).ok().filter(|x| *x < width);
        let y = usize::try_from(top + (at / WIDTH).cast_signed()).ok().filter(|y| *y < height);
        if let (Some(x), Some(y)) = (x, y) {
            *shade = brightness(&pixels[y * frame.line_size + x * samples..][..samples]);
        }
    }
    grey
}

/// Where a piece of this length begins in the middle of a whole.
fn centred(whole: usize, piece: usize) -> isize {
    (whole.cast_signed() - piece.cast_signed()) / 2
}

/// ITU-R BT.601, in 256ths.
fn brightness(pixel: &[u8]) -> u8 {
    match *pixel {
        [red, green, blue, ..] => {
            let sum = u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29;
            u8::try_from(sum >> 8).unwrap_or(u8::MAX)
        }
        [grey, ..] => grey,
        [] => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_large_screen_fills_the_film() {
        let (width, height) = (800_u32, 600_u32);
        // White but for a black square of 100 in the middle.
        let dark = |at: u32| (at % width).abs_diff(400) < 50 && (at / width).abs_diff(300) < 50;
        let pixels: Vec<u8> =
            (0..width * height).flat_map(|at| if dark(at) { [0; 3] } else { [255; 3] }).collect();
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();

        let directory = tempfile::tempdir().unwrap();
        let camera = Camera::new(directory.path().join("film.y4m"));
        camera.point_at(&png);
        let film = fs::read(&camera.film).unwrap();
        let head = film.windows(6).position(|bytes| bytes == b"FRAME\n").unwrap() + 6;
        assert_eq!(film.len(), head + 2 * (WIDTH * HEIGHT * 3 / 2) + 6);
        let shade = |x: usize, y: usize| film[head + y * WIDTH + x];
        assert_eq!((shade(320, 240), shade(0, 0), shade(639, 479)), (0, 255, 255));
    }
}
