//! Waiting for messages without asking for them again and again.
//!
//! Redis is asked once whether the lists exist and told to remember that we asked (`CLIENT TRACKING`); it then sends
//! one word when any of them changes. An idle worker costs nothing, and nobody waits inside of a pop that could take
//! a message with it when its connection breaks. Where Redis refuses this, lists are looked at less and less often.

use super::Inner;
use std::time::Duration;

const SHORTEST_LOOK: Duration = Duration::from_millis(5);
const LONGEST_LOOK: Duration = Duration::from_millis(500);

impl Inner {
    pub(super) async fn wait(&self, queues: &[String], timeout: Duration) {
        let lists: Vec<String> = self.lists(queues).into_iter().map(|(_, list)| list).collect();
        let changed = self.link.changed().notified();
        tokio::pin!(changed);
        // Listen before looking, or what arrives in between is missed.
        changed.as_mut().enable();
        if lists.is_empty() || !self.link.is_told_of_changes() {
            self.look_again_and_again(&lists, timeout).await;
            return;
        }
        let mut pipeline = redis::pipe();
        pipeline.cmd("CLIENT").arg("CACHING").arg("YES").ignore().cmd("EXISTS").arg(&lists);
        let there = self.link.query::<(u64,)>(&pipeline).await;
        if matches!(there, Ok((count,)) if count > 0) {
            return;
        }
        tokio::select! {
            () = changed => {}
            () = self.clock.sleep(timeout) => {}
        }
    }

    async fn look_again_and_again(&self, lists: &[String], timeout: Duration) {
        let end = self.clock.elapsed() + timeout;
        let mut pause = SHORTEST_LOOK;
        while self.clock.elapsed() < end {
            if !lists.is_empty() {
                let mut exists = redis::cmd("EXISTS");
                exists.arg(lists);
                if self.link.command::<u64>(&exists).await.is_ok_and(|count| count > 0) {
                    return;
                }
            }
            self.clock.sleep(pause).await;
            pause = (pause * 2).min(LONGEST_LOOK);
        }
    }
}
