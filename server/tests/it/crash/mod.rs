//! The promise of the embedded broker: what was confirmed is never lost, however the process ends.

mod life;
mod loss;
