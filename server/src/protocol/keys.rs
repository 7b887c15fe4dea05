//! Names of Redis keys and channels, all of them Celery's. They are made here and appear nowhere else.
//!
//! Broker and result store may live in different databases with different prefixes, so each has its own names.

mod binding;
mod results;

pub use binding::Binding;
pub use results::{ChordKeys, ResultKeys};

/// Between a queue's name and its priority, and between the parts of a binding.
pub const SEPARATOR: &str = "\x06\x16";
/// The priorities that have lists of their own.
pub const PRIORITY_STEPS: [u8; 4] = [0, 3, 6, 9];
const LEAST_URGENT: u8 = 9;

/// The channel prefix of fanout exchanges: transport option `fanout_prefix`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FanoutPrefix {
    /// `/<db>.`, so that databases do not hear each other: Redis has one set of channels for all of them.
    #[default]
    Database,
    /// A text of one's own, possibly none.
    Text(String),
}

/// How the broker's keys are named, from `broker_transport_options`.
///
/// ```
/// use umbel::protocol::keys::BrokerKeys;
/// let keys = BrokerKeys::new(2).with_prefix("shop-");
/// assert_eq!(keys.list("celery", 0), "shop-celery");
/// assert_eq!(keys.list("celery", 7), "shop-celery\x06\x166");
/// assert_eq!(keys.event_channel("worker-heartbeat"), "shop-/2.celeryev/worker.heartbeat");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerKeys {
    prefix: String,
    db: i64,
    separator: String,
    steps: Vec<u8>,
    fanout_prefix: FanoutPrefix,
    fanout_patterns: bool,
}

impl BrokerKeys {
    /// Celery's names in a database.
    pub fn new(db: i64) -> Self {
        Self {
            prefix: String::new(),
            db,
            separator: SEPARATOR.to_owned(),
            steps: PRIORITY_STEPS.to_vec(),
            fanout_prefix: FanoutPrefix::Database,
            fanout_patterns: true,
        }
    }

    /// `global_keyprefix`: stands before every key and channel, as it is.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// `sep`.
    #[must_use]
    pub fn with_separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = separator.into();
        self
    }

    /// `priority_steps`. Kept in order and without repetition; none at all means one list for every priority.
    #[must_use]
    pub fn with_steps(mut self, steps: impl Into<Vec<u8>>) -> Self {
        self.steps = steps.into();
        self.steps.sort_unstable();
        self.steps.dedup();
        if self.steps.is_empty() {
            self.steps.push(0);
        }
        self
    }

    /// `fanout_prefix` and `fanout_patterns`.
    #[must_use]
    pub fn with_fanout(mut self, prefix: FanoutPrefix, patterns: bool) -> Self {
        (self.fanout_prefix, self.fanout_patterns) = (prefix, patterns);
        self
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The list a message of this priority waits in. 0 is the most urgent; above 9 counts as 9.
    pub fn list(&self, queue: &str, priority: u8) -> String {
        self.list_of_step(queue, self.step(priority))
    }

    /// All lists of a queue, the most urgent first.
    pub fn lists(&self, queue: &str) -> Vec<String> {
        self.steps.iter().map(|step| self.list_of_step(queue, *step)).collect()
    }

    /// The priorities that have lists of their own, the most urgent first.
    pub fn steps(&self) -> &[u8] {
        &self.steps
    }

    /// The largest step that is not above the priority. Below the first step kombu wraps around to the last.
    fn step(&self, priority: u8) -> u8 {
        let priority = priority.min(LEAST_URGENT);
        let below = self.steps.iter().rev().find(|step| **step <= priority);
        below.or(self.steps.last()).copied().unwrap_or(0)
    }

    fn list_of_step(&self, queue: &str, step: u8) -> String {
        let Self { prefix, separator, .. } = self;
        match step {
            0 => format!("{prefix}{queue}"),
            step => format!("{prefix}{queue}{separator}{step}"),
        }
    }

    /// The queue a list belongs to.
    pub fn queue_of<'a>(&self, list: &'a str) -> &'a str {
        let list = list.strip_prefix(self.prefix.as_str()).unwrap_or(list);
        match list.rsplit_once(self.separator.as_str()) {
            Some((queue, step)) if self.steps.iter().any(|known| known.to_string() == step) => queue,
            _ => list,
        }
    }

    /// Envelopes in somebody's hand, by delivery tag.
    pub fn unacked(&self) -> String {
        self.key("unacked")
    }

    /// When each of them was handed out.
    pub fn unacked_index(&self) -> String {
        self.key("unacked_index")
    }

    /// Held by whoever gives back what was in hand for too long.
    pub fn unacked_mutex(&self) -> String {
        self.key("unacked_mutex")
    }

    /// The queues bound to an exchange, one [`Binding`] each.
    pub fn binding(&self, exchange: &str) -> String {
        self.key(&format!("_kombu.binding.{exchange}"))
    }

    /// Those of them that do not expire.
    pub fn binding_permanent(&self, exchange: &str) -> String {
        self.key(&format!("_kombu.binding_permanent.{exchange}"))
    }

    /// Until when the other bindings of each exchange hold, in milliseconds.
    pub fn binding_deadlines(&self) -> String {
        self.key("_kombu.binding_deadlines")
    }

    /// A binding as it stands in the set.
    pub fn binding_member(&self, binding: &Binding) -> String {
        binding.member(&self.separator)
    }

    /// A member of the set as a binding; `None` if it is none.
    pub fn parse_binding(&self, member: &str) -> Option<Binding> {
        Binding::parse(member, &self.separator)
    }

    fn channel(&self, exchange: &str, routing_key: &str) -> String {
        let fanout = match &self.fanout_prefix {
            FanoutPrefix::Database => format!("/{}.", self.db),
            FanoutPrefix::Text(text) => text.clone(),
        };
        let prefix = &self.prefix;
        if routing_key.is_empty() || !self.fanout_patterns {
            format!("{prefix}{fanout}{exchange}")
        } else {
            format!("{prefix}{fanout}{exchange}/{routing_key}")
        }
    }

    /// The channel of events of this type: `worker-heartbeat`, or `task-multi` for a batch of task events.
    pub fn event_channel(&self, kind: &str) -> String {
        self.channel(EVENT_EXCHANGE, &kind.replace('-', "."))
    }

    /// The pattern that hears all events. Without patterns in channel names it is one plain channel.
    pub fn event_pattern(&self) -> String {
        self.channel(EVENT_EXCHANGE, "*")
    }

    /// The pattern of what workers say of themselves.
    pub fn worker_event_pattern(&self) -> String {
        self.channel(EVENT_EXCHANGE, "worker.*")
    }

    /// The channel of requests to workers.
    pub fn pidbox_channel(&self) -> String {
        self.channel(PIDBOX_EXCHANGE, "")
    }

    /// The list of replies to one client, who is known by its oid.
    pub fn reply_list(&self, oid: &str) -> String {
        self.list(&reply_queue(oid), 0)
    }

    /// A key of Umbel's own, beside Celery's.
    pub fn own(&self, name: &str) -> String {
        self.key(&format!("umbel.{name}"))
    }
}

