//! The embedded broker when a commit fails: what it knows in memory stays true to the table.

use super::{Bench, message};
use std::future::Future;
use std::time::Duration;
use umbel::broker::sqlite::SqliteBroker;
use umbel::broker::{Broker, Change, Notebook, QueueAdmin, Verdict};
use umbel::store::Db;

/// Makes the commit fail that this work is part of: a job in the same transaction breaks a foreign key, which is
/// only looked at when the transaction ends.
async fn doomed<T>(db: &Db, work: impl Future<Output = T>) -> T {
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let poison = db.write(move |connection| {
        // Until the work has handed in its own job.
        let _ = wait.recv();
        connection.execute_batch(
            "PRAGMA defer_foreign_keys = ON;
             INSERT INTO message (queue, priority, state, sent, deliveries, task_id, headers, body)
             VALUES (9999, 0, 0, 0, 0, 'x', x'', x'')",
        )
    });
    let (poisoned, outcome, ()) = tokio::join!(poison, work, async { drop(go_on) });
    assert!(poisoned.is_err(), "the commit has failed");
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_and_leases_follow_the_table() {
    let bench = Bench::new();
    let db = bench.db();
    let broker =
        SqliteBroker::open(db.clone(), bench.clock(), Duration::from_secs(30)).await.expect("a broker");
    let queues = ["celery".to_owned()];
    let depth = || async {
        let status = broker.queues().await.expect("queues").into_iter().next();
        status.map_or((0, 0, 0), |status| (status.ready, status.held, status.in_hand))
    };

    assert!(doomed(&db, broker.publish(vec![message("lost", "celery", 0)])).await.is_err(), "not confirmed");
    assert_eq!(depth().await, (0, 0, 0));
    assert!(broker.reserve(&queues, 1).await.expect("reserved").is_empty());

    let messages = vec![message("lost", "celery", 0)];
    let change = Change { name: "a".to_owned(), was: None, becomes: Some("1".to_owned()), messages };
    assert!(doomed(&db, broker.write("plans", vec![change])).await.is_err(), "not confirmed");
    assert_eq!(depth().await, (0, 0, 0));
    assert!(broker.notes("plans").await.expect("read").is_empty());

    broker.publish(vec![message("kept", "celery", 0)]).await.expect("published");
    let taken = broker.reserve(&queues, 1).await.expect("reserved").remove(0);
    // A claim does not wait for its commit; the doomed one must not be the same.
    db.write(|_| Ok(())).await.expect("committed");
    assert!(doomed(&db, broker.settle(vec![(taken.tag, Verdict::Ack)])).await.is_err(), "not settled");
    assert_eq!(depth().await, (0, 0, 1), "still in hand");
    broker.settle(vec![(taken.tag, Verdict::Ack)]).await.expect("settled at the second try");
    assert_eq!(depth().await, (0, 0, 0));
    let rows = db.read(|c| c.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0))).await;
    assert_eq!(rows.expect("read"), 0);
}
