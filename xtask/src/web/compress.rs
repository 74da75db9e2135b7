//! Compressing ahead of time, as small as it goes: files are served far more often than built.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::files;

/// Files that compression makes smaller. Pictures and fonts are compressed already.
const COMPRESSIBLE: [&str; 9] = ["js", "wasm", "html", "css", "svg", "json", "webmanifest", "txt", "map"];

/// The best that brotli has.
const BROTLI_QUALITY: i32 = 11;

/// Puts a `.br` and a `.gz` beside every file below `directory` that is worth it.
pub(crate) fn beside_all(directory: &Path) -> Result<()> {
    let all = files::below(directory)?;
    for file in all.iter().filter(|file| COMPRESSIBLE.contains(&files::extension(file))) {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        write_brotli(&content, &with_suffix(file, "br"))?;
        write_gzip(&content, &with_suffix(file, "gz"))?;
    }
    Ok(())
}

/// `name.js` and `br` make `name.js.br`.
pub(crate) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// Writes `content`, brotli'd.
fn write_brotli(content: &[u8], to: &Path) -> Result<()> {
    let parameters = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut out = File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
    brotli::BrotliCompress(&mut &*content, &mut out, &parameters)?;
    Ok(())
}

/// Writes `content`, gzipped, without the time in it: the same input makes the same file.
fn write_gzip(content: &[u8], to: &Path) -> Result<()> {
    let out = File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
    let mut encoder = GzEncoder::new(out, Compression::best());
    encoder.write_all(content)?;
    encoder.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_forms_unpack_to_the_original() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.js");
        let content = "let scan = 'me';\n".repeat(100);
        fs::write(&file, &content).unwrap();
        beside_all(directory.path()).unwrap();

        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut File::open(with_suffix(&file, "br")).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, content.as_bytes());

        let mut unpacked = String::new();
        let gzip = File::open(with_suffix(&file, "gz")).unwrap();
        flate2::read::GzDecoder::new(gzip).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
    }

    #[test]
    fn pictures_stay_as_they_are() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("icon.png"), "png").unwrap();
        beside_all(directory.path()).unwrap();
        assert_eq!(files::below(directory.path()).unwrap().len(), 1);
    }
}
