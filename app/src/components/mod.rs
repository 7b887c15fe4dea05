//! The parts pages are made of. A component knows how something looks and behaves, not where it comes from.

pub mod badge;
pub mod button;
pub mod chart;
pub mod density;
pub mod dialog;
pub mod empty;
pub mod error_panel;
pub mod field;
pub mod filter_bar;
pub mod icon;
pub mod json_view;
pub mod layout;
pub mod nav;
pub mod pagination;
pub mod palette;
pub mod progress;
pub(crate) mod raw_text;
pub mod relative_time;
pub mod remembered;
pub mod shortcuts;
pub mod sparkline;
pub mod table;
pub mod theme_switch;
pub mod toast;
pub mod traceback;
pub mod zone;
