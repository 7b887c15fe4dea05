//! The shapes of types that arguments can be bound to.

use super::{call, run, told};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use umbel::task::{Args, Call, TaskError, Tasks};

#[test]
fn tuples_are_positional_only() {
    async fn add(Args((x, y)): Args<(i64, i64)>) -> i64 {
        x + y
    }
    #[derive(Deserialize)]
    struct Pair(i64, i64);
    async fn pair(Args(Pair(x, y)): Args<Pair>) -> i64 {
        x * y
    }
    assert_eq!(told(run(add, call(json!([2, 3]), json!({})))), "5");
    assert_eq!(told(run(pair, call(json!([2, 3]), json!({})))), "6");
    let too_few = "TypeError: demo.add() takes 2 positional arguments but 1 was given";
    assert_eq!(told(run(add, call(json!([2]), json!({})))), too_few);
    assert_eq!(told(run(pair, call(json!([2]), json!({})))), too_few);
    assert_eq!(
        told(run(add, call(json!([1, 2, 3]), json!({})))),
        "TypeError: demo.add() takes 2 positional arguments but 3 were given"
    );
    assert_eq!(
        told(run(add, call(json!([1, 2]), json!({"x": 1})))),
        "TypeError: demo.add() got an unexpected keyword argument 'x'"
    );
    assert_eq!(
        told(run(add, call(json!([1, "b"]), json!({})))),
        r#"TypeError: demo.add() argument 2: invalid type: string "b", expected i64"#
    );
}

#[test]
fn a_list_takes_any_number() {
    async fn sum(Args(numbers): Args<Vec<i64>>) -> i64 {
        numbers.iter().sum()
    }
    assert_eq!(told(run(sum, call(json!([]), json!({})))), "0");
    assert_eq!(told(run(sum, call(json!([1, 2, 3]), json!({})))), "6");
    assert!(told(run(sum, call(json!([]), json!({"x": 1})))).contains("unexpected keyword argument 'x'"));
}

#[test]
fn maps_and_flattened_structs_take_keywords_only() {
    #[derive(Deserialize)]
    struct Query {
        table: String,
        #[serde(flatten)]
        filters: BTreeMap<String, Value>,
    }
    async fn query(Args(query): Args<Query>) -> String {
        format!("{} {:?}", query.table, query.filters)
    }
    async fn map(Args(map): Args<Map<String, Value>>) -> usize {
        map.len()
    }
    assert_eq!(
        told(run(query, call(json!([]), json!({"table": "users", "age": 3})))),
        r#""users {\"age\": Number(3)}""#
    );
    assert_eq!(
        told(run(query, call(json!(["users"]), json!({})))),
        "TypeError: demo.add() takes 0 positional arguments but 1 was given"
    );
    assert_eq!(
        told(run(query, call(json!([]), json!({"age": 3})))),
        "TypeError: demo.add() missing 1 required keyword-only argument: 'table'"
    );
    assert_eq!(
        told(run(query, call(json!([]), json!({"table": 3})))),
        "TypeError: demo.add() argument 'table': invalid type: integer `3`, expected a string"
    );
    assert_eq!(told(run(map, call(json!([]), json!({"a": 1, "b": 2})))), "2");
}

#[test]
fn enums_that_look_at_their_content_take_keywords() {
    #[derive(Deserialize)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Shape {
        Circle { radius: u32 },
        Square { side: u32 },
    }
    async fn area(Args(shape): Args<Shape>) -> u32 {
        match shape {
            Shape::Circle { radius } => 3 * radius * radius,
            Shape::Square { side } => side * side,
        }
    }
    assert_eq!(told(run(area, call(json!([]), json!({"kind": "square", "side": 3})))), "9");
    assert_eq!(told(run(area, call(json!([]), json!({"kind": "circle", "radius": 1})))), "3");
    assert_eq!(
        told(run(area, call(json!([]), json!({"kind": "line"})))),
        "TypeError: demo.add() argument 'kind': unknown variant `line`, expected `circle` or `square`"
    );
}

#[test]
fn wrappers_are_looked_through() {
    #[derive(Deserialize)]
    struct Inner {
        x: u8,
    }
    #[derive(Deserialize)]
    struct Outer(Inner);
    #[derive(Deserialize)]
    #[serde(try_from = "Inner")]
    struct Even(u8);
    impl TryFrom<Inner> for Even {
        type Error = String;
        fn try_from(inner: Inner) -> Result<Self, String> {
            if inner.x.is_multiple_of(2) { Ok(Self(inner.x)) } else { Err(format!("{} is odd", inner.x)) }
        }
    }
    async fn wrapped(Args(Outer(Inner { x })): Args<Outer>) -> u8 {
        x
    }
    async fn even(Args(Even(x)): Args<Even>) -> u8 {
        x
    }
    assert_eq!(told(run(wrapped, call(json!([7]), json!({})))), "7");
    assert!(
        told(run(wrapped, call(json!([]), json!({}))))
            .ends_with("missing 1 required positional argument: 'x'")
    );
    assert_eq!(told(run(even, call(json!([8]), json!({})))), "8");
    assert_eq!(told(run(even, call(json!([7]), json!({})))), "TypeError: demo.add() arguments: 7 is odd");
}

