//! Icons.
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Overview,
    Tasks,
    Workers,
    Queues,
    Search,
    Help,
    Sun,
    Moon,
    System,
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

#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    let _ = name;
    view! { <svg class="icon" aria-hidden="true" viewBox="0 0 16 16"></svg> }
}
