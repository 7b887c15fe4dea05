//! Finds queues that only others have used: their bindings lie beside everything else in the database, and nobody
//! keeps a list of them.

use super::Inner;
use crate::broker::BrokerError;
use crate::protocol::keys::{EVENT_EXCHANGE, PIDBOX_EXCHANGE, REPLY_EXCHANGE};
use std::time::Duration;

/// How often those who only count the queues may have all keys looked through: it costs Redis time.
pub(super) const RARELY: Duration = Duration::from_secs(60);
/// The same for those who miss something.
pub(super) const SOON: Duration = Duration::from_secs(2);
const STEP: usize = 2000;
/// A database with more keys than this is looked through in part.
const MOST_STEPS: usize = 500;

impl Inner {
    /// Looks through all keys, unless that was done less than `gap` ago. Who is not allowed to knows fewer queues.
    pub(super) async fn discover(&self, gap: Duration) {
        let now = self.clock.elapsed();
        {
            let mut walked = self.walked.lock().expect("nobody panics while holding this lock");
            if walked.is_some_and(|walked| now.saturating_sub(walked) < gap) {
                return;
            }
            *walked = Some(now);
        }
        if let Err(error) = self.walk().await {
            tracing::debug!(%error, "failed to look for queues that only others use");
        }
    }

    async fn walk(&self) -> Result<(), BrokerError> {
        let prefix = self.names.keys.binding("");
        let mut place = 0_u64;
        for _ in 0..MOST_STEPS {
            let mut scan = redis::cmd("SCAN");
            scan.arg(place).arg("MATCH").arg(format!("{}*", escaped(&prefix))).arg("COUNT").arg(STEP);
            let (next, keys): (u64, Vec<String>) = self.link.command(&scan).await?;
            for key in keys {
                if let Some(exchange) = key.strip_prefix(&prefix)
                    && ![EVENT_EXCHANGE, PIDBOX_EXCHANGE, REPLY_EXCHANGE].contains(&exchange)
                {
                    self.note_bound(exchange).await?;
                }
            }
            place = next;
            if place == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn note_bound(&self, exchange: &str) -> Result<(), BrokerError> {
        let mut members = redis::cmd("SMEMBERS");
        members.arg(self.names.keys.binding(exchange));
        let members: Vec<String> = self.link.command(&members).await?;
        let bindings = members.iter().filter_map(|member| self.names.keys.parse_binding(member));
        let queues: Vec<String> = bindings.map(|binding| binding.queue).collect();
        if queues.is_empty() {
            return Ok(());
        }
        let mut note = redis::cmd("SADD");
        note.arg(&self.names.queues).arg(queues);
        Ok(self.link.command::<()>(&note).await?)
    }
}

/// A text as a pattern that stands for nothing else.
fn escaped(text: &str) -> String {
    let escape = |letter: char| {
        let special = matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^');
        special.then_some('\\').into_iter().chain(std::iter::once(letter))
    };
    text.chars().flat_map(escape).collect()
}
