//! Traffic for the look-alike tasks: a lively stream with quiet hours, rushes and appointments.

use super::dice::Dice;
use super::{crew, labeling, scholar, sections, writer};
use crate::client::{Client, Send};
use crate::clock::SharedClock;
use crate::control::ControlClient;
use crate::protocol::TaskId;
use std::collections::VecDeque;
use std::f64::consts::TAU;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Tasks in a second, averaged over a day of the demo.
const MEAN_RATE: f64 = 4.0;
/// A day of the demo in seconds: long enough to see quiet and busy hours, short enough to wait for them.
const DAY: f64 = 600.0;
/// As long as this many of our tasks are unfinished no more are sent, so that a worker that is off or slow does
/// not leave an ever longer queue behind.
const MOST_UNFINISHED: usize = 400;

/// Makes a request up.
type Request = fn(&mut Dice) -> Send;

/// How often each kind of request is made, and what it looks like.
const MIX: [(u32, Request); 5] = [
    (30, writer::request),
    (36, scholar::request),
    (12, labeling::request),
    (18, sections::request),
    (4, crew::request),
];

/// Of all tasks, how many somebody thinks better of while they wait or run.
const REGRETS: f64 = 0.008;

/// What the traffic needs: a way to send and a way to cancel.
#[derive(Clone)]
pub struct TrafficParts {
    pub client: Client,
    pub control: ControlClient,
    pub clock: SharedClock,
    /// 1 is lifelike; 10 sends ten times as much.
    pub speed: f64,
}

/// Sends until told to stop.
pub async fn traffic(parts: TrafficParts, stop: CancellationToken) {
    let TrafficParts { client, control, clock, speed } = parts;
    let mut crowd = Crowd::new(speed);
    let mut unfinished = Unfinished::default();
    loop {
        let pause = crowd.next_pause(clock.elapsed());
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep(pause) => {}
        }
        unfinished.look(&client).await;
        if let Some(id) = unfinished.newest().filter(|_| crowd.regrets())
            && let Err(error) = control.revoke(&[id], true).await
        {
            tracing::warn!(%error, "failed to cancel a task of the demo");
        }
        if unfinished.0.len() >= MOST_UNFINISHED {
            continue;
        }
        match client.send_many(crowd.requests()).await {
            Ok(ids) => unfinished.0.extend(ids),
            Err(error) => tracing::warn!(%error, "failed to send the demo's traffic"),
        }
    }
}

/// Everybody who sends: decides when and what, without sending.
struct Crowd {
    dice: Dice,
    speed: f64,
}

impl Crowd {
    fn new(speed: f64) -> Self {
        Self { dice: Dice::new(2012), speed }
    }

    fn next_pause(&mut self, elapsed: Duration) -> Duration {
        let hour = elapsed.as_secs_f64() * self.speed / DAY;
        // Starts at noon: who starts the demo wants to see something.
        let busyness = 1.0 + 0.6 * (TAU * hour).cos();
        self.dice.pause(MEAN_RATE * busyness * self.speed)
    }

    /// What is sent at this moment: usually one request, sometimes a rush.
    fn requests(&mut self) -> Vec<Send> {
        let number = if self.dice.chance(0.004) { self.dice.between(12, 30) } else { 1 };
        (0..number).map(|_| self.request()).collect()
    }

    fn regrets(&mut self) -> bool {
        self.dice.chance(REGRETS)
    }

    fn request(&mut self) -> Send {
        let all: u32 = MIX.iter().map(|(weight, _)| weight).sum();
        let mut throw = self.dice.between(1, all);
        let (_, request) = MIX
            .iter()
            .find(|(weight, _)| {
                let found = throw <= *weight;
                throw = throw.saturating_sub(*weight);
                found
            })
            .expect("a throw is never above the sum of all weights");
        let send = request(&mut self.dice);
        if self.dice.chance(0.03) {
            let later = f64::from(self.dice.between(15, 120)) / self.speed;
            return send.countdown(Duration::from_secs_f64(later));
        }
        send
    }
}

/// Our tasks that may not have finished yet, in the order we look after them.
#[derive(Default)]
struct Unfinished(VecDeque<TaskId>);

impl Unfinished {
    fn newest(&self) -> Option<TaskId> {
        self.0.back().cloned()
    }

    /// Asks after the next few and forgets those that have finished.
    async fn look(&mut self, client: &Client) {
        for _ in 0..self.0.len().min(4) {
            let Some(id) = self.0.pop_front() else { return };
            let finished = match client.result(&id).await {
                Ok(meta) => meta.is_some_and(|meta| meta.status.is_ready()),
                Err(_) => false,
            };
            if !finished {
                self.0.push_back(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn everything_it_sends_is_registered_and_everybody_gets_some() {
        let tasks = crate::demo::tasks(1.0).build().expect("sound tasks");
        let mut crowd = Crowd::new(1.0);
        let mut sent = BTreeMap::<String, u32>::new();
        for _ in 0..1500 {
            for send in crowd.requests() {
                assert!(tasks.get(&send.name).is_some(), "{} is not registered", send.name);
                *sent.entry(send.name).or_default() += 1;
            }
        }
        for (name, entry) in tasks.entries() {
            let task = entry.to_value()["task"].as_str().expect("a task").to_owned();
            assert!(tasks.get(&task).is_some(), "{task} of {name} is not registered");
            sent.entry(task).or_default();
        }
        let names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).collect();
        assert_eq!(sent.keys().map(String::as_str).collect::<Vec<_>>(), names);
    }

    #[test]
    fn the_rate_follows_the_day_and_the_speed() {
        let mean = |speed: f64, at: u64| {
            let mut crowd = Crowd::new(speed);
            let total: f64 = (0..3000).map(|_| crowd.next_pause(Duration::from_secs(at)).as_secs_f64()).sum();
            3000.0 / total
        };
        assert!((5.8..7.0).contains(&mean(1.0, 0)), "{}", mean(1.0, 0));
        assert!((1.4..1.8).contains(&mean(1.0, 300)), "{}", mean(1.0, 300));
        assert!((58.0..70.0).contains(&mean(10.0, 0)), "{}", mean(10.0, 0));
    }
}
