//! Celery's words and shapes, pure: bytes to types and back. Ids and times are arguments; there are no sockets,
//! no clock and no other module of ours in here, so every type can be tested against a recorded message.
//!
//! What real Celery wrote counts more than what is said about it. `server/tests/fixtures/celery` has recordings of
//! Celery 5.7, and `server/tests/it/protocol` holds these modules against every one of them. Where they say something
//! else than Celery's manual, or more:
//!
//! - `timelimit` is hard limit first, then soft;
//! - `application/x-gzip` is zlib's format without gzip's frame;
//! - a moment without an offset is in UTC, whatever the setting `timezone` says;
//! - `retry` repeats `origin` among the properties, and options such as `argsrepr` land there as well as in the
//!   headers: properties we do not know are passed over;
//! - the result of a task nobody registered has the fields of `result_extended` too, all of them null: null counts as
//!   not there;
//! - `saferepr` cuts a text at its last blank before the limit, and closes what is open beyond it.
//!
//! `server/docs/celery.md` says what of it a user should know.

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
