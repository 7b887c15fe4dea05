//! Results under the key of a task or a group.

use super::*;
use umbel::protocol::keys::ResultKeys;
use umbel::protocol::result::GroupMeta;
use umbel::protocol::{Exception, ResultMeta, State};

/// Every recording, its state, and the exception it shows. Each was made twice, the second time with
/// `result_extended`.
const RECORDED: [(&str, State, Option<&str>); 28] = [
    ("chain_parent", State::Success, None),
    ("chain_tail", State::Success, None),
    ("children", State::Success, None),
    ("expired", State::Revoked, Some("TaskRevokedError('expired')")),
    ("failure", State::Failure, Some("ValueError('bad value')")),
    ("failure_after_retries", State::Failure, Some("ValueError('try again')")),
    (
        "failure_bad_args",
        State::Failure,
        Some(r"TypeError('add() missing 1 required positional argument: \'y\'')"),
    ),
    ("failure_chained", State::Failure, Some("ValueError('outer')")),
    ("failure_custom", State::Failure, Some("CustomError('first', 2, {'three': 3})")),
    ("failure_hard_limit", State::Failure, Some("TimeLimitExceeded(1)")),
    ("failure_keyerror", State::Failure, Some("KeyError('missing')")),
    ("failure_max_retries", State::Failure, Some("MaxRetriesExceededError('Can")),
    ("failure_not_registered", State::Failure, Some("NotRegistered('proj.nope')")),
    ("failure_odd_args", State::Failure, Some("OddArgs('a', '<object object at 0x")),
    ("failure_soft_limit", State::Failure, Some("SoftTimeLimitExceeded()")),
    ("failure_unserializable", State::Failure, Some("EncodeError('TypeError(")),
    ("failure_worker_lost", State::Failure, Some("WorkerLostError('Worker exited prematurely")),
    ("ignored", State::Started, None),
    ("in_group", State::Success, None),
    ("progress", State::Pending, None),
    ("rejected", State::Failure, Some("Reject('no thanks', False)")),
    ("retry", State::Retry, Some("ValueError('try again')")),
    ("revoked", State::Revoked, Some("TaskRevokedError('revoked')")),
    ("started", State::Started, None),
    ("success", State::Success, None),
    ("success_kwargs", State::Success, None),
    ("success_types", State::Success, None),
    ("terminated", State::Revoked, Some("TaskRevokedError('terminated')")),
];

fn expected(name: &str) -> Option<(State, Option<&'static str>)> {
    let plain = name.strip_prefix("extended_").unwrap_or(name);
    match plain {
        // A state of the task's own has no constant.
        "progress" => return Some((State::progress(), None)),
        // Recorded with `result_extended` only.
        "stamped" => return Some((State::Success, None)),
        _ => {}
    }
    let (_, state, exception) = RECORDED.iter().find(|(recorded, ..)| *recorded == plain)?;
    Some((state.clone(), *exception))
}

#[test]
fn every_recorded_result_is_read_and_written() {
    let recordings = recorded("results");
    let names = RECORDED.iter().flat_map(|(name, ..)| [(*name).to_owned(), format!("extended_{name}")]);
    let more = ["extended_stamped", "group", "extended_group"].map(str::to_owned);
    let names: Vec<String> = names.chain(more).collect();
    assert_all_expected(&recordings, names.iter().map(String::as_str));
    for (name, recording) in
        recordings.iter().filter(|(name, _)| !name.ends_with("group") || name.ends_with("in_group"))
    {
        let raw = text(&recording["payload"], "raw");
        let meta = ResultMeta::decode(raw.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (state, exception) = expected(name).unwrap_or_else(|| panic!("{name} has no expectation"));
        assert_eq!(meta.status, state, "{name}");
        let shown = meta.exception().map(|error| error.to_string());
        assert!(
            shown.as_deref().unwrap_or_default().starts_with(exception.unwrap_or_default()),
            "{name}: {shown:?}"
        );
        assert_eq!(shown.is_some(), exception.is_some(), "{name}: {shown:?}");
        assert_eq!(
            meta.task_id.as_str(),
            ResultKeys::new("").task_of(text(recording, "key")).expect("a task's"),
            "{name}"
        );
        assert_eq!(meta.date_done.is_some(), meta.status.is_ready(), "{name}");
        assert_eq!(json(&meta.encode()), without_nulls(json(raw.as_bytes())), "{name}");
    }
}

/// What `result_extended` adds is left out where it is null.
fn without_nulls(mut original: Value) -> Value {
    let fields = original.as_object_mut().expect("an object");
    for name in ["name", "args", "kwargs", "worker", "retries", "queue"] {
        if fields.get(name).is_some_and(Value::is_null) {
            fields.remove(name);
        }
    }
    original
}

#[test]
fn fields_are_written_in_celerys_order() {
    let recordings = recorded("results");
    for name in ["success", "extended_success", "extended_stamped", "extended_in_group", "chain_tail"] {
        let raw = text(&recordings[name]["payload"], "raw");
        let meta = ResultMeta::decode(raw.as_bytes()).expect("sound");
        let written = String::from_utf8(meta.encode()).expect("JSON is UTF-8");
        assert_eq!(written, raw.replace("\": ", "\":").replace(", \"", ",\""), "{name}");
    }
}

#[test]
fn saved_groups_are_read_and_written() {
    let recordings = recorded("results");
    for name in ["group", "extended_group"] {
        let (stored, key) = (text(&recordings[name]["payload"], "value"), text(&recordings[name], "key"));
        let group: GroupMeta = serde_json::from_str(stored).expect("sound");
        assert_eq!(ResultKeys::new("").group(&group.result.id), key);
        assert_eq!(group.result.tasks().len(), 2);
        assert_eq!(serde_json::to_value(&group).expect("JSON"), json(stored.as_bytes()));
    }
}

#[test]
fn our_own_exceptions_look_like_theirs() {
    let recordings = recorded("results");
    let of = |name: &str| {
        let meta = ResultMeta::decode(text(&recordings[name]["payload"], "raw").as_bytes()).expect("sound");
        meta.exception().expect("a failure")
    };
    assert_eq!(of("expired"), Exception::revoked("expired"));
    assert_eq!(of("failure_not_registered"), Exception::not_registered("proj.nope"));
    assert_eq!(of("failure"), Exception::builtin("ValueError", "bad value"));
}
