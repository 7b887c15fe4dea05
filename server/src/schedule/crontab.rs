//! Crontab schedules with Celery's grammar.

mod days;
mod field;
mod runs;

pub use field::Values;
use field::{DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH_OF_YEAR, Sunday};

/// Five fields; a moment matches when all of them do, the day of the week and the day of the month too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crontab {
    minutes: Values,
    hours: Values,
    days_of_month: Values,
    months: Values,
    days_of_week: Values,
    /// The five fields in the order of a crontab file, with a space between them and none in them.
    text: Box<str>,
}

/// Why a crontab cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {sentence}")]
pub struct CrontabError {
    /// `minute`, `hour`, `day_of_week`, `day_of_month` or `month_of_year`; `crontab` when it is about all of them.
    pub field: &'static str,
    /// What is wrong, without the field's name in front: "60 is above 59, the largest value".
    pub sentence: String,
}

impl Crontab {
    /// The five fields in Celery's order. Sunday is 0, and 7 is refused, as in Celery.
    pub fn new(
        minute: &str,
        hour: &str,
        day_of_week: &str,
        day_of_month: &str,
        month_of_year: &str,
    ) -> Result<Self, CrontabError> {
        Self::from_fields([minute, hour, day_of_month, month_of_year, day_of_week], Sunday::Zero)
    }

    /// A line as in a crontab file: minute, hour, day of the month, month, day of the week; or `@daily` and its like.
    /// Here 7 is Sunday too.
    pub fn parse(text: &str) -> Result<Self, CrontabError> {
        let text = text.trim();
        let line = match text {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            name if name.starts_with('@') => {
                let sentence = format!(
                    "{name:?} is unknown; there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually"
                );
                return Err(CrontabError { field: "crontab", sentence });
            }
            line => line,
        };
        let fields: Vec<&str> = line.split_whitespace().collect();
        let fields: [&str; 5] = fields.try_into().map_err(|fields: Vec<&str>| CrontabError {
            field: "crontab",
            sentence: format!(
                "has {} fields, not five: minute, hour, day of the month, month, day of the week",
                fields.len()
            ),
        })?;
        Self::from_fields(fields, Sunday::ZeroOrSeven)
    }

    /// In the order of a crontab file.
    fn from_fields(fields: [&str; 5], sunday: Sunday) -> Result<Self, CrontabError> {
        let [minute, hour, day_of_month, month, day_of_week] = fields;
        let (minutes, minute) = MINUTE.read(minute, sunday)?;
        let (hours, hour) = HOUR.read(hour, sunday)?;
        let (days_of_month, day_of_month) = DAY_OF_MONTH.read(day_of_month, sunday)?;
        let (months, month) = MONTH_OF_YEAR.read(month, sunday)?;
        let (days_of_week, day_of_week) = DAY_OF_WEEK.read(day_of_week, sunday)?;
        let longest = months.iter().map(longest_month).max().unwrap_or_default();
        if days_of_month.iter().all(|day| day > longest) {
            let sentence = format!("day {day_of_month} never occurs in month {month}");
            return Err(CrontabError { field: "day_of_month", sentence });
        }
        let text = [minute, hour, day_of_month, month, day_of_week].join(" ").into_boxed_str();
        Ok(Self { minutes, hours, days_of_month, months, days_of_week, text })
    }

    /// 0 to 59.
    pub fn minutes(&self) -> Values {
        self.minutes
    }

    /// 0 to 23.
    pub fn hours(&self) -> Values {
        self.hours
    }

    /// 1 to 31.
    pub fn days_of_month(&self) -> Values {
        self.days_of_month
    }

    /// 1 to 12.
    pub fn months(&self) -> Values {
        self.months
    }

    /// 0 to 6, from Sunday on.
    pub fn days_of_week(&self) -> Values {
        self.days_of_week
    }

    /// The fields as they were written, without spaces, in the order of a crontab file. A Sunday that was written
    /// as 7 is a 7 here: `parse` takes all of them joined by spaces, `new` may not.
    pub fn fields(&self) -> [&str; 5] {
        let mut fields = self.text.split(' ');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    }
}

/// How many days the month has at most.
fn longest_month(month: u32) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
