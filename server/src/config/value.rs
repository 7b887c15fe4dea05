//! Reads single values. A file gives typed ones, the environment and flags give text; both are read here, so that
//! `8` and `"8"` mean the same wherever they stand. An error is what the setting expects: "is a whole number …".

use crate::schedule::length as lengths;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use toml::Value;

pub(super) type Read<T> = Result<T, String>;

pub(super) fn text(value: &Value) -> Read<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        _ => Err("is a text".to_owned()),
    }
}

pub(super) fn boolean(value: &Value) -> Read<bool> {
    let word = match value {
        Value::Boolean(truth) => return Ok(*truth),
        Value::String(word) => word.to_ascii_lowercase(),
        _ => String::new(),
    };
    match word.as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("is true or false".to_owned()),
    }
}

pub(super) fn whole(value: &Value, lowest: i64, highest: i64) -> Read<i64> {
    let number = match value {
        Value::Integer(number) => Some(*number),
        Value::String(text) => text.trim().replace('_', "").parse().ok(),
        _ => None,
    };
    number
        .filter(|number| (lowest..=highest).contains(number))
        .ok_or_else(|| format!("is a whole number from {lowest} to {highest}"))
}

pub(super) fn positive(value: &Value) -> Read<f64> {
    let number = match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number
        .filter(|number| number.is_finite() && *number > 0.0)
        .ok_or_else(|| "is a positive number".to_owned())
}

/// A length of time above zero.
pub(super) fn length(value: &Value) -> Read<Duration> {
    any_length(value)
        .filter(|length| !length.is_zero())
        .ok_or_else(|| "is a length of time such as 30s, 1h or 7d".to_owned())
}

/// A length of time, or none: nothing of it is ever dropped.
pub(super) fn length_or_never(value: &Value) -> Read<Option<Duration>> {
    if matches!(value, Value::String(word) if word == "never") {
        return Ok(None);
    }
    length(value).map(Some).map_err(|expected| format!("{expected}, or never"))
}

/// A length of time that may be zero.
pub(super) fn length_or_zero(value: &Value) -> Read<Duration> {
    any_length(value).ok_or_else(|| "is a length of time such as 0, 30s or 5m".to_owned())
}

fn any_length(value: &Value) -> Option<Duration> {
    match value {
        Value::Integer(seconds) => lengths::from_seconds(*seconds as f64),
        Value::Float(seconds) => lengths::from_seconds(*seconds),
        Value::String(text) => lengths::parse(text),
        _ => None,
    }
}

/// Bytes, as a number or with a unit: `16MB`, `512 KiB`. All units are powers of 1024.
pub(super) fn bytes(value: &Value, least: u64, most: u64) -> Read<u64> {
    let amount = match value {
        Value::Integer(number) => u64::try_from(*number).ok(),
        Value::String(text) => bytes_in(text),
        _ => None,
    };
    amount
        .filter(|amount| (least..=most).contains(amount))
        .ok_or_else(|| format!("is a size from {} to {}, such as 16MB", size(least), size(most)))
}

/// A size in its largest whole unit.
fn size(bytes: u64) -> String {
    let units = [(40, "TB"), (30, "GB"), (20, "MB"), (10, "KB"), (0, "B")];
    let (shift, unit) = units
        .into_iter()
        .find(|(shift, _)| bytes.trailing_zeros() >= *shift)
        .expect("every number is whole in bytes");
    format!("{}{unit}", bytes >> shift)
}

fn bytes_in(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let factor = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

/// A list, or text with commas between the items. Never empty, no item twice.
pub(super) fn list(value: &Value) -> Read<Vec<String>> {
    let items: Option<Vec<&str>> = match value {
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        Value::String(text) => Some(text.split(',').collect()),
        _ => None,
    };
    let mut names: Vec<String> = Vec::new();
    for item in items.unwrap_or_default() {
        let name = item.trim();
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    if names.is_empty() { Err("is a list of names such as first,second".to_owned()) } else { Ok(names) }
}

pub(super) fn queue(value: &Value) -> Read<String> {
    text(value).and_then(|name| {
        let sound = name.len() <= 255 && !name.contains(|letter: char| letter.is_control());
        if sound { Ok(name) } else { Err("is a queue's name of at most 255 letters".to_owned()) }
    })
}

pub(super) fn address(value: &Value) -> Read<IpAddr> {
    let text = value.as_str().unwrap_or_default().trim();
    if text == "localhost" {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    text.trim_start_matches('[').trim_end_matches(']').parse().map_err(|_| {
        "is an IP address to listen on, such as 127.0.0.1 (this machine) or 0.0.0.0 (everybody)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    #[test]
    fn text_and_typed_values_mean_the_same() {
        assert_eq!(whole(&Value::Integer(8), 1, 9), whole(&of("8"), 1, 9));
        assert_eq!(boolean(&Value::Boolean(true)), boolean(&of("yes")));
        assert_eq!(length(&Value::Integer(60)), length(&of("1m")));
        assert_eq!(list(&Value::Array(vec![of("a"), of("b")])), list(&of("a, b,,a")));
    }

    #[test]
    fn limits_are_checked_and_named() {
        assert_eq!(whole(&of("70000"), 0, 65_535), Err("is a whole number from 0 to 65535".to_owned()));
        assert!(whole(&Value::Float(1.5), 0, 9).is_err());
        assert!(length(&of("0")).is_err());
        assert_eq!(length_or_zero(&of("0")), Ok(Duration::ZERO));
        assert_eq!(length_or_never(&of("never")), Ok(None));
        assert!(list(&of(" , ")).is_err());
        assert!(positive(&of("-2")).is_err());
    }

    #[test]
    fn sizes_have_units() {
        let bytes = |value| bytes(&value, 1 << 10, 1 << 40);
        assert_eq!(bytes(of("16MB")), Ok(16 << 20));
        assert_eq!(bytes(of("512 kib")), Ok(512 << 10));
        assert_eq!(bytes(Value::Integer(4096)), Ok(4096));
        assert_eq!(bytes(of("12")), Err("is a size from 1KB to 1TB, such as 16MB".to_owned()));
        assert!(bytes(of("16 parsecs")).is_err());
        assert!(bytes(of("99999999999999999999G")).is_err());
    }

    #[test]
    fn hosts_are_addresses() {
        assert_eq!(address(&of("localhost")), Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        assert_eq!(address(&of("[::1]")), Ok("::1".parse().expect("an address")));
        assert!(address(&of("example.org")).is_err());
    }
}
