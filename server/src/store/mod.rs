//! The product's own SQLite: one writer and several readers for each database.

pub mod db;
pub mod folder;
pub mod history;
pub mod prune;

pub use db::{Db, DbError, Durability};
pub use folder::{DataFolder, FolderError};

/// The schema of the database for what was confirmed: messages, results, chords and notes.
pub const CONFIRMED: &[&str] = &[
    include_str!("../../migrations/0001_confirmed.sql"),
    include_str!("../../migrations/0002_chords.sql"),
    include_str!("../../migrations/0003_notes.sql"),
];
