//! The keyboard: what each key does, and the page that tells.
//!
//! Keys act on what the page marks: rows carry `data-row`, their link `data-row-link`, the search field
//! `data-search`, pages `rel="prev"` and `rel="next"`, copy buttons `data-copy`. A new table gets the keys by
//! marking its rows, and nothing needs to be wired.

use super::dialog::Dialog;
use super::layout::use_overlays;
use super::nav::PLACES;
use super::remembered::{recall, remember};
use crate::live::use_live;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use web_sys::{Element, HtmlElement};

/// The name under which "no single letters" is remembered.
const KEY: &str = "umbel-keys";

/// What the help shows, in groups.
const HELP: [(&str, &str); 14] = [
    ("/", "Search on this page"),
    ("Ctrl K", "Search everywhere"),
    ("?", "Show this help"),
    ("g o", "Go to the overview"),
    ("g t", "Go to the tasks"),
    ("g w", "Go to the workers"),
    ("g q", "Go to the queues"),
    ("g s", "Go to the schedules"),
    ("j k", "Next and previous row"),
    ("x", "Select the row"),
    ("Enter", "Open the row"),
    ("[ ]", "Previous and next page"),
    ("c", "Copy the id"),
    ("r", "Pause or resume updates"),
];

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Palette,
    Help,
    Search,
    Go(&'static str),
    Next,
    Previous,
    Select,
    NextPage,
    PreviousPage,
    Copy,
    Pause,
}

/// The wish behind a single key, after `g` or not.
fn wish(key: &str, after_g: bool) -> Option<Wish> {
    if after_g {
        let place = PLACES.iter().find(|place| key.chars().eq([place.key]))?;
        return Some(Wish::Go(place.href));
    }
    Some(match key {
        "?" => Wish::Help,
        "/" => Wish::Search,
        "j" => Wish::Next,
        "k" => Wish::Previous,
        "x" => Wish::Select,
        "]" => Wish::NextPage,
        "[" => Wish::PreviousPage,
        "c" => Wish::Copy,
        "r" => Wish::Pause,
        _ => return None,
    })
}

/// Listens to the keyboard, and holds the help dialog.
#[component]
pub fn Shortcuts(help: RwSignal<bool>) -> impl IntoView {
    let letters = RwSignal::new(true);
    let after_g = StoredValue::new(false);
    let overlays = use_overlays();
    let live = use_live();
    let navigate = use_navigate();
    let act = move |wish: Wish| match wish {
        Wish::Palette => overlays.palette.set(true),
        Wish::Help => help.set(true),
        Wish::Search => search(overlays.palette),
        Wish::Go(href) => navigate(href, NavigateOptions::default()),
        Wish::Next => step_row(1),
        Wish::Previous => step_row(-1),
        Wish::Select => press_in_row("[data-select]"),
        Wish::NextPage => press(document().query_selector("a[rel=next]").ok().flatten()),
        Wish::PreviousPage => press(document().query_selector("a[rel=prev]").ok().flatten()),
        Wish::Copy => press_in_row("[data-copy]"),
        Wish::Pause => live.toggle_pause(),
    };
    Effect::new(move |_| {
        letters.set(recall(KEY).as_deref() != Some("off"));
        let act = act.clone();
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if let Some(wish) = heard(&event, letters.get_untracked(), after_g) {
                event.prevent_default();
                act(wish);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let on_switch = move |event| {
        let on = event_target_checked(&event);
        letters.set(on);
        remember(KEY, if on { "on" } else { "off" });
    };
    view! {
        <Dialog open=help title="Keyboard" class="help">
            <dl class="help-keys">
                {HELP
                    .map(|(keys, what)| {
                        view! {
                            <div class="help-row">
                                <dt>{keys.split(' ').map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</dt>
                                <dd>{what}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <label class="help-switch">
                <input type="checkbox" prop:checked=letters on:change=on_switch />
                "Single-letter keys are on"
            </label>
        </Dialog>
    }
}

/// Reads a key press: typing is left alone, and so is everything with a modifier except the palette's.
fn heard(event: &KeyboardEvent, letters: bool, after_g: StoredValue<bool>) -> Option<Wish> {
    let key = event.key();
    if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
        return Some(Wish::Palette);
    }
    if !letters || event.ctrl_key() || event.meta_key() || event.alt_key() || is_busy() {
        return None;
    }
    let was_g = after_g.get_value();
    after_g.set_value(key == "g" && !was_g);
    wish(&key, was_g)
}

/// Whether a person is typing, or a dialog is open.
fn is_busy() -> bool {
    let typing = |element: Element| {
        let text_input = element.tag_name() == "INPUT"
            && !matches!(
                element.get_attribute("type").as_deref(),
                Some("checkbox" | "radio" | "submit" | "button")
            );
        text_input || matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
    };
    document().active_element().is_some_and(typing)
        || document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

/// The search field of the page, or the palette where the page has none.
fn search(palette: RwSignal<bool>) {
    match document()
        .query_selector("[data-search]")
        .ok()
        .flatten()
        .and_then(|field| field.dyn_into::<HtmlElement>().ok())
    {
        // A field that cannot take the focus leaves it where it is.
        Some(field) => drop(field.focus()),
        None => palette.set(true),
    }
}

/// Moves the focus to the link of the next or the previous row.
fn step_row(by: i32) {
    let Ok(links) = document().query_selector_all("[data-row-link]") else { return };
    let count = i32::try_from(links.length()).unwrap_or(i32::MAX);
    let present = present_row().and_then(|row| row.query_selector("[data-row-link]").ok().flatten());
    let at = (0..count).find(|at| {
        let link = u32::try_from(*at).ok().and_then(|at| links.item(at));
        present.as_ref().is_some_and(|present| link.is_some_and(|link| link.is_same_node(Some(present))))
    });
    let to = at.map_or(if by > 0 { 0 } else { count - 1 }, |at| (at + by).clamp(0, count - 1));
    let link = u32::try_from(to).ok().and_then(|to| links.item(to));
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        // As above: at worst the focus stays.
        let _ = link.focus();
    }
}

/// The row the focus is in.
fn present_row() -> Option<Element> {
    document().active_element()?.closest("[data-row]").ok().flatten()
}

/// Presses something in the row with the focus, or else the first of its kind outside all rows.
fn press_in_row(selector: &str) {
    let found = match present_row() {
        Some(row) => row.query_selector(selector),
        None => document().query_selector(&format!("[data-page-action]{selector}")),
    };
    press(found.ok().flatten());
}

fn press(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g_leads_to_pages_and_only_once() {
        assert_eq!(wish("t", true), Some(Wish::Go("/tasks")));
        assert_eq!(wish("z", true), None);
        assert_eq!(wish("t", false), None);
    }

    #[test]
    fn every_page_key_of_the_help_works() {
        for (keys, _) in HELP.iter().filter(|(keys, _)| keys.starts_with("g ")) {
            assert!(wish(&keys[2..], true).is_some(), "{keys}");
        }
    }
}
