//! The names of keys, and the queues this process has made known.

use super::RedisSettings;
use crate::protocol::keys::{Binding, BrokerKeys};
use redis::Pipeline;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

/// What stands before the list's name in the key of a held message: this and a UUID and a colon.
const HELD: &str = "umbel:held:";
pub(super) const HELD_LENGTH: usize = HELD.len() + 36 + 1;

#[derive(Debug)]
pub(super) struct Names {
    pub keys: BrokerKeys,
    pub unacked: String,
    pub unacked_index: String,
    /// Held messages by the moment they are due.
    pub held: String,
    /// Processes by their last sign of life.
    pub owners: String,
    /// Envelopes that were no messages, the newest first; a bounded list.
    pub refused: String,
    /// All queues a process of ours has served or sent to.
    pub queues: String,
    /// This process.
    pub owner: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    queues: BTreeSet<String>,
    /// How often everything was forgotten.
    forgotten: u64,
}

/// Queues on their way to be known.
pub(super) struct Fresh<'a> {
    queues: BTreeSet<&'a str>,
    forgotten: u64,
}

impl Names {
    pub(super) fn new(settings: &RedisSettings) -> Self {
        let keys = settings.keys.clone();
        Self {
            unacked: keys.unacked(),
            unacked_index: keys.unacked_index(),
            held: keys.own("held"),
            owners: keys.own("owners"),
            refused: keys.own("refused"),
            queues: keys.own("queues"),
            owner: uuid::Uuid::new_v4().simple().to_string(),
            known: Mutex::default(),
            keys,
        }
    }

    pub(super) fn list(&self, queue: &str, priority: u8) -> String {
        self.keys.list(queue, priority)
    }

    /// The notes of a book, by their names.
    pub(super) fn book(&self, book: &str) -> String {
        self.keys.own(book)
    }

    /// How often it was changed.
    pub(super) fn revision(&self, book: &str) -> String {
        self.keys.own(&format!("{book}.revision"))
    }

    /// Who holds a post; it expires with the lease.
    pub(super) fn post(&self, post: &str) -> String {
        self.keys.own(&format!("post.{post}"))
    }

    /// What the keys of an owner's deliveries begin with.
    pub(super) fn prefix_of(owner: &str) -> String {
        format!("umbel:{owner}:")
    }

    pub(super) fn held_key(list: &str) -> String {
        format!("{HELD}{}:{list}", uuid::Uuid::now_v7().hyphenated())
    }

    /// The list in the key of a delivery or a hold of ours.
    pub(super) fn list_in(key: &str) -> Option<&str> {
        key.strip_prefix("umbel:")?.splitn(3, ':').nth(2)
    }

    pub(super) fn is_held(key: &str) -> bool {
        key.starts_with(HELD)
    }

    /// The number in the key of a delivery.
    pub(super) fn number_in(key: &str) -> Option<i64> {
        key.strip_prefix("umbel:")?.split(':').nth(1)?.parse().ok()
    }

    /// The envelope in a booking of ours. Not read as JSON: what Python wrote may be a little more than that.
    pub(super) fn envelope_in<'a>(booking: &'a [u8], queue: &str) -> Option<&'a [u8]> {
        booking.strip_prefix(b"[")?.strip_suffix(Self::booking_end(queue).as_bytes())
    }

    /// How a booking goes on after its envelope: the anonymous exchange, by which the queue is found by its name.
    pub(super) fn booking_end(queue: &str) -> String {
        let queue = serde_json::to_string(queue).expect("text always serialises");
        format!(r#","",{queue}]"#)
    }

    pub(super) fn booking(envelope: &[u8], queue: &str) -> Vec<u8> {
        let end = Self::booking_end(queue);
        let mut booking = Vec::with_capacity(envelope.len() + end.len() + 1);
        booking.push(b'[');
        booking.extend_from_slice(envelope);
        booking.extend_from_slice(end.as_bytes());
        booking
    }

    /// Makes queues known that are not known yet, as Celery does when it uses one for the first time. Returns which,
    /// to be told when it is done.
    pub(super) fn declare<'a>(
        &self,
        pipeline: &mut Pipeline,
        queues: impl Iterator<Item = &'a str>,
    ) -> Fresh<'a> {
        let known = self.lock();
        let queues: BTreeSet<&str> = queues.filter(|queue| !known.queues.contains(*queue)).collect();
        for &queue in &queues {
            let member = self.keys.binding_member(&Binding::direct(queue, queue));
            pipeline.cmd("SADD").arg(self.keys.binding(queue)).arg(&member).ignore();
            pipeline.cmd("SADD").arg(self.keys.binding_permanent(queue)).arg(&member).ignore();
            pipeline.cmd("SADD").arg(&self.queues).arg(queue).ignore();
        }
        Fresh { queues, forgotten: known.forgotten }
    }

    /// These declarations were done; whether they still hold is not known if all was forgotten meanwhile.
    pub(super) fn declared(&self, fresh: Fresh<'_>) {
        if fresh.queues.is_empty() {
            return;
        }
        let mut known = self.lock();
        if known.forgotten == fresh.forgotten {
            known.queues.extend(fresh.queues.into_iter().map(ToOwned::to_owned));
        }
    }

    /// Redis may have been emptied: nothing is known to be declared. Returns what was.
    pub(super) fn forget_declarations(&self) -> Vec<String> {
        let mut known = self.lock();
        known.forgotten += 1;
        std::mem::take(&mut known.queues).into_iter().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("nobody panics while holding this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_found_in_the_keys_made_for_it() {
        let held = Names::held_key("pre:fix:celery\u{6}\u{16}3");
        assert_eq!(Names::list_in(&held), Some("pre:fix:celery\u{6}\u{16}3"));
        assert_eq!(&held[HELD_LENGTH..], "pre:fix:celery\u{6}\u{16}3");
        assert!(Names::is_held(&held));
        let key = format!("{}17:a:b", Names::prefix_of("0123"));
        assert_eq!((Names::list_in(&key), Names::number_in(&key)), (Some("a:b"), Some(17)));
        assert_eq!(Names::list_in("5d5c6d5e-0000"), None, "a Python worker's");
    }

    #[test]
    fn a_booking_is_what_kombu_reads() {
        let booking = Names::booking(br#"{"body":"x"}"#, "a\"b");
        let value: serde_json::Value = serde_json::from_slice(&booking).expect("JSON");
        assert_eq!(value, serde_json::json!([{"body": "x"}, "", "a\"b"]));
        assert_eq!(Names::envelope_in(&booking, "a\"b"), Some(&br#"{"body":"x"}"#[..]));
        assert_eq!(Names::envelope_in(&booking, "other"), None);
    }
}
