//! What a due entry does now. Pure: the entry, its past and the moment go in.

use crate::schedule::{Definition, Missed, Schedule};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// What is sent within this time of being due is on time, and an interval goes on from the moment it was due.
pub(super) const ON_TIME: TimeDelta = TimeDelta::seconds(1);

/// A leader that dies is replaced within this time. What was due meanwhile was not missed, it is only late.
const REPLACED: TimeDelta = TimeDelta::seconds(15);

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The moments for each of which a task is sent, oldest first.
    pub(super) sends: Vec<DateTime<Utc>>,
    /// The last of those that are not made up for, and how many they are.
    pub(super) missed: Option<(DateTime<Utc>, u64)>,
    /// What the next occurrence is counted from.
    pub(super) anchor: DateTime<Utc>,
    pub(super) late: bool,
}

/// `None` while it is not due. `deadline` is how late a crontab's run may be made up for.
pub(super) fn plan(
    entry: &Definition,
    anchor: DateTime<Utc>,
    now: DateTime<Utc>,
    deadline: Option<Duration>,
) -> Option<Plan> {
    let (latest, count) = entry.schedule.latest(anchor, now, entry.zone)?;
    let lateness = now - latest.at;
    let late = count > 1 || lateness >= ON_TIME;
    let too_late = deadline.is_some_and(|deadline| {
        let deadline = TimeDelta::from_std(deadline).unwrap_or(TimeDelta::MAX);
        matches!(entry.schedule, Schedule::Crontab(_)) && lateness > deadline
    });
    let sends = match entry.missed {
        _ if too_late => Vec::new(),
        _ if !late => vec![latest.at],
        Missed::Once => vec![latest.at],
        Missed::Skip if lateness <= REPLACED => vec![latest.at],
        Missed::Skip => Vec::new(),
        Missed::All(most) => {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let newest = entry.schedule.newest(anchor, now, entry.zone, most);
            newest.into_iter().map(|occurrence| occurrence.at).collect()
        }
    };
    let not_sent = count - u64::try_from(sends.len()).unwrap_or(count).min(count);
    let missed = (not_sent > 0).then(|| (last_missed(entry, anchor, &sends, latest.at), not_sent));
    // An interval whose run was late starts anew from now, as in Celery, unless it has to keep to its grid.
    let begins_anew = late
        && !sends.is_empty()
        && entry.missed == Missed::Once
        && matches!(entry.schedule, Schedule::Interval(_));
    Some(Plan { sends, missed, anchor: if begins_anew { now } else { latest.at }, late })
}

/// The last moment before the first one that is made up for, or the last of all.
fn last_missed(
    entry: &Definition,
    anchor: DateTime<Utc>,
    sends: &[DateTime<Utc>],
    latest: DateTime<Utc>,
) -> DateTime<Utc> {
    let Some(first) = sends.first() else { return latest };
    let before = *first - TimeDelta::microseconds(1);
    entry.schedule.latest(anchor, before, entry.zone).map_or(latest, |(occurrence, _)| occurrence.at)
}
