//! The product's own icon set: one stroked path on a 16 by 16 grid each, in the colour of the text beside it.
//!
//! Icons never stand alone for a meaning; the word is always there, so they are hidden from screen readers.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Overview,
    Tasks,
    Workers,
    Queues,
    Schedules,
    Search,
    Help,
    Sun,
    Moon,
    System,
    RowsWide,
    RowsClose,
    Copy,
    Check,
    Cross,
    Clock,
    Play,
    Inbox,
    Circle,
    Loop,
    Slash,
    Struck,
    Plus,
    Pause,
    ChevronLeft,
    ChevronRight,
    External,
    Alert,
}

impl IconName {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M2.5 2.5H7V7H2.5zM9 2.5h4.5V7H9zM2.5 9H7v4.5H2.5zM9 9h4.5v4.5H9z",
            Self::Tasks => "M6.5 4h7M6.5 8h7M6.5 12h7M2.75 4h.01M2.75 8h.01M2.75 12h.01",
            Self::Workers => "M2.5 2.75h11v4.5h-11zM2.5 8.75h11v4.5h-11zM5 5h.01M5 11h.01M8 5h3M8 11h3",
            Self::Queues => "M8 1.75 14 4.75 8 7.75 2 4.75zM2 8l6 3 6-3M2 11.25l6 3 6-3",
            Self::Schedules => {
                "M2.5 3.5h11v10h-11zM2.5 6.75h11M5.25 1.75v3M10.75 1.75v3M5.5 9.75h.01M8 9.75h.01M10.5 9.75h.01"
            }
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9zM10.25 10.25l3.5 3.5",
            Self::Help => {
                "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 1 0 0-12.5zM6.1 6.2a1.9 1.9 0 1 1 2.8 1.7c-.6.35-.9.7-.9 1.35M8 11.5h.01"
            }
            Self::Sun => {
                "M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 1 0 0-5.5zM8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"
            }
            Self::Moon => "M13.5 9.75A5.75 5.75 0 1 1 6.25 2.5a4.6 4.6 0 0 0 7.25 7.25z",
            Self::RowsWide => "M2.5 3h11M2.5 8h11M2.5 13h11",
            Self::RowsClose => "M2.5 2.5h11M2.5 5.25h11M2.5 8h11M2.5 10.75h11M2.5 13.5h11",
            Self::System => "M2 2.75h12v8H2zM5.5 13.5h5M8 10.75v2.75",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Clock => "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 1 0 0-12.5zM8 4.5V8l2.25 1.75",
            Self::Play => "M4.75 2.75v10.5L13 8z",
            Self::Inbox => "M2 9.25 4 3h8l2 6.25V13H2zM2 9.25h3.5L6.5 11h3l1-1.75H14",
            Self::Circle => "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11z",
            Self::Loop => "M13.25 6.25A5.6 5.6 0 1 0 13.6 9M13.5 2.5v3.75H9.75",
            Self::Slash => "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 1 0 0-12.5zM3.6 3.6l8.8 8.8",
            Self::Struck => "M3 3h10v10H3zM1.75 14.25l12.5-12.5",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Pause => "M5.5 3.25v9.5M10.5 3.25v9.5",
            Self::ChevronLeft => "M10 3.5 5.5 8l4.5 4.5",
            Self::ChevronRight => "M6 3.5 10.5 8 6 12.5",
            Self::External => "M6.5 3.25H3v9.75h9.75V9.5M9.5 2.5h4v4M13.5 2.5l-6 6",
            Self::Alert => "M8 2 14.5 13.5h-13zM8 6.5v3.25M8 11.75h.01",
        }
    }
}

/// An icon, 16 pixels square.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" aria-hidden="true" focusable="false">
            <path
                d=name.path()
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linecap="round"
                stroke-linejoin="round"
            />
        </svg>
    }
}
