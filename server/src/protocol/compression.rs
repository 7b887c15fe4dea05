//! Compressed bodies and results, under kombu's names for what they are compressed with.

use std::io::{self, Read};

/// More than this is never inflated: some kilobytes can claim to be many gigabytes.
pub const LARGEST: usize = 256 * 1024 * 1024;
/// What a decoder may set aside for its dictionary; the strongest setting of `xz` needs a quarter of it.
const DICTIONARY_KIB: u32 = 256 * 1024;

/// Why something cannot be inflated.
#[derive(Debug, thiserror::Error)]
pub enum InflateError {
    #[error("the compression {0:?} is not known")]
    Unknown(String),
    #[error("it is larger than {0} bytes when inflated")]
    TooLarge(usize),
    #[error("it is not what its compression {0} says: {1}")]
    Broken(&'static str, io::Error),
}

/// Inflates `data`, to no more than `limit` bytes. `name` is a content type or one of kombu's aliases.
pub fn inflate(name: &str, data: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    match name {
        "application/x-gzip" | "gzip" | "zlib" => {
            // kombu means zlib by all of these names. Senders in other languages take the word for what it says.
            if data.starts_with(&[0x1f, 0x8b]) {
                read("gzip", flate2::read::MultiGzDecoder::new(data), limit)
            } else {
                read("zlib", flate2::read::ZlibDecoder::new(data), limit)
            }
        }
        "application/x-bz2" | "bzip2" | "bzip" => {
            read("bzip2", bzip2::read::MultiBzDecoder::new(data), limit)
        }
        "application/x-lzma" | "lzma" | "xz" => {
            read("xz", lzma_rust2::XzReader::new_mem_limit(data, true, DICTIONARY_KIB), limit)
        }
        "application/zstd" | "zstd" | "zstandard" => {
            let frames = ruzstd::decoding::StreamingDecoder::new(data);
            let frames = frames.map_err(|error| InflateError::Broken("zstd", io::Error::other(error)))?;
            read("zstd", frames, limit)
        }
        "application/x-brotli" | "brotli" => {
            read("brotli", brotli_decompressor::Decompressor::new(data, 4096), limit)
        }
        other => Err(InflateError::Unknown(other.to_owned())),
    }
}

fn read(name: &'static str, decoder: impl Read, limit: usize) -> Result<Vec<u8>, InflateError> {
    let mut inflated = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut inflated).map_err(|error| InflateError::Broken(name, error))?;
    if inflated.len() > limit {
        return Err(InflateError::TooLarge(limit));
    }
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    /// `[[1, 2], {}, {}]`, compressed by Python and by the tools of these names.
    const SAMPLES: &[(&str, &str)] = &[
        ("zlib", "eJyLjjbUUTCK1VGorgXhWAAkQgSo"),
        ("gzip", "H4sIAH05AGsC/4uONtRRMIrVUaiuBeFYAAbQGKIQAAAA"),
        ("application/x-bz2", "QlpoOTFBWSZTWYhMb0QAAASagEAEMAAACgAKIAAxDAgaaMIc12M9EhR4u5IpwoSEQmN6IA=="),
        (
            "application/x-lzma",
            "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAPW1sxLCAyXSwge30sIHt9XQD7oXPelHTQ/gABKBDlC2xgH7bzfQEAAAAABFla",
        ),
        ("application/zstd", "KLUv/QRYgQAAW1sxLCAyXSwge30sIHt9XTJnNfQ="),
        ("application/x-brotli", "jweAW1sxLCAyXSwge30sIHt9XQM="),
    ];

    fn bytes(text: &str) -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
    }

    #[test]
    fn inflates_what_kombu_can() {
        for (name, sample) in SAMPLES {
            let inflated =
                inflate(name, &bytes(sample), 1024).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(inflated, b"[[1, 2], {}, {}]", "{name}");
        }
    }

    #[test]
    fn cut_or_wrong_data_is_an_error() {
        for (name, sample) in SAMPLES {
            let whole = bytes(sample);
            for length in 0..whole.len() / 2 {
                assert!(inflate(name, &whole[..length], 1024).is_err(), "{name} cut to {length}");
            }
            assert!(inflate(name, b"[[1, 2], {}, {}]", 1024).is_err(), "{name}");
        }
        assert!(matches!(inflate("application/x-nope", b"", 1024), Err(InflateError::Unknown(_))));
    }

    #[test]
    fn a_bomb_is_not_inflated() {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, &vec![0; 2_000_000]).expect("memory");
        let bomb = packer.finish().expect("memory");
        assert!(matches!(inflate("gzip", &bomb, 1_000_000), Err(InflateError::TooLarge(1_000_000))));
        assert_eq!(inflate("gzip", &bomb, 2_000_000).expect("fits").len(), 2_000_000);
    }
}
