//! A proposal coach: comments on sections and answers questions.

use super::dice::Dice;
use super::trouble::RateLimitError;
use super::work::Work;
use crate::client::Send;
use crate::task::{Args, TaskError, Tasks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const ANALYZE_SECTION: &str = "celery_tasks.analyze_section_task";
const PROCESS_CHAT: &str = "celery_tasks.process_chat_task";
const SECTIONS: [&str; 4] = ["Executive summary", "Market analysis", "Financial plan", "Team"];
const QUESTIONS: [&str; 4] = [
    "How do I shorten the executive summary?",
    "Which numbers do investors look at first?",
    "Is the market analysis convincing?",
    "What is missing in the team section?",
];

pub(super) fn tasks() -> Tasks {
    Tasks::new()
        .task_with(ANALYZE_SECTION, analyze_section, |o| {
            o.queue("analysis")
                .max_retries(3)
                .retry_delay(Duration::from_secs(10))
                .summary("Comments on a section of a document.")
                .example(json!({"section": SECTIONS[0], "content": "We help small shops to sell online."}))
        })
        .task_with(PROCESS_CHAT, process_chat, |o| {
            o.queue("chat")
                .max_retries(3)
                .summary("Answers a question about the document.")
                .example(json!({"message": QUESTIONS[0], "session_id": "s-7"}))
        })
}

pub(super) fn request(dice: &mut Dice) -> Send {
    if dice.chance(0.4) {
        let content = "We help small shops to sell online. ".repeat(dice.between(1, 6) as usize);
        return Send::new(ANALYZE_SECTION).arg(dice.pick(&SECTIONS)).arg(content.trim_end());
    }
    Send::new(PROCESS_CHAT)
        .kwarg("message", dice.pick(&QUESTIONS))
        .kwarg("session_id", format!("s-{}", dice.between(1, 60)))
}

#[derive(Deserialize)]
struct Section {
    section: String,
    content: String,
}

async fn analyze_section(
    Args(Section { section, content }): Args<Section>,
    mut work: Work,
) -> Result<Value, TaskError> {
    let steps = ["Reading the section…", "Analyzing section…", "Writing feedback…"];
    work.through(&steps, 2.0).await?;
    if work.dice.chance(0.09) {
        return Err(work.again(5.0, RateLimitError::new()));
    }
    let score = work.dice.between(55, 96);
    Ok(json!({
        "section": section,
        "score": score,
        "words": content.split_whitespace().count(),
        "feedback": {
            "strengths": ["A clear audience", "Plain language"],
            "weaknesses": if score < 75 { json!(["No numbers", "No competitor is named"]) } else { json!([]) },
        },
    }))
}

#[derive(Deserialize)]
struct Chat {
    message: String,
    #[serde(default)]
    session_id: Option<String>,
}

async fn process_chat(Args(chat): Args<Chat>, mut work: Work) -> Result<Value, TaskError> {
    work.busy(1.8, 0.5).await;
    if work.dice.chance(0.06) {
        return Err(work.again(3.0, RateLimitError::new()));
    }
    Ok(json!({
        "session_id": chat.session_id,
        "question": chat.message,
        "answer": "Start with the one number that changed, then say why it changed.",
        "usage": {"input_tokens": work.dice.between(400, 3000), "output_tokens": work.dice.between(60, 500)},
    }))
}
