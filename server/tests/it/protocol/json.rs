//! Values as kombu reads them.

use super::*;
use serde_json::json;
use umbel::protocol::typed;

fn plain(text: &str) -> Option<Value> {
    let mut value = lenient::from_slice(text.as_bytes()).ok()?;
    typed::make_plain(&mut value).ok().map(|()| value)
}

/// What each recorded text becomes, by what it is in Python.
fn expected(python: &str) -> Option<Value> {
    Some(match python {
        "datetime.datetime(2024, 2, 29, 12, 30, 15, 123456)" => json!("2024-02-29T12:30:15.123456"),
        "datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)" => {
            json!("2024-02-29T12:30:00Z")
        }
        "{'__type__': 'bytes', '__value__': 'a', 'x': 1}" => {
            json!({"__type__": "bytes", "__value__": "a", "x": 1})
        }
        "b'\\xff\\x00\\xfe'" => json!("/wD+"),
        "Decimal('1.50')" => json!("1.50"),
        "UUID('12345678-1234-5678-1234-567812345678')" => json!("12345678-1234-5678-1234-567812345678"),
        "datetime.time(1, 2, 3)" => json!("01:02:03"),
        "nan" | "-inf" => Value::Null,
        "{'a': 2}" => json!({"a": 2}),
        _ => return None,
    })
}

#[test]
fn every_recorded_value_becomes_plain() {
    let recordings = recorded("values");
    // How values are shown is tested where it is written.
    assert_all_expected(&recordings, ["kombu_json_loads", "saferepr"]);
    let cases = recordings["kombu_json_loads"]["payload"].as_array().expect("cases");
    assert_eq!(cases.len(), 11);
    for case in cases {
        let (text, python) = (text(case, "json"), text(case, "python"));
        match expected(python) {
            Some(value) => assert_eq!(plain(text), Some(value), "{text}"),
            None => {
                assert!(python.starts_with("error: ValueError"), "{python} has no expectation");
                assert_eq!(plain(text), None, "{text}");
            }
        }
    }
}
