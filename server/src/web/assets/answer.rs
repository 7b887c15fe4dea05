//! A file as an answer: the form the browser can unpack, its kind, and how long it may be kept.

use super::encoding::Encoding;
use super::source::{Assets, File};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

impl Assets {
    /// Answers with the file at this path of the URL, or `None` when there is none.
    pub(crate) async fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let name = path.strip_prefix('/')?;
        let kind = kind_of(name)?;
        let (file, encoding) = self.best(name, headers).await?;
        let tag = format!("\"{:016x}\"", file.tag);
        let fresh = headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .any(|known| known.to_str().is_ok_and(|known| matches(known, &tag)));

        let mut response = if fresh {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(file.bytes));
            put(&mut response, header::CONTENT_TYPE, kind);
            if let Some(token) = encoding.token() {
                put(&mut response, header::CONTENT_ENCODING, token);
            }
            response
        };
        put(&mut response, header::VARY, "accept-encoding");
        put(&mut response, header::CACHE_CONTROL, self.keeping(name));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Some(response)
    }

    async fn best(&self, name: &str, headers: &HeaderMap) -> Option<(File, Encoding)> {
        for encoding in Encoding::ALL {
            if encoding.is_accepted(headers)
                && let Some(file) = self.read(&format!("{name}{}", encoding.suffix())).await
            {
                return Some((file, encoding));
            }
        }
        None
    }

    fn keeping(&self, name: &str) -> &'static str {
        if self.is_immutable(name) {
            "public, max-age=31536000, immutable"
        } else if name.starts_with("fonts/") {
            // A font that must be asked for again would shift the text of every page.
            "public, max-age=604800"
        } else {
            "no-cache"
        }
    }
}

fn put(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// Whether one of the tags the browser holds is this one.
fn matches(known: &str, tag: &str) -> bool {
    known
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The kind of a file we serve; a file of any other kind is none of the site's.
fn kind_of(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => return None,
    })
}
