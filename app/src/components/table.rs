//! What every table shares: the box it scrolls in, and headers that sort by a link.

use leptos::prelude::*;

/// How a column is sorted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    Not,
    Ascending,
    Descending,
}

impl Sorted {
    fn aria(self) -> &'static str {
        match self {
            Self::Not => "none",
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    fn arrow(self) -> &'static str {
        match self {
            Self::Not => "",
            Self::Ascending => "↑",
            Self::Descending => "↓",
        }
    }
}

/// A box in which a wide table scrolls sideways, so that the page never does. It takes the focus, because a
/// keyboard must be able to scroll it too.
#[component]
pub fn TableBox(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <div class="table-box" role="region" aria-label=label tabindex="0">
            {children()}
        </div>
    }
}

/// The head of a column one can sort by.
#[component]
pub fn SortHeader(
    label: &'static str,
    #[prop(optional)] class: &'static str,
    /// Where pressing it leads: the list sorted the other way.
    #[prop(into)]
    href: Signal<String>,
    #[prop(into)] sorted: Signal<Sorted>,
) -> impl IntoView {
    view! {
        <th scope="col" class=class aria-sort=move || sorted.get().aria()>
            <a class="sort-link" href=href>
                {label}
                <span class="sort-arrow" aria-hidden="true">{move || sorted.get().arrow()}</span>
            </a>
        </th>
    }
}
