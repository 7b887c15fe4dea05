//! The four numbers at the top, each the way to the list behind it.

use crate::format::{exact, rate, short};
use crate::view::Tiles;
use leptos::prelude::*;

#[component]
pub fn TileRow(#[prop(into)] tiles: Signal<Tiles>) -> impl IntoView {
    let failed = move || if tiles.get().failed_last_hour > 0 { "tile tile-bad" } else { "tile" };
    let workers = move || match tiles.get() {
        Tiles { workers_online: 0, .. } => "tile tile-bad",
        _ => "tile",
    };
    view! {
        <ul class="tiles">
            <Tile
                class=|| "tile"
                href="/tasks?state=STARTED,PROGRESS"
                word="Running"
                count=move || tiles.get().running
                note=move || format!("{} finished", rate(tiles.get().rate))
            />
            <Tile
                class=|| "tile"
                href="/tasks?state=PENDING,RECEIVED"
                word="Waiting"
                count=move || tiles.get().waiting
                note=move || format!("{} held for later", exact(tiles.get().held))
            />
            <Tile
                class=failed
                href="/tasks?state=FAILURE&since=1h"
                word="Failed"
                count=move || tiles.get().failed_last_hour
                note=|| "in the last hour".to_owned()
            />
            <Tile
                class=workers
                href="/workers"
                word="Workers online"
                count=move || u64::from(tiles.get().workers_online)
                note=move || offline(&tiles.get())
            />
        </ul>
    }
}

fn offline(tiles: &Tiles) -> String {
    match (tiles.workers_total, tiles.workers_total.saturating_sub(tiles.workers_online)) {
        (0, _) => "none has been seen".to_owned(),
        (_, 0) => "none offline".to_owned(),
        (_, gone) => format!("{gone} offline"),
    }
}

/// One number. Short in sight, exact in the title.
#[component]
fn Tile(
    class: impl Fn() -> &'static str + Send + Sync + 'static,
    href: &'static str,
    word: &'static str,
    count: impl Fn() -> u64 + Copy + Send + Sync + 'static,
    note: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <li>
            <a class=class href=href>
                <span class="tile-word">{word}</span>
                <span class="tile-count" title=move || exact(count())>{move || short(count())}</span>
                <span class="tile-note">{note}</span>
            </a>
        </li>
    }
}
