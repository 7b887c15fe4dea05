//! The live stream over a real socket.

use super::ports::{Stage, stage};
use super::socket::Events;
use serde_json::Value;
use tokio::task::JoinHandle;
use umbel::web::{bind, serve_site};

/// A served site and what is needed to talk to it.
struct Served {
    stage: Stage,
    address: std::net::SocketAddr,
    serving: JoinHandle<std::io::Result<()>>,
}

async fn served(stage: Stage) -> Served {
    let listener = bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let serving = tokio::spawn(serve_site(listener, stage.site.clone()));
    Served { stage, address, serving }
}

#[tokio::test]
async fn a_frame_leads_up_to_its_number_and_changes_follow() {
    let served = served(stage()).await;
    let mut events = Events::open(served.address, "/events", "").await;
    assert_eq!(events.status().await, "HTTP/1.1 200 OK");
    let (id, frame) = events.next().await.expect("the first frame comes at once");
    assert_eq!((id.as_str(), &frame["seq"], &frame["gap"]), ("20", &Value::from(20), &Value::from(false)));
    served.stage.feed.send_replace(25);
    let (id, _) = events.next().await.expect("a frame");
    assert_eq!(id, "25");
}

#[tokio::test]
async fn a_reader_resumes_where_it_left_off() {
    let served = served(stage()).await;
    let mut events = Events::open(served.address, "/events?since=3", "Last-Event-ID: 15\r\n").await;
    let (id, frame) = events.next().await.expect("what was missed comes at once");
    assert_eq!((id.as_str(), &frame["gap"]), ("20", &Value::from(false)));
}

#[tokio::test]
async fn a_reader_that_was_away_too_long_is_told_so() {
    let served = served(stage()).await;
    let mut events = Events::open(served.address, "/events?since=3", "").await;
    let (_, frame) = events.next().await.expect("a frame");
    assert_eq!(frame["gap"], Value::from(true));
}

#[tokio::test]
async fn streams_are_counted_and_given_back() {
    let mut stage = stage();
    stage.site.settings.stream_limit = 1;
    let served = served(stage).await;
    let mut first = Events::open(served.address, "/events", "").await;
    first.next().await.expect("the first is served");
    let mut second = Events::open(served.address, "/events", "").await;
    assert_eq!(second.status().await, "HTTP/1.1 503 Service Unavailable");
    drop(first);
    // The server notices a closed reader when it writes to it.
    for seq in 30.. {
        served.stage.feed.send_replace(seq);
        let mut third = Events::open(served.address, "/events", "").await;
        if third.status().await == "HTTP/1.1 200 OK" {
            break;
        }
    }
}

#[tokio::test]
async fn a_stopping_server_ends_its_streams() {
    let served = served(stage()).await;
    let mut events = Events::open(served.address, "/events", "").await;
    events.next().await.expect("it is open");
    served.stage.site.stop.cancel();
    assert_eq!(events.next().await, None);
    served.serving.await.expect("it does not panic").expect("it ends well");
}
