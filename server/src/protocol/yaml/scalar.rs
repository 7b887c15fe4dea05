//! What a word of YAML 1.1 means, by Python's rules.

use super::YamlError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::{ScalarStyle, Tag};
use serde_json::Value;

/// A scalar by its tag; without one, text unless a plain word means something else.
pub(super) fn read(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, YamlError> {
    let Some(tag) = tag else {
        return Ok(if style == ScalarStyle::Plain { plain(text) } else { text.into() });
    };
    let wrong = || YamlError::new(format!("{text:?} is no {tag}"));
    match tag.suffix.as_str() {
        _ if tag.handle == "!" && tag.suffix.is_empty() => Ok(text.into()),
        _ if !tag.is_yaml_core_schema() => Err(YamlError::new(format!("the tag {tag} is not read"))),
        "str" | "timestamp" => Ok(text.into()),
        "null" => Ok(Value::Null),
        "bool" => boolean(text).map(Value::Bool).ok_or_else(wrong),
        "int" => integer(text).ok_or_else(wrong),
        "float" => float(text).or_else(|| integer(text)).ok_or_else(wrong),
        "binary" => {
            let letters: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            let bytes = STANDARD.decode(&letters).map_err(|_| wrong())?;
            Ok(String::from_utf8(bytes).unwrap_or(letters).into())
        }
        _ => Err(YamlError::new(format!("the tag {tag} is not read"))),
    }
}

fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        _ => {}
    }
    let number = || integer(text).or_else(|| float(text));
    boolean(text).map(Value::Bool).or_else(number).unwrap_or_else(|| text.into())
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = signed(text);
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let digits = digits.replace('_', "");
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        u64::from_str_radix(binary, 2).ok()?
    } else if let Some(hex) = digits.strip_prefix("0x") {
        u64::from_str_radix(hex, 16).ok()?
    } else if digits.contains(':') {
        sexagesimal(&digits)?
    } else if digits.len() > 1 && digits.starts_with('0') {
        u64::from_str_radix(&digits, 8).ok()?
    } else if let Ok(number) = digits.parse() {
        number
    } else if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // Beyond 64 bits: the nearest float, as in JSON.
        let nearest: f64 = digits.parse().ok()?;
        return Some(if negative { -nearest } else { nearest }.into());
    } else {
        return None;
    };
    if !negative {
        return Some(magnitude.into());
    }
    Some(i64::try_from(-i128::from(magnitude)).map_or_else(|_| (-(magnitude as f64)).into(), Value::from))
}

/// `1:30` is ninety, which is why a port or a time of day should stand in quotes.
fn sexagesimal(digits: &str) -> Option<u64> {
    let mut total = 0_u64;
    for (place, part) in digits.split(':').enumerate() {
        let number: u64 = part.parse().ok()?;
        if place > 0 && (number > 59 || part.len() > 2) {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(number)?;
    }
    Some(total)
}

/// A point is what makes a float; an exponent needs a sign. What is not finite becomes null, as in JSON.
fn float(text: &str) -> Option<Value> {
    let (negative, digits) = signed(text);
    match digits {
        ".inf" | ".Inf" | ".INF" => return Some(Value::Null),
        ".nan" | ".NaN" | ".NAN" if digits.len() == text.len() => return Some(Value::Null),
        _ => {}
    }
    let digits = digits.replace('_', "");
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits.as_str(), None),
    };
    let is_number = mantissa.contains('.')
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && mantissa.bytes().any(|byte| byte.is_ascii_digit())
        && exponent.is_none_or(|exponent| exponent.starts_with(['+', '-']));
    let number: f64 = is_number.then(|| digits.parse().ok()).flatten()?;
    Some(if negative { -number } else { number }.into())
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_words_mean_what_python_takes_them_for() {
        let cases = [
            ("~", json!(null)),
            ("yes", json!(true)),
            ("OFF", json!(false)),
            ("y", json!("y")),
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("1_000", json!(1000)),
            ("010", json!(8)),
            ("08", json!("08")),
            ("0x1F", json!(31)),
            ("0b101", json!(5)),
            ("1:30", json!(90)),
            ("1:75", json!("1:75")),
            ("18446744073709551616", json!(18446744073709551616.0)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("1.5", json!(1.5)),
            ("-.5", json!(-0.5)),
            ("1e3", json!("1e3")),
            ("1.0e+3", json!(1000.0)),
            (".inf", json!(null)),
            ("-.nan", json!("-.nan")),
            ("2024-02-29", json!("2024-02-29")),
            ("1.2.3", json!("1.2.3")),
            (".", json!(".")),
            ("-", json!("-")),
            ("0x", json!("0x")),
        ];
        for (text, value) in cases {
            assert_eq!(plain(text), value, "{text}");
        }
    }

    #[test]
    fn quotes_and_tags_decide() {
        let tag = |suffix: &str| Tag { handle: "tag:yaml.org,2002:".to_owned(), suffix: suffix.to_owned() };
        let read = |text, suffix: &str| read(text, ScalarStyle::Plain, Some(&tag(suffix)));
        assert_eq!(super::read("1", ScalarStyle::SingleQuoted, None), Ok(json!("1")));
        assert_eq!(read("1", "str"), Ok(json!("1")));
        assert_eq!(read("1", "float"), Ok(json!(1)));
        assert_eq!(read("cGxh\n  aW4=", "binary"), Ok(json!("plain")));
        assert_eq!(read("/wD+", "binary"), Ok(json!("/wD+")));
        assert!(read("x", "int").is_err() && read("x", "python/name:os").is_err());
    }
}
