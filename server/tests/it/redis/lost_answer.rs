//! A connection that breaks between what Redis does and what it answers.

use super::connecting::message;
use super::station::Ends;
use super::{count, reach};
use crate::support::redis::RedisServer;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use umbel::broker::{Broker, Verdict};

/// A road to a Redis that can swallow an answer and then breaks.
pub(super) struct Road {
    pub(super) port: u16,
    pub(super) swallow: Arc<AtomicBool>,
}

impl Road {
    pub(super) async fn to(server: &RedisServer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let (to, swallow) = (server.port(), Arc::new(AtomicBool::new(false)));
        let road = Self { port, swallow: Arc::clone(&swallow) };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", to)).await.expect("it listens");
                tokio::spawn(carry(near, far, Arc::clone(&swallow)));
            }
        });
        road
    }
}

async fn carry(near: TcpStream, far: TcpStream, swallow: Arc<AtomicBool>) {
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let there = tokio::io::copy(&mut from_near, &mut to_far);
    let back = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from_far.read(&mut buffer).await {
            // Both ways end here, and with them the connection.
            if swallow.swap(false, Ordering::SeqCst) || to_near.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = there => {}
        () = back => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_whose_taking_was_never_confirmed_come_back() {
    let server = RedisServer::start();
    let road = Road::to(&server).await;
    let ends = Ends::at(&format!("redis://127.0.0.1:{}/0", road.port)).await;
    let queues = ["celery".to_owned()];
    ends.broker.extend(Vec::new()).await.expect("a sign of life");
    assert!(ends.broker.reserve(&queues, 1).await.expect("reserved").is_empty(), "the script is known now");
    ends.broker.publish(vec![message("1", 0), message("2", 0), message("3", 0)]).await.expect("published");
    let first = ends.broker.reserve(&queues, 1).await.expect("reserved").remove(0);

    let mut watch = ends.link.reach();
    watch.mark_unchanged();
    road.swallow.store(true, Ordering::SeqCst);
    assert!(ends.broker.reserve(&queues, 5).await.is_err());
    let mut connection = server.connect();
    assert_eq!(count(&mut connection, &["LLEN", "celery"]), 0, "Redis has done it");
    assert_eq!(count(&mut connection, &["HLEN", "unacked"]), 3);
    reach(&mut watch, true).await;

    assert_eq!(ends.broker.recover().await.expect("recovered"), 2);
    let again = ends.broker.reserve(&queues, 5).await.expect("reserved");
    let ids: Vec<_> = again.iter().map(|d| (d.message.headers.id.as_str(), d.redelivered)).collect();
    assert_eq!(ids, [("2", true), ("3", true)]);
    assert_eq!(ends.broker.recover().await.expect("recovered"), 0, "what was taken since is nobody else's");
    let all = again.iter().chain([&first]).map(|delivery| (delivery.tag, Verdict::Ack)).collect();
    ends.broker.settle(all).await.expect("settled");
    assert_eq!(count(&mut connection, &["HLEN", "unacked"]), 0);
    ends.stop().await;
}
