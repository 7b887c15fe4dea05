//! The command palette (`Ctrl K`, `⌘K`): go to a page, open a task by its id, or look through tasks by name.

use super::dialog::Dialog;
use super::nav::PLACES;
use crate::query::{TaskQuery, encode};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Something the palette offers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    word: String,
    href: String,
}

/// What fits the typed text: pages first, then the ways to look for a task.
fn offers(text: &str) -> Vec<Offer> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let pages = PLACES.iter().map(|place| Offer { word: place.word.to_owned(), href: place.href.to_owned() });
    let send = Offer { word: "Send a task".to_owned(), href: "/tasks/new".to_owned() };
    let mut found: Vec<_> =
        pages.chain([send]).filter(|offer| offer.word.to_lowercase().contains(&lower)).collect();
    if !text.is_empty() {
        let by_name = TaskQuery { name: Some(text.to_owned()), ..TaskQuery::default() };
        found.push(Offer { word: format!("Tasks named “{text}”"), href: by_name.href() });
    }
    if text.len() >= 8 && !text.contains(char::is_whitespace) {
        found.push(Offer { word: format!("Open the task {text}"), href: format!("/tasks/{}", encode(text)) });
    }
    found
}

/// The palette's dialog.
#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = Memo::new(move |_| offers(&text.read()));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if open.get() {
            text.set(String::new());
            chosen.set(0);
        }
    });
    let go = move |href: &str| {
        open.set(false);
        navigate(href, NavigateOptions::default());
    };
    let go_on_submit = go.clone();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(offer) = found.with(|found| found.get(chosen.get()).cloned()) {
            go_on_submit(&offer.href);
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let count = found.with(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => chosen.update(|at| *at = (*at + count - 1) % count),
            _ => return,
        }
        event.prevent_default();
    };
    let offer_view = move |(index, offer): (usize, Offer)| {
        let go = go.clone();
        let href = offer.href.clone();
        view! {
            <li
                id=format!("palette-{index}")
                role="option"
                class="palette-offer"
                aria-selected=move || (chosen.get() == index).to_string()
                on:click=move |_| go(&href)
            >
                {offer.word}
            </li>
        }
    };
    view! {
        <Dialog open title="Search and go" class="palette">
            <form on:submit=on_submit>
                <input
                    type="text"
                    class="palette-input"
                    // The dialog gives the focus to what is marked so, rather than to its first button.
                    autofocus=true
                    role="combobox"
                    aria-label="A page, a task's name or its id"
                    aria-expanded="true"
                    aria-controls="palette-offers"
                    aria-activedescendant=move || format!("palette-{}", chosen.get())
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="A page, a task's name or its id"
                    prop:value=text
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        chosen.set(0);
                    }
                    on:keydown=on_key
                />
            </form>
            <ul id="palette-offers" class="palette-offers" role="listbox" aria-label="Offers">
                {move || found.get().into_iter().enumerate().map(offer_view.clone()).collect_view()}
            </ul>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_palette_offers_every_page() {
        assert_eq!(offers("").len(), PLACES.len() + 1);
    }

    #[test]
    fn a_name_leads_to_the_filtered_list() {
        let found = offers("shop.pay <b>");
        assert_eq!(found.last().map(|offer| offer.href.as_str()), Some("/tasks?name=shop.pay%20%3Cb%3E"));
    }

    #[test]
    fn an_id_leads_to_the_task() {
        assert!(offers("0198c1d2-3e4f").iter().any(|offer| offer.href == "/tasks/0198c1d2-3e4f"));
    }
}
