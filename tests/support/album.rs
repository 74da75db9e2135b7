//! Pictures of every page that a journey comes by, in `target/screenshots`.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

/// The album of one journey.
#[derive(Debug)]
pub struct Album {
    journey: String,
    directory: PathBuf,
    taken: AtomicUsize,
}

impl Album {
    /// Opens an empty one: the pictures of the last time are thrown away.
    pub fn open(journey: &str) -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        fs::create_dir_all(&directory).unwrap();
        let prefix = format!("{journey}-");
        for file in fs::read_dir(&directory).unwrap().filter_map(Result::ok) {
            if file.file_name().to_string_lossy().starts_with(&prefix) {
                fs::remove_file(file.path()).unwrap();
            }
        }
        Self { journey: journey.to_owned(), directory, taken: AtomicUsize::new(0) }
    }

    /// Keeps a PNG as `<journey>-<number>-<what>.png`.
    pub fn keep(&self, what: &str, png: &[u8]) {
        let number = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("{}-{number:02}-{what}.png", self.journey);
        fs::write(self.directory.join(name), png).unwrap();
    }
}
