//! A modal dialog on the browser's own `<dialog>`: it traps the focus, closes on Escape, and gives the focus
//! back to where it came from.

use super::icon::{Icon, IconName};
use leptos::html;
use leptos::prelude::*;

/// Shows `children` above the page while `open`.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: String,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), wanted) = (element.get(), open.get()) else { return };
        if wanted && !dialog.open() {
            // It only refuses when the element is not in the page, and then there is nothing to show.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // A press on the dialog itself, not on anything inside it, is a press on the backdrop.
    let on_press = move |event: leptos::ev::MouseEvent| {
        if event.target().is_some() && event.target() == event.current_target() {
            open.set(false);
        }
    };
    let label = title.clone();
    view! {
        <dialog
            node_ref=element
            class=format!("dialog {class}")
            aria-label=label
            on:close=move |_| open.set(false)
            on:click=on_press
        >
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 class="dialog-title">{title}</h2>
                    <button type="button" class="dialog-close" aria-label="Close" on:click=move |_| open.set(false)>
                        <Icon name=IconName::Cross />
                    </button>
                </div>
                {children()}
            </div>
        </dialog>
    }
}
