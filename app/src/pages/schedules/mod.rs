//! Schedules: the form that adds and edits one.

mod form;

pub use form::{EditSchedulePage, NewSchedulePage};
