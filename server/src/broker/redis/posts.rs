//! Who holds a post: a key with the holder's name that expires with the lease.
//!
//! Every process asks every few seconds, so asking is one command. Whoever holds the post renews it when half of its
//! lease is over, not whenever it asks.

use super::{Inner, scripts};
use crate::broker::{BrokerError, Held};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// Until when this process holds posts at least, by its clock's own time, and under which names.
#[derive(Debug, Default)]
pub(super) struct Posts(Mutex<HashMap<&'static str, (String, Duration)>>);

impl Posts {
    fn is_fresh(&self, post: &'static str, holder: &str, now: Duration, lease: Duration) -> bool {
        let posts = self.lock();
        let until = posts.get(post).filter(|(name, _)| name == holder).map(|(_, until)| *until);
        until.is_some_and(|until| until.saturating_sub(now) > lease / 2)
    }

    fn renewed(&self, post: &'static str, holder: &str, until: Duration) {
        self.lock().insert(post, (holder.to_owned(), until));
    }

    fn left(&self, post: &'static str) {
        self.lock().remove(post);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, (String, Duration)>> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}

impl Inner {
    pub(super) async fn hold(
        &self,
        post: &'static str,
        holder: &str,
        lease: Duration,
        books: &[&'static str],
    ) -> Result<Held, BrokerError> {
        let now = self.clock.elapsed();
        let mut look = redis::cmd("MGET");
        look.arg(self.names.post(post));
        for book in books {
            look.arg(self.names.revision(book));
        }
        let mut found: Vec<Option<String>> = self.link.command(&look).await?;
        let revisions = found.split_off(1);
        let revisions = revisions
            .into_iter()
            .map(|count| count.and_then(|count| count.parse().ok()).unwrap_or(0))
            .collect();
        let holds = match found.pop().flatten() {
            Some(name) if name != holder || self.posts.is_fresh(post, holder, now, lease) => name,
            ours => {
                let holds = match ours {
                    Some(_) => self.renew(post, holder, lease).await?,
                    None => self.enter(post, holder, lease).await?,
                };
                if holds == holder {
                    // Counted from before it was asked for: it is held at least so long.
                    self.posts.renewed(post, holder, now + lease);
                }
                holds
            }
        };
        Ok(Held { holder: holds, revisions })
    }

    /// Should it be somebody else's meanwhile, it is theirs for a lease; nobody minds.
    async fn renew(&self, post: &str, holder: &str, lease: Duration) -> Result<String, BrokerError> {
        let mut renew = redis::cmd("GETEX");
        renew.arg(self.names.post(post)).arg("PX").arg(milliseconds(lease));
        match self.link.command::<Option<String>>(&renew).await? {
            Some(name) => Ok(name),
            None => self.enter(post, holder, lease).await,
        }
    }

    async fn enter(&self, post: &str, holder: &str, lease: Duration) -> Result<String, BrokerError> {
        let mut script = scripts::ENTER.prepare_invoke();
        script.key(self.names.post(post)).arg(holder).arg(milliseconds(lease));
        Ok(self.link.script(&script).await?)
    }

    pub(super) async fn leave(&self, post: &'static str, holder: &str) -> Result<(), BrokerError> {
        self.posts.left(post);
        let mut script = scripts::LEAVE.prepare_invoke();
        script.key(self.names.post(post)).arg(holder);
        Ok(self.link.script(&script).await?)
    }
}

/// Redis knows no expiry of less than one.
fn milliseconds(lease: Duration) -> u64 {
    u64::try_from(lease.as_millis()).unwrap_or(u64::MAX).max(1)
}
