//! The week ahead: how many tasks the schedules will send in each hour, as a table that is also a picture.

use crate::api::{answer_with_status, schedule_calendar};
use crate::components::error_panel::ErrorPanel;
use crate::components::zone::{ZoneSwitch, use_zone};
use crate::format::{duration, exact, parse_iso, short};
use crate::live::use_live;
use crate::view::{CalendarDay, CalendarHour, ScheduleCalendar};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const DAY: i64 = 86_400_000;
/// How often the week is asked for again, in milliseconds.
const REFRESH: i64 = 60_000;
/// How many shades the picture has.
const SHADES: u64 = 5;

/// `/schedules?view=calendar`
#[component]
pub(super) fn Week() -> impl IntoView {
    let (live, zone) = (use_live(), use_zone());
    let beat = Memo::new(move |_| live.now.get() / REFRESH);
    let said = RwSignal::new(String::new());
    let week = Resource::new_blocking(
        move || (zone.name(), beat.get(), live.refetch.get()),
        |(zone, ..)| schedule_calendar(zone),
    );
    view! {
        <div class="week-head">
            <p class="muted">"Tasks to be sent, hour by hour"</p>
            <ZoneSwitch />
        </div>
        <Transition fallback=|| view! { <div class="table-skeleton" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                match week.await {
                    Ok(week) => {
                        let here = untrack(|| zone.absolute(live.now.get()));
                        view! { <Grid week here said /> }.into_any()
                    }
                    Err(error) => {
                        answer_with_status(&error);
                        view! { <ErrorPanel error=Signal::stored(error) /> }.into_any()
                    }
                }
            })}
        </Transition>
        <p class="week-said" aria-hidden="true">{said}</p>
    }
}

/// Hours down, days across. One hour is a stop of the tab key, and arrows lead from it to the others; what is known
/// of the hour under the pointer or the focus stands below.
#[component]
fn Grid(
    week: ScheduleCalendar,
    /// The present moment as it is written in the zone of the page.
    here: String,
    /// Takes the words of the hour one points at.
    said: RwSignal<String>,
) -> impl IntoView {
    let tell = move |target: Option<web_sys::EventTarget>| {
        let title = target
            .and_then(|target| target.dyn_into::<HtmlElement>().ok())
            .and_then(|cell| cell.get_attribute("title"));
        if let Some(title) = title {
            said.set(title);
        }
    };
    let most = week.days.iter().flat_map(|day| &day.hours).map(|hour| hour.runs).max().unwrap_or_default();
    let days = week.days;
    // Where the tab key stops: the present hour, or the first where the week does not hold it.
    let start = days
        .iter()
        .find_map(|day| here.starts_with(&day.date).then(|| here.get(..13)).flatten().map(str::to_owned))
        .or_else(|| days.first().map(|day| format!("{} 00", day.date)))
        .unwrap_or_default();
    let label = format!("Expected tasks by day and hour, {}", week.zone);
    let head = |day: &CalendarDay| {
        let (weekday, of_month) = day_words(&day.date);
        view! { <th scope="col" title=day.date.clone()>{weekday} " " <span class="muted">{of_month}</span></th> }
    };
    let row = |hour: usize| {
        let cells = days.iter().map(|day| cell(day, hour, most, &here, &start)).collect_view();
        view! { <tr><th scope="row">{format!("{hour:02}:00")}</th>{cells}</tr> }
    };
    let sum = |day: &CalendarDay| {
        let sum = day.hours.iter().map(|hour| hour.runs).sum::<u64>();
        view! { <td title=exact(sum)>{short(sum)}</td> }
    };
    view! {
        <table
            class="week"
            role="grid"
            aria-label=label
            on:keydown=|event: KeyboardEvent| walk(&event)
            on:focusin=move |event: web_sys::FocusEvent| tell(event.target())
            on:pointerover=move |event: web_sys::PointerEvent| tell(event.target())
        >
            <thead>
                <tr><th scope="col" title=week.zone>{week.zone.clone()}</th>{days.iter().map(head).collect_view()}</tr>
            </thead>
            <tbody>{(0..24).map(row).collect_view()}</tbody>
            <tfoot>
                <tr><th scope="row">"All day"</th>{days.iter().map(sum).collect_view()}</tr>
            </tfoot>
        </table>
    }
}

