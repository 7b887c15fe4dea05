//! JSON as Python reads and writes it, which is a little more than JSON.
//!
//! Python writes `NaN`, `Infinity` and `-Infinity` as bare words, integers of any length, and halves of surrogate
//! pairs alone. A strict parser stops at them, so text it stopped at is mended here and tried once more:
//!
//! - `NaN`, `Infinity`, `-Infinity`, and numbers that no float can hold, become `null`: there is nothing else in JSON
//!   that claims no value;
//! - half a surrogate pair becomes `U+FFFD`, the character for what cannot be shown.
//!
//! Integers beyond 64 bits need no mending. They become the nearest float: exact to 53 bits, never an error.

use serde::Deserialize;
use std::borrow::Cow;

/// Reads JSON of Python's. Text that is strict JSON costs nothing more than that.
pub fn from_slice<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_str(text(json)?).or_else(|error| match mend(json) {
        Cow::Owned(mended) => serde_json::from_slice(&mended),
        Cow::Borrowed(_) => Err(error),
    })
}

/// Bytes as the text they should be. Looking at all of them at once is quicker than at each string on its own, and
/// finds what is wrong with those that are passed over as well.
pub fn text(json: &[u8]) -> Result<&str, serde_json::Error> {
    std::str::from_utf8(json).map_err(serde::de::Error::custom)
}

/// Whether it is JSON, as far as Python is concerned. Values are looked at no closer than that.
pub fn check(json: &[u8]) -> Result<(), serde_json::Error> {
    from_slice::<serde::de::IgnoredAny>(json).map(drop)
}

/// The text with Python's additions replaced; borrowed when there are none.
pub fn mend(json: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        let (end, replacement) = match byte {
            b'"' => {
                at = string(json, at, &mut copied, &mut out);
                continue;
            }
            b'N' | b'I' | b'-' | b'0'..=b'9' => word(json, at),
            _ => (at + 1, None),
        };
        if let Some(replacement) = replacement {
            out.extend_from_slice(&json[copied..at]);
            out.extend_from_slice(replacement);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.extend_from_slice(&json[copied..]);
    Cow::Owned(out)
}

/// A number, or one of Python's words: where it ends, and what stands for it instead.
fn word(json: &[u8], start: usize) -> (usize, Option<&'static [u8]>) {
    let rest = &json[start..];
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
    let word = &rest[..length];
    let nothing = match word {
        b"NaN" | b"Infinity" | b"-Infinity" => true,
        // Shorter ones without an exponent are within reach of any float.
        _ if length < 300 && !word.iter().any(|byte| matches!(byte, b'e' | b'E')) => false,
        _ => {
            let number = std::str::from_utf8(word).ok().and_then(|text| text.parse::<f64>().ok());
            number.is_some_and(f64::is_infinite)
        }
    };
    (start + length.max(1), nothing.then_some(b"null"))
}

/// Passes a string over, replacing halves of surrogate pairs; returns where it ends.
fn string(json: &[u8], start: usize, copied: &mut usize, out: &mut Vec<u8>) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => match surrogate(json, at) {
                Some(0xD800..=0xDBFF) if matches!(surrogate(json, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
                Some(_) => {
                    out.extend_from_slice(&json[*copied..at]);
                    out.extend_from_slice(br"\ufffd");
                    at += 6;
                    *copied = at;
                }
                None => at += 2,
            },
            _ => at += 1,
        }
    }
    at
}

/// The surrogate that is escaped here, if that is what stands here.
fn surrogate(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    (0xD800..=0xDFFF).contains(&unit).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> Option<Value> {
        from_slice(text.as_bytes()).ok()
    }

    #[test]
    fn numbers_json_has_no_word_for_are_null() {
        assert_eq!(read("[NaN, Infinity, -Infinity, 1]"), Some(json!([null, null, null, 1])));
        assert_eq!(read("[1e999, -1e999, NaN]"), Some(json!([null, null, null])));
        assert_eq!(read(&format!("[{}]", "9".repeat(4000))), Some(json!([null])));
        assert_eq!(
            read(r#"{"NaN": "NaN, -Infinity \" NaN", "a": NaN}"#).expect("read")["NaN"],
            "NaN, -Infinity \" NaN"
        );
    }

    #[test]
    fn long_integers_are_floats() {
        assert_eq!(read("[18446744073709551616]"), Some(json!([18446744073709551616.0])));
        assert_eq!(read("[18446744073709551615]"), Some(json!([u64::MAX])));
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        assert_eq!(
            read(r#"["\ud800", "\udc00x", "\ud83d\ude00", "\\ud800"]"#),
            Some(json!(["\u{fffd}", "\u{fffd}x", "😀", "\\ud800"]))
        );
        assert_eq!(read(r#"["\ud800\ud83d\ude00"]"#), Some(json!(["\u{fffd}😀"])));
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(read(r#"{"a": 1, "a": 2}"#), Some(json!({"a": 2})));
    }

    #[test]
    fn what_is_not_json_stays_wrong() {
        for wrong in
            ["", "nope", "[NaN", "NaN NaN", "[+1]", "Infinit", r#"["\ud8"#, "{nope", "[-NaN]", r#"["\"#]
        {
            assert_eq!(read(wrong), None, "{wrong}");
            assert!(check(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(check(b"[\"\xff\"]").is_err());
        assert!(check(b"[NaN]").is_ok() && check(b" [1] ").is_ok());
    }
}
