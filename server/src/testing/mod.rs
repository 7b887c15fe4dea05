//! What tests of tasks and of this crate itself need: time that moves by hand. Behind the feature `testing`.

mod manual_clock;

pub use manual_clock::ManualClock;
