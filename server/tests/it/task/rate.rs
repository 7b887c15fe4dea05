//! The rate grammar agrees with what Celery 5.7 was recorded to make of the same texts.

use serde_json::Value;
use umbel::task::Rate;

/// Recorded, but refused here: a rate below zero lets nothing start, and a boolean is no number.
const REFUSED: &[&str] = &["\"-1/s\"", "true"];

#[test]
fn agrees_with_the_recorded_cases() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../fixtures/task/rate.json")).expect("recorded JSON");
    let cases = recorded["payload"].as_array().expect("a list of cases");
    assert!(cases.len() > 20, "the recording is not empty");
    for case in cases {
        let (text, expected) = (&case["rate_limit"], &case["tokens_per_second"]);
        let read = Rate::from_json(text);
        if REFUSED.contains(&text.to_string().as_str()) {
            assert!(read.is_err(), "{text}");
            continue;
        }
        match expected.as_f64() {
            None => assert!(read.is_err(), "{text} is {read:?}"),
            Some(expected) => {
                let rate = read.expect("celery reads it").map_or(0.0, Rate::per_second);
                assert!((rate - expected).abs() < 1e-15, "{text} is {rate}, not {expected}");
            }
        }
    }
}

#[test]
fn made_up_numbers_are_refused_or_bounded() {
    for text in ["nan", "inf", "-inf/s", "1e999", "10/s/m", "١٠/s"] {
        assert!(Rate::parse(text).is_err(), "{text}");
    }
    let glacial = Rate::parse("1e-300/h").expect("a number").expect("a limit");
    assert_eq!(glacial.interval(), std::time::Duration::MAX);
    let tiny = Rate::parse("1e-320").expect("a number").expect("a limit");
    assert_eq!(tiny.interval(), std::time::Duration::MAX);
}
