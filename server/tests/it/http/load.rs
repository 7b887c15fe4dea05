//! Many readers at once.

use super::ports::stage;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::time::Duration;
use tower::ServiceExt;
use umbel::web::router::router;

/// A page that is never finished would show here as 503 after the deadline.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_rendered_side_by_side_are_all_finished() {
    let mut stage = stage();
    stage.site.settings.request_timeout = Duration::from_secs(60);
    let router = router(stage.site);
    let pages = (0..400).map(|place| {
        let path = ["/", "/tasks", "/tasks/done", "/workers", "/queues"][place % 5];
        let request = Request::builder().uri(path).header("host", "localhost").body(Body::empty());
        let answer = router.clone().oneshot(request.expect("well-formed"));
        tokio::spawn(async move { (path, answer.await.expect("the router always answers").status()) })
    });
    for page in pages.collect::<Vec<_>>() {
        let (path, status) = page.await.expect("no panic");
        assert_eq!(status, StatusCode::OK, "{path}");
    }
}
