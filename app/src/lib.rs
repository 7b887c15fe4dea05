//! What the browser may see of Umbel.
//!
//! # Layout
//!
//! * [`view`]: plain serde structs, the nouns of the dashboard. No Leptos, no logic beyond wording.
//! * [`error`]: the one error a server function may return.
//! * [`backend`] (server only): the ports by which a server function asks the product for data.
//! * [`api`]: the server functions, thin glue between a page and a port.
//! * [`query`]: the address bar as the state of a list.
//! * [`live`]: the tab's event stream, handed out as signals.
//! * [`format`]: numbers, sizes, times and ids as text; their doctests are the specification.
//! * [`components`] and [`pages`]: what a person sees.
//! * [`app`] and [`shell`]: the route table, and the document around it.
//!
//! This crate knows neither the server, nor tokio, nor a database: it is compiled twice, once into the
//! server (feature `ssr`) and once into the browser's wasm module (feature `hydrate`).

#![recursion_limit = "512"]
#![expect(
    unreachable_pub,
    reason = "the component macro writes public items whatever visibility it is given"
)]

pub mod api;
pub mod app;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod components;
pub mod error;
pub mod format;
pub mod live;
pub mod pages;
pub mod query;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod view;

pub use app::App;
pub use error::ApiError;
#[cfg(feature = "ssr")]
pub use shell::shell;
