//! A news recommender: classifies and embeds the articles that came in.

use super::trouble::ReadTimeout;
use super::work::Work;
use crate::task::{Args, TaskError, Tasks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const PROCESS_ARTICLES: &str = "backend.tasks.processing_tasks.process_pending_articles";
const TOPICS: [&str; 6] = ["Sports", "Politics", "Science", "Business", "Culture", "Health"];

pub(super) fn tasks() -> Tasks {
    Tasks::new().task_with(PROCESS_ARTICLES, process_pending_articles, |o| {
        o.queue("processing")
            .summary("Classifies and embeds all articles that wait for it.")
            .example(json!({"limit": 40}))
    })
}

#[derive(Deserialize)]
struct Pending {
    #[serde(default = "twenty")]
    limit: u32,
}

fn twenty() -> u32 {
    20
}

async fn process_pending_articles(
    Args(Pending { limit }): Args<Pending>,
    mut work: Work,
) -> Result<Value, TaskError> {
    let articles = work.dice.between(limit / 2, limit) as usize;
    let mut topics = BTreeMap::<&str, u32>::new();
    for article in 0..articles {
        work.report(article, articles, "Classifying and embedding").await?;
        work.busy(0.25, 0.6).await;
        *topics.entry(work.dice.pick(&TOPICS)).or_default() += 1;
    }
    if work.dice.chance(0.04) {
        return Err(work.again(10.0, ReadTimeout { host: "feeds.example.org", seconds: 20 }));
    }
    Ok(json!({"processed": articles, "topics": topics, "vector_store": {"saved": true, "dimensions": 384}}))
}
