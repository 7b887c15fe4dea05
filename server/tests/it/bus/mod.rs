//! The bus on Redis: what it says and hears byte for byte, and what it survives.

mod burst;
mod reconnect;
mod wire;
