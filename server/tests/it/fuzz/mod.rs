//! Recorded messages, damaged in every way we could think of. Nothing that arrives may stop the process, and what
//! is read must be the same when it was written and read again.
//!
//! `make test` tries a fixed number of inputs, the same ones each time. `make fuzz` goes on for longer, with others.

mod body;
mod control;
mod envelope;
mod event;
mod mutate;
mod result;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mutate::Mutator;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use umbel::protocol::lenient;

/// Inputs of each target in an ordinary run.
const INPUTS: u64 = 20_000;
/// No input may take longer than this, on a busy machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long each target goes on instead, in seconds.
const SECONDS: &str = "UMBEL_FUZZ_SECONDS";

/// Calls `check` with damaged members of the corpus, and before that with each member as it is.
fn run(target: &str, corpus: &[Vec<u8>], check: impl Fn(&[u8])) {
    assert!(corpus.len() > 1, "{target} has nothing to begin with");
    let seconds = std::env::var(SECONDS).ok().map(|seconds| seconds.parse().expect("a number of seconds"));
    let seed = match seconds {
        None => 1,
        Some(_) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_nanos() as u64),
    };
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut mutator = Mutator::new(seed, corpus);
    corpus.iter().for_each(|input| try_one(target, seed, input, &check));
    let mut inputs = 0;
    while until.map_or(inputs < INPUTS, |until| Instant::now() < until) {
        try_one(target, seed, &mutator.next(), &check);
        inputs += 1;
    }
    eprintln!("{target}: {inputs} inputs with seed {seed}");
}

fn try_one(target: &str, seed: u64, input: &[u8], check: &impl Fn(&[u8])) {
    let started = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| check(input)));
    let whole = || format!("{}\nas base64: {}", String::from_utf8_lossy(input), STANDARD.encode(input));
    assert!(ended.is_ok(), "{target}, seed {seed}, did not survive this input: {}", whole());
    let took = started.elapsed();
    assert!(took < PATIENCE, "{target}, seed {seed}, took {took:?} for this input: {}", whole());
}

/// Every text in the recordings of a folder of which `pick` makes an input.
fn recorded_texts(folder: &str, pick: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    fn walk(value: &Value, pick: &impl Fn(&str) -> Option<Vec<u8>>, found: &mut Vec<Vec<u8>>) {
        match value {
            Value::String(text) => found.extend(pick(text)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, pick, found)),
            Value::Object(fields) => fields.values().for_each(|field| walk(field, pick, found)),
            _ => {}
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/celery").join(folder);
    let mut found = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|file| file.expect("a readable folder").path())
        .collect();
    // The order of a folder's files is not the same everywhere.
    files.sort();
    for file in files {
        let text = std::fs::read(&file).expect("a readable file");
        walk(&lenient::from_slice(&text).expect("valid JSON"), &pick, &mut found);
    }
    found
}
