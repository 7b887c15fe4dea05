//! How long it takes to bind a call to a handler and run it, beside what plain `serde_json` needs for the same struct.
//!
//! `cargo bench --bench bind`

use futures_util::FutureExt;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};
use umbel::task::{Args, Call, Outcome, Registered, Tasks, testing};

/// Enough for a steady mean; few where the compiler did not optimise and the number means nothing.
const CALLS: u32 = if cfg!(debug_assertions) { 1_000 } else { 500_000 };

#[derive(Deserialize)]
struct Order {
    id: u64,
    note: String,
    #[serde(default)]
    lines: Vec<u32>,
    coupon: Option<String>,
}

async fn order(Args(order): Args<Order>) -> u64 {
    order.id + order.lines.len() as u64 + order.note.len() as u64 + u64::from(order.coupon.is_some())
}

async fn nothing() {}

fn main() -> std::io::Result<()> {
    let tasks = Tasks::new().task("order", order).task("nothing", nothing).build().expect("sound tasks");
    let (order, nothing) = (tasks.get("order").expect("there"), tasks.get("nothing").expect("there"));
    let positional = Call::new(vec![json!(1), json!("a note"), json!([1, 2, 3])], Map::new());
    let keywords = Call::new(vec![], object(json!({"id": 1, "note": "a note", "lines": [1, 2, 3]})));
    let wrong = Call::new(vec![json!(1)], object(json!({"lines": []})));

    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<28}{:>12}", "bind and run", "ns per call")?;
    let mut row = |name: &str, time: Duration| {
        writeln!(out, "{name:<28}{:>12.0}", time.as_secs_f64() * 1e9 / f64::from(CALLS))
    };
    row("no arguments", time(|| run(nothing, &Call::default())))?;
    row("three positional", time(|| run(order, &positional)))?;
    row("three keywords", time(|| run(order, &keywords)))?;
    row("one missing (a TypeError)", time(|| run(order, &wrong)))?;
    row("serde_json alone", time(|| plain(&keywords)))
}

fn run(task: &Registered, call: &Call) {
    let outcome = task.run(call.clone(), testing::context("order")).now_or_never();
    assert!(matches!(black_box(outcome), Some(Outcome::Success(_) | Outcome::Failure(_))));
}

fn plain(call: &Call) {
    let order: Order = serde_json::from_value(Value::Object(call.kwargs.clone())).expect("it fits");
    black_box((order.id, order.note, order.lines, order.coupon));
}

fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).expect("an object")
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no use for a clock that is moved by hand")]
fn time(work: impl Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..CALLS {
        work();
    }
    start.elapsed()
}
