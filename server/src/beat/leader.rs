//! The scheduler's loop: who leads, what has changed, what is due.

use super::declare::Declared;
use super::sightings::BEATS;
use super::{Beat, ENTRIES, Inner, STATES, Standing};
use crate::broker::{BrokerError, Held};
use chrono::TimeDelta;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The name under which Umbel's schedulers agree on one of them.
const POST: &str = "scheduler";
/// Before something that failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Reading what others have sent may take one part in so many of the time.
const SPARE: u32 = 20;

/// What the loop knows from one round to the next.
#[derive(Default)]
struct Round {
    /// What the books' revisions were when they were read. `None` when they have to be read anew.
    read: Option<Vec<u64>>,
    /// When the leader is asked for next, by the clock's own time.
    ask_at: Duration,
    /// Until when we lead without asking.
    lead_until: Duration,
    /// When the states may be read again that somebody else changes.
    states_at: Duration,
    /// The last failure that was told.
    told: Option<String>,
}

pub(super) async fn run(beat: Beat, declared: Vec<Declared>, stop: CancellationToken) {
    let inner = &*beat.0;
    let mut round = Round::default();
    let mut declared = Some(declared);
    tracing::info!(node = inner.settings.node, "beat: starting");
    loop {
        let rung = inner.bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        let pause = match inner.turn(&mut round, &mut declared).await {
            Ok(pause) => {
                round.told = None;
                pause
            }
            Err(error) => {
                // One line for an outage, not one for each second of it.
                let reason = error.to_string();
                if round.told.as_ref() != Some(&reason) {
                    tracing::warn!(
                        reason,
                        "beat: the schedules cannot be reached; trying again until they can"
                    );
                    round.told = Some(reason);
                }
                round.read = None;
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = rung => {}
            () = inner.clock.sleep(pause) => {}
        }
    }
    if inner.standing.borrow().is_us {
        // Without this the next leader has to wait until our time is over.
        let _ = inner.notebook.leave(POST, &inner.settings.node).await;
    }
}

impl Inner {
    /// One round. Answers how long nothing will have to be done.
    async fn turn(
        &self,
        round: &mut Round,
        declared: &mut Option<Vec<Declared>>,
    ) -> Result<Duration, BrokerError> {
        if self.clock.elapsed() >= round.ask_at {
            self.ask(round).await?;
        }
        if round.read.is_none() {
            let held = self.held().await?;
            match declared.take() {
                Some(entries) => {
                    // Kept until they are known to all.
                    let done = self.begin(&entries).await;
                    *declared = done.is_err().then_some(entries);
                    done?;
                }
                None => self.reload().await?,
            }
            tracing::info!(entries = self.agenda().entries().len(), "beat: the schedule is read");
            self.hear_sightings().await?;
            round.read = Some(held.revisions);
        }
        let mut pause = round.ask_at.saturating_sub(self.clock.elapsed());
        while self.leads(round) {
            let now = self.clock.now();
            let Some(next) = self.agenda().next() else { break };
            if next > now {
                let until_next = (next - now).max(TimeDelta::milliseconds(1)).to_std().unwrap_or(PAUSE);
                pause = pause.min(until_next);
                break;
            }
            self.tick(now).await?;
            if self.clock.elapsed() >= round.ask_at {
                return Ok(Duration::ZERO);
            }
        }
        Ok(pause.min(self.settings.max_loop_interval))
    }

    fn leads(&self, round: &Round) -> bool {
        self.standing.borrow().is_us && self.clock.elapsed() < round.lead_until
    }

    async fn held(&self) -> Result<Held, BrokerError> {
        self.notebook.hold(POST, &self.settings.node, self.settings.lease, &[ENTRIES, STATES, BEATS]).await
    }

    /// Says that we lead, or learns who does, and whether the books have changed.
    async fn ask(&self, round: &mut Round) -> Result<(), BrokerError> {
        let asked = self.clock.elapsed();
        let held = self.held().await?;
        let is_us = held.holder == self.settings.node;
        // The post is renewed once half of the lease is over: a leader that asks right after that asks as seldom as it
        // can, and still has time for a slow answer. The others are there soon after the lease has ended.
        round.ask_at =
            asked + if is_us { self.settings.lease.mul_f64(0.52) } else { self.settings.lease / 4 };
        if is_us {
            round.lead_until = asked + self.settings.lease;
        }
        let standing = Standing { leader: Some(held.holder), is_us };
        let was_us = self.standing.borrow().is_us;
        if *self.standing.borrow() != standing {
            match is_us {
                true => tracing::info!("beat: this process leads the schedules"),
                false => tracing::info!(
                    leader = standing.leader,
                    "beat: standing by, another process leads the schedules"
                ),
            }
            self.standing.send_replace(standing);
            self.changed();
        }
        self.tell_sightings().await?;
        let Some(read) = &mut round.read else { return Ok(()) };
        // What was changed here is known here.
        read[0] += self.own_changes.swap(0, Ordering::Relaxed);
        let (entries, states) = (held.revisions[0] != read[0], held.revisions[1] != read[1]);
        // What a leader writes changes the states all the time. Only who has just become one, or is looked at without
        // being one, needs what others have written.
        let behind = states && !is_us && self.settings.is_watched && asked >= round.states_at;
        if held.revisions[2] != read[2] {
            self.hear_sightings().await?;
            read[2] = held.revisions[2];
        }
        if entries || behind || (is_us && !was_us) {
            self.reload().await?;
            *read = held.revisions;
            round.states_at = asked + (self.clock.elapsed() - asked) * SPARE;
        }
        Ok(())
    }
}
