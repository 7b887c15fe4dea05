//! What an act on a selection answers: an error when nothing at all came of it.
//!
//! A form posted without wasm can only bring one sentence back, so a refusal of everything is an error.

use crate::ApiError;
use crate::view::Acted;

/// A selection has something in it.
pub(super) fn some_chosen(ids: Vec<String>) -> Result<Vec<String>, ApiError> {
    if ids.is_empty() { Err(ApiError::BadRequest("No task is selected.".to_owned())) } else { Ok(ids) }
}

/// At least one act was done; otherwise the first refusal is the answer.
pub(super) fn some_done(acted: Vec<Acted>) -> Result<Vec<Acted>, ApiError> {
    if acted.iter().any(|one| one.refusal.is_none()) {
        return Ok(acted);
    }
    let first = acted.into_iter().find_map(|one| one.refusal);
    Err(ApiError::Conflict(first.unwrap_or_else(|| "None of these tasks exists.".to_owned())))
}
