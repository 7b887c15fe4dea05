//! Whatever is written can be read, and is the same then.

use chrono::{DateTime, Utc};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value};
use umbel::protocol::body::Embed;
use umbel::protocol::envelope::{as_redelivered, decode, encode};
use umbel::protocol::keys::{Binding, BrokerKeys};
use umbel::protocol::{Accept, Body, Headers, Message, ResultMeta, Signature, State, TaskId, result, time};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e300..1e300).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![vec(inner.clone(), 0..6).prop_map(Value::from), object(inner).prop_map(Value::Object),]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    btree_map(any::<String>(), inner, 0..5).prop_map(Map::from_iter)
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    // The years 1 to 9999, which is what Python can say.
    (-62_135_596_800_000_000..253_402_300_799_999_999_i64)
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("within the calendar"))
}

prop_compose! {
    fn headers()(
        texts in vec(any::<String>(), 7),
        options in (option::of(any::<String>()), option::of(any::<String>()), option::of(any::<i64>()), option::of(any::<bool>())),
        moments in (option::of(moment()), option::of(moment())),
        numbers in (any::<u32>(), any::<u32>(), option::of(0.0..1e9_f64), option::of((0..10_000_u32).prop_map(f64::from))),
        stamps in (option::of(vec(any::<String>(), 0..3)), object(any_json())),
        extra in btree_map("x-[a-z]{1,8}", any_json(), 0..4),
    ) -> Headers {
        let [lang, task, id, argsrepr, kwargsrepr, origin, root]: [String; 7] = texts.try_into().expect("seven");
        Headers {
            lang, task, id: id.into(), argsrepr, kwargsrepr, origin,
            root_id: Some(root.into()),
            shadow: options.0, group: options.1.clone(), group_index: options.2, ignore_result: options.3,
            parent_id: options.1.map(TaskId::from),
            eta: moments.0, expires: moments.1,
            retries: numbers.0, replaced_task_nesting: numbers.1, timelimit: (numbers.2, numbers.3),
            stamped_headers: stamps.0, stamps: stamps.1,
            extra: extra.into_iter().collect(),
        }
    }
}

fn embed() -> impl Strategy<Value = Embed> {
    // Null is how an embed says that there is nothing.
    let part = || option::of(any_json().prop_filter("not null", |value| !value.is_null()));
    (part(), part(), part(), part()).prop_map(|(callbacks, errbacks, chain, chord)| Embed {
        callbacks,
        errbacks,
        chain,
        chord,
    })
}

fn body() -> impl Strategy<Value = Body> {
    (vec(any_json(), 0..4), object(any_json()), embed()).prop_map(|(args, kwargs, embed)| Body {
        args,
        kwargs,
        embed,
    })
}

fn message() -> impl Strategy<Value = Message> {
    (headers(), body(), any::<String>(), any::<u8>()).prop_map(|(headers, body, queue, priority)| Message {
        headers,
        body: body.encode(),
        queue,
        priority,
    })
}

fn signature() -> impl Strategy<Value = Signature> {
    let parts = (any::<String>(), vec(any_json(), 0..4), object(any_json()), object(any_json()));
    (parts, option::of(any::<String>()), any::<bool>(), btree_map("x_[a-z]{1,8}", any_json(), 0..3)).prop_map(
        |((task, args, kwargs, options), subtask_type, immutable, extra)| Signature {
            task,
            args,
            kwargs,
            options,
            subtask_type,
            immutable,
            extra: extra.into_iter().collect(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages(message in message(), tag in any::<String>()) {
        let raw = encode(&message, &tag);
        let arrived = decode(&raw, &message.queue, &Accept::json()).expect("it was just written");
        prop_assert!(!arrived.redelivered);
        prop_assert_eq!(&arrived.message, &message);
        let again = decode(&as_redelivered(&raw), &message.queue, &Accept::json()).expect("it was just marked");
        prop_assert!(again.redelivered);
        prop_assert_eq!(&again.message, &message);
    }

    #[test]
    fn bodies(body in body()) {
        prop_assert_eq!(Body::decode(&body.encode()).expect("it was just written"), body);
    }

    #[test]
    fn signatures(signature in signature()) {
        prop_assert_eq!(Signature::parse(signature.to_value()).expect("it was just written"), signature);
    }

    #[test]
    fn results(
        id in any::<String>(),
        state in any::<String>(),
        value in any_json(),
        texts in (option::of(any::<String>()), option::of(any::<String>()), option::of(any::<u32>())),
        stamps in btree_map("x_[a-z]{1,8}", any_json(), 0..3),
    ) {
        let mut meta = ResultMeta::new(id.into(), State::parse(&state), result::raw(&value).expect("JSON"));
        (meta.traceback, meta.group_id, meta.retries) = texts;
        meta.args = Some(result::raw(&[&value]).expect("JSON"));
        meta.extra = stamps.into_iter().collect();
        let again = ResultMeta::decode(&meta.encode()).expect("it was just written");
        prop_assert_eq!(again.encode(), meta.encode());
        prop_assert_eq!(again.status, meta.status);
        prop_assert_eq!(again.extra, meta.extra);
    }

    #[test]
    fn moments(moment in moment()) {
        prop_assert_eq!(time::parse(&time::format(moment)), Some(moment));
    }

    #[test]
    fn bindings(routing_key in "[^\u{6}\u{16}]{0,12}", queue in "[^\u{6}\u{16}]{0,12}", topic in any::<bool>()) {
        let make = if topic { Binding::topic } else { Binding::direct };
        let (keys, binding) = (BrokerKeys::new(0), make(routing_key, queue));
        prop_assert_eq!(keys.parse_binding(&keys.binding_member(&binding)), Some(binding));
    }
}
