//! What a reader sees instead of a page or a part of it that could not be had.

use super::icon::{Icon, IconName};
use crate::ApiError;
use leptos::prelude::*;

/// Says in a few words what kind of trouble it is; the error itself says the rest.
fn title(error: &ApiError) -> &'static str {
    match error {
        ApiError::NotFound(_) => "Not found",
        ApiError::BadRequest(_) => "This request makes no sense",
        ApiError::Forbidden(_) => "Not allowed",
        ApiError::Conflict(_) => "Not possible now",
        ApiError::Unavailable(_) => "Not available at the moment",
        ApiError::Internal(_) => "Something went wrong",
    }
}

/// A request for what is not there is no fault of the system, so it is not shown in red.
fn class(error: &ApiError) -> &'static str {
    match error {
        ApiError::NotFound(_) => "error-panel error-panel-calm",
        _ => "error-panel",
    }
}

/// The panel. Its words come from the error; it follows the error when that changes.
#[component]
pub fn ErrorPanel(#[prop(into)] error: Signal<ApiError>) -> impl IntoView {
    view! {
        <div class=move || error.with(class) role="alert">
            <Icon name=IconName::Alert />
            <div>
                <p class="error-panel-title">{move || error.with(title)}</p>
                <p class="error-panel-text">{move || error.with(|error| error.message().to_owned())}</p>
            </div>
        </div>
    }
}
