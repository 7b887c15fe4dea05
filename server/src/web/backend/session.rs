//! The port of what every page knows about where it is.

use super::Web;
use crate::web::convert::broker;
use app::backend::{Reply, SessionPort};
use app::view::{BrokerStanding, Session};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Suggestions beyond this help nobody and weigh on every page.
const MOST_SUGGESTIONS: usize = 500;

pub(super) struct TheSession(pub(super) Web);

impl SessionPort for TheSession {
    fn get(&self) -> Reply<'_, Session> {
        Box::pin(async {
            let web = &self.0;
            Ok(Session {
                app: web.info.app.clone(),
                version: web.info.version.clone(),
                broker: broker::place(&web.info.broker),
                demo: web.info.demo,
                task_names: sorted(web.monitor.known_names(), web.tasks.iter().map(|task| &task.name)),
                queues: sorted(web.monitor.queues(), web.tasks.iter().map(|task| &task.queue)),
                workers: web
                    .monitor
                    .workers()
                    .iter()
                    .take(MOST_SUGGESTIONS)
                    .map(|it| it.name.to_string())
                    .collect(),
                now: web.now(),
            })
        })
    }

    fn broker(&self) -> Reply<'_, BrokerStanding> {
        Box::pin(async {
            let web = &self.0;
            Ok(BrokerStanding {
                place: broker::place(&web.info.broker),
                version: web.info.version.clone(),
                reach: broker::reach(&web.reach.borrow()),
            })
        })
    }
}

fn sorted<'a>(seen: Vec<Arc<str>>, registered: impl Iterator<Item = &'a String>) -> Vec<String> {
    let all: BTreeSet<String> = seen.iter().map(ToString::to_string).chain(registered.cloned()).collect();
    all.into_iter().take(MOST_SUGGESTIONS).collect()
}