/// The exchange of events.
pub const EVENT_EXCHANGE: &str = "celeryev";
/// The exchange of requests to workers.
pub const PIDBOX_EXCHANGE: &str = "celery.pidbox";
/// The exchange of their replies.
pub const REPLY_EXCHANGE: &str = "reply.celery.pidbox";

/// The queue of replies to one client.
pub fn reply_queue(oid: &str) -> String {
    format!("{oid}.{REPLY_EXCHANGE}")
}

/// The queue by which a worker hears requests. It is never a list; its binding tells that the worker is there.
pub fn pidbox_queue(node: &str) -> String {
    format!("{node}.{PIDBOX_EXCHANGE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_those_celery_uses() {
        let keys = BrokerKeys::new(0);
        for (priority, list) in [(0, "q"), (2, "q"), (3, "q\x06\x163"), (5, "q\x06\x163"), (8, "q\x06\x166")]
        {
            assert_eq!(keys.list("q", priority), list);
        }
        assert_eq!(keys.list("q", 12), "q\x06\x169");
        assert_eq!(keys.lists("q"), ["q", "q\x06\x163", "q\x06\x166", "q\x06\x169"]);
    }

    #[test]
    fn steps_and_separator_may_differ() {
        let keys = BrokerKeys::new(0).with_separator(":").with_steps([9, 0, 4, 4]);
        assert_eq!(keys.lists("q"), ["q", "q:4", "q:9"]);
        assert_eq!(["q", "q:4", "q:5"].map(|list| keys.queue_of(list)), ["q", "q", "q:5"]);
        assert_eq!(keys.list("q", 5), "q:4");
        assert_eq!(BrokerKeys::new(0).with_steps([]).lists("q"), ["q"]);
        assert_eq!(BrokerKeys::new(0).with_steps([2, 5]).list("q", 1), "q\x06\x165", "kombu's wrap-around");
    }

    #[test]
    fn channels_carry_the_database() {
        let keys = BrokerKeys::new(3);
        assert_eq!(keys.pidbox_channel(), "/3.celery.pidbox");
        assert_eq!(keys.event_pattern(), "/3.celeryev/*");
        assert_eq!(keys.event_channel("task-multi"), "/3.celeryev/task.multi");
        let plain = BrokerKeys::new(3).with_fanout(FanoutPrefix::Text(String::new()), false);
        assert_eq!(plain.event_channel("task-sent"), "celeryev");
        assert_eq!(plain.event_pattern(), "celeryev");
    }

    #[test]
    fn a_prefix_stands_before_everything() {
        let keys = BrokerKeys::new(0).with_prefix("pfx-");
        let all = [
            keys.list("celery", 3),
            keys.unacked(),
            keys.unacked_index(),
            keys.unacked_mutex(),
            keys.binding("celery"),
            keys.binding_permanent("celery"),
            keys.binding_deadlines(),
            keys.pidbox_channel(),
            keys.reply_list("oid"),
            keys.own("held"),
        ];
        assert!(all.iter().all(|key| key.starts_with("pfx-")), "{all:?}");
        assert_eq!(keys.binding("celery"), "pfx-_kombu.binding.celery");
        assert_eq!(keys.reply_list("oid"), "pfx-oid.reply.celery.pidbox");
    }
}
