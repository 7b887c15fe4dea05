//! Who sends, and that nothing is sent twice whoever thinks that it leads.

use super::on_both;
use super::stage::{Kind, Stage, every, with};
use futures_util::future::BoxFuture;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use umbel::broker::{Broker, BrokerError, Change, Delivery, Held, Note, Notebook, Tag, Verdict};
use umbel::protocol::Message;

on_both!(
    one_leads_and_the_other_takes_over,
    two_who_both_think_that_they_lead,
    entries_of_one_file_are_sent_by_whoever_leads,
);

async fn one_leads_and_the_other_takes_over(kind: Kind) {
    let stage = Stage::new(kind).await;
    let entries = [("entry", every(10.0))];
    let first = stage.start("a", &entries).await;
    assert!(first.beat.standing().is_us);
    let second = stage.start("b", &entries).await;
    let standing = second.beat.standing();
    assert_eq!((standing.leader.as_deref(), standing.is_us), (Some("a"), false));
    stage.pass(10).await;
    // A clean stop gives the post back, so the next one who asks has it.
    first.stop().await;
    stage.pass(4).await;
    assert!(second.beat.standing().is_us);
    stage.pass(16).await;
    assert_eq!(stage.dues().await, [10.0, 20.0, 30.0]);
    second.stop().await;
}

async fn entries_of_one_file_are_sent_by_whoever_leads(kind: Kind) {
    let stage = Stage::new(kind).await;
    let leader = stage.start("a", &[]).await;
    assert!(leader.beat.standing().is_us);
    let other = stage.start("b", &[("entry", every(10.0))]).await;
    stage.pass(4).await;
    assert!(
        leader.beat.entry("entry").is_some_and(|entry| entry.head.is_some()),
        "the leader has heard of it"
    );
    other.stop().await;
    stage.pass(10).await;
    assert_eq!(stage.messages().await.len(), 1, "also when the one who brought it has gone");
    leader.stop().await;
}

/// A scheduler that was thought dead, for instance one whose machine slept, may send at the same time as its successor.
async fn two_who_both_think_that_they_lead(kind: Kind) {
    let stage = Stage::new(kind).await;
    let entries: Vec<(String, _)> = (0..20)
        .map(|number| {
            (format!("entry {number}"), with(every(1.0), json!({"missed": "all", "missed_limit": 100})))
        })
        .collect();
    let entries: Vec<_> = entries.iter().map(|(name, entry)| (name.as_str(), entry.clone())).collect();
    let mut processes = Vec::new();
    for node in ["a", "b"] {
        let process = stage
            .start_with(node, &entries, |parts| {
                let node = node.to_owned();
                parts.notebook = Arc::new(EverybodyLeads { node, notebook: Arc::clone(&parts.notebook) });
            })
            .await;
        assert!(process.beat.standing().is_us);
        processes.push(process);
    }
    stage.pass(30).await;
    let messages = stage.messages().await;
    let ids: HashSet<_> = messages.iter().map(|message| &message.headers.id).collect();
    assert_eq!((messages.len(), ids.len()), (600, 600), "each occurrence once");
    for process in processes {
        process.stop().await;
    }
}

/// Tells each that it leads.
struct EverybodyLeads {
    node: String,
    notebook: Arc<dyn Notebook>,
}

impl Notebook for EverybodyLeads {
    fn notes(&self, book: &'static str) -> BoxFuture<'_, Result<Vec<Note>, BrokerError>> {
        self.notebook.notes(book)
    }

    fn read(
        &self,
        book: &'static str,
        names: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Option<String>>, BrokerError>> {
        self.notebook.read(book, names)
    }

    fn write(
        &self,
        book: &'static str,
        changes: Vec<Change>,
    ) -> BoxFuture<'_, Result<Vec<bool>, BrokerError>> {
        self.notebook.write(book, changes)
    }

    fn hold<'a>(
        &'a self,
        post: &'static str,
        holder: &'a str,
        lease: Duration,
        books: &'a [&'static str],
    ) -> BoxFuture<'a, Result<Held, BrokerError>> {
        Box::pin(async move {
            let held = self.notebook.hold(post, holder, lease, books).await?;
            Ok(Held { holder: self.node.clone(), ..held })
        })
    }

    fn leave<'a>(&'a self, post: &'static str, holder: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        self.notebook.leave(post, holder)
    }
}

impl Broker for EverybodyLeads {
    fn publish(&self, batch: Vec<Message>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.notebook.publish(batch)
    }

    fn reserve<'a>(
        &'a self,
        queues: &'a [String],
        max: usize,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, BrokerError>> {
        self.notebook.reserve(queues, max)
    }

    fn ready<'a>(&'a self, queues: &'a [String], timeout: Duration) -> BoxFuture<'a, ()> {
        self.notebook.ready(queues, timeout)
    }

    fn settle(&self, batch: Vec<(Tag, Verdict)>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.notebook.settle(batch)
    }

    fn extend(&self, tags: Vec<Tag>) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.notebook.extend(tags)
    }

    fn recover(&self) -> BoxFuture<'_, Result<u64, BrokerError>> {
        self.notebook.recover()
    }
}
