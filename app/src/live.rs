//! The tab's event stream, handed out as signals.
//!
//! One stream serves the whole tab, whatever page is open. It starts from the sequence number of the first
//! picture a page was rendered from, so nothing is missed between the server's HTML and the first frame; it
//! closes while the tab is hidden, because a browser allows six connections to a host and ten open tabs
//! would starve one another; and it backs off when the server is away.

mod clock;
mod status;
mod stream;

pub use clock::wall_clock;
pub use status::{LiveStatus, Standing};

use crate::view::{LiveFrame, Millis, Reach, TaskRow};
use leptos::prelude::*;
use std::collections::VecDeque;

/// How many frames are kept for a page whose picture is older than the stream.
const KEPT_FRAMES: usize = 64;

/// The live side of the tab. Copies are handles on the same stream.
#[derive(Clone, Copy)]
pub struct Live {
    /// The newest frame; pages fold it into what they show.
    pub frames: ReadSignal<LiveFrame>,
    /// Where the stream stands.
    pub status: Signal<LiveStatus>,
    /// The shared clock: one tick a second, counted from the server's clock.
    pub now: ReadSignal<Millis>,
    /// Grows when pages must fetch again, because frames were missed or withheld.
    pub refetch: ReadSignal<u32>,
    /// Whether the broker can be reached; `None` until the stream has told.
    pub reach: ReadSignal<Option<Reach>>,
    set_reach: WriteSignal<Option<Reach>>,
    set_frames: WriteSignal<LiveFrame>,
    set_refetch: WriteSignal<u32>,
    ahead: clock::Ahead,
    standing: RwSignal<Standing>,
    kept: StoredValue<VecDeque<LiveFrame>>,
    /// The newest sequence number this tab has a picture of.
    seen: StoredValue<Option<u64>>,
    /// Whether frames were withheld during the present pause.
    withheld: StoredValue<bool>,
}

/// Creates the stream of this tab. Called once, at the root.
pub(crate) fn provide_live() {
    let (now, set_now) = clock::start();
    let (frames, set_frames) = signal(LiveFrame::default());
    let (refetch, set_refetch) = signal(0);
    let (reach, set_reach) = signal(None);
    let standing = RwSignal::new(Standing::default());
    let live = Live {
        frames,
        status: Signal::derive(move || standing.with(Standing::status)),
        now,
        refetch,
        reach,
        set_reach,
        set_frames,
        set_refetch,
        ahead: clock::Ahead::new(now),
        standing,
        kept: StoredValue::new(VecDeque::new()),
        seen: StoredValue::new(None),
        withheld: StoredValue::new(false),
    };
    provide_context(live);
    Effect::new(move |_| {
        clock::tick(live.ahead, set_now);
        stream::run(live);
    });
}

/// The live side of this tab.
pub fn use_live() -> Live {
    expect_context::<Live>()
}

impl Live {
    /// The newest picture of one task since this was called, if it changed at all.
    pub fn task(self, id: String) -> Signal<Option<TaskRow>> {
        Memo::new(move |before: Option<&Option<TaskRow>>| {
            self.frames
                .with(|frame| frame.tasks.iter().find(|task| task.id == id).cloned())
                .or_else(|| before.cloned().flatten())
        })
        .into()
    }

    /// Tells that a page shows the picture numbered `seq`, and hands out the frames it is behind, oldest first.
    pub fn picture(self, seq: u64) -> Vec<LiveFrame> {
        self.seen.update_value(|seen| *seen = Some(seen.map_or(seq, |seen| seen.max(seq))));
        self.kept.with_value(|kept| kept.iter().filter(|frame| frame.seq > seq).cloned().collect())
    }

    /// Whether the updates are paused right now, by the person or by a selection. Not followed.
    pub fn paused(self) -> bool {
        self.standing.with_untracked(|standing| standing.paused || standing.held)
    }

    /// The person's own switch.
    pub fn toggle_pause(self) {
        self.standing.update(|standing| standing.paused = !standing.paused);
        self.catch_up();
    }

    /// Holds the updates while a selection stands, so that it does not move under the hand.
    pub fn hold(self, held: bool) {
        // A page that is torn down together with the whole tab finds nothing left to hold.
        if self.standing.try_with_untracked(|standing| standing.held) == Some(!held) {
            self.standing.update(|standing| standing.held = held);
            self.catch_up();
        }
    }

    /// Takes in a frame from the stream.
    fn receive(self, frame: LiveFrame) {
        self.seen.set_value(Some(frame.seq));
        self.ahead.hear(frame.now);
        // An outage is told even while the lists are paused.
        if frame.reach.is_some() {
            self.set_reach.set(frame.reach.clone());
        }
        if self.paused() {
            self.withheld.set_value(true);
            return;
        }
        if frame.gap {
            self.set_refetch.update(|times| *times = times.wrapping_add(1));
        }
        self.kept.update_value(|kept| {
            kept.push_back(frame.clone());
            if kept.len() > KEPT_FRAMES {
                kept.pop_front();
            }
        });
        self.set_frames.set(frame);
    }

    /// After a pause, what was withheld is fetched as one new picture.
    fn catch_up(self) {
        if !self.paused() && self.withheld.get_value() {
            self.withheld.set_value(false);
            self.set_refetch.update(|times| *times = times.wrapping_add(1));
        }
    }
}
