//! Text inside of JSON, borrowed where it has no escapes: nearly all of it.

use std::borrow::Cow;

/// Serde borrows a `Cow` only as the field of a struct, and never in an `Option`; this can stand anywhere.
#[derive(serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);
