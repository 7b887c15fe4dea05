//! A connection that listens, read as fast as its socket gives.
//!
//! Redis cuts off whoever reads slower than others publish, once 32 MB wait for him. The library's reader parses each
//! message before it reads on, and is cut off by a burst that a single client can send. So payloads are found in what
//! the socket gave and handed on unread; and where there may be floods, a thread does nothing else. Over TLS the
//! library's reader must do: the server's own encryption slows down senders there.

use super::Link;
use super::connect::{self, Failure, Listening};
use super::error::LinkError;
use super::frames::{Frame, Frames};
use super::socket::{Socket, pumped};
use crate::clock::SharedClock;
use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt as _, StreamExt as _};
use redis::RedisConnectionInfo;
use redis::aio::{PubSubSink, PubSubStream};
use std::sync::Arc;
use std::time::Duration;

/// How much one read may bring.
const CHUNK: usize = 1024 * 1024;
/// A read is not begun with less room than this.
const ROOM: usize = 64 * 1024;
/// How long the server may take to confirm, or to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// A server that is silent for so long is asked for a sign of life, and given up after as long again.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

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
    Raw(Box<Raw>),
    Library { sink: PubSubSink, stream: PubSubStream },
}

struct Raw {
    socket: Socket,
    inlet: Inlet,
    /// What came along with the confirmation.
    early: Vec<Bytes>,
}

impl Link {
    pub async fn subscribe(&self, topic: &Topic) -> Result<Subscription, LinkError> {
        let reader = match connect::listening(self.address()).await.map_err(down)? {
            Listening::Socket(socket, info) => {
                let greeting = greeting(info.redis_settings(), topic);
                match tokio::time::timeout(PATIENCE, Raw::open(socket, &greeting)).await {
                    Ok(opened) => Reader::Raw(Box::new(opened?)),
                    Err(_) => return Err(LinkError::Down("it does not answer".to_owned())),
                }
            }
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
                return Err(lifeless());
            }
            asked = true;
            if self.reader.ping().await? {
                return Ok(Vec::new());
            }
        }
    }

    /// Reads until the connection ends, on a thread of its own where that is possible, and hands on all payloads.
    pub async fn pump(mut self, take: impl Fn(Vec<Bytes>) + Send + 'static) -> LinkError {
        if let Reader::Raw(raw) = self.reader {
            let Raw { socket, inlet, early } = *raw;
            take(early);
            return pumped(socket, inlet, take).await;
        }
        loop {
            match self.read().await {
                Ok(payloads) => take(payloads),
                Err(error) => return error,
            }
        }
    }
}

impl Reader {
    async fn read(&mut self) -> Result<Vec<Bytes>, LinkError> {
        let mut payloads = Vec::new();
        match self {
            Self::Raw(raw) if !raw.early.is_empty() => payloads.append(&mut raw.early),
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
            Self::Raw(raw) => raw.socket.write(&ping()).await.map(|()| false),
            Self::Library { sink, .. } => {
                match tokio::time::timeout(PATIENCE, sink.ping::<redis::Value>()).await {
                    Ok(answer) => answer.map(|_| true).map_err(|error| LinkError::of(&error)),
                    Err(_) => Err(lifeless()),
                }
            }
        }
    }
}

impl Raw {
    async fn open(mut socket: Socket, greeting: &[u8]) -> Result<Self, LinkError> {
        socket.write(greeting).await?;
        let mut raw = Self { socket, inlet: Inlet::default(), early: Vec::new() };
        let mut early = Vec::new();
        while !raw.read(&mut early).await? {}
        raw.early = early;
        Ok(raw)
    }

    async fn read(&mut self, payloads: &mut Vec<Bytes>) -> Result<bool, LinkError> {
        let length = self.socket.read(self.inlet.room()).await?;
        self.inlet.take(length, payloads)
    }
}

/// Where bytes come in and payloads go out.
#[derive(Default)]
pub(super) struct Inlet {
    buffer: BytesMut,
    /// Bytes of the buffer that hold the beginning of a frame.
    filled: usize,
    frames: Frames,
}

impl Inlet {
    /// Room to read into. Payloads that are not decoded yet hold on to theirs, so new room is taken when it is short.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.buffer.len() - self.filled < ROOM {
            let mut roomy = BytesMut::zeroed(CHUNK.max(self.filled * 2));
            roomy[..self.filled].copy_from_slice(&self.buffer[..self.filled]);
            self.buffer = roomy;
        }
        &mut self.buffer[self.filled..]
    }

    /// Takes what has been read apart, as far as it is whole. Tells whether a subscription was confirmed.
    pub(super) fn take(&mut self, length: usize, payloads: &mut Vec<Bytes>) -> Result<bool, LinkError> {
        if length == 0 {
            return Err(closed());
        }
        self.filled += length;
        let mut found = Vec::new();
        let mut end = 0;
        let mut confirmed = false;
        while let Some((frame, length)) = self
            .frames
            .first(&self.buffer[end..self.filled])
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
        self.filled -= end;
        payloads.extend(found.into_iter().map(|place| whole.slice(place)));
        Ok(confirmed)
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

pub(super) fn ping() -> Vec<u8> {
    redis::cmd("PING").get_packed_command()
}

pub(super) fn closed() -> LinkError {
    LinkError::Down("the connection was closed".to_owned())
}

pub(super) fn lifeless() -> LinkError {
    LinkError::Down("there is no sign of life".to_owned())
}

fn down(failure: Failure) -> LinkError {
    LinkError::Down(failure.reason)
}
