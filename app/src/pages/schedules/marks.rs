//! What became of an entry's newest occurrences: a mark each. The shape of a mark tells as much as its colour.

use crate::components::badge::state_class;
use crate::components::zone::TabZone;
use crate::format::{UNKNOWN, duration, exact};
use crate::query::encode;
use crate::view::{RunKind, RunMark, TaskState};
use leptos::prelude::*;

/// The marks, oldest first. For the eye and the hand: ears get one sentence, and keyboards the page of the entry, where
/// the same tasks are listed.
pub(super) fn strip(marks: &[RunMark], zone: TabZone) -> AnyView {
    let mark = |mark: &RunMark| {
        let class = class(mark);
        let title = format!("{} · {}", zone.absolute(mark.due), words(mark));
        match &mark.id {
            Some(id) => {
                let href = format!("/tasks/{}", encode(id));
                view! { <a class=class href=href title=title tabindex="-1"></a> }.into_any()
            }
            None => view! { <span class=class title=title></span> }.into_any(),
        }
    };
    if marks.is_empty() {
        return view! { <span class="muted">{UNKNOWN}</span> }.into_any();
    }
    view! {
        <span class="runs" aria-hidden="true">{marks.iter().map(mark).collect_view()}</span>
        <span class="visually-hidden">{summary(marks)}</span>
    }
    .into_any()
}

/// What each shape means, once for all strips of the page.
#[component]
pub(super) fn Legend() -> impl IntoView {
    let shapes = [
        ("run run-done state-success", "succeeded"),
        ("run run-failed state-failure", "failed"),
        ("run run-running state-started", "running"),
        ("run run-waiting state-pending", "waiting"),
        ("run run-done run-late state-success", "sent late"),
        ("run run-done run-by-hand state-success", "by hand"),
        ("run run-missed state-retry", "missed"),
        ("run run-overlap state-retry", "left out"),
    ];
    let shape = |(class, word)| view! { <li><span class=class aria-hidden="true"></span>{word}</li> };
    view! { <ul class="run-legend" aria-label="Marks of the history">{shapes.map(shape).collect_view()}</ul> }
}

fn class(mark: &RunMark) -> String {
    let shape = match (mark.kind, mark.state) {
        (RunKind::Missed, _) => return "run run-missed state-retry".to_owned(),
        (RunKind::Overlap, _) => return "run run-overlap state-retry".to_owned(),
        (_, Some(TaskState::Success)) => "run-done",
        (_, Some(state)) if state.is_final() => "run-failed",
        (_, Some(state)) if state.is_running() => "run-running",
        _ => "run-waiting",
    };
    let way = match mark.kind {
        RunKind::Late => " run-late",
        RunKind::ByHand => " run-by-hand",
        _ => "",
    };
    format!("run {shape}{way} {}", state_class(mark.state.unwrap_or(TaskState::Pending)))
}

/// How it came to be sent, or why it was not: "2.0 s late".
pub(super) fn way(mark: &RunMark) -> String {
    let way = match (mark.kind, mark.sent_at) {
        (RunKind::OnTime, _) => "on time".to_owned(),
        (RunKind::Late, Some(sent)) => {
            format!("{} late", duration((sent - mark.due).max(0) as f64 / 1_000.0))
        }
        (RunKind::Late, None) => "late".to_owned(),
        (RunKind::ByHand, _) => "by hand".to_owned(),
        (RunKind::Missed, _) => "missed, nobody was there".to_owned(),
        (RunKind::Overlap, _) => "left out, the one before still ran".to_owned(),
    };
    if mark.count > 1 { format!("{way}, {} times", exact(mark.count)) } else { way }
}

/// A mark in words, without its moment: "SUCCESS in 500 ms, on time".
fn words(mark: &RunMark) -> String {
    let way = way(mark);
    match (mark.state, mark.runtime) {
        (Some(state), Some(runtime)) => format!("{} in {}, {way}", state.as_str(), duration(runtime)),
        (Some(state), None) => format!("{}, {way}", state.as_str()),
        (None, _) => way,
    }
}

/// The strip in one sentence: "30 newest: 28 SUCCESS, 2 missed".
fn summary(marks: &[RunMark]) -> String {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    for mark in marks {
        let word = match (mark.kind, mark.state) {
            (RunKind::Missed, _) => "missed",
            (RunKind::Overlap, _) => "left out",
            (_, Some(state)) => state.as_str(),
            (_, None) => "sent",
        };
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += mark.count,
            None => counts.push((word, mark.count)),
        }
    }
    let all = counts.iter().map(|(_, count)| count).sum();
    let parts: Vec<_> = counts.iter().map(|(word, count)| format!("{} {word}", exact(*count))).collect();
    format!("{} newest: {}", exact(all), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(kind: RunKind, state: Option<TaskState>) -> RunMark {
        RunMark { due: 1_000, kind, count: 1, id: None, sent_at: Some(3_000), state, runtime: Some(0.5) }
    }

    #[test]
    fn a_mark_says_what_came_of_it_and_how_it_was_sent() {
        assert_eq!(words(&mark(RunKind::Late, Some(TaskState::Success))), "SUCCESS in 500 ms, 2.0 s late");
        let unfinished = RunMark { runtime: None, ..mark(RunKind::ByHand, Some(TaskState::Pending)) };
        assert_eq!(words(&unfinished), "PENDING, by hand");
        let missed = RunMark { count: 1_200, ..mark(RunKind::Missed, None) };
        assert_eq!(words(&missed), "missed, nobody was there, 1,200 times");
    }

    #[test]
    fn no_two_fates_look_alike() {
        let fates = [
            mark(RunKind::OnTime, Some(TaskState::Success)),
            mark(RunKind::OnTime, Some(TaskState::Failure)),
            mark(RunKind::OnTime, Some(TaskState::Started)),
            mark(RunKind::OnTime, Some(TaskState::Pending)),
            mark(RunKind::Late, Some(TaskState::Success)),
            mark(RunKind::ByHand, Some(TaskState::Success)),
            mark(RunKind::Missed, None),
            mark(RunKind::Overlap, None),
        ];
        // Without the colour, which is the last class.
        let mut shapes: Vec<_> = fates.iter().map(class).collect();
        shapes.iter_mut().for_each(|class| class.truncate(class.rfind(' ').unwrap_or_default()));
        for (at, shape) in shapes.iter().enumerate() {
            assert!(!shapes[..at].contains(shape), "{shape}");
        }
    }

    #[test]
    fn the_strip_is_told_in_one_sentence() {
        let marks = [
            mark(RunKind::OnTime, Some(TaskState::Success)),
            mark(RunKind::Late, Some(TaskState::Success)),
            RunMark { count: 3, ..mark(RunKind::Missed, None) },
            mark(RunKind::OnTime, None),
        ];
        assert_eq!(summary(&marks), "6 newest: 2 SUCCESS, 3 missed, 1 sent");
    }
}
