//! Which queue gets what an exchange is given: a member of the set `_kombu.binding.<exchange>`.

/// A queue's binding to an exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding {
    pub routing_key: String,
    /// What a topic exchange matches with: Python's regular expression for the routing key. Else empty.
    pub pattern: String,
    pub queue: String,
}

impl Binding {
    /// To a direct exchange: messages with exactly this routing key.
    pub fn direct(routing_key: impl Into<String>, queue: impl Into<String>) -> Self {
        Self { routing_key: routing_key.into(), pattern: String::new(), queue: queue.into() }
    }

    /// To a fanout exchange: everything, or what a pattern such as `worker.#` tells.
    pub fn fanout(routing_key: impl Into<String>, queue: impl Into<String>) -> Self {
        Self::direct(routing_key, queue)
    }

    /// To a topic exchange: routing keys that match, `*` for one word and `#` for any.
    pub fn topic(routing_key: impl Into<String>, queue: impl Into<String>) -> Self {
        let routing_key = routing_key.into();
        let pattern = topic_pattern(&routing_key);
        Self { routing_key, pattern, queue: queue.into() }
    }

    /// Whether a message with this routing key goes to the queue.
    pub fn takes(&self, routing_key: &str) -> bool {
        if self.pattern.is_empty() {
            return self.routing_key == routing_key;
        }
        let words: Vec<&str> = self.routing_key.split('.').collect();
        matches(&words, &routing_key.split('.').collect::<Vec<_>>())
    }

    pub(super) fn member(&self, separator: &str) -> String {
        let Self { routing_key, pattern, queue } = self;
        format!("{routing_key}{separator}{pattern}{separator}{queue}")
    }

    pub(super) fn parse(member: &str, separator: &str) -> Option<Self> {
        let mut parts = member.split(separator).map(str::to_owned);
        let (routing_key, pattern, queue) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(Self { routing_key, pattern, queue })
    }
}

/// kombu's translation, word by word: dots are literal, `*` is one word and `#` anything, from beginning to end.
fn topic_pattern(routing_key: &str) -> String {
    let words = routing_key.split('.').map(|word| match word {
        "*" => r"[^\.]+",
        "#" => ".*?",
        other => other,
    });
    format!("^{}$", words.collect::<Vec<_>>().join(r"\."))
}

/// Word by word, as AMQP does it but for one thing: kombu's `#` stands for one word at least.
fn matches(pattern: &[&str], words: &[&str]) -> bool {
    match (pattern, words) {
        ([], []) => true,
        (["#", rest @ ..], [_, after @ ..]) => matches(rest, after) || matches(pattern, after),
        (["*", rest @ ..], [_, after @ ..]) => matches(rest, after),
        ([word, rest @ ..], [first, after @ ..]) => word == first && matches(rest, after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEPARATOR: &str = super::super::SEPARATOR;

    #[test]
    fn members_are_those_celery_writes() {
        let cases = [
            (Binding::direct("celery", "celery"), "celery\x06\x16\x06\x16celery"),
            (Binding::fanout("", "w1@host.celery.pidbox"), "\x06\x16\x06\x16w1@host.celery.pidbox"),
            (
                Binding::topic("media.*.low", "topic_star"),
                "media.*.low\x06\x16^media\\.[^\\.]+\\.low$\x06\x16topic_star",
            ),
        ];
        for (binding, member) in cases {
            assert_eq!(binding.member(SEPARATOR), member);
            assert_eq!(Binding::parse(member, SEPARATOR), Some(binding));
        }
    }

    #[test]
    fn a_pattern_takes_what_celery_says_it_takes() {
        let takes = |pattern: &str, key: &str| Binding::topic(pattern, "q").takes(key);
        assert!(takes("media.*.low", "media.video.low"));
        assert!(!takes("media.*.low", "media.low"));
        assert!(takes("a.#", "a.b.c") && !takes("a.#", "a"));
        assert!(Binding::direct("a", "q").takes("a") && !Binding::direct("a", "q").takes("b"));
    }

    #[test]
    fn other_members_are_none() {
        for odd in ["", "celery", "a\x06\x16b", "a\x06\x16b\x06\x16c\x06\x16d"] {
            assert_eq!(Binding::parse(odd, SEPARATOR), None, "{odd:?}");
        }
    }
}
