//! How many tasks may start in a second, a minute or an hour, in Celery's grammar.

use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// A rate of starts, above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    per_second: f64,
}

/// Why a text is not a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a rate: write a number such as \"5\", or \"10/s\", \"10/m\", \"10/h\"")]
pub struct RateError(String);

impl Rate {
    /// Reads `"10/m"`. Zero and the empty text mean no limit.
    ///
    /// ```
    /// use umbel::task::Rate;
    /// let rate = Rate::parse("10/m").unwrap().unwrap();
    /// assert_eq!(rate.interval().as_secs(), 6);
    /// assert_eq!(Rate::parse("0").unwrap(), None);
    /// assert!(Rate::parse("10 per minute").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Option<Self>, RateError> {
        if text.is_empty() {
            return Ok(None);
        }
        let (number, unit) = text.split_once('/').unwrap_or((text, ""));
        let seconds = match unit {
            "" | "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(RateError(text.to_owned())),
        };
        let number = number.trim().parse::<f64>().map_err(|_| RateError(text.to_owned()))?;
        Self::of(number / seconds).map_err(|()| RateError(text.to_owned()))
    }

    /// Reads what remote control and settings carry: a text, a number per second, or null.
    pub fn from_json(value: &Value) -> Result<Option<Self>, RateError> {
        let refused = || RateError(value.to_string());
        match value {
            Value::Null => Ok(None),
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::of(number.as_f64().ok_or_else(refused)?).map_err(|()| refused()),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(refused()),
        }
    }

    /// Starts per second.
    pub fn per_second(self) -> f64 {
        self.per_second
    }

    /// The time between two starts.
    pub fn interval(self) -> Duration {
        Duration::try_from_secs_f64(self.per_second.recip()).unwrap_or(Duration::MAX)
    }

    /// The number in a unit, if it is a whole one there.
    fn whole(self, seconds: f64) -> Option<f64> {
        let number = (self.per_second * seconds).round();
        let close = (self.per_second * seconds - number).abs() < 1e-9 * number;
        (number >= 1.0 && close).then_some(number)
    }

    fn of(per_second: f64) -> Result<Option<Self>, ()> {
        match per_second {
            0.0 => Ok(None),
            rate if rate.is_finite() && rate > 0.0 => Ok(Some(Self { per_second })),
            _ => Err(()),
        }
    }
}

/// In the first unit in which it is a whole number: `30/m`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = |(unit, seconds)| self.whole(seconds).map(|number| (number, unit));
        match [("s", 1.0), ("m", 60.0), ("h", 3600.0)].into_iter().find_map(unit) {
            Some((number, unit)) => write!(f, "{number}/{unit}"),
            None => write!(f, "{}/s", self.per_second),
        }
    }
}
