//! Sends what is due.
//!
//! Whatever the number of entries that are due at once, they cost one write. Each entry's new state and its tasks are
//! one change in it: whoever else has changed the entry meanwhile, a leader that was thought dead for instance, makes
//! ours come too late, and then nothing of it happens.

use super::entry::{Entry, schedule_of};
use super::plan::{ON_TIME, plan};
use super::state::{Mark, MarkKind, State};
use super::{Inner, STATES};
use crate::broker::{BrokerError, Change};
use crate::client::Send;
use crate::protocol::{Message, TaskId, time};
use crate::schedule::Definition;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// Entries in one write at most.
const BATCH: usize = 1_000;

/// The header by which we know our own: the entry's name.
pub(super) const OURS: &str = "umbel_schedule";
/// The header that tells a task which of its occurrences it is: when that was due.
const DUE: &str = "umbel_due";

/// Before an entry whose task could not be sent is looked at again.
const AGAIN: TimeDelta = TimeDelta::seconds(5);

/// A task that has not ended in this time is taken for lost, so that one whose end nobody hears of does not stop its
/// entry for ever.
const LOST: TimeDelta = TimeDelta::days(1);

/// An entry's name, its new state, and what is published with it.
type Sent = (Arc<str>, String, Vec<Message>);

/// An entry that is looked at, and what comes of it.
struct Step {
    entry: Entry,
    state: State,
    /// The moments for which tasks are to be sent.
    sends: Vec<DateTime<Utc>>,
    messages: Vec<Message>,
}

impl Inner {
    /// Does what is due now, for a batch of entries.
    pub(super) async fn tick(&self, now: DateTime<Utc>) -> Result<(), BrokerError> {
        let due = self.agenda().due(now, BATCH);
        let mut steps: Vec<Step> = due.into_iter().map(|entry| self.step(entry, now)).collect();
        self.hold_back(&mut steps, now).await;
        for step in &mut steps {
            self.send(step, now);
        }
        self.write(steps, now).await
    }

    /// What an entry does, as far as it alone says that.
    fn step(&self, entry: Entry, now: DateTime<Utc>) -> Step {
        let known = entry.state();
        let Some(definition) = entry.active() else {
            let mut state = known.unwrap_or_else(|| State::new(String::new(), now));
            state.switch_off();
            return Step { entry, state, sends: Vec::new(), messages: Vec::new() };
        };
        let schedule = schedule_of(definition);
        let mut state = known.unwrap_or_else(|| State::new(schedule.clone(), now));
        let deadline = self.settings.starting_deadline;
        let plan = match state.head.is_of(&schedule) {
            true => plan(definition, state.head.anchor(), now, deadline),
            false => None,
        };
        let Some(plan) = plan else {
            state.begin_again(schedule, now);
            return Step { entry, state, sends: Vec::new(), messages: Vec::new() };
        };
        state.anchor_at(plan.anchor);
        if let Some((last, count)) = plan.missed {
            tracing::warn!(
                schedule = &*entry.name,
                count,
                last_due = %last,
                "beat: nobody was there when it was due; it is not made up for"
            );
            state.add(Mark::new(last, now, MarkKind::Missed, count));
        }
        Step { entry, state, sends: plan.sends, messages: Vec::new() }
    }

    /// Does not send what would be one too many, for entries that limit how many of their tasks run.
    async fn hold_back(&self, steps: &mut [Step], now: DateTime<Utc>) {
        let limited = |step: &Step| match step.sends.is_empty() {
            true => None,
            false => step.entry.active()?.max_running,
        };
        let ids: Vec<TaskId> = steps
            .iter()
            .filter(|step| limited(step).is_some())
            .flat_map(|step| step.state.tasks_since(now - LOST))
            .collect();
        let running: HashSet<TaskId> = match ids.is_empty() {
            true => HashSet::new(),
            false => {
                let ended = self.ends.ended(ids.clone()).await;
                ids.into_iter().zip(ended).filter(|(_, ended)| !ended).map(|(id, _)| id).collect()
            }
        };
        for step in steps {
            let Some(most) = limited(step) else { continue };
            let now_running = step.state.tasks_since(now - LOST).filter(|id| running.contains(id)).count();
            let room = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(now_running);
            for due in step.sends.split_off(room.min(step.sends.len())) {
                tracing::info!(
                    schedule = &*step.entry.name,
                    most,
                    "beat: not sent, as many as may are still running"
                );
                step.state.add(Mark::new(due, now, MarkKind::Overlap, 1));
            }
        }
    }

