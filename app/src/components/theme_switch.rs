//! System, light or dark. The choice is remembered by the browser and read by the script in the head.

use super::icon::{Icon, IconName};
use leptos::prelude::*;

/// The name the choice is remembered under.
const KEY: &str = "umbel-theme";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    fn word(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    fn icon(self) -> IconName {
        match self {
            Self::System => IconName::System,
            Self::Light => IconName::Sun,
            Self::Dark => IconName::Moon,
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn remembered() -> Self {
        match crate::components::remembered::recall(KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn apply(self) {
        let root = document().document_element();
        let (Some(root), word) = (root, self.word().to_lowercase()) else { return };
        // A root element takes any attribute; if it does not, the page merely keeps its colours.
        let _ = match self {
            Self::System => root.remove_attribute("data-theme"),
            Self::Light | Self::Dark => root.set_attribute("data-theme", &word),
        };
        crate::components::remembered::remember(KEY, &word);
    }
}

/// One button that goes round the three themes.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(Theme::System);
    Effect::new(move |_| theme.set(Theme::remembered()));
    let label = move || format!("Theme: {}", theme.get().word());
    let turn = move |_| {
        theme.update(|theme| *theme = theme.next());
        theme.get_untracked().apply();
    };
    view! {
        <button type="button" class="header-tool header-tool-icon" aria-label=label title=label on:click=turn>
            {move || view! { <Icon name=theme.get().icon() /> }}
        </button>
    }
}
