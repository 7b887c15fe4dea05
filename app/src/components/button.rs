//! Buttons.