fn cell(day: &CalendarDay, hour: usize, most: u64, here: &str, start: &str) -> impl IntoView + use<> {
    let known = day.hours.get(hour).cloned().unwrap_or_default();
    let place = format!("{} {hour:02}", day.date);
    let is_now = here.starts_with(&place);
    let class = format!("week-{}{}", shade(known.runs, most), if is_now { " week-now" } else { "" });
    let runs = (known.runs > 0).then(|| short(known.runs));
    let title = hour_words(day, hour, &known);
    view! {
        <td class=class title=title tabindex=if start == place { "0" } else { "-1" } aria-current=is_now.then_some("time")>{runs}</td>
    }
}

/// From nothing to the most there is, in equal steps; what exists is never shown as nothing.
fn shade(runs: u64, most: u64) -> u64 {
    (runs * SHADES).div_ceil(most.max(1))
}

/// "Mon 23, 09:00: 120 tasks, about 3 m 20 s of work. Most of them: report, backup"
fn hour_words(day: &CalendarDay, hour: usize, known: &CalendarHour) -> String {
    let (weekday, of_month) = day_words(&day.date);
    let tasks = match known.runs {
        0 => "nothing".to_owned(),
        1 => "1 task".to_owned(),
        runs => format!("{} tasks", exact(runs)),
    };
    let work = known.work.map(|work| format!(", about {} of work", duration(work))).unwrap_or_default();
    let most = match known.most.is_empty() {
        true => String::new(),
        false => format!(". Most of them: {}", known.most.join(", ")),
    };
    format!("{weekday} {of_month}, {hour:02}:00: {tasks}{work}{most}")
}

/// "Mon" and "23" of `2026-11-23`.
fn day_words(date: &str) -> (&'static str, String) {
    // The epoch began on a Thursday.
    let words = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let weekday = parse_iso(date).and_then(|at| words.get(at.div_euclid(DAY).rem_euclid(7) as usize));
    (weekday.copied().unwrap_or_default(), date.rsplit('-').next().unwrap_or_default().to_owned())
}

/// Moves the focus from hour to hour.
fn walk(event: &KeyboardEvent) {
    let (down, across) = match event.key().as_str() {
        "ArrowUp" => (-1, 0),
        "ArrowDown" => (1, 0),
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        "PageUp" => (-6, 0),
        "PageDown" => (6, 0),
        "Home" => (0, -7),
        "End" => (0, 7),
        _ => return,
    };
    let Ok(cells) = document().query_selector_all(".week tbody td") else { return };
    let present = document().active_element();
    let at = (0..cells.length())
        .find(|at| cells.item(*at).is_some_and(|cell| cell.is_same_node(present.as_deref())));
    let Some(at) = at.and_then(|at| i32::try_from(at).ok()) else { return };
    event.prevent_default();
    let (hour, day) = ((at / 7 + down).clamp(0, 23), (at % 7 + across).clamp(0, 6));
    let cell = u32::try_from(hour * 7 + day).ok().and_then(|to| cells.item(to));
    if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<HtmlElement>().ok()) {
        // At worst the focus stays where it is.
        let _ = cell.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_told_in_words() {
        let day = CalendarDay { date: "2026-11-23".to_owned(), start: 0, hours: Vec::new() };
        let known =
            CalendarHour { runs: 1_200, work: Some(200.0), most: vec!["a".to_owned(), "b".to_owned()] };
        assert_eq!(
            hour_words(&day, 9, &known),
            "Mon 23, 09:00: 1,200 tasks, about 3 m 20 s of work. Most of them: a, b"
        );
        assert_eq!(hour_words(&day, 23, &CalendarHour::default()), "Mon 23, 23:00: nothing");
    }

    #[test]
    fn shades_go_from_nothing_to_the_most() {
        assert_eq!([0, 1, 20, 21, 99, 100].map(|runs| shade(runs, 100)), [0, 1, 1, 2, 5, 5]);
        assert_eq!(shade(0, 0), 0);
    }
}
