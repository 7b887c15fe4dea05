//! Rate limits: how often tasks start, where they wait, and that they keep nobody else waiting.

use super::{PATIENCE, World, manual, world_at};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use umbel::broker::QueueAdmin;
use umbel::client::Send;
use umbel::clock::SharedClock;
use umbel::protocol::State;
use umbel::task::Tasks;
use umbel::testing::ManualClock;

const NODE: &str = "umbel@test";
const STEP: Duration = Duration::from_millis(100);

/// A world whose task `demo.limited` notes when it starts.
struct Limited {
    world: World,
    clock: ManualClock,
    starts: Arc<Mutex<Vec<Duration>>>,
    started: mpsc::UnboundedReceiver<()>,
}

async fn limited(rate: &'static str) -> Limited {
    let (clock, shared) = manual();
    let (starts, (tell, started)) = (Arc::default(), mpsc::unbounded_channel());
    let tasks = {
        let (starts, shared): (Arc<Mutex<Vec<Duration>>>, SharedClock) =
            (Arc::clone(&starts), Arc::clone(&shared));
        let task = move || {
            starts.lock().expect("sound").push(shared.elapsed());
            let _ = tell.send(());
            std::future::ready(())
        };
        Tasks::new()
            .task_with("demo.limited", task, |task| task.rate_limit(rate))
            .task("demo.free", async || 1)
    };
    let world = world_at(shared, tasks).await;
    Limited { world, clock, starts, started }
}

impl Limited {
    async fn send(&self, count: usize) {
        let sends = (0..count).map(|_| Send::new("demo.limited")).collect();
        self.world.runtime.client.send_many(sends).await.expect("sent");
    }

    async fn start(&mut self) {
        tokio::time::timeout(PATIENCE, self.started.recv()).await.expect("a start in time").expect("open");
    }

    fn starts(&self) -> Vec<Duration> {
        self.starts.lock().expect("sound").clone()
    }

    /// Until this many are held in the broker.
    async fn held(&self, count: u64) {
        let look = async {
            while self.world.runtime.broker.queues().await.expect("queues")[0].held != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("held in time");
    }
}

#[tokio::test]
async fn ten_a_second_are_ten_a_second() {
    let mut limited = limited("10/s").await;
    limited.send(50).await;
    limited.start().await;
    // Ten wait in the worker for a token of the next second, the others in the broker.
    limited.held(39).await;
    for _ in 1..50 {
        limited.clock.advance(STEP);
        limited.start().await;
    }
    let expected: Vec<Duration> = (0..50).map(|start| STEP * start).collect();
    assert_eq!(limited.starts(), expected);
}

#[tokio::test]
async fn the_others_are_not_kept_waiting() {
    let mut limited = limited("1/m").await;
    limited.send(20).await;
    limited.start().await;
    limited.held(19).await;
    // More limited ones than slots, and yet there is one for somebody else.
    assert_eq!(limited.world.runtime.call(Send::new("demo.free")).await.status, State::Success);
    assert_eq!(limited.starts().len(), 1);
}

#[tokio::test]
async fn a_limit_can_be_set_and_lifted() {
    let mut limited = limited("0").await;
    let control = limited.world.runtime.control.clone();
    control.rate_limit(Some(NODE), "demo.limited", "1/h").await.expect("set");
    limited.send(2).await;
    limited.start().await;
    limited.held(1).await;
    control.rate_limit(Some(NODE), "demo.limited", "0").await.expect("lifted");
    limited.send(1).await;
    limited.start().await;
    // What was put back comes back after five minutes at most, and is free then too.
    limited.clock.advance(Duration::from_secs(300));
    limited.start().await;
    assert_eq!(limited.starts(), [Duration::ZERO, Duration::ZERO, Duration::from_secs(300)]);
}

#[tokio::test]
async fn what_waits_here_can_be_revoked() {
    let mut limited = limited("1/s").await;
    limited.send(1).await;
    limited.start().await;
    let runtime = &limited.world.runtime;
    let mut events = umbel::bus::Bus::events(&*runtime.bus);
    let id = runtime.client.send(Send::new("demo.limited")).await.expect("sent");
    let received =
        |kind: &umbel::protocol::EventKind| matches!(kind, umbel::protocol::EventKind::TaskReceived(_));
    umbel::testing::TestRuntime::event(&mut events, received).await;
    runtime.control.revoke(std::slice::from_ref(&id), false).await.expect("asked");
    runtime.control.ping(Some(NODE), PATIENCE).await;
    limited.clock.advance(Duration::from_secs(1));
    let revoked = |kind: &umbel::protocol::EventKind| {
        matches!(kind, umbel::protocol::EventKind::TaskRevoked { terminated: false, .. })
    };
    umbel::testing::TestRuntime::event(&mut events, revoked).await;
    assert_eq!(limited.starts().len(), 1);
}

#[tokio::test]
async fn what_waits_here_goes_back_when_the_worker_stops() {
    let mut limited = limited("1/s").await;
    limited.send(2).await;
    limited.start().await;
    let broker = Arc::clone(&limited.world.runtime.broker);
    limited.world.runtime.stop(Duration::from_secs(60)).await;
    let queue = broker.queues().await.expect("queues").remove(0);
    assert_eq!((queue.ready + queue.held, queue.in_hand), (1, 0));
}