    /// Makes the messages of a step.
    fn send(&self, step: &mut Step, now: DateTime<Utc>) {
        let Some(definition) = step.entry.active().map(Arc::clone) else { return };
        for due in std::mem::take(&mut step.sends) {
            let kind = if now - due < ON_TIME { MarkKind::OnTime } else { MarkKind::Late };
            let mark = Mark::new(due, now, kind, 1);
            let id = step.state.head.task_id(mark.due);
            let send = self.task(&step.entry.name, &definition, id, due, now);
            match self.client.prepare(send) {
                Ok(message) => {
                    step.messages.push(message);
                    step.state.add(mark);
                }
                Err(error) => {
                    tracing::error!(schedule = &*step.entry.name, %error, "beat: its task cannot be sent");
                    step.state.add(Mark { kind: MarkKind::Missed, ..mark });
                }
            }
        }
    }

    /// The task of an entry.
    pub(super) fn task(
        &self,
        name: &str,
        definition: &Definition,
        id: TaskId,
        due: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Send {
        let mut send = definition.to_send(now).id(id);
        send.options.headers.insert(OURS.to_owned(), Value::from(name));
        send.options.headers.insert(DUE.to_owned(), Value::from(time::format(due)));
        send
    }

    /// Makes the changes, and takes over what has become of them.
    async fn write(&self, steps: Vec<Step>, now: DateTime<Utc>) -> Result<(), BrokerError> {
        let mut sent = Vec::with_capacity(steps.len());
        let mut changes = Vec::with_capacity(steps.len());
        for Step { entry, state, messages, .. } in steps {
            let text = state.write();
            changes.push(Change {
                name: entry.name.to_string(),
                was: entry.state.as_deref().map(str::to_owned),
                becomes: Some(text.clone()),
                messages: messages.clone(),
            });
            sent.push((entry.name, text, messages));
        }
        let made = match self.notebook.write(STATES, changes).await {
            Ok(made) => made,
            Err(error) => return self.find_refused(sent, &error, now).await,
        };
        let mut late = Vec::new();
        let mut published = Vec::new();
        {
            let mut agenda = self.agenda();
            for ((name, text, messages), made) in sent.into_iter().zip(made) {
                if !made {
                    late.push(name.to_string());
                    continue;
                }
                for message in &messages {
                    let (task, id) = (&message.headers.task, &message.headers.id);
                    tracing::info!(task, %id, "beat: sending due task {name}");
                }
                agenda.put_state(&name, Some(text.into()), now);
                published.extend(messages);
            }
        }
        if !published.is_empty() {
            self.client.announce(&published).await;
        }
        self.changed();
        self.refresh(late).await
    }

    /// A write has failed: for all of its entries, or for one whose queue the broker refuses. What was made all the same
    /// is read again; the rest has to wait a little, so that one bad entry does not keep the others from their times.
    async fn find_refused(
        &self,
        sent: Vec<Sent>,
        error: &BrokerError,
        now: DateTime<Utc>,
    ) -> Result<(), BrokerError> {
        let names: Vec<String> = sent.iter().map(|(name, ..)| name.to_string()).collect();
        self.refresh(names).await?;
        let mut refused = Vec::new();
        let mut published = Vec::new();
        {
            let mut agenda = self.agenda();
            for (name, text, messages) in sent {
                let is_made = agenda.get(&name).is_some_and(|entry| entry.state.as_deref() == Some(&text));
                if is_made {
                    published.extend(messages);
                } else {
                    agenda.postpone(&name, now + AGAIN);
                    refused.push(name);
                }
            }
        }
        tracing::error!(
            count = refused.len(),
            first = refused.first().map(|name| &**name),
            reason = %error,
            "beat: tasks that are due cannot be sent; trying again every five seconds"
        );
        self.client.announce(&published).await;
        Ok(())
    }
}
