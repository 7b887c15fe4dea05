//! What is wrong with a set of tasks is said before the first one runs, all of it at once.

use serde::Deserialize;
use serde_json::json;
use umbel::task::{Args, Call, State, Tasks};

async fn nothing() {}

#[test]
fn all_problems_are_told_each_in_a_sentence() {
    struct Absent;
    async fn twice(_: Args<(u8,)>, _: Call) {}
    async fn stateful(_: State<Absent>) {}
    let built = Tasks::new()
        .task("demo.a", nothing)
        .task("demo.a", nothing)
        .task("demo b", nothing)
        .task_with("demo.rate", nothing, |o| o.rate_limit("10 per minute").priority(10))
        .task("demo.stateful", stateful)
        .task("demo.twice", twice)
        .state(|| 1_u8)
        .state(|| 2_u8)
        .build();
    let sentences = built.expect_err("many problems").to_string();
    insta::assert_snapshot!(sentences, @r#"
    task "demo.a" is registered twice
    state "u8" has two factories
    task "demo b" has a name that is empty, too long, or has spaces or control characters in it
    task "demo.rate" has a wrong rate limit: "10 per minute" is not a rate: write a number such as "5", or "10/s", "10/m", "10/h"
    task "demo.rate" has a priority of 10, but the least urgent is 9
    task "demo.stateful" asks for state of type `it::task::registration::all_problems_are_told_each_in_a_sentence::Absent`, but no factory for it is given
    task "demo.twice" takes its arguments twice: a handler has one `Args` or one `Call`
    "#);
}

#[test]
fn merging_keeps_both_halves_and_their_problems() {
    async fn number(State(number): State<u8>) -> u8 {
        *number
    }
    let numbers = Tasks::new().task("demo.number", number);
    let states = Tasks::new().state(|| 7_u8).task("demo.nothing", nothing);
    let merged = numbers.clone().merge(states.clone()).build().expect("one gives what the other needs");
    assert_eq!(
        merged.iter().map(|task| task.name.as_str()).collect::<Vec<_>>(),
        ["demo.nothing", "demo.number"]
    );
    assert_eq!(merged.len(), 2);

    let collision = states.clone().merge(Tasks::new().task("demo.nothing", nothing));
    assert_eq!(
        collision.build().expect_err("twice").to_string(),
        "task \"demo.nothing\" is registered twice"
    );
    let factories = numbers.merge(states).merge(Tasks::new().state(|| 8_u8));
    assert_eq!(factories.build().expect_err("two").to_string(), "state \"u8\" has two factories");
}

#[test]
fn the_form_gets_names_a_summary_and_an_example() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the names and kinds matter")]
    struct Order {
        id: u64,
        note: String,
        paid: bool,
        price: f64,
        lines: Vec<u8>,
        unit: Unit,
        coupon: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    enum Unit {
        Eur,
    }
    async fn order(_: Args<Order>) {}
    async fn pair(_: Args<(u8, u8)>) {}
    let tasks = Tasks::new()
        .task_with("demo.order", order, |o| o.summary("Takes an order."))
        .task("demo.pair", pair)
        .task_with("demo.own", order, |o| o.example(json!({"id": 9})))
        .build()
        .expect("sound");
    let order = tasks.get("demo.order").expect("there");
    assert_eq!(order.parameters, ["id", "note", "paid", "price", "lines", "unit", "coupon"]);
    assert_eq!(order.summary.as_deref(), Some("Takes an order."));
    assert_eq!(
        order.example,
        json!({
            "id": 0, "note": "", "paid": false, "price": 0.0, "lines": [], "unit": "EUR", "coupon": null
        })
    );
    assert_eq!(tasks.get("demo.pair").expect("there").example, json!([null, null]));
    assert_eq!(tasks.get("demo.own").expect("there").example, json!({"id": 9}));
    assert!(tasks.get("demo.absent").is_none());
}
