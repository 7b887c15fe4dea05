//! The live stream's frames, made of the monitor's feed, the tiles, the series and the queues.

use super::Web;
use super::depths::{Board, Rows};
use crate::beat::Beat;
use crate::broker::Reach;
use crate::monitor::Feed;
use crate::web::convert::{broker, overview, task, worker};
use crate::web::live::{Listener, LiveSource};
use app::view::{LiveFrame, Millis, QueueRow, SeriesPoint, Tiles};
use futures_util::future::BoxFuture;
use std::time::Duration;
use tokio::sync::watch;

/// Tiles and series move with time alone, so a frame may be due even when nothing happens.
const TICK: Duration = Duration::from_secs(1);
/// The most seconds of the series in one frame: what the shortest chart shows.
const MOST_SECONDS: Millis = 600;

pub(super) struct Source {
    pub(super) web: Web,
    pub(super) depths: Board,
}

impl LiveSource for Source {
    fn listen(&self, since: Option<u64>) -> Box<dyn Listener> {
        Box::new(Place {
            feed: self.web.monitor.feed(),
            seq: since.unwrap_or_else(|| self.web.monitor.seq()),
            queues: self.depths.follow(),
            reach: self.web.reach.clone(),
            schedules: self.web.beat.as_ref().map(Beat::revision),
            sent_reach: None,
            sent_schedules: None,
            sent_queues: Rows::default(),
            sent_tiles: None,
            sent_second: None,
            is_first: true,
            web: self.web.clone(),
        })
    }
}

/// What one reader has been told.
struct Place {
    web: Web,
    feed: Feed,
    seq: u64,
    queues: watch::Receiver<Rows>,
    reach: watch::Receiver<Reach>,
    /// Grows whenever the schedules change, where there is a scheduler.
    schedules: Option<watch::Receiver<u64>>,
    /// Whether the broker could be reached, as it was sent last.
    sent_reach: Option<Reach>,
    sent_schedules: Option<u64>,
    sent_queues: Rows,
    sent_tiles: Option<Tiles>,
    /// The newest second of the series that was sent. It was not over then, so it is sent once more.
    sent_second: Option<Millis>,
    is_first: bool,
}

impl Listener for Place {
    fn wait(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            tokio::select! {
                _ = self.feed.next(self.seq) => {}
                // The service that counts ends only with the server, which ends the stream by itself.
                Ok(()) = self.queues.changed() => {}
                // Where the broker is part of this process nobody ever says anything here.
                Ok(()) = self.reach.changed() => {}
                () = changed(&mut self.schedules) => {}
                () = self.web.clock.sleep(TICK) => {}
            }
        })
    }

    fn frame(&mut self) -> Option<LiveFrame> {
        let delta = self.feed.since(self.seq);
        let now = self.web.now();
        let mut frame = LiveFrame {
            seq: delta.seq,
            now,
            gap: delta.gap,
            tasks: delta.tasks.iter().map(|record| task::row(record, now)).collect(),
            workers: delta.workers.iter().map(worker::row).collect(),
            queues: self.changed_queues(),
            tiles: self.changed_tiles(),
            series: self.changed_series(now),
            reach: self.changed_reach(),
            schedules: self.changed_schedules(),
            more_tasks: delta.more,
        };
        // The latest change comes first in a delta; a page folds in order.
        frame.tasks.reverse();
        self.seq = delta.seq;
        // The first frame tells the reader its place even when there is nothing to tell.
        let is_first = std::mem::take(&mut self.is_first);
        let has_news = frame.gap
            || frame.more_tasks > 0
            || frame.tiles.is_some()
            || frame.reach.is_some()
            || frame.schedules.is_some()
            || !(frame.tasks.is_empty()
                && frame.workers.is_empty()
                && frame.queues.is_empty()
                && frame.series.is_empty());
        (has_news || is_first).then_some(frame)
    }
}

/// Waits for ever where nothing will ever change.
async fn changed(revision: &mut Option<watch::Receiver<u64>>) {
    let is_over = match revision {
        Some(revision) => revision.changed().await.is_err(),
        None => true,
    };
    if is_over {
        std::future::pending::<()>().await;
    }
}

impl Place {
    fn changed_queues(&mut self) -> Vec<QueueRow> {
        let rows = self.queues.borrow_and_update().clone();
        let before = std::mem::replace(&mut self.sent_queues, rows.clone());
        rows.iter().filter(|row| !before.contains(row)).cloned().collect()
    }

    fn changed_reach(&mut self) -> Option<app::view::Reach> {
        let reach = self.reach.borrow_and_update().clone();
        let shown = broker::reach(&reach);
        (self.sent_reach.as_ref() != Some(&reach)).then(|| {
            self.sent_reach = Some(reach);
            shown
        })
    }

    fn changed_schedules(&mut self) -> Option<u64> {
        let revision = *self.schedules.as_mut()?.borrow_and_update();
        (self.sent_schedules.replace(revision) != Some(revision)).then_some(revision)
    }

    fn changed_tiles(&mut self) -> Option<Tiles> {
        let tiles = overview::tiles(self.web.monitor.counts());
        (self.sent_tiles.replace(tiles) != Some(tiles)).then_some(tiles)
    }

    /// The seconds since the newest one that was sent, that one included; none while the second lasts and is empty.
    fn changed_series(&mut self, now: Millis) -> Vec<SeriesPoint> {
        let second = now - now.rem_euclid(1_000);
        let behind = self.sent_second.map_or(0, |sent| (second - sent) / 1_000);
        if self.sent_second == Some(second) {
            return Vec::new();
        }
        self.sent_second = Some(second);
        let count = (behind + 1).clamp(1, MOST_SECONDS);
        self.web
            .monitor
            .last_seconds(usize::try_from(count).unwrap_or(1))
            .iter()
            .map(overview::point)
            .collect()
    }
}
