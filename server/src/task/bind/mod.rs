//! Binds Python's `args` and `kwargs` to a Rust type.
//!
//! serde hands a deserializer the field names of a struct in the order they are declared, and those are the
//! parameters: that is all it takes to bind a call the way Python does, without a macro. What a type takes is found
//! out once, at registration ([`probe`]); a call is then bound in one pass ([`binder`]), and what does not fit is said
//! in Python's words ([`error`]).

mod arguments;
mod binder;
mod error;
mod guess;
mod offer;
mod probe;
mod refuse;
mod signature;

pub(super) use signature::{Signature, SignatureError};

use self::binder::Binder;
use super::call::Call;
use super::error::TaskError;
use serde::de::DeserializeOwned;

/// What `T` takes, or why it cannot be bound.
pub(super) fn signature<T: DeserializeOwned>() -> Result<Signature, SignatureError> {
    probe::signature::<T>()
}

/// Binds a call to `T`; the error is the `TypeError` Python would raise.
pub(super) fn bind<T: DeserializeOwned>(
    task: &str,
    call: Call,
    signature: &Signature,
) -> Result<T, TaskError> {
    let binder = Binder { args: call.args, kwargs: call.kwargs, signature };
    T::deserialize(binder).map_err(|error| TaskError::arguments(format!("{task}() {error}")))
}
