//! Does what ends have set off, for a whole batch of them at a time.

use super::expand::Expansion;
use super::fail::Failing;
use super::follow::{Follow, Part};
use super::ids::Ids;
use super::join::{self, NoBody};
use super::options::Options;
use super::plan::{FollowError, Plan};
use super::sender;
use crate::protocol::{ResultMeta, Signature, TaskId, result};
use crate::results::{ClosedChord, Complete, Joined};
use crate::worker::Shared;
use crate::worker::settle::persist;
use serde_json::Value;

/// Sends what comes before the results are stored. `None` when the worker has to go before that is done.
pub(in crate::worker) async fn send(shared: &Shared, follows: &mut [Follow]) -> Option<()> {
    let mut all = Plan::default();
    follows.iter_mut().for_each(|follow| all.append(std::mem::take(&mut follow.first)));
    publish(shared, all).await
}

/// Does what comes after the results were stored. `None` as above.
pub(in crate::worker) async fn finish(shared: &Shared, follows: Vec<Follow>) -> Option<()> {
    let mut then = Plan::default();
    let mut parts = Vec::new();
    for follow in follows {
        then.append(follow.then);
        parts.extend(follow.parts);
    }
    // A body that fails may itself be a part of a chord further out, so this can take several rounds.
    while !parts.is_empty() {
        parts = count(shared, parts).await?;
    }
    publish(shared, then).await
}

/// What complete chords set off.
#[derive(Default)]
struct Round {
    plan: Plan,
    metas: Vec<ResultMeta>,
    closed: Vec<ClosedChord>,
    parts: Vec<Part>,
}

/// Counts ends and sees to the bodies of chords that are complete. Returns the ends this has led to.
async fn count(shared: &Shared, parts: Vec<Part>) -> Option<Vec<Part>> {
    let ends: Vec<_> = parts.iter().map(|part| part.end.clone()).collect();
    let joined = persist(shared, "count the ends of chords", || shared.results.join(ends.clone())).await?;
    let mut round = Round::default();
    for (part, joined) in parts.iter().zip(joined) {
        if let Joined::Complete(complete) = joined {
            round.complete(shared, part, &complete);
        }
    }
    let Round { plan, metas, closed, parts } = round;
    if closed.is_empty() {
        return Some(parts);
    }
    publish(shared, plan).await?;
    if !metas.is_empty() {
        persist(shared, "store results", || shared.results.put(metas.clone())).await?;
    }
    persist(shared, "close chords", || shared.results.close_chords(closed.clone())).await?;
    Some(parts)
}

impl Round {
    fn complete(&mut self, shared: &Shared, part: &Part, complete: &Complete) {
        let group = part.end.group.clone();
        let plan = join::results(complete).and_then(|results| {
            body(shared, part, results)
                .map_err(|reason| NoBody::new(format!("Callback error: {reason}"), None))
        });
        let ran = plan.is_ok();
        match plan {
            Ok(plan) => self.plan.append(plan),
            Err(no_body) => self.fail(shared, part, &no_body),
        }
        self.closed.push(ClosedChord { group, claim: complete.claim.clone(), ran });
    }

    fn fail(&mut self, shared: &Shared, part: &Part, no_body: &NoBody) {
        tracing::error!(chord = part.end.group, error = %no_body.error, "the body of a chord does not run");
        let is_group = part.body["subtask_type"] == "group";
        let error = no_body.cause.as_ref().filter(|_| is_group).unwrap_or(&no_body.error);
        let mut failing = Failing::new(sender(shared, shared.clock.now()), error, None, &part.root);
        failing.fail_body(&part.body);
        let Failing { mut metas, parts, plan, .. } = failing;
        // Celery lists the errbacks as children of the body they speak of.
        if let (false, Some(meta)) = (plan.children.is_empty(), metas.first_mut()) {
            meta.children = result::raw(&plan.children).ok();
        }
        self.plan.append(plan);
        self.metas.extend(metas);
        self.parts.extend(parts);
    }
}

/// What the body of a complete chord is sent as. The end that completed the chord is its parent.
fn body(shared: &Shared, part: &Part, results: Value) -> Result<Plan, FollowError> {
    let body = Signature::parse(part.body.clone())?;
    let root = body.option_text("root_id").map_or_else(|| part.root.clone(), TaskId::from);
    let ids = Ids::of(&part.end.group, "body");
    let sender = sender(shared, shared.clock.now());
    let mut expansion = Expansion::new(sender, &root, &part.end.task_id, ids);
    expansion.send(body, &[results], Options::new())?;
    Ok(expansion.plan)
}

/// Opens chords, then sends messages: no end may come before it is known how many there will be.
async fn publish(shared: &Shared, plan: Plan) -> Option<()> {
    let Plan { chords, messages, .. } = plan;
    if !chords.is_empty() {
        persist(shared, "open chords", || shared.results.open_chords(chords.clone())).await?;
    }
    if !messages.is_empty() {
        persist(shared, "send what follows tasks", || shared.client.publish(messages.clone())).await?;
    }
    Some(())
}
