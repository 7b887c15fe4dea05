//! Whatever JSON a sender makes up, binding ends in a value or a `TypeError`.

use super::block_on;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use umbel::task::{Args, Call, Outcome, Tasks, testing};

#[derive(Deserialize)]
#[expect(dead_code, reason = "bound and dropped")]
struct Plain {
    x: i64,
    y: Option<String>,
    #[serde(default)]
    z: Vec<u8>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "bound and dropped")]
struct Nested {
    x: Tree,
    y: Kind,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "bound and dropped")]
struct Tree {
    y: Option<Box<Tree>>,
    z: Vec<Tree>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "bound and dropped")]
enum Kind {
    Number(f32),
    Pair(u8, u8),
    Tree { y: Box<Tree> },
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "bound and dropped")]
struct Open {
    x: char,
    #[serde(flatten)]
    rest: BTreeMap<String, Kind>,
}

fn tasks() -> Tasks {
    async fn take<T>(_: Args<T>) {}
    Tasks::new()
        .task("plain", take::<Plain>)
        .task("nested", take::<Nested>)
        .task("open", take::<Open>)
        .task("untagged", take::<Kind>)
        .task("tuple", take::<(i8, f64, String)>)
        .task("list", take::<Vec<Kind>>)
        .task("unit", take::<()>)
        .task("any", take::<Value>)
        .build()
        .expect("sound")
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Mostly names that mean something to somebody.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[xyz]", 1 => ".{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_call_is_bound_or_refused(
        args in prop::collection::vec(json(), 0..5),
        kwargs in prop::collection::btree_map(name(), json(), 0..4),
    ) {
        let kwargs: Map<String, Value> = kwargs.into_iter().collect();
        let tasks = tasks();
        for task in tasks.iter() {
            let call = Call::new(args.clone(), kwargs.clone());
            match block_on(task.run(call, testing::context(&task.name))) {
                Outcome::Success(null) => prop_assert_eq!(null.get(), "null"),
                Outcome::Failure(error) => prop_assert_eq!(error.exc_type(), "TypeError"),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
