//! What the browser may see of Umbel.
//!
//! # Layout
//!
//! * [`view`]: plain serde structs, the nouns of the dashboard. No Leptos, no logic beyond wording.
//! * [`error`]: the one error a server function may return.
//! * [`backend`] (server only): the ports by which a server function asks the product for data.
//!
//! This crate knows neither the server, nor tokio, nor a database: it is compiled twice, once into the
//! server (feature `ssr`) and once into the browser's wasm module (feature `hydrate`).

#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;
pub mod view;

pub use error::ApiError;
