//! Remote control of workers, from the asking and from the answering side.

mod client;
pub mod commands;

pub use client::{ControlClient, ControlError};
