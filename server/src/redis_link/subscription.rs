//! A connection that listens, read as fast as its socket gives.
//!
//! Redis cuts off whoever reads slower than others publish, once 32 MB wait for him. The library's reader parses each
//! message before it reads on, and is cut off by a burst that a single client can send. So payloads are found in what
//! the socket gave and handed on unread. Over TLS the library's reader must do; the server's own encryption slows
//! down senders there.

use super::Link;
use super::connect::{self, Failure, Listening};
use super::error::LinkError;
use super::frames::{self, Frame};
use crate::clock::SharedClock;
use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt as _, StreamExt as _};
use redis::aio::{PubSubSink, PubSubStream};
use redis::{ConnectionInfo, RedisConnectionInfo};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How much one read may bring.
const CHUNK: usize = 1024 * 1024;
/// A read is not begun with less room than this.
const ROOM: usize = 64 * 1024;
/// How long the server may take to confirm, or to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// A server that is silent for so long is asked for a sign of life, and given up after as long again.
const SILENCE: Duration = Duration::from_secs(30);

/// What to listen to.
#[derive(Clone, Debug)]
pub enum Topic {
    Channel(String),
    /// All channels whose names match, in Redis' way.
    Pattern(String),
}

/// A connection of its own that hears what is published. It ends with its first error.
pub struct Subscription {
    reader: Reader,
    clock: SharedClock,
}

enum Reader {
    Raw(Raw),
    Library { sink: PubSubSink, stream: PubSubStream },
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

struct Raw {
    stream: Box<dyn Stream>,
    buffer: BytesMut,
}

impl Link {
    pub async fn subscribe(&self, topic: &Topic) -> Result<Subscription, LinkError> {
        let reader = match connect::listening(self.address()).await.map_err(down)? {
            Listening::Tcp(stream, info) => Reader::Raw(Raw::open(stream, &info, topic).await?),
            Listening::Unix(stream, info) => Reader::Raw(Raw::open(stream, &info, topic).await?),
            Listening::Library(pubsub) => {
                let (mut sink, stream) = pubsub.split();
                let subscribed = match topic {
                    Topic::Channel(name) => sink.subscribe(name).await,
                    Topic::Pattern(pattern) => sink.psubscribe(pattern).await,
                };
                subscribed.map_err(|error| LinkError::of(&error))?;
                Reader::Library { sink, stream }
            }
        };
        Ok(Subscription { reader, clock: Arc::clone(self.clock()) })
    }
}

impl Subscription {
    /// Waits for messages and gives back the payloads of all that have come; none at all every now and then, as a
    /// sign of life. Given up early, it loses nothing.
    pub async fn read(&mut self) -> Result<Vec<Bytes>, LinkError> {
        let mut asked = false;
        loop {
            tokio::select! {
                read = self.reader.read() => return read,
                () = self.clock.sleep(SILENCE) => {}
            }
            if asked {
                return Err(LinkError::Down("there is no sign of life".to_owned()));
            }
            asked = true;
            if self.reader.ping().await? {
                return Ok(Vec::new());
            }
        }
    }
}

impl Reader {
    async fn read(&mut self) -> Result<Vec<Bytes>, LinkError> {
        let mut payloads = Vec::new();
        match self {
            Self::Raw(raw) => {
                raw.read(&mut payloads).await?;
            }
            Self::Library { stream, .. } => {
                let first = stream.next().await.ok_or_else(closed)?;
                let ready = std::iter::from_fn(|| stream.next().now_or_never().flatten());
                let all = std::iter::once(first).chain(ready.take(1024));
                payloads.extend(all.map(|message| Bytes::copy_from_slice(message.get_payload_bytes())));
            }
        }
        Ok(payloads)
    }

    /// Asks for a sign of life. Tells whether it has come already; otherwise it will be read.
    async fn ping(&mut self) -> Result<bool, LinkError> {
        match self {
            Self::Raw(raw) => raw.write(&redis::cmd("PING").get_packed_command()).await.map(|()| false),
            Self::Library { sink, .. } => {
                match tokio::time::timeout(PATIENCE, sink.ping::<redis::Value>()).await {
                    Ok(answer) => answer.map(|_| true).map_err(|error| LinkError::of(&error)),
                    Err(_) => Err(LinkError::Down("there is no sign of life".to_owned())),
                }
            }
        }
    }
}

impl Raw {
    async fn open(
        stream: impl Stream + 'static,
        info: &ConnectionInfo,
        topic: &Topic,
    ) -> Result<Self, LinkError> {
        let mut raw = Self { stream: Box::new(stream), buffer: BytesMut::new() };
        let opening = async {
            raw.write(&greeting(info.redis_settings(), topic)).await?;
            // Nothing is published to us before the confirmation.
            while !raw.read(&mut Vec::new()).await? {}
            Ok(())
        };
        match tokio::time::timeout(PATIENCE, opening).await {
            Ok(opened) => opened.map(|()| raw),
            Err(_) => Err(LinkError::Down("it does not answer".to_owned())),
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        self.stream.write_all(bytes).await.map_err(|error| LinkError::Down(error.to_string()))
    }

    /// Reads once and takes what is whole. Tells whether a subscription was confirmed.
    async fn read(&mut self, payloads: &mut Vec<Bytes>) -> Result<bool, LinkError> {
        self.make_room();
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => return Err(closed()),
            Ok(_) => {}
            Err(error) => return Err(LinkError::Down(error.to_string())),
        }
        let mut found = Vec::new();
        let mut end = 0;
        let mut confirmed = false;
        while let Some((frame, length)) = frames::first(&self.buffer[end..])
            .map_err(|what| LinkError::Down(format!("the server sent {what}")))?
        {
            match frame {
                Frame::Message(place) => found.push(end + place.start..end + place.end),
                Frame::Subscribed => confirmed = true,
                Frame::Other => {}
                Frame::Error(error) => return Err(LinkError::Refused(error)),
            }
            end += length;
        }
        let whole = self.buffer.split_to(end).freeze();
        payloads.extend(found.into_iter().map(|place| whole.slice(place)));
        Ok(confirmed)
    }

    /// Payloads that are not decoded yet hold on to the old room, so new room is taken rather than waited for.
    fn make_room(&mut self) {
        if self.buffer.capacity() - self.buffer.len() < ROOM {
            let mut roomy = BytesMut::with_capacity(CHUNK.max(self.buffer.len() * 2));
            roomy.extend_from_slice(&self.buffer);
            self.buffer = roomy;
        }
    }
}

/// Who we are, and what we want to hear. Channels belong to no database.
fn greeting(account: &RedisConnectionInfo, topic: &Topic) -> Vec<u8> {
    let mut words = Vec::new();
    if let Some(password) = account.password() {
        let mut auth = redis::cmd("AUTH");
        if let Some(name) = account.username() {
            auth.arg(name);
        }
        words.extend(auth.arg(password).get_packed_command());
    }
    let subscribe = match topic {
        Topic::Channel(name) => redis::cmd("SUBSCRIBE").arg(name).get_packed_command(),
        Topic::Pattern(pattern) => redis::cmd("PSUBSCRIBE").arg(pattern).get_packed_command(),
    };
    words.extend(subscribe);
    words
}

fn closed() -> LinkError {
    LinkError::Down("the connection was closed".to_owned())
}

fn down(failure: Failure) -> LinkError {
    LinkError::Down(failure.reason)
}
