//! What a worker costs that has nothing to do.

use super::{GLANCE, ask, until};
use crate::cli::program::Running;
use crate::support::redis::RedisServer;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Long enough for every rhythm to be in it.
const WINDOW: Duration = Duration::from_secs(30);
/// Beside the event that a heart has beaten.
const MOST_PER_SECOND: f64 = 2.0;

/// The commands done so far, those inside of scripts too, by their names.
fn commands(connection: &mut redis::Connection) -> Vec<(String, u64)> {
    let stats: String = ask(connection, &["INFO", "commandstats"]);
    let calls = stats.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let count = rest.split(',').next()?.parse().ok()?;
        let counts = !matches!(name, "info" | "publish");
        counts.then(|| (name.to_owned(), count))
    });
    calls.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_on_four_queues_hardly_speaks_while_there_is_nothing_to_do() {
    let server = RedisServer::start();
    let folder = TempDir::new().expect("a folder");
    let arguments = ["--no-dashboard", "--broker", &server.url(), "-Q", "a,b,c,d"];
    let (_umbel, _) = Running::start(folder.path(), &arguments);
    let mut connection = server.connect();
    // Who is new declares its queues, and looks for the dead only after a while.
    let looked = async || commands(&mut server.connect()).iter().any(|(name, _)| name == "zrangebyscore");
    until("it has settled in", looked).await;
    ask::<()>(&mut connection, &["CONFIG", "RESETSTAT"]);
    let begun = Instant::now();
    let mut glances = tokio::time::interval(GLANCE);
    while begun.elapsed() < WINDOW {
        glances.tick().await;
    }
    let commands = commands(&mut connection);
    let sum: u64 = commands.iter().map(|(_, count)| count).sum();
    let rate = sum as f64 / begun.elapsed().as_secs_f64();
    assert!(rate < MOST_PER_SECOND, "{rate:.2} commands per second: {commands:?}");
    assert!(sum > 0, "it lives");
}
