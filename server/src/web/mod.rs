//! The dashboard's HTTP side: pages, server functions, the JSON API, the live stream and health.
//!
//! # Layout
//!
//! * [`router`]: all routes, and the order of what stands before them.
//! * `guard/`, `headers`: what every request must pass and every answer carries.
//! * `pages`, `function`, `assets/`: the pages, their server functions, and the files the browser loads beside them.
//! * `api/`: `/api/v1`.
//! * [`live`]: the live stream. [`health`]: is it alive, can it work.
//! * `backend/`: the ports of the crate `app`, on the running product. `convert/`: records to view models.
//! * `error`: how a request that cannot be served is answered.
//!
//! Only this folder may name the crate `app`.

mod api;
mod assets;
mod backend;
mod bind;
mod convert;
mod error;
mod function;
mod guard;
mod headers;
pub mod health;
pub mod live;
mod pages;
pub mod router;
mod serve;
mod settings;

pub use assets::Assets;
pub use backend::{Info, TaskListing, Web};
pub use bind::{BindError, bind};
pub use serve::{serve, serve_site};
pub use settings::Settings;
