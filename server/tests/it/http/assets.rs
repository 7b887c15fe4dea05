//! The browser's files.

use super::ports::{Stage, stage};
use axum::http::StatusCode;
use tempfile::TempDir;
use umbel::web::Assets;

fn site() -> (TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, contents: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        std::fs::write(path, contents).expect("a file");
    };
    write(
        "manifest.json",
        r#"{"output_name": "umbel-1f0c", "inputs": "x", "parts": {
            "tasks": ["umbel-1f0c_chunk_1", "umbel-1f0c_split_tasks"], "machinery": ["umbel-1f0c_split_machinery"]
        }}"#,
    );
    write("pkg/umbel-1f0c.js", "plain");
    write("pkg/umbel-1f0c.js.br", "brotli");
    write("pkg/umbel-1f0c.js.gz", "gzip");
    write("pkg/umbel-1f0c_bg.wasm", "wasm");
    write("pkg/umbel-1f0c.css", "css");
    write("favicon.svg", "<svg/>");
    write("secret.key", "not of the site");
    let mut stage = stage();
    stage.site.assets = Assets::folder(folder.path());
    (folder, stage)
}

#[tokio::test]
async fn the_smallest_form_the_browser_takes_is_sent() {
    let (_folder, stage) = site();
    for (accepts, body, encoding) in [
        ("gzip, deflate, br, zstd", "brotli", "br"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip", "gzip", "gzip"),
        ("identity", "plain", ""),
    ] {
        let headers = [("host", "localhost"), ("accept-encoding", accepts)];
        let answer = stage.ask("GET", "/pkg/umbel-1f0c.js", &headers, "").await;
        assert_eq!(
            (answer.text().as_str(), answer.header("content-encoding")),
            (body, encoding),
            "{accepts}"
        );
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let (_folder, stage) = site();
    let first = stage.get("/favicon.svg").await;
    assert_eq!((first.header("content-type"), first.header("cache-control")), ("image/svg+xml", "no-cache"));
    let tag = first.header("etag").to_owned();
    let headers = [("host", "localhost"), ("if-none-match", tag.as_str())];
    let again = stage.ask("GET", "/favicon.svg", &headers, "").await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let other =
        stage.ask("GET", "/favicon.svg", &[("host", "localhost"), ("if-none-match", "\"0\"")], "").await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_name_the_files_that_exist() {
    let (_folder, stage) = site();
    let page = stage.get("/tasks").await.text();
    for file in ["/pkg/umbel-1f0c.css", "/pkg/umbel-1f0c.js", "/pkg/umbel-1f0c_bg.wasm"] {
        assert!(page.contains(file), "{file}");
        assert_eq!(stage.get(file).await.status, StatusCode::OK, "{file}");
    }
    assert_eq!(stage.get("/pkg/umbel-1f0c_bg.wasm").await.header("content-type"), "application/wasm");
}

#[tokio::test]
async fn a_page_names_its_own_parts_so_that_they_are_fetched_at_once() {
    let (_folder, stage) = site();
    let page = stage.get("/tasks").await.text();
    let preloads = |file: &str| {
        page.split("<link")
            .any(|tag| tag.contains("preload") && tag.contains(&format!("href=\"/pkg/{file}\"")))
    };
    for file in ["umbel-1f0c_chunk_1.wasm", "umbel-1f0c_split_tasks.wasm", "umbel-1f0c_parts.js"] {
        assert!(preloads(file), "{file}: {page}");
    }
    assert!(!page.contains("machinery"), "{page}");
}

#[tokio::test]
async fn nothing_outside_the_site_and_nothing_of_another_kind_is_served() {
    let (folder, stage) = site();
    let outside = folder.path().with_extension("js");
    std::fs::write(&outside, "outside").expect("a file beside the folder");
    let name = outside.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
    for path in [
        format!("/../{name}"),
        format!("/pkg/../../{name}"),
        format!("/%2e%2e/{name}"),
        format!("//{name}"),
        "/secret.key".to_owned(),
        "/manifest.json".to_owned(),
        "/pkg/umbel-1f0c.js.br".to_owned(),
        "/pkg/".to_owned(),
    ] {
        let answer = stage.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().contains("outside"), "{path}");
    }
    std::fs::remove_file(outside).expect("it exists");
}

#[tokio::test]
async fn without_a_site_the_pages_still_work() {
    let answer = stage().get("/tasks").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("/pkg/umbel.css"));
}
