//! Celery's words and shapes, pure: bytes to types and back. Ids and times are arguments; there are no sockets,
//! no clock and no other module of ours in here, so every type can be tested against a recorded message.

pub mod body;
pub mod compression;
pub mod control;
pub mod envelope;
pub mod event;
pub mod exception;
pub mod headers;
pub mod id;
pub mod keys;
pub mod lenient;
pub mod message;
pub mod msgpack;
pub mod repr;
pub mod result;
pub mod signature;
pub mod state;
mod text;
pub mod time;
pub mod typed;
pub mod yaml;

pub use body::{Body, Embed};
pub use envelope::{Accept, Arrived, Refusal};
pub use event::{Event, EventKind, TaskInfo, WorkerInfo};
pub use exception::Exception;
pub use headers::Headers;
pub use id::TaskId;
pub use message::Message;
pub use result::ResultMeta;
pub use signature::Signature;
pub use state::State;
