//! Tasks that share something and tell how far they are. The slow one can be cancelled on its page.
//!
//! State is given as a factory: it is built once in each process that runs tasks.
//!
//! ```text
//! cargo run --example state
//! ```

use serde_json::json;
use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use umbel::{Args, Context, State, TaskError, Tasks};

/// How often each word was counted.
#[derive(Default)]
struct Counts(Mutex<HashMap<String, u64>>);

impl Counts {
    fn add(&self, word: &str) -> u64 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(word.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// A tuple has no names: `def count(word, /)`.
async fn count(State(counts): State<Counts>, Args((word,)): Args<(String,)>) -> u64 {
    counts.add(&word)
}

/// Counts many words, slowly enough to be watched.
async fn count_all(
    context: Context,
    State(counts): State<Counts>,
    Args(words): Args<Vec<String>>,
) -> Result<usize, TaskError> {
    let total = words.len();
    for (place, word) in words.iter().enumerate() {
        tokio::time::sleep(Duration::from_millis(200)).await;
        counts.add(word);
        context.progress(json!({"current": place + 1, "total": total})).await?;
    }
    Ok(total)
}

fn tasks() -> Tasks {
    Tasks::new().state(Counts::default).task("words.count", count).task_with(
        "words.count_all",
        count_all,
        |options| options.example(json!(["to", "be", "or", "not", "to", "be"])),
    )
}

fn main() -> ExitCode {
    umbel::main(tasks)
}
