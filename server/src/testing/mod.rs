//! What tests of tasks and of this crate itself need: time that moves by hand, and a whole embedded runtime in a
//! folder. Behind the feature `testing`.

mod manual_clock;
mod runtime;

pub use manual_clock::ManualClock;
pub use runtime::TestRuntime;
