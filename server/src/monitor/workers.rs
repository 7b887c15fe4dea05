//! The workers of the cluster, as their own events show them.

use super::change::Finish;
use super::worker::{WorkerAnswer, WorkerRecord};
use crate::protocol::WorkerInfo;
use crate::protocol::event::{Event, EventKind};
use crate::store::history::text::cut;
use crate::store::history::{Word, WorkerWrite};
use std::collections::HashMap;
use std::sync::Arc;

/// More workers than this are not kept apart; it is Celery's own bound.
const LIMIT: usize = 5000;
/// Seconds between heartbeats of a worker that does not tell.
const DEFAULT_FREQ: f64 = 60.0;
/// Heartbeats a worker may miss before it counts as gone.
const WINDOW: f64 = 2.0;
/// Seconds a clock may be off without a remark.
const SKEW: f64 = 2.0;
/// Milliseconds after which a worker that is gone is forgotten.
const FORGET: i64 = 24 * 3600 * 1000;
/// Queues and tasks of a worker that are kept.
const LIST: usize = 1000;

#[derive(Debug, Default)]
pub(crate) struct Workers {
    known: HashMap<Arc<str>, Known>,
}

#[derive(Debug)]
struct Known {
    record: WorkerRecord,
    word: Word,
    /// When we last heard anything, by our clock.
    heard: i64,
    /// It said goodbye. It may still finish what it has in hand, which does not bring it back.
    leaving: bool,
}

impl Workers {
    /// Folds an event of the worker about itself. Tells if it came or went.
    pub(crate) fn apply(&mut self, event: &Event, word: &Word, now: i64) -> Option<WorkerWrite> {
        let (info, goes) = match &event.kind {
            EventKind::WorkerOnline(info) | EventKind::WorkerHeartbeat(info) => (info, false),
            EventKind::WorkerOffline(info) => (info, true),
            _ => return None,
        };
        let known = self.meet(word, now)?;
        let was_online = known.record.online;
        let restarted = matches!(event.kind, EventKind::WorkerOnline(_))
            || known.record.pid.is_some_and(|pid| pid != event.pid);
        let record = &mut known.record;
        if restarted || !was_online {
            (record.succeeded, record.failed, record.processed) = (0, 0, 0);
            record.started_at = Some(now);
        }
        record.online = !goes;
        record.pid = Some(event.pid);
        if goes {
            record.active = 0;
        } else {
            let skew = event.timestamp - now as f64 / 1000.0;
            record.clock_skew = (skew.is_finite() && skew.abs() > SKEW).then_some(skew);
            record.last_heartbeat = Some(now);
            tell(record, info);
        }
        known.heard = now;
        known.leaving = goes;
        (was_online == goes || (restarted && !goes)).then(|| WorkerWrite {
            at: now,
            worker: word.clone(),
            online: !goes,
        })
    }

    /// Takes over what a worker answered. `false` when nothing looks different now.
    pub(crate) fn learn(&mut self, name: &str, answer: &WorkerAnswer, now: i64) -> bool {
        let Some(known) = self.known.get_mut(name) else { return false };
        let before = known.record.clone();
        let record = &mut known.record;
        record.slots = answer.slots.or(record.slots);
        if let Some(pool) = &answer.pool {
            record.pool = Some(cut(pool, 60).to_owned());
        }
        if let Some(queues) = &answer.queues {
            record.queues = short_list(queues);
        }
        if let Some(registered) = &answer.registered {
            record.registered = Arc::from(short_list(registered));
        }
        if let Some(born) = answer.uptime.and_then(|uptime| before_now(uptime, now)) {
            record.started_at = Some(record.started_at.map_or(born, |heard| heard.min(born)));
        }
        known.record != before
    }

    /// Any event of a task shows that its worker lives.
    pub(crate) fn seen_working(
        &mut self,
        word: &Word,
        finish: Option<Finish>,
        now: i64,
    ) -> Option<WorkerWrite> {
        let known = self.meet(word, now)?;
        known.heard = now;
        match finish {
            Some(Finish::Succeeded) => known.record.succeeded += 1,
            Some(Finish::Failed) => known.record.failed += 1,
            Some(Finish::Revoked) | None => {}
        }
        let came = !known.record.online && !known.leaving;
        known.record.online |= came;
        came.then(|| WorkerWrite { at: now, worker: word.clone(), online: true })
    }

