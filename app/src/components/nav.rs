//! The way between pages.

use super::icon::{Icon, IconName};
use leptos::prelude::*;
use leptos_router::components::A;

/// A page the navigation leads to.
pub struct Place {
    pub href: &'static str,
    pub word: &'static str,
    pub icon: IconName,
    /// The key that follows `g`.
    pub key: char,
}

/// Every page of the navigation, in order. The palette and the shortcuts use the same list.
pub const PLACES: [Place; 5] = [
    Place { href: "/", word: "Overview", icon: IconName::Overview, key: 'o' },
    Place { href: "/tasks", word: "Tasks", icon: IconName::Tasks, key: 't' },
    Place { href: "/workers", word: "Workers", icon: IconName::Workers, key: 'w' },
    Place { href: "/queues", word: "Queues", icon: IconName::Queues, key: 'q' },
    Place { href: "/schedules", word: "Schedules", icon: IconName::Schedules, key: 's' },
];

/// The links to all pages; the present one is marked.
#[component]
pub fn Nav() -> impl IntoView {
    let link = |place: &Place| {
        let (word, icon) = (place.word, place.icon);
        view! {
            <li>
                <A href=place.href exact=place.href == "/" attr:class="nav-link">
                    <Icon name=icon />
                    <span>{word}</span>
                </A>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Pages">
            <ul class="nav-list">{PLACES.iter().map(link).collect_view()}</ul>
        </nav>
    }
}
