//! Is it alive, can it work?

use super::ports::stage;
use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;
use umbel::web::health::Part;

struct Fine;
struct Away;
struct Silent;

impl Part for Fine {
    fn name(&self) -> &'static str {
        "store"
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

impl Part for Away {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Err("the disk is full".to_owned()) })
    }
}

impl Part for Silent {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn ready_when_every_part_answers() {
    let mut stage = stage();
    stage.site.parts = vec![Arc::new(Fine)];
    let answer = stage.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), json!({"ready": true, "parts": {"store": "ok"}}));
}

#[tokio::test(start_paused = true)]
async fn not_ready_when_one_is_away_or_silent() {
    let cases: [(Arc<dyn Part>, &str); 2] =
        [(Arc::new(Away), "the disk is full"), (Arc::new(Silent), "does not answer in time")];
    for (part, sentence) in cases {
        let mut stage = stage();
        stage.site.parts = vec![Arc::new(Fine), part];
        let answer = stage.get("/readyz").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.json(), json!({"ready": false, "parts": {"store": "ok", "broker": sentence}}));
    }
}
