//! The product's own SQLite: one writer and several readers for each database.

pub mod db;
pub mod history;

pub use db::{Db, DbError, Durability};
