//! The frame of every page: skip link, header, navigation, the page itself, and what lies above it.

use super::broker::{Foot, Outage};
use super::density::DensitySwitch;
use super::icon::{Icon, IconName};
use super::nav::Nav;
use super::palette::Palette;
use super::shortcuts::Shortcuts;
use super::theme_switch::ThemeSwitch;
use super::toast::{ToastRegion, provide_toasts};
use super::zone::{provide_zone, use_zone};
use crate::api::get_broker;
use crate::live::{LiveStatus, use_live};
use crate::view::Reach;
use leptos::prelude::*;

/// What lies above the page and may be opened from anywhere.
#[derive(Clone, Copy)]
pub struct Overlays {
    pub palette: RwSignal<bool>,
    pub help: RwSignal<bool>,
}

/// The overlays of this tab.
pub fn use_overlays() -> Overlays {
    expect_context::<Overlays>()
}

/// Lays out the frame around `children`.
#[component]
pub fn Layout(children: Children) -> impl IntoView {
    provide_toasts();
    provide_zone();
    let zone = use_zone();
    let overlays = Overlays { palette: RwSignal::new(false), help: RwSignal::new(false) };
    provide_context(overlays);
    let standing = Resource::new_blocking(|| (), |()| get_broker());
    let (status, reach) = (use_live().status, use_live().reach);
    let lost_since = move || match status.get() {
        LiveStatus::Reconnecting(since) => Some(since),
        _ => None,
    };
    let stale = move || lost_since().is_some() || matches!(reach.get(), Some(Reach::Lost { .. }));
    view! {
        <a class="skip-link" href="#main" rel="external">"Skip to the page"</a>
        <header class="header">
            <a class="header-brand" href="/">
                <img class="header-mark" src="/favicon.svg" alt="" width="20" height="20" />
                "Umbel"
            </a>
            <ConnectionMark />
            <div class="header-tools">
                <button
                    type="button"
                    class="header-tool"
                    aria-haspopup="dialog"
                    title="Search (Ctrl K)"
                    on:click=move |_| overlays.palette.set(true)
                >
                    <Icon name=IconName::Search />
                    <span>"Search"</span>
                </button>
                <button
                    type="button"
                    class="header-tool header-tool-icon"
                    aria-haspopup="dialog"
                    aria-label="Keyboard help"
                    title="Keyboard help (?)"
                    on:click=move |_| overlays.help.set(true)
                >
                    <Icon name=IconName::Help />
                </button>
                <DensitySwitch />
                <ThemeSwitch />
            </div>
        </header>
        <div class="frame">
            <Nav />
            <div class="column">
                <main id="main" class="main" class:main-stale=stale tabindex="-1">{children()}</main>
                <Foot standing />
            </div>
        </div>
        <Palette open=overlays.palette />
        <Shortcuts help=overlays.help />
        <ToastRegion />
        <Outage standing />
        <div role="status">
            {move || {
                lost_since()
                    .map(|since| {
                        view! {
                            <p class="lost">
                                "The server does not answer since " {move || zone.absolute(since)}
                                ". What stands here is the last that is known; the connection is tried again."
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// Whether the page is alive, in a shape and a word.
#[component]
fn ConnectionMark() -> impl IntoView {
    let (live, zone) = (use_live(), use_zone());
    let status = live.status;
    let title = move || match status.get() {
        LiveStatus::Reconnecting(since) => {
            format!("The server does not answer since {}. It is tried again.", zone.absolute(since))
        }
        LiveStatus::Paused => "Updates are paused. Press to resume.".to_owned(),
        _ => "The page follows what happens. Press to pause.".to_owned(),
    };
    view! {
        <button
            type="button"
            class=move || format!("connection connection-{}", status.get().class())
            title=title
            on:click=move |_| live.toggle_pause()
        >
            <svg class="connection-mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                {move || match status.get() {
                    LiveStatus::Live => view! { <circle cx="6" cy="6" r="4" fill="currentColor" /> }.into_any(),
                    LiveStatus::Paused => {
                        view! { <path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor" /> }.into_any()
                    }
                    LiveStatus::Reconnecting(_) => {
                        view! {
                            <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" stroke-width="2" fill="none" />
                        }
                            .into_any()
                    }
                    _ => {
                        view! { <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5" /> }
                            .into_any()
                    }
                }}
            </svg>
            <span>{move || status.get().word()}</span>
        </button>
    }
}
