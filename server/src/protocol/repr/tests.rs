use super::*;
use serde_json::json;

#[test]
fn reads_like_python() {
    assert_eq!(args_repr(&[json!(1), json!(2)]), "(1, 2)");
    assert_eq!(args_repr(&[json!("ééé")]), "('ééé',)");
    assert_eq!(args_repr(&[]), "()");
    assert_eq!(repr(&json!({"k": [null, true, "it's"]})), r"{'k': [None, True, 'it\'s']}");
    assert_eq!(
        repr(&json!([0.0001, 0.00001, 1e15, 1e16, 1.5e300, -0.0])),
        "[0.0001, 1e-05, 1000000000000000.0, 1e+16, 1.5e+300, -0.0]"
    );
}

#[test]
fn deep_and_long_values_are_cut() {
    assert_eq!(repr(&json!([[[["deep"]]]])), "[[[[...]]]]");
    let long = repr(&json!("x".repeat(5000)));
    assert!(long.len() < MAX_LENGTH + 10 && long.ends_with("...'"), "{}", long.len());
    let wide = args_repr(&vec![json!("0123456789"); 10_000]);
    assert!(wide.len() < MAX_LENGTH + 32 && wide.ends_with("...)"), "{wide}");
}

/// The recorded calls whose arguments JSON has words for, by the text Python shows them with.
fn arguments(python: &str) -> Option<Value> {
    Some(match python {
        "(1, 2)" => json!([1, 2]),
        "('a',)" => json!(["a"]),
        "()" => json!([]),
        "('it\\'s', \"q\")" => json!(["it's", "q"]),
        "('a\\nb', 'tab\\t')" => json!(["a\nb", "tab\t"]),
        "(True, None, 1.0, 1e-07, 1e+22)" => json!([true, null, 1.0, 1e-7, 1e22]),
        "('é☃',)" => json!(["é☃"]),
        "([[[1]]],)" => json!([[[[1]]]]),
        "([[[[1]]]],)" => json!([[[[[1]]]]]),
        "({'a': {'b': {'c': {'d': 1}}}},)" => json!([{"a": {"b": {"c": {"d": 1}}}}]),
        "('x' * 1100,)" => json!(["x".repeat(1100)]),
        "(list(range(600)),)" => json!([(0..600).collect::<Vec<_>>()]),
        "('\\\\',)" => json!(["\\"]),
        "(1, 'abcdefghijklmnop', [1, 2, 3], {'a': 'b'})" => {
            json!([1, "abcdefghijklmnop", [1, 2, 3], {"a": "b"}])
        }
        _ => return None,
    })
}

/// Not a tuple, not JSON, beyond 64 bits, or told in the order of their making.
const OTHERS: [&str; 8] = [
    "[]",
    "{}",
    "{'a': 1, 'b': [1, 2]}",
    "(b'abc', b'\\xff')",
    "({1, 2},)",
    "(set(), frozenset({1}))",
    "({'k%d' % i: i for i in range(200)},)",
    "(-0.0, 2**70)",
];

#[test]
fn shows_what_celery_shows() {
    let recorded = include_str!("../../../tests/fixtures/celery/values/saferepr.json");
    let recorded: Value = serde_json::from_str(recorded).expect("valid JSON");
    for case in recorded["payload"].as_array().expect("a list") {
        let python = case["python"].as_str().expect("text");
        let Some(Value::Array(args)) = arguments(python) else {
            assert!(OTHERS.contains(&python), "{python} has no expectation");
            continue;
        };
        let length = case["maxlen"].as_u64().unwrap_or(1024) as usize;
        let shown = case["saferepr"].as_str().or(case["saferepr_1024"].as_str()).expect("text");
        assert_eq!(args_within(&args, length), shown, "{python}");
    }
    assert_eq!((repr(&json!([])), repr(&json!({}))), ("[]".to_owned(), "{}".to_owned()));
    assert_eq!(repr(&json!({"a": 1, "b": [1, 2]})), "{'a': 1, 'b': [1, 2]}");
}
