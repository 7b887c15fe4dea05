//! What a worker with nothing to do costs Redis.

use super::server::Server;
use super::umbel_side;
use std::time::Duration;

const SETTLE: Duration = Duration::from_secs(5);
const WATCH: Duration = Duration::from_secs(20);

/// Commands per second on four queues; its heartbeat, an event for everybody, is not counted.
pub(crate) async fn run(server: &Server) -> f64 {
    let queues = ["celery", "a", "b", "c"].map(str::to_owned).to_vec();
    let worker = umbel_side::start(server.port(), true, Some(queues)).await;
    let mut connection = server.connect();
    tokio::time::sleep(SETTLE).await;
    redis::cmd("CONFIG").arg("RESETSTAT").query::<()>(&mut connection).expect("reset");
    tokio::time::sleep(WATCH).await;
    let stats: String = redis::cmd("INFO").arg("commandstats").query(&mut connection).expect("stats");
    worker.stop(true).await;
    let calls = stats.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let own = name == "publish" || name.starts_with("config") || name == "info";
        let calls: f64 = rest.split(',').next()?.parse().ok()?;
        (!own).then_some(calls)
    });
    calls.sum::<f64>() / WATCH.as_secs_f64()
}
