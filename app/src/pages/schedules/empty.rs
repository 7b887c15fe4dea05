//! The three pictures of a list without rows: never any schedule, none that matches, none on this page.

use super::filters::{cleared, is_filtered};
use crate::components::button::CopyButton;
use crate::components::empty::Empty;
use crate::query::{STANDINGS, schedules_href};
use crate::view::ScheduleFilter;
use leptos::prelude::*;

/// What goes into the configuration file, in Celery's own words.
const SNIPPET: &str = "[beat_schedule.every-morning]\ntask = \"proj.report\"\nschedule = \"0 9 * * mon-fri\"\ntimezone = \"Europe/Berlin\"";

/// What stands where the table would be.
pub(super) fn nothing(filter: &ScheduleFilter, unfiltered: u64) -> AnyView {
    if unfiltered == 0 {
        view! { <FirstRun /> }.into_any()
    } else if is_filtered(filter) {
        no_match(filter).into_any()
    } else {
        past_the_end(filter).into_any()
    }
}

#[component]
fn FirstRun() -> impl IntoView {
    view! {
        <Empty title="No schedule yet">
            <p>
                "A schedule sends a task at its time: every so often, by a crontab, at sunrise, or once. Whoever of the \
                processes leads sends it, and each occurrence is sent once. Add one here, or write it into umbel.toml:"
            </p>
            <div class="command">
                <pre tabindex="0">{SNIPPET}</pre>
                <CopyButton text=Signal::stored(SNIPPET.to_owned()) label="Copy the lines" attr:data-copy="" attr:data-page-action="" />
            </div>
            <p><a class="button" href="/schedules/new">"Add a schedule"</a></p>
        </Empty>
    }
}

fn no_match(filter: &ScheduleFilter) -> impl IntoView + use<> {
    let standing = STANDINGS.iter().find(|known| Some(known.0) == filter.standing);
    let search = Some(filter.search.clone()).filter(|search| !search.is_empty());
    let clear = cleared(filter);
    view! {
        <Empty title="No schedule matches">
            <p>"The active filters are:"</p>
            <ul class="active-filters">
                {search.map(|search| view! { <li>{format!("name or task “{search}”")}</li> })}
                {standing.map(|known| view! { <li>{known.1}</li> })}
            </ul>
            <p>
                <a class="button" href=clear>"Clear the filters"</a>
            </p>
        </Empty>
    }
}

fn past_the_end(filter: &ScheduleFilter) -> impl IntoView + use<> {
    let first = schedules_href(&ScheduleFilter { offset: 0, ..filter.clone() });
    view! {
        <Empty title="Nothing on this page">
            <p>
                <a class="button" href=first>"Go to the first page"</a>
            </p>
        </Empty>
    }
}