    /// Workers that have fallen silent; they count as offline from now on.
    pub(crate) fn fall_silent(&mut self, now: i64) -> Vec<WorkerWrite> {
        let mut gone = Vec::new();
        for known in self.known.values_mut().filter(|known| known.record.online) {
            let patience = (known.record.freq * WINDOW * 1000.0) as i64;
            if known.heard.saturating_add(patience) <= now {
                known.record.online = false;
                known.record.active = 0;
                gone.push(WorkerWrite { at: now, worker: known.word.clone(), online: false });
            }
        }
        self.known.retain(|_, known| known.record.online || known.heard.saturating_add(FORGET) > now);
        gone
    }

    pub(crate) fn get(&self, name: &str) -> Option<&WorkerRecord> {
        self.known.get(name).map(|known| &known.record)
    }

    /// The names of Umbel's workers.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &str> {
        self.known.values().filter(|known| known.record.is_umbel()).map(|known| &*known.record.name)
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> Vec<WorkerRecord> {
        let mut all: Vec<_> = self.known.values().map(|known| known.record.clone()).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// How many are online, and how many there are.
    pub(crate) fn count(&self) -> (u32, u32) {
        let online = self.known.values().filter(|known| known.record.online).count();
        (online as u32, self.known.len() as u32)
    }

    fn meet(&mut self, word: &Word, now: i64) -> Option<&mut Known> {
        if !self.known.contains_key(&word.text) {
            if self.known.len() >= LIMIT {
                return None;
            }
            let known = Known { record: stranger(word, now), word: word.clone(), heard: now, leaving: false };
            self.known.insert(Arc::clone(&word.text), known);
        }
        self.known.get_mut(&word.text)
    }
}

fn stranger(word: &Word, now: i64) -> WorkerRecord {
    WorkerRecord {
        name: Arc::clone(&word.text),
        online: false,
        active: 0,
        slots: None,
        processed: 0,
        succeeded: 0,
        failed: 0,
        loadavg: None,
        queues: Vec::new(),
        pool: None,
        registered: Arc::from([]),
        last_heartbeat: None,
        started_at: Some(now),
        software: None,
        system: None,
        pid: None,
        clock_skew: None,
        freq: DEFAULT_FREQ,
    }
}

/// Takes over what the worker tells. A heartbeat on demand tells next to nothing and must not wipe out the rest.
fn tell(record: &mut WorkerRecord, info: &WorkerInfo) {
    let sane = info.freq.is_finite() && (0.1..=3600.0).contains(&info.freq);
    record.freq = if sane { info.freq } else { DEFAULT_FREQ };
    record.active = info.active.unwrap_or(record.active);
    record.processed = record.processed.max(info.processed.unwrap_or(0));
    record.slots = info.slots.or(record.slots);
    let measured = |loads: &[f64; 3]| loads.iter().all(|load| load.is_finite()) && *loads != [0.0; 3];
    record.loadavg = info.loadavg.filter(measured).or(record.loadavg);
    if !info.sw_ident.is_empty() {
        record.software = Some(format!("{} {}", cut(&info.sw_ident, 60), cut(&info.sw_ver, 60)));
        record.system = Some(cut(&info.sw_sys, 60).to_owned());
    }
    if !info.queues.is_empty() {
        record.queues = short_list(&info.queues);
    }
    if !info.registered.is_empty() {
        record.registered = Arc::from(short_list(&info.registered));
    }
    if let Some(pool) = &info.pool {
        record.pool = Some(cut(pool, 60).to_owned());
    }
}

/// The moment so many seconds ago, unless that is nonsense.
fn before_now(seconds: u64, now: i64) -> Option<i64> {
    let ago = i64::try_from(seconds).ok()?.checked_mul(1000)?;
    now.checked_sub(ago).filter(|moment| *moment > 0)
}

fn short_list(texts: &[String]) -> Vec<String> {
    texts.iter().take(LIST).map(|text| cut(text, 255).to_owned()).collect()
}