#[test]
fn serde_attributes_mean_what_they_say() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Job {
        user_id: u64,
        #[serde(rename = "type")]
        kind: String,
        #[serde(skip)]
        never: u8,
        big: i128,
        nested: Point,
    }
    #[derive(Deserialize)]
    struct Point {
        lat: f64,
        tags: Option<Vec<String>>,
    }
    async fn job(Args(job): Args<Job>) -> String {
        let tags = job.nested.tags.unwrap_or_default().join("+");
        format!("{} {} {} {} {} {tags}", job.user_id, job.kind, job.never, job.big, job.nested.lat)
    }
    let tasks = Tasks::new().task("demo.job", job).build().expect("sound");
    assert_eq!(tasks.get("demo.job").expect("there").parameters, ["userId", "type", "big", "nested"]);
    let args = json!([u64::MAX, "a", i64::MIN, {"lat": 1, "tags": ["x", "y"]}]);
    assert_eq!(told(run(job, call(args, json!({})))), format!(r#""{} a 0 {} 1 x+y""#, u64::MAX, i64::MIN));
    assert_eq!(
        told(run(job, call(json!([1, "a", 1, {}]), json!({})))),
        "TypeError: demo.add() argument 'nested': missing field `lat`"
    );
    assert_eq!(
        told(run(job, call(json!([-1, "a", 1, {"lat": 1}]), json!({})))),
        "TypeError: demo.add() argument 'userId': invalid value: integer `-1`, expected u64"
    );
}

#[test]
fn a_list_field_is_one_value() {
    #[derive(Deserialize)]
    struct Batch {
        items: Vec<i64>,
    }
    async fn batch(Args(Batch { items }): Args<Batch>) -> usize {
        items.len()
    }
    assert_eq!(told(run(batch, call(json!([[1, 2, 3]]), json!({})))), "3");
    assert!(
        told(run(batch, call(json!([1, 2, 3]), json!({}))))
            .ends_with("takes 1 positional argument but 3 were given")
    );
}

#[test]
fn a_raw_call_takes_whatever_comes() {
    async fn raw(call: Call) -> usize {
        call.args.len() * 10 + call.kwargs.len()
    }
    assert_eq!(told(run(raw, call(json!([1, 2]), json!({"a": 1})))), "21");
}

#[test]
fn what_is_no_list_of_arguments_is_refused_at_registration() {
    fn refusal<T: serde::de::DeserializeOwned + Send + 'static>() -> String {
        async fn any<T>(_: Args<T>) {}
        let built = Tasks::new().task("demo.any", any::<T>).build();
        built.expect_err("refused").to_string()
    }
    #[derive(Deserialize)]
    enum Outside {
        #[expect(dead_code, reason = "only the shape matters")]
        One(u8),
    }
    let advice = "is no list of arguments; use a struct, a tuple such as `(T,)`, a map, or `Call`";
    for (refused, what) in [
        (refusal::<i64>(), "an integer"),
        (refusal::<String>(), "a text"),
        (refusal::<Option<(u8,)>>(), "an option"),
        (refusal::<Outside>(), "an enum"),
        (refusal::<IgnoredAny>(), "a value to ignore"),
    ] {
        assert_eq!(refused, format!("task \"demo.any\" cannot take its arguments: {what} {advice}"));
    }
}

#[test]
fn an_alias_is_refused_at_registration() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the names matter")]
    struct Aliased {
        first: i64,
        #[serde(alias = "b", alias = "zweites")]
        second: i64,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the names matter")]
    struct Strict {
        #[serde(alias = "b")]
        only: i64,
    }
    async fn aliased(_: Args<Aliased>) {}
    async fn strict(_: Args<Strict>) {}
    let sentence = Tasks::new().task("demo.aliased", aliased).build().expect_err("refused").to_string();
    assert_eq!(
        sentence,
        "task \"demo.aliased\" cannot take its arguments: \"b\" and \"second\" are one field; \
         an alias shifts the positions of all others, so leave it out"
    );
    assert!(Tasks::new().task("demo.strict", strict).build().is_err());
}

#[test]
fn a_hand_written_type_is_not_mistaken_for_one_with_aliases() {
    struct Hand(BTreeMap<String, i64>);
    impl<'de> Deserialize<'de> for Hand {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Hand;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a hand")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Hand, A::Error> {
                    let mut found = BTreeMap::new();
                    while let Some((name, value)) = map.next_entry::<String, i64>()? {
                        found.insert(name, value);
                    }
                    Ok(Hand(found))
                }
            }
            deserializer.deserialize_struct("Hand", &["left", "right"], Visitor)
        }
    }
    async fn hand(Args(hand): Args<Hand>) -> Result<BTreeMap<String, i64>, TaskError> {
        Ok(hand.0)
    }
    assert_eq!(told(run(hand, call(json!([1]), json!({"right": 2})))), r#"{"left":1,"right":2}"#);
}
