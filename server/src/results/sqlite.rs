//! The embedded result store.
