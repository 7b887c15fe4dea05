//! The product's own SQLite: one writer and several readers for each database.

pub mod db;
pub mod folder;

pub use db::{Db, DbError, Durability};
pub use folder::{DataFolder, FolderError};
