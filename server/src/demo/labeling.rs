//! A workflow recorder: names the steps people did, with the help of a model.

use super::dice::Dice;
use super::trouble::{OutputParsingError, RateLimitError};
use super::work::Work;
use crate::client::Send;
use crate::task::{Args, TaskError, Tasks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const LABEL_STEPS: &str = "app.tasks.ai_labeling.label_workflow_steps";
const LABELS: [&str; 5] = [
    "Open the customer's record",
    "Choose a due date",
    "Attach the invoice",
    "Confirm the change",
    "Send for approval",
];
/// What a model says now and then instead of JSON.
const CHATTER: &str = "Sure! Here are the labels: {\"label\": ";

pub(super) fn tasks() -> Tasks {
    Tasks::new().task_with(LABEL_STEPS, label_workflow_steps, |o| {
        o.queue("ai_labeling")
            .soft_time_limit(Duration::from_secs(270))
            .time_limit(Duration::from_secs(300))
            .max_retries(3)
            .summary("Labels the recorded steps of a workflow.")
            .example(json!({"workflow_id": 1}))
    })
}

pub(super) fn request(dice: &mut Dice) -> Send {
    Send::new(LABEL_STEPS).arg(dice.between(1, 4000))
}

#[derive(Deserialize)]
struct Workflow {
    workflow_id: u32,
}

async fn label_workflow_steps(
    Args(Workflow { workflow_id }): Args<Workflow>,
    mut work: Work,
) -> Result<Value, TaskError> {
    let total = work.dice.between(3, 14) as usize;
    let mut labels = Vec::new();
    for step in 0..total {
        work.report(step, total, &format!("Labeling step {} of {total}", step + 1)).await?;
        work.busy(0.5, 0.5).await;
        if work.dice.chance(0.012) {
            return Err(work.again(5.0, RateLimitError::new()));
        }
        let confidence = (0.6 + work.dice.share() * 0.4 * 100.0).round() / 100.0;
        labels.push(json!({"step": step + 1, "label": work.dice.pick(&LABELS), "confidence": confidence}));
    }
    if work.dice.chance(0.05)
        && let Some(error) = OutputParsingError::of(CHATTER)
    {
        return Err(error.into());
    }
    Ok(json!({"workflow_id": workflow_id, "status": "completed", "labeled": total, "labels": labels}))
}
