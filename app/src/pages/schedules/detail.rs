//! One schedule with all that is known about it.

use super::acts::{Acts, PostedRefusal, run_now, switch};
use super::follow::follow;
use super::history::{history, upcoming};
use super::remove::Remove;
use super::row::next;
use crate::api::{answer_with_status, form_told, get_schedule};
use crate::components::error_panel::ErrorPanel;
use crate::components::icon::{Icon, IconName};
use crate::components::json_view::JsonView;
use crate::components::told::Told;
use crate::format::{UNKNOWN, exact};
use crate::query::{TaskQuery, queue_href, schedule_href};
use crate::view::{ScheduleDetail, ScheduleOrigin, ScheduleRow, ScheduleStanding};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde_json::Value;

/// How many missed runs are made up for where an entry does not say.
const USUAL_LIMIT: u64 = 10;

/// `/schedules/:name`
#[component]
pub fn SchedulePage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name").unwrap_or_default()));
    let detail = Resource::new_blocking(move || name.get(), get_schedule);
    view! {
        <Title text=move || name.get() />
        <Transition>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(detail) => view! { <Schedule detail /> }.into_any(),
                    Err(error) => {
                        answer_with_status(&error);
                        view! {
                            <h1 class="page-title">{name.get_untracked()}</h1>
                            <ErrorPanel error=Signal::stored(error) />
                            <p class="page-after"><a href="/schedules">"All schedules"</a></p>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Schedule(detail: ScheduleDetail) -> impl IntoView {
    let name = detail.row.name.clone();
    let stored = detail.row.origin == ScheduleOrigin::Stored;
    let is_new = StoredValue::new(name.clone());
    let detail = RwSignal::new(detail);
    let fetch = move || {
        let name = is_new.get_value();
        spawn_local(async move {
            // A failure leaves what is known; the reader may also have left the page meanwhile.
            if let Ok(newest) = get_schedule(name).await {
                let _ = detail.try_set(newest);
            }
        });
    };
    follow(move |test| detail.with_untracked(|detail| test(&detail.row)), fetch);
    let acts = Acts::new(fetch);
    let told = form_told();
    let definition = Memo::new(move |_| {
        detail.with(|detail| {
            serde_json::from_str(&detail.definition)
                .unwrap_or_else(|_| Value::String(detail.definition.clone()))
        })
    });
    let edit = format!("{}/edit", schedule_href(&name));
    let elsewhere = detail.with_untracked(|detail| read_only(&detail.row.origin));
    let remove = stored.then(|| view! { <Remove name=name.clone() /> });
    view! {
        <header class="page-head">
            <h1 class="queue-name">{name}</h1>
            <div class="task-acts">
                {move || detail.with(|detail| run_now(&detail.row, acts, "button"))}
                {move || detail.with(|detail| switch(&detail.row, acts, true))}
                {stored.then(|| view! { <a class="button" href=edit>"Edit"</a> })}
            </div>
        </header>
        {move || told.get().map(|sentence| view! { <Told sentence /> })}
        <PostedRefusal />
        {elsewhere}
        {move || detail.with(|detail| trouble(&detail.row))}
        {move || detail.with(|detail| definition.with(|definition| facts(&detail.row, definition)))}
        {move || detail.with(upcoming)}
        {move || detail.with(|detail| history(&detail.row.marks))}
        <section class="section" aria-labelledby="definition">
            <div class="section-head"><h2 id="definition">"Definition"</h2></div>
            <JsonView value=definition label="The entry as it is written" />
        </section>
        {remove}
    }
}

/// What is wrong with it, and what should be known about it.
fn trouble(row: &ScheduleRow) -> impl IntoView + use<> {
    let line = |class: &'static str, sentence: String| {
        view! { <p class=class><Icon name=IconName::Alert /><span>{sentence}</span></p> }
    };
    let broken = match &row.standing {
        ScheduleStanding::Broken { sentence } => {
            Some(line("schedule-notice state-failure", sentence.clone()))
        }
        _ => None,
    };
    (broken, row.warning.clone().map(|warning| line("schedule-notice state-retry", warning)))
}

fn facts(row: &ScheduleRow, definition: &Value) -> impl IntoView + use<> {
    let tasks = TaskQuery { name: Some(row.task.clone()), ..TaskQuery::default() };
    let queue = match row.queue.clone() {
        Some(queue) => view! { <a href=queue_href(&queue)>{queue.clone()}</a> }.into_any(),
        None => UNKNOWN.into_any(),
    };
    view! {
        <dl class="facts">
            <div><dt>"Next run"</dt><dd>{next(row)}</dd></div>
            <div><dt>"When"</dt><dd>{row.words.clone()}</dd></div>
            <div><dt>"As written"</dt><dd class="mono">{row.written.clone()}</dd></div>
            <div><dt>"Zone"</dt><dd>{row.zone.clone()}</dd></div>
            <div><dt>"Task"</dt><dd><a href=tasks.href()>{row.task.clone()}</a></dd></div>
            <div><dt>"Queue"</dt><dd>{queue}</dd></div>
            <div><dt>"Sent"</dt><dd>{exact(row.sent)}</dd></div>
            <div><dt>"Passed without a task"</dt><dd>{exact(row.passed)}</dd></div>
            {policies(definition)}
        </dl>
    }
}

/// What happens after a time without a scheduler, and while the last one still runs.
fn policies(definition: &Value) -> impl IntoView + use<> {
    let missed = match (definition["missed"].as_str(), definition["missed_limit"].as_u64()) {
        (Some("skip"), _) => "left out".to_owned(),
        (Some("all"), limit) => format!("each made up for, at most {}", limit.unwrap_or(USUAL_LIMIT)),
        _ => "made up for once".to_owned(),
    };
    let running = definition["max_running"].as_u64().map_or_else(|| "any number".to_owned(), exact);
    view! {
        <div><dt>"Missed runs"</dt><dd>{missed}</dd></div>
        <div><dt>"At the same time"</dt><dd>{running}</dd></div>
    }
}

/// Why it can be neither edited nor deleted here.
fn read_only(origin: &ScheduleOrigin) -> impl IntoView + use<> {
    let (place, node) = match origin {
        ScheduleOrigin::File { path, node } => (format!("the file {path}"), node.clone()),
        ScheduleOrigin::Code { node } => ("the code".to_owned(), node.clone()),
        ScheduleOrigin::Stored => return None,
    };
    let sentence = format!(
        "This schedule comes from {place} of {node}: it is edited and deleted there. Here it can be paused and run."
    );
    Some(view! { <p class="page-note schedule-origin">{sentence}</p> })
}
