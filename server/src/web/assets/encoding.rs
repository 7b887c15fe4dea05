//! Which of a file's forms a browser gets: it says what it can unpack, we have what was packed at build time.

use axum::http::{HeaderMap, header};

/// A form a file may be stored in, the smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    pub(super) const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Plain];

    /// What the file's name ends with in this form.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Plain => "",
        }
    }

    /// The word for it in HTTP.
    pub(super) fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Plain => None,
        }
    }

    /// Whether the reader can unpack this form.
    pub(super) fn is_accepted(self, headers: &HeaderMap) -> bool {
        let Some(token) = self.token() else { return true };
        let offers = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        offers.flat_map(|value| value.split(',')).any(|offer| {
            let (name, parameters) = offer.split_once(';').unwrap_or((offer, ""));
            name.trim().eq_ignore_ascii_case(token) && !is_zero(parameters)
        })
    }
}

/// Whether the parameters say `q=0`: "not this one".
fn is_zero(parameters: &str) -> bool {
    let quality = parameters.trim().strip_prefix("q=").and_then(|quality| quality.trim().parse::<f32>().ok());
    quality.is_some_and(|quality| quality <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_and_not_refused_is_accepted() {
        let cases = [
            ("br", true, false),
            ("gzip, deflate, br;q=0.5", true, true),
            ("GZIP", false, true),
            ("br;q=0, gzip;q=0.001", false, true),
            ("identity", false, false),
            ("", false, false),
            ("brotli", false, false),
        ];
        for (value, brotli, gzip) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().expect("a header value"));
            assert_eq!(Encoding::Brotli.is_accepted(&headers), brotli, "{value}");
            assert_eq!(Encoding::Gzip.is_accepted(&headers), gzip, "{value}");
            assert!(Encoding::Plain.is_accepted(&headers));
        }
    }
}
