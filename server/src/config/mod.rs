//! What the product is told to do: one validated [`Config`], made from defaults, a file, the environment and flags.
//!
//! This module is the only reader of the process's environment, so that a value's origin can always be named in an
//! error. Everything behind it receives plain, checked values.

mod beat;
mod environment;
mod error;
mod file;
mod layers;
mod model;
mod node_name;
mod setting;
mod transport;
mod value;

pub use beat::{Beat, BeatEntry};
pub use environment::{colour_wanted, process_environment};
pub use error::{ConfigError, Source};
pub use layers::{Flag, load};
pub use model::{Broker, Config, Demo, History, Http, Log, LogFormat, Results, Worker};
pub use node_name::{Host, NodeNameError, node_name};
pub use setting::{SETTINGS, Setting};
pub use transport::{BrokerTransport, ResultTransport};
