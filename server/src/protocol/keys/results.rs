//! Names in the result store. What is written under a key is also published on a channel of the same name.

use crate::protocol::TaskId;

const TASK: &str = "celery-task-meta-";
const GROUP: &str = "celery-taskset-meta-";

/// How the result store's keys are named, from `result_backend_transport_options`.
///
/// ```
/// use umbel::protocol::keys::ResultKeys;
/// assert_eq!(ResultKeys::new("").task(&"1".into()), "celery-task-meta-1");
/// assert_eq!(ResultKeys::new("shop").group("g"), "shop_celery-taskset-meta-g");
/// assert_eq!(ResultKeys::new("shop:").group("g"), "shop:celery-taskset-meta-g");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultKeys {
    prefix: String,
}

impl ResultKeys {
    /// With the store's own `global_keyprefix`. Unlike the broker's it gets an underscore where it would run into
    /// the name.
    pub fn new(prefix: &str) -> Self {
        let glue = if prefix.is_empty() || prefix.ends_with([':', '_', '-', '.']) { "" } else { "_" };
        Self { prefix: format!("{prefix}{glue}") }
    }

    /// The result of a task.
    pub fn task(&self, id: &TaskId) -> String {
        format!("{}{TASK}{id}", self.prefix)
    }

    /// All results of tasks, as a pattern of channels or keys.
    pub fn any_task(&self) -> String {
        let mut pattern = String::new();
        for letter in self.prefix.chars() {
            if matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        format!("{pattern}{TASK}*")
    }

    /// The task whose result a key or channel is.
    pub fn task_of<'a>(&self, key: &'a str) -> Option<&'a str> {
        key.strip_prefix(self.prefix.as_str())?.strip_prefix(TASK)
    }

    /// A saved group.
    pub fn group(&self, gid: &str) -> String {
        format!("{}{GROUP}{gid}", self.prefix)
    }

    /// What is kept while the header of a chord runs.
    pub fn chord(&self, gid: &str) -> ChordKeys {
        let group = self.group(gid);
        ChordKeys {
            joined: format!("{group}.j"),
            added: format!("{group}.t"),
            size: format!("{group}.s"),
            seen: format!("{group}.d"),
            claim: format!("{group}.c"),
        }
    }
}

/// The keys of one chord, named after its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChordKeys {
    /// `.j`: the ends of the header's tasks, scored by their place in the group.
    pub joined: String,
    /// `.t`: how many tasks were added to the header while it ran.
    pub added: String,
    /// `.s`: how many tasks the header has; not there before all but the last are sent.
    pub size: String,
    /// `.d`: members `<task id>:<place>` that were counted already.
    pub seen: String,
    /// `.c`: who runs the body, and `done` afterwards.
    pub claim: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_task() {
        let keys = ResultKeys::new("rpfx");
        let id = TaskId::from("a-b");
        assert_eq!(keys.task_of(&keys.task(&id)), Some("a-b"));
        assert_eq!(keys.task_of("celery-task-meta-a-b"), None);
        assert_eq!(keys.task_of(&keys.group("g")), None);
        assert_eq!(ResultKeys::new("a*b:").any_task(), "a\\*b:celery-task-meta-*");
    }

    #[test]
    fn a_chord_keeps_five_keys() {
        let keys = ResultKeys::new("").chord("g");
        assert_eq!(keys.joined, "celery-taskset-meta-g.j");
        assert_eq!(keys.claim, "celery-taskset-meta-g.c");
        assert_eq!(
            (keys.added, keys.size, keys.seen),
            (
                "celery-taskset-meta-g.t".to_owned(),
                "celery-taskset-meta-g.s".to_owned(),
                "celery-taskset-meta-g.d".to_owned()
            )
        );
    }
}
