//! The same-origin proof: the defence against other sites' pages.
//!
//! Browsers say where a request comes from and scripts cannot change what they say: `Sec-Fetch-Site` on trusted
//! origins, `Origin` on everything that is not a plain load. Whoever sends neither is not a current browser, and
//! must then send JSON, which no form can. `Sec-Fetch-Site: none` (typed into the address bar) is no proof either:
//! nobody types a POST.

use crate::web::error::{Audience, Refusal};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

pub(crate) async fn prove(request: Request, next: Next) -> Response {
    match check(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            tracing::warn!(http.path = request.uri().path(), reason = refusal.message, "refused a request");
            refusal.answer(Audience::of(request.uri().path()))
        }
    }
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        check_read(headers)
    } else {
        check_write(headers)
    }
}

/// Reading changes nothing, but another site must not even hold our connections open or time our answers. It may
/// link to us.
fn check_read(headers: &HeaderMap) -> Result<(), Refusal> {
    let foreign = matches!(text(headers, SEC_FETCH_SITE), Some("cross-site" | "same-site"));
    if foreign && text(headers, SEC_FETCH_MODE) != Some("navigate") {
        return Err(cross_origin("This was asked for by a page of another site."));
    }
    Ok(())
}

fn check_write(headers: &HeaderMap) -> Result<(), Refusal> {
    let site = headers.contains_key(SEC_FETCH_SITE);
    let origin = headers.contains_key(header::ORIGIN);
    // Where a browser says both, both must be right.
    if site && text(headers, SEC_FETCH_SITE) != Some("same-origin") {
        return Err(cross_origin("Only Umbel's own pages may change something."));
    }
    if origin && !is_own_origin(headers) {
        return Err(cross_origin(
            "Only Umbel's own pages may change something; this request names another origin.",
        ));
    }
    if !site && !origin && !is_json(headers) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "json_needed",
            "A request from outside a browser must be JSON: send it with the header Content-Type: application/json.",
        ));
    }
    Ok(())
}

fn cross_origin(sentence: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "cross_origin", sentence)
}

/// The header's text, where it was sent exactly once.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Whether `Origin` names the host this request is addressed to (which was found to be ours before).
fn is_own_origin(headers: &HeaderMap) -> bool {
    let (Some(origin), Some(host)) = (text(headers, header::ORIGIN), text(headers, header::HOST)) else {
        return false;
    };
    let (origin, default_port) = match (origin.strip_prefix("http://"), origin.strip_prefix("https://")) {
        (Some(rest), None) => (rest, ":80"),
        (None, Some(rest)) => (rest, ":443"),
        _ => return false,
    };
    let bare =
        |authority: &str| authority.strip_suffix(default_port).unwrap_or(authority).to_ascii_lowercase();
    bare(origin) == bare(host)
}

/// Whether the body is said to be JSON. Parameters such as a charset do not matter.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE)
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Method, headers, and the code of the refusal.
    type Case = (&'static str, &'static [(&'static str, &'static str)], Option<&'static str>);

    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const HOST: (&str, &str) = ("host", "localhost:5555");

    const CASES: &[Case] = &[
        // curl
        ("POST", &[HOST, JSON], None),
        ("POST", &[HOST, FORM], Some("json_needed")),
        ("POST", &[HOST, ("content-type", "text/plain")], Some("json_needed")),
        ("POST", &[HOST, ("content-type", "application/json-but-not")], Some("json_needed")),
        ("POST", &[HOST, JSON, FORM], Some("json_needed")),
        ("POST", &[HOST], Some("json_needed")),
        ("DELETE", &[HOST], Some("json_needed")),
        // our own pages
        ("POST", &[HOST, FORM, ("sec-fetch-site", "same-origin")], None),
        ("POST", &[HOST, FORM, ("origin", "http://localhost:5555")], None),
        ("POST", &[HOST, FORM, ("origin", "HTTP://LOCALHOST:5555")], Some("cross_origin")),
        ("POST", &[("host", "dash.example"), FORM, ("origin", "https://dash.example")], None),
        ("POST", &[("host", "dash.example:443"), FORM, ("origin", "https://dash.example")], None),
        // other sites
        ("POST", &[HOST, FORM, ("sec-fetch-site", "cross-site")], Some("cross_origin")),
        ("POST", &[HOST, FORM, ("sec-fetch-site", "same-site")], Some("cross_origin")),
        ("POST", &[HOST, FORM, ("sec-fetch-site", "none")], Some("cross_origin")),
        ("POST", &[HOST, JSON, ("sec-fetch-site", "cross-site")], Some("cross_origin")),
        ("POST", &[HOST, JSON, ("origin", "http://evil.example")], Some("cross_origin")),
        ("POST", &[HOST, JSON, ("origin", "null")], Some("cross_origin")),
        ("POST", &[HOST, JSON, ("origin", "")], Some("cross_origin")),
        ("POST", &[HOST, JSON, ("origin", "http://localhost:5556")], Some("cross_origin")),
        ("POST", &[HOST, JSON, ("origin", "http://localhost:5555.evil.example")], Some("cross_origin")),
        (
            "POST",
            &[HOST, JSON, ("origin", "http://localhost:5555"), ("sec-fetch-site", "cross-site")],
            Some("cross_origin"),
        ),
        (
            "POST",
            &[HOST, JSON, ("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")],
            Some("cross_origin"),
        ),
        (
            "POST",
            &[HOST, JSON, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
            Some("cross_origin"),
        ),
        // reading
        ("GET", &[HOST], None),
        ("GET", &[HOST, ("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")], None),
        ("GET", &[HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], None),
        (
            "GET",
            &[HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
            Some("cross_origin"),
        ),
        ("GET", &[HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")], Some("cross_origin")),
    ];

    #[test]
    fn every_case_is_judged_as_stated() {
        for (method, pairs, expected) in CASES {
            let mut headers = HeaderMap::new();
            for (name, value) in *pairs {
                let name: HeaderName = name.parse().expect("a header name");
                headers.append(name, value.parse().expect("a header value"));
            }
            let method: Method = method.parse().expect("a method");
            let code = check(&method, &headers).err().map(|refusal| refusal.code);
            assert_eq!(code, *expected, "{method} {pairs:?}");
        }
    }
}
