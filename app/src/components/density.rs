//! How close together the rows stand. The choice is remembered by the browser and read by the script in the head.

use super::icon::{Icon, IconName};
use super::remembered::{recall, remember};
use leptos::prelude::*;

/// The name the choice is remembered under.
const KEY: &str = "umbel-density";

const COMPACT: &str = "compact";

/// One button between roomy and compact rows.
#[component]
pub fn DensitySwitch() -> impl IntoView {
    let compact = RwSignal::new(false);
    Effect::new(move |_| compact.set(recall(KEY).as_deref() == Some(COMPACT)));
    let turn = move |_| {
        compact.update(|compact| *compact = !*compact);
        apply(compact.get_untracked());
    };
    view! {
        <button
            type="button"
            class="header-tool header-tool-icon header-density"
            aria-label="Compact rows"
            aria-pressed=move || compact.get().to_string()
            title=move || if compact.get() { "Rows: compact" } else { "Rows: roomy" }
            on:click=turn
        >
            {move || view! { <Icon name=if compact.get() { IconName::RowsClose } else { IconName::RowsWide } /> }}
        </button>
    }
}

fn apply(compact: bool) {
    let Some(root) = document().document_element() else { return };
    // A root element takes any attribute; if it does not, the rows merely keep their height.
    let _ = match compact {
        true => root.set_attribute("data-density", COMPACT),
        false => root.remove_attribute("data-density"),
    };
    remember(KEY, if compact { COMPACT } else { "roomy" });
}
