//! The live stream: `GET /events`, server-sent events.
//!
//! A stream *pulls*: it waits until there is something, takes all that happened since its own place as one frame,
//! sends it, and only then looks again, at most ten times a second. So a slow reader gets fewer and fuller frames,
//! and nothing is ever queued for it. The id of an event is the sequence number it leads up to; a browser that
//! comes back names the last one it saw.

use crate::web::error::{Audience, Refusal};
use app::view::LiveFrame;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Ten frames a second.
const SHORTEST_GAP: Duration = Duration::from_millis(100);
/// Proxies cut connections that are silent for longer.
const LONGEST_SILENCE: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks nginx not to collect the frames.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Where frames come from.
pub trait LiveSource: Send + Sync {
    /// A listener that knows everything up to `since`; `None` starts with the present.
    fn listen(&self, since: Option<u64>) -> Box<dyn Listener>;
}

/// One reader's place in the stream.
pub trait Listener: Send {
    /// Returns when there may be something new.
    fn wait(&mut self) -> BoxFuture<'_, ()>;
    /// All that is new, as one frame, and moves the place behind it. `None` when nothing is.
    fn frame(&mut self) -> Option<LiveFrame>;
}

/// What serving the streams takes.
#[derive(Clone)]
pub(crate) struct Streams {
    source: Arc<dyn LiveSource>,
    free: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Streams {
    pub(crate) fn new(source: Arc<dyn LiveSource>, limit: usize, stop: CancellationToken) -> Self {
        Self { source, free: Arc::new(Semaphore::new(limit)), stop }
    }
}

pub(crate) async fn events(
    State(streams): State<Streams>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(permit) = streams.free.clone().try_acquire_owned() else {
        let sentence =
            "Too many pages follow the live stream already. Close some of them and reload this one.";
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_streams", sentence)
            .answer(Audience::Person);
    };
    let listener = streams.source.listen(place(&headers, query.as_deref()));
    let alive = KeepAlive::new().interval(LONGEST_SILENCE);
    let sse = Sse::new(frames(listener, permit, streams.stop)).keep_alive(alive);
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    (headers, sse).into_response()
}

/// Where a reader left off. The header wins: a browser that reconnects repeats the old address.
fn place(headers: &HeaderMap, query: Option<&str>) -> Option<u64> {
    let header = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.trim().parse().ok());
    header.or_else(|| {
        let mut pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == "since").and_then(|(_, seq)| seq.parse().ok())
    })
}

/// One reader's stream and what it must hold on to.
struct Reader {
    listener: Box<dyn Listener>,
    stop: CancellationToken,
    is_first: bool,
    _permit: OwnedSemaphorePermit,
}

fn frames(
    listener: Box<dyn Listener>,
    permit: OwnedSemaphorePermit,
    stop: CancellationToken,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let reader = Reader { listener, stop, is_first: true, _permit: permit };
    stream::unfold(reader, |mut reader| async move {
        let frame = reader.next().await?;
        Some((Ok(event(&frame, std::mem::take(&mut reader.is_first))), reader))
    })
}

impl Reader {
    /// The next frame, or `None` when the server stops.
    async fn next(&mut self) -> Option<LiveFrame> {
        let Self { listener, stop, is_first, .. } = self;
        let stopped = stop.clone();
        let wait = async {
            if !*is_first {
                tokio::time::sleep(SHORTEST_GAP).await;
            }
            loop {
                if let Some(frame) = listener.frame() {
                    return frame;
                }
                listener.wait().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped.cancelled() => None,
            frame = wait => Some(frame),
        }
    }
}

fn event(frame: &LiveFrame, is_first: bool) -> Event {
    // JSON has no raw line breaks, so a frame is always one `data:` line.
    let data = serde_json::to_string(frame).expect("a frame is plain data with text keys");
    let event = Event::default().id(frame.seq.to_string()).data(data);
    if is_first { event.retry(COME_BACK_AFTER) } else { event }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_over_the_address() {
        let mut headers = HeaderMap::new();
        assert_eq!(place(&headers, None), None);
        assert_eq!(place(&headers, Some("since=7")), Some(7));
        assert_eq!(place(&headers, Some("x=1&since=7&since=8")), Some(7));
        assert_eq!(place(&headers, Some("since=-1")), None);
        headers.insert(LAST_EVENT_ID, HeaderValue::from_static("9"));
        assert_eq!(place(&headers, Some("since=7")), Some(9));
        headers.insert(LAST_EVENT_ID, HeaderValue::from_static("what"));
        assert_eq!(place(&headers, Some("since=7")), Some(7));
    }
}
