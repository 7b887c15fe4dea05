//! A writing assistant: suggestions and drafts by a language model, and LaTeX documents.

use super::dice::Dice;
use super::trouble::{LatexError, RateLimitError, ReadTimeout};
use super::work::Work;
use crate::client::Send;
use crate::task::{Args, TaskError, Tasks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const AI_SUGGEST: &str = "apps.writer_app.tasks.ai_suggest";
const AI_GENERATE: &str = "apps.writer_app.tasks.ai_generate";
const COMPILE_LATEX: &str = "apps.writer_app.tasks.compile_latex";
const QUEUE: &str = "ai_queue";

const SECTIONS: [&str; 5] = ["abstract", "introduction", "methods", "results", "discussion"];
const SENTENCES: [&str; 4] = [
    "We recorded local field potentials from 14 mice during free exploration of a familiar arena.",
    "Our results suggest that sleep spindles precede ripples by roughly 120 ms in most of the sessions.",
    "The proposed method reduces the memory footprint of attention by a factor of three.",
    "In this paper we are presenting a novel approach which is able to solve this problem very efficiently.",
];

pub(super) fn tasks() -> Tasks {
    Tasks::new()
        .task_with(AI_SUGGEST, ai_suggest, |o| {
            o.queue(QUEUE).summary("Suggests how a passage could read better.").example(json!({
                "user_id": 17, "content": SENTENCES[3], "section_type": "abstract", "target": "clarity",
            }))
        })
        .task_with(AI_GENERATE, ai_generate, |o| {
            o.queue(QUEUE)
                .summary("Drafts a section of about the wanted length.")
                .example(json!({"user_id": 17, "section_type": "introduction", "target_words": 250}))
        })
        .task_with(COMPILE_LATEX, compile_latex, |o| {
            o.queue(QUEUE)
                .time_limit(Duration::from_secs(300))
                .summary("Typesets a document.")
                .example(json!({"user_id": 17, "document_id": 402, "output_format": "pdf"}))
        })
}

pub(super) fn request(dice: &mut Dice) -> Send {
    let user = dice.between(1, 240);
    match dice.between(0, 9) {
        0..=4 => Send::new(AI_SUGGEST)
            .kwarg("user_id", user)
            .kwarg("content", dice.pick(&SENTENCES))
            .kwarg("section_type", dice.pick(&SECTIONS))
            .kwarg("target", dice.pick(&["clarity", "brevity", "tone"])),
        5..=6 => Send::new(AI_GENERATE)
            .arg(user)
            .arg(dice.pick(&SECTIONS))
            .arg(dice.pick(&[150, 250, 400]))
            .kwarg("context", json!({"document_id": dice.between(100, 999), "language": "en"})),
        _ => Send::new(COMPILE_LATEX).arg(user).arg(dice.between(100, 999)),
    }
}

#[derive(Deserialize)]
struct Suggest {
    user_id: u32,
    content: String,
    section_type: String,
    #[serde(default = "clarity")]
    target: String,
}

fn clarity() -> String {
    "clarity".to_owned()
}

async fn ai_suggest(Args(passage): Args<Suggest>, mut work: Work) -> Result<Value, TaskError> {
    work.busy(1.4, 0.5).await;
    if work.dice.chance(0.07) {
        return Err(work.again(4.0, RateLimitError::new()));
    }
    let words = passage.content.split_whitespace().count();
    Ok(json!({
        "user_id": passage.user_id,
        "section": passage.section_type,
        "target": passage.target,
        "suggestions": [
            {"kind": "wording", "range": [0, passage.content.len().min(24)], "text": "Lead with the finding."},
            {"kind": "length", "range": [0, passage.content.len()], "text": format!("{words} words; aim at {}.", words * 4 / 5)},
        ],
        "usage": {"input_tokens": words * 2 + 310, "output_tokens": work.dice.between(90, 420)},
    }))
}

#[derive(Deserialize)]
struct Generate {
    user_id: u32,
    section_type: String,
    target_words: u32,
    #[serde(default)]
    context: Option<Value>,
}

async fn ai_generate(Args(draft): Args<Generate>, mut work: Work) -> Result<Value, TaskError> {
    work.report(0, 3, "Collecting the context").await?;
    work.busy(0.6, 0.3).await;
    if work.dice.chance(0.10) {
        return Err(work.again(6.0, RateLimitError::new()));
    }
    work.report(1, 3, &format!("Writing the {}", draft.section_type)).await?;
    work.busy(f64::from(draft.target_words.min(1000)) / 60.0, 0.4).await;
    if work.dice.chance(0.03) {
        return Err(ReadTimeout { host: "api.anthropic.com", seconds: 60 }.into());
    }
    work.report(2, 3, "Checking citations").await?;
    work.busy(0.8, 0.3).await;
    let words = work.dice.between(draft.target_words * 9 / 10, draft.target_words * 11 / 10);
    Ok(json!({
        "user_id": draft.user_id,
        "section": draft.section_type,
        "words": words,
        "with_context": draft.context.is_some(),
        "text": work.dice.pick(&SENTENCES),
        "usage": {"input_tokens": 1840, "output_tokens": words * 4 / 3},
    }))
}

#[derive(Deserialize)]
struct Document {
    user_id: u32,
    document_id: u32,
    #[serde(default = "pdf")]
    output_format: String,
}

fn pdf() -> String {
    "pdf".to_owned()
}

async fn compile_latex(Args(document): Args<Document>, mut work: Work) -> Result<Value, TaskError> {
    let id = document.document_id;
    work.through(&["pdflatex, first pass", "bibtex", "pdflatex, second pass"], 0.9).await?;
    if work.dice.chance(0.09) {
        let (complaint, context) = work.dice.pick(&[
            ("Undefined control sequence.", "\\citep{buzsaki2015hippocampal}"),
            ("Missing $ inserted.", "with a mean latency of 120_ms"),
            ("LaTeX Error: File `figures/panel_b.pdf' not found.", "\\includegraphics{figures/panel_b}"),
        ]);
        return Err(LatexError { complaint, context, line: work.dice.between(40, 900), document: id }.into());
    }
    work.report(3, 4, "Storing the output").await?;
    work.busy(0.3, 0.3).await;
    let format = document.output_format;
    Ok(json!({
        "status": "compiled",
        "output": format!("media/users/{}/documents/{id}.{format}", document.user_id),
        "pages": work.dice.between(4, 38),
        "warnings": [{"kind": "overfull hbox", "count": work.dice.between(0, 12)}],
    }))
}
