//! What handlers may ask for and what they may return.

use super::{block_on, call, run, told};
use serde::Serialize;
use serde_json::json;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use umbel::task::{
    Args, Call, CallParts, Context, FromCall, Outcome, Retry, State, TaskError, Tasks, testing,
};

#[test]
fn anything_serialisable_can_be_returned() {
    #[derive(Serialize)]
    struct Report {
        pages: u32,
    }
    async fn report() -> Result<Report, TaskError> {
        Ok(Report { pages: 3 })
    }
    async fn nothing() {}
    async fn list() -> Vec<u8> {
        vec![1, 2]
    }
    async fn maybe() -> Option<&'static str> {
        None
    }
    async fn outside() -> Result<u16, std::num::ParseIntError> {
        "80".parse()
    }
    assert_eq!(told(run(report, Call::default())), r#"{"pages":3}"#);
    assert_eq!(told(run(nothing, Call::default())), "null");
    assert_eq!(told(run(list, Call::default())), "[1,2]");
    assert_eq!(told(run(maybe, Call::default())), "null");
    assert_eq!(told(run(outside, Call::default())), "80");
}

#[test]
fn every_way_to_end() {
    async fn ignored() -> Result<(), TaskError> {
        Err(TaskError::ignore())
    }
    async fn rejected() -> Result<Outcome, TaskError> {
        Ok(Outcome::Reject { requeue: true })
    }
    async fn retried() -> Result<(), Retry> {
        Err(Retry::new())
    }
    async fn retried_by_error() -> Result<(), TaskError> {
        Err(Retry::new())?;
        Ok(())
    }
    assert!(matches!(run(ignored, Call::default()), Outcome::Ignore));
    assert!(matches!(run(rejected, Call::default()), Outcome::Reject { requeue: true }));
    assert!(matches!(run(retried, Call::default()), Outcome::Retry(_)));
    assert!(matches!(run(retried_by_error, Call::default()), Outcome::Retry(_)));
}

#[test]
fn a_result_that_is_not_json_fails_the_task() {
    async fn odd() -> Result<std::collections::BTreeMap<(u8, u8), u8>, TaskError> {
        Ok(std::iter::once(((1, 2), 3)).collect())
    }
    let Outcome::Failure(error) = run(odd, Call::default()) else {
        panic!("written all the same");
    };
    let exception = error.to_exception();
    assert_eq!(
        (exception.exc_module.as_str(), exception.exc_type.as_str()),
        ("kombu.exceptions", "EncodeError")
    );
}

#[derive(Debug)]
struct Outer(Inner);
#[derive(Debug)]
struct Inner;

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot fetch")
    }
}
impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection refused")
    }
}
impl Error for Inner {}
impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_error_keeps_its_type_its_cause_and_its_place() {
    const LINE: u32 = line!() + 2;
    async fn fetch() -> Result<(), TaskError> {
        Err(Outer(Inner))?;
        Ok(())
    }
    let Outcome::Failure(error) = run(fetch, Call::default()) else {
        panic!("it fails");
    };
    let exception = error.to_exception();
    assert_eq!(exception.exc_type, "Outer");
    assert!(exception.exc_module.ends_with("task::handlers"), "{}", exception.exc_module);
    assert_eq!(exception.exc_message, json!(["cannot fetch"]));
    let traceback = error.traceback();
    assert!(traceback.starts_with("Traceback (most recent call last):\n  File \""), "{traceback}");
    assert!(traceback.contains(&format!("handlers.rs\", line {LINE}\n")), "{traceback}");
    assert!(traceback.ends_with("Outer: cannot fetch\ncaused by: connection refused\n"), "{traceback}");
}

#[test]
fn chosen_types_are_pythons_where_python_has_them() {
    let python = TaskError::new("ValueError", "bad").to_exception();
    assert_eq!(
        (python.exc_module.as_str(), python.to_string()),
        ("builtins", "ValueError('bad')".to_owned())
    );
    assert_eq!(TaskError::new("PaymentDeclined", "no").to_exception().exc_module, "umbel");
    let missing = TaskError::from(std::io::Error::from(std::io::ErrorKind::NotFound)).to_exception();
    assert_eq!((missing.exc_module.as_str(), missing.exc_type.as_str()), ("builtins", "FileNotFoundError"));
    let boxed: Box<dyn Error + Send + Sync> = Box::new(Outer(Inner));
    assert!(TaskError::boxed(boxed).traceback().contains("caused by: connection refused"));
}

#[test]
fn a_panic_can_be_told() {
    let text = std::panic::catch_unwind(|| panic!("at {}", 3)).expect_err("panics");
    let literal = std::panic::catch_unwind(|| panic!("plain")).expect_err("panics");
    let odd = std::panic::catch_unwind(|| std::panic::panic_any(7_u8)).expect_err("panics");
    assert_eq!(TaskError::from_panic(text).to_string(), "Panic: at 3");
    assert_eq!(TaskError::from_panic(literal).to_string(), "Panic: plain");
    assert_eq!(TaskError::from_panic(odd).to_string(), "Panic: the task panicked");
}

#[test]
fn extractors_come_in_any_order_and_number() {
    struct Base(i64);
    async fn all(
        context: Context,
        State(base): State<Base>,
        Args((x,)): Args<(i64,)>,
        again: Context,
        _also: State<Base>,
        last: Context,
    ) -> String {
        assert_eq!(context.id(), again.id());
        format!("{} {}", last.name(), base.0 + x)
    }
    let tasks = Tasks::new().task("demo.all", all).state(|| Base(40)).build().expect("sound");
    let all = tasks.get("demo.all").expect("there");
    let outcome = block_on(all.run(call(json!([2]), json!({})), testing::context("demo.all")));
    assert_eq!(told(outcome), r#""demo.all 42""#);
}

#[test]
fn state_is_built_once_and_tried_again_when_it_failed() {
    struct Pool(usize);
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    async fn size(State(pool): State<Pool>) -> usize {
        pool.0
    }
    let tasks = Tasks::new()
        .task("demo.size", size)
        .with_state(async || match TRIES.fetch_add(1, Ordering::SeqCst) {
            0 => Err(TaskError::new("ConnectionError", "not yet")),
            tries => Ok(Pool(tries)),
        })
        .build()
        .expect("sound");
    let size = tasks.get("demo.size").expect("there");
    let once = || told(block_on(size.run(Call::default(), testing::context("demo.size"))));
    assert_eq!(once(), "ConnectionError: not yet");
    assert_eq!(once(), "1");
    assert_eq!(once(), "1");
    block_on(tasks.prepare()).expect("built already");
    assert_eq!(TRIES.load(Ordering::SeqCst), 2);
}

#[test]
fn authors_can_write_their_own_extractors() {
    struct Attempt(u32);
    impl FromCall for Attempt {
        async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
            Ok(Self(parts.context().retries() + 1))
        }
    }
    async fn attempt(Attempt(number): Attempt) -> u32 {
        number
    }
    assert_eq!(told(run(attempt, Call::default())), "1");
}

#[test]
fn a_client_is_an_error_where_there_is_none() {
    async fn send(_client: umbel::client::Client) {}
    assert_eq!(told(run(send, Call::default())), "RuntimeError: there is no client where this task runs");
}
