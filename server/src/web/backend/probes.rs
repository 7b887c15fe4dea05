//! What `/readyz` asks: the broker, the result store and history, each something small.

use super::Web;
use crate::broker::Reach;
use crate::monitor::TaskQuery;
use crate::protocol::{TaskId, time};
use crate::web::health::Part;
use futures_util::future::BoxFuture;
use std::sync::Arc;

pub(super) fn parts(web: &Web) -> Vec<Arc<dyn Part>> {
    vec![Arc::new(Broker(web.clone())), Arc::new(Results(web.clone())), Arc::new(History(web.clone()))]
}

struct Broker(Web);
struct Results(Web);
struct History(Web);

impl Part for Broker {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            // A lost connection is known without asking, with its reason and since when.
            if let Reach::Lost { since, reason } = &*self.0.reach.borrow() {
                return Err(format!("cannot be reached since {}: {reason}", time::format(*since)));
            }
            self.0.admin.queues().await.map(drop).map_err(|error| error.to_string())
        })
    }
}

impl Part for Results {
    fn name(&self) -> &'static str {
        "results"
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            let nobody = vec![TaskId::from("")];
            self.0.results.get(nobody).await.map(drop).map_err(|error| error.to_string())
        })
    }
}

impl Part for History {
    fn name(&self) -> &'static str {
        "history"
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            let one = TaskQuery { limit: 1, ..TaskQuery::default() };
            self.0.monitor.tasks(one).await.map(drop).map_err(|error| error.to_string())
        })
    }
}
