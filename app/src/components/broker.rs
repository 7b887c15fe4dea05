//! What every page says of the broker: where it is, and that it cannot be reached.

use super::icon::{Icon, IconName};
use super::zone::use_zone;
use crate::ApiError;
use crate::live::{LiveStatus, use_live};
use crate::view::{BrokerStanding, Millis, Reach};
use leptos::prelude::*;

/// The broker as the page found it.
pub type Standing = Resource<Result<BrokerStanding, ApiError>>;

/// The last line of every page.
#[component]
pub fn Foot(standing: Standing) -> impl IntoView {
    view! {
        <footer class="foot">
            <Suspense>
                {move || Suspend::new(async move {
                    let BrokerStanding { place, version, .. } = standing.await.unwrap_or_default();
                    view! {
                        <p>"Umbel " {version}</p>
                        <p class="foot-broker">"Broker: " <span class="mono">{place}</span></p>
                    }
                })}
            </Suspense>
        </footer>
    }
}

/// Tells of an outage for as long as it lasts: as the page was rendered, and then as the stream tells.
#[component]
pub fn Outage(standing: Standing) -> impl IntoView {
    let live = use_live();
    view! {
        <div role="status">
            <Suspense>
                {move || Suspend::new(async move {
                    let found = standing.await.map(|standing| standing.reach).unwrap_or_default();
                    let reach = Memo::new(move |_| live.reach.get().unwrap_or_else(|| found.clone()));
                    // Without the server nobody can tell how the broker is.
                    let deaf = move || matches!(live.status.get(), LiveStatus::Reconnecting(_));
                    move || match reach.get() {
                        Reach::Lost { since, reason } if !deaf() => {
                            Some(view! { <Notice since reason /> })
                        }
                        _ => None,
                    }
                })}
            </Suspense>
        </div>
    }
}

#[component]
fn Notice(since: Millis, reason: String) -> impl IntoView {
    let (live, zone) = (use_live(), use_zone());
    view! {
        <div class="lost outage">
            <Icon name=IconName::Alert />
            <div>
                <p class="outage-title">
                    "Redis cannot be reached since " {move || zone.clock(since, live.now.get())} " (" {reason} ")."
                </p>
                <p>
                    "Nothing is lost: what waits stays in Redis, what workers have in hand they finish, and what \
                    came of it is stored as soon as Redis is back. What stands here is the last that is known; we \
                    keep trying."
                </p>
            </div>
        </div>
    }
}
