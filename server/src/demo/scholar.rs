//! A literature service: searches, metadata and the text of PDFs.

use super::dice::Dice;
use super::trouble::{HttpStatusError, NotFound, PdfReadError, ReadTimeout, ServiceUnavailable};
use super::work::Work;
use crate::client::Send;
use crate::task::{Args, TaskError, Tasks};
use serde::Deserialize;
use serde_json::{Value, json};

const SEARCH_PAPERS: &str = "apps.scholar_app.tasks.search_papers";
const PROCESS_PDF: &str = "apps.scholar_app.tasks.process_pdf";
pub(super) const FETCH_METADATA: &str = "apps.scholar_app.tasks.fetch_paper_metadata";
const QUEUE: &str = "search_queue";

const QUERIES: [&str; 5] = [
    "hippocampal sharp wave ripples",
    "low-rank adaptation of language models",
    "CRISPR off-target detection",
    "perovskite solar cell stability",
    "causal inference with instrumental variables",
];
pub(super) const DOIS: [&str; 5] = [
    "10.1016/j.neuron.2015.08.028",
    "10.48550/arXiv.2106.09685",
    "10.1038/nbt.3101",
    "10.1126/science.aan2301",
    "10.1257/jep.15.4.69",
];

pub(super) fn tasks() -> Tasks {
    Tasks::new()
        .task_with(SEARCH_PAPERS, search_papers, |o| {
            o.queue(QUEUE)
                .summary("Asks several indexes for papers and fetches the best ones' metadata.")
                .example(json!({"user_id": 17, "query": QUERIES[0], "sources": ["pubmed", "arxiv"], "max_results": 20}))
        })
        .task_with(PROCESS_PDF, process_pdf, |o| {
            o.queue(QUEUE)
                .summary("Reads the text and the references out of a PDF.")
                .example(json!({"user_id": 17, "pdf_path": "uploads/17/paper.pdf", "extract_text": true}))
        })
        .task_with(FETCH_METADATA, fetch_paper_metadata, |o| {
            o.queue(QUEUE)
                .summary("Looks up one paper.")
                .example(json!({"user_id": 17, "identifier": DOIS[0], "identifier_type": "doi"}))
        })
}

pub(super) fn request(dice: &mut Dice) -> Send {
    let user = dice.between(1, 240);
    match dice.between(0, 9) {
        0..=2 => Send::new(SEARCH_PAPERS)
            .arg(user)
            .arg(dice.pick(&QUERIES))
            .kwarg("sources", ["pubmed", "arxiv", "semantic_scholar"])
            .kwarg("max_results", dice.pick(&[10, 20, 50])),
        3..=4 => {
            Send::new(PROCESS_PDF).arg(user).arg(format!("uploads/{user}/{:05}.pdf", dice.between(1, 99_999)))
        }
        _ => metadata(user, dice),
    }
}

fn metadata(user: u32, dice: &mut Dice) -> Send {
    Send::new(FETCH_METADATA)
        .kwarg("user_id", user)
        .kwarg("identifier", dice.pick(&DOIS))
        .kwarg("identifier_type", "doi")
}

#[derive(Deserialize)]
struct Search {
    user_id: u32,
    query: String,
    #[serde(default)]
    sources: Option<Vec<String>>,
    #[serde(default = "twenty")]
    max_results: u32,
}

fn twenty() -> u32 {
    20
}

async fn search_papers(Args(search): Args<Search>, mut work: Work) -> Result<Value, TaskError> {
    let sources = search.sources.unwrap_or_else(|| vec!["pubmed".to_owned(), "arxiv".to_owned()]);
    let steps: Vec<String> = sources.iter().map(|source| format!("Asking {source}")).collect();
    work.through(&steps, 0.7).await?;
    if work.dice.chance(0.05) {
        return Err(work.again(3.0, ReadTimeout { host: "export.arxiv.org", seconds: 30 }));
    }
    let children = (0..work.dice.between(0, 2)).map(|_| metadata(search.user_id, &mut work.dice)).collect();
    let fetching = work.delegate(children).await?;
    let found = work.dice.between(search.max_results / 4, search.max_results);
    let best: Vec<Value> = DOIS
        .iter()
        .take(found.min(3) as usize)
        .map(|doi| json!({"doi": doi, "score": (work.dice.share() * 1000.0).round() / 1000.0}))
        .collect();
    Ok(json!({"query": search.query, "sources": sources, "found": found, "fetching": fetching, "best": best}))
}

#[derive(Deserialize)]
struct Pdf {
    user_id: u32,
    pdf_path: String,
    #[serde(default = "yes")]
    extract_text: bool,
}

fn yes() -> bool {
    true
}

async fn process_pdf(Args(pdf): Args<Pdf>, mut work: Work) -> Result<Value, TaskError> {
    let pages = work.dice.between(6, 32) as usize;
    if work.dice.chance(0.06) {
        work.busy(0.2, 0.3).await;
        return Err(PdfReadError { path: pdf.pdf_path }.into());
    }
    for page in (0..pages).step_by(4) {
        work.report(page, pages, &format!("Reading page {} of {pages}", page + 1)).await?;
        work.busy(0.45, 0.5).await;
    }
    Ok(json!({
        "user_id": pdf.user_id,
        "path": pdf.pdf_path,
        "pages": pages,
        "characters": if pdf.extract_text { work.dice.between(18_000, 96_000) } else { 0 },
        "references": work.dice.between(12, 80),
    }))
}

#[derive(Deserialize)]
struct Metadata {
    user_id: u32,
    identifier: String,
    #[serde(default = "doi")]
    identifier_type: String,
}

fn doi() -> String {
    "doi".to_owned()
}

async fn fetch_paper_metadata(Args(paper): Args<Metadata>, mut work: Work) -> Result<Value, TaskError> {
    work.busy(0.35, 0.6).await;
    if work.dice.chance(0.04) {
        let cause = HttpStatusError {
            status: "Server error '503 Service Unavailable'",
            url: "https://api.crossref.org/works",
        };
        return Err(work.again(2.0, ServiceUnavailable { host: "api.crossref.org", cause }));
    }
    if work.dice.chance(0.02) {
        return Err(NotFound { kind: paper.identifier_type, identifier: paper.identifier }.into());
    }
    Ok(json!({
        paper.identifier_type: paper.identifier,
        "user_id": paper.user_id,
        "title": work.dice.pick(&QUERIES),
        "year": work.dice.between(1998, 2025),
        "authors": ["A. Researcher", "B. Colleague"],
        "citations": work.dice.between(0, 2400),
        "open_access": work.dice.chance(0.4),
    }))
}
