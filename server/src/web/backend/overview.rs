//! The port of the overview.

use super::Web;
use super::depths::Board;
use crate::web::convert::overview;
use app::backend::{OverviewPort, Reply};
use app::view::{Overview, Span};

pub(super) struct TheOverview {
    pub(super) web: Web,
    pub(super) depths: Board,
}

impl OverviewPort for TheOverview {
    fn get(&self, span: Span) -> Reply<'_, Overview> {
        Box::pin(async move {
            let monitor = &self.web.monitor;
            let record = monitor.overview(overview::span(span));
            Ok(overview::overview(record, span, &monitor.workers(), &self.depths.rows()))
        })
    }
}
