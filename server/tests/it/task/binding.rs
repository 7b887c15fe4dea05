//! Wrong calls get the sentence CPython has for them; right ones get through.

use super::{call, run, told};
use serde::Deserialize;
use serde_json::{Value, json};
use umbel::task::{Args, TaskError};

/// `def add(x, y)`.
#[derive(Deserialize)]
struct Add {
    x: i64,
    y: i64,
}

/// `def scale(x, y=1, z=None)`.
#[derive(Deserialize)]
struct Scale {
    x: i64,
    #[serde(default = "one")]
    y: i64,
    z: Option<i64>,
}

/// `def three(a, b, c)`, with types that are hard to guess a value for.
#[derive(Deserialize)]
struct Three {
    a: chrono::DateTime<chrono::Utc>,
    b: std::num::NonZeroU8,
    c: Colour,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Custom { red: u8, green: u8 },
}

fn one() -> i64 {
    1
}

async fn add(Args(Add { x, y }): Args<Add>) -> Result<i64, TaskError> {
    Ok(x + y)
}

async fn scale(Args(Scale { x, y, z }): Args<Scale>) -> i64 {
    x * y + z.unwrap_or(0)
}

async fn three(Args(Three { a, b, c }): Args<Three>) -> String {
    let shade = match c {
        Colour::Red => 255,
        Colour::Custom { red, green } => red / 2 + green / 2,
    };
    format!("{} {b} {shade}", a.timestamp())
}

/// Args, kwargs, and what the task says.
type Cases<'a> = &'a [(Value, Value, &'a str)];

#[test]
fn two_required() {
    let cases: Cases<'_> = &[
        (json!([1, 2]), json!({}), "3"),
        (json!([1]), json!({"y": 2}), "3"),
        (json!([]), json!({"y": 2, "x": 1}), "3"),
        (json!([1]), json!({}), "TypeError: demo.add() missing 1 required positional argument: 'y'"),
        (json!([]), json!({"y": 1}), "TypeError: demo.add() missing 1 required positional argument: 'x'"),
        (json!([]), json!({}), "TypeError: demo.add() missing 2 required positional arguments: 'x' and 'y'"),
        (json!([1, 2, 3]), json!({}), "TypeError: demo.add() takes 2 positional arguments but 3 were given"),
        (json!([1, 2]), json!({"z": 3}), "TypeError: demo.add() got an unexpected keyword argument 'z'"),
        (json!([1, 2]), json!({"x": 3}), "TypeError: demo.add() got multiple values for argument 'x'"),
        // Keywords are looked at before the count, as CPython does.
        (json!([1, 2, 3]), json!({"z": 3}), "TypeError: demo.add() got an unexpected keyword argument 'z'"),
        (json!([]), json!({"z": 3}), "TypeError: demo.add() got an unexpected keyword argument 'z'"),
        (
            json!(["a", 2]),
            json!({}),
            r#"TypeError: demo.add() argument 'x': invalid type: string "a", expected i64"#,
        ),
        (
            json!([1]),
            json!({"y": null}),
            "TypeError: demo.add() argument 'y': invalid type: null, expected i64",
        ),
        // What is missing comes before what is wrong.
        (json!(["a"]), json!({}), "TypeError: demo.add() missing 1 required positional argument: 'y'"),
    ];
    for (args, kwargs, expected) in cases {
        assert_eq!(told(run(add, call(args.clone(), kwargs.clone()))), *expected, "{args} {kwargs}");
    }
}

#[test]
fn defaults_and_options() {
    let cases: Cases<'_> = &[
        (json!([5]), json!({}), "5"),
        (json!([5, 2]), json!({}), "10"),
        (json!([5]), json!({"z": 1}), "6"),
        (json!([5, 2, null]), json!({}), "10"),
        (json!([]), json!({}), "TypeError: demo.add() missing 1 required positional argument: 'x'"),
        (
            json!([1, 2, 3, 4]),
            json!({}),
            "TypeError: demo.add() takes from 1 to 3 positional arguments but 4 were given",
        ),
    ];
    for (args, kwargs, expected) in cases {
        assert_eq!(told(run(scale, call(args.clone(), kwargs.clone()))), *expected, "{args} {kwargs}");
    }
}

#[test]
fn three_required_of_unusual_types() {
    let cases: Cases<'_> = &[
        (json!(["1970-01-01T00:00:09Z", 7, "red"]), json!({}), r#""9 7 255""#),
        (json!(["1970-01-01T00:00:09Z", 7]), json!({"c": {"custom": {"red": 4, "green": 2}}}), r#""9 7 3""#),
        (
            json!([]),
            json!({}),
            "TypeError: demo.add() missing 3 required positional arguments: 'a', 'b', and 'c'",
        ),
        (
            json!([]),
            json!({"b": 1}),
            "TypeError: demo.add() missing 2 required positional arguments: 'a' and 'c'",
        ),
        (
            json!(["1970-01-01T00:00:09Z", 0, "red"]),
            json!({}),
            "TypeError: demo.add() argument 'b': invalid value: integer `0`, expected a nonzero u8",
        ),
    ];
    for (args, kwargs, expected) in cases {
        assert_eq!(told(run(three, call(args.clone(), kwargs.clone()))), *expected, "{args} {kwargs}");
    }
}

#[test]
fn no_argument_and_one_argument_read_like_python() {
    #[derive(Deserialize)]
    struct One {
        x: i64,
    }
    async fn none() -> i64 {
        0
    }
    async fn unit(Args(()): Args<()>) -> i64 {
        0
    }
    async fn only(Args(One { x }): Args<One>) -> i64 {
        x
    }
    let one_too_many = "TypeError: demo.add() takes 0 positional arguments but 1 was given";
    assert_eq!(told(run(none, call(json!([1]), json!({})))), one_too_many);
    assert_eq!(told(run(unit, call(json!([1]), json!({})))), one_too_many);
    assert_eq!(
        told(run(none, call(json!([]), json!({"x": 1})))),
        "TypeError: demo.add() got an unexpected keyword argument 'x'"
    );
    assert_eq!(told(run(none, call(json!([]), json!({})))), "0");
    assert_eq!(told(run(unit, call(json!([]), json!({})))), "0");
    assert_eq!(told(run(only, call(json!([4]), json!({})))), "4");
    assert_eq!(
        told(run(only, call(json!([1, 2]), json!({})))),
        "TypeError: demo.add() takes 1 positional argument but 2 were given"
    );
}

#[test]
fn a_wrong_call_is_a_builtin_type_error_without_a_place_in_the_code() {
    let umbel::Outcome::Failure(error) = run(add, call(json!([]), json!({}))) else {
        panic!("bound to nothing");
    };
    let exception = error.to_exception();
    assert_eq!((exception.exc_module.as_str(), exception.exc_type.as_str()), ("builtins", "TypeError"));
    assert!(!error.traceback().contains("File"), "{}", error.traceback());
}
