//! Compresses once, at build time, as well as it can be done: the server then only picks a file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A file's contents, and its smaller forms where they are worth having.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) plain: Vec<u8>,
    pub(crate) brotli: Option<Vec<u8>>,
    pub(crate) gzip: Option<Vec<u8>>,
}

impl Packed {
    /// The file as it is.
    pub(crate) fn plain(plain: Vec<u8>) -> Self {
        Self { plain, brotli: None, gzip: None }
    }

    /// The file with its compressed forms, unless its kind is compressed already or nothing is gained.
    pub(crate) fn compressed(name: &str, plain: Vec<u8>) -> Result<Self> {
        if !is_compressible(name) {
            return Ok(Self::plain(plain));
        }
        let smaller = |packed: Vec<u8>| (packed.len() < plain.len()).then_some(packed);
        let brotli = smaller(brotli(&plain).with_context(|| format!("failed to compress {name}"))?);
        let gzip = smaller(gzip(&plain).with_context(|| format!("failed to compress {name}"))?);
        Ok(Self { plain, brotli, gzip })
    }

    /// Reads back what [`Packed::write`] wrote.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Ok(Self {
            plain: fs::read(path).with_context(|| format!("failed to read {}", path.display()))?,
            brotli: fs::read(with_suffix(path, ".br")).ok(),
            gzip: fs::read(with_suffix(path, ".gz")).ok(),
        })
    }

    /// Writes the file and, beside it, its compressed forms.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
        }
        let forms = [("", Some(&self.plain)), (".br", self.brotli.as_ref()), (".gz", self.gzip.as_ref())];
        for (suffix, contents) in forms {
            if let Some(contents) = contents {
                let path = with_suffix(path, suffix);
                fs::write(&path, contents).with_context(|| format!("failed to write {}", path.display()))?;
            }
        }
        Ok(())
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn is_compressible(name: &str) -> bool {
    const TEXT_LIKE: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];
    name.rsplit_once('.').is_some_and(|(_, extension)| TEXT_LIKE.contains(&extension))
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn both_forms_unpack_to_the_original() {
        let text = "the quick brown fox ".repeat(200).into_bytes();
        let packed = Packed::compressed("fox.txt", text.clone()).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &packed.brotli.unwrap()[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        unpacked.clear();
        flate2::read::GzDecoder::new(&packed.gzip.unwrap()[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
    }

    #[test]
    fn what_is_packed_already_is_left_alone() {
        let packed = Packed::compressed("inter.woff2", vec![0; 4096]).unwrap();
        assert!(packed.brotli.is_none() && packed.gzip.is_none());
    }

    #[test]
    fn a_form_that_gains_nothing_is_dropped() {
        let packed = Packed::compressed("one.txt", b"1".to_vec()).unwrap();
        assert!(packed.brotli.is_none() && packed.gzip.is_none());
    }
}
