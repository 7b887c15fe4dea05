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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        Crontab::parse(line).expect_err(line).to_string()
    }

    #[test]
    fn a_line_is_read_in_the_order_of_a_crontab_file() {
        let line = Crontab::parse(" 5,10  1-3 */10\tjan mon-fri ").expect("a lawful line");
        let fields = Crontab::new("5,10", "1-3", "mon-fri", "*/10", "jan").expect("lawful fields");
        assert_eq!(line, fields);
        assert_eq!(line.fields(), ["5,10", "1-3", "*/10", "jan", "mon-fri"]);
    }

    #[test]
    fn names_of_common_lines_are_known() {
        for (name, line) in [
            ("@hourly", "0 * * * *"),
            ("@daily", "0 0 * * *"),
            ("@midnight", "0 0 * * *"),
            ("@weekly", "0 0 * * sun"),
            ("@monthly", "0 0 1 * *"),
            ("@yearly", "0 0 1 jan *"),
            ("@annually", "0 0 1 1 *"),
        ] {
            let values = |line: &str| {
                let crontab = Crontab::parse(line).expect(line);
                (crontab.minutes, crontab.hours, crontab.days_of_month, crontab.months, crontab.days_of_week)
            };
            assert_eq!(values(name), values(line), "{name}");
        }
        assert!(refused("@reboot").starts_with("crontab: \"@reboot\" is unknown"));
    }

    #[test]
    fn sunday_is_seven_in_a_line_only() {
        for (written, days) in [
            ("7", vec![0]),
            ("0,7", vec![0]),
            ("5-7", vec![0, 5, 6]),
            ("0-7", vec![0, 1, 2, 3, 4, 5, 6]),
            ("1-7/2", vec![0, 1, 3, 5]),
            ("7-2", vec![0, 1, 2]),
            ("7-7", vec![0]),
            ("sat-7", vec![0, 6]),
        ] {
            let crontab = Crontab::parse(&format!("0 0 * * {written}")).expect(written);
            assert_eq!(crontab.days_of_week().iter().collect::<Vec<_>>(), days, "{written}");
        }
        assert_eq!(refused("7-60 * * * *"), "minute: 60 is above 59, the largest value");
        assert_eq!(refused("0 0 * * 8"), "day_of_week: 8 is above 7, the largest value");
        let celery = Crontab::new("0", "0", "7", "*", "*").expect_err("as in Celery");
        assert_eq!(celery.to_string(), "day_of_week: 7 is above 6, the largest value; Sunday is 0");
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (line, sentence) in [
            ("", "crontab: has 0 fields, not five: minute, hour, day of the month, month, day of the week"),
            (
                "* * * * * *",
                "crontab: has 6 fields, not five: minute, hour, day of the month, month, day of the week",
            ),
            ("5/10 * * * *", "minute: \"5/10\" has a step without a range; write 5-59/10"),
            ("* 1,,2 * * *", "hour: \"1,,2\" has nothing before or after a comma"),
            ("* */0 * * *", "hour: the step of \"*/0\" must be 1 or more"),
            ("* * */x * *", "day_of_month: \"x\" in \"*/x\" is not a number"),
            ("* * 0 * *", "day_of_month: 0 is below 1, the smallest value"),
            (
                "* * * 99999999999999999999 *",
                "month_of_year: 99999999999999999999 is above 12, the largest value",
            ),
            ("* * 30,31 feb *", "day_of_month: day 30,31 never occurs in month feb"),
            ("* * 31 4,6,9,11 *", "day_of_month: day 31 never occurs in month 4,6,9,11"),
        ] {
            assert_eq!(refused(line), sentence);
        }
        assert!(Crontab::parse("* * 29 feb *").is_ok());
        assert!(Crontab::parse("* * 30,1 feb *").is_ok());
        assert!(refused(&format!("{} * * * *", "1,".repeat(501))).contains("longer than 1000"));
    }

    #[test]
    fn fields_are_kept_as_far_as_they_were_read() {
        let crontab = Crontab::new("1, 2", "1-5-9", "*", "*/10-", " * ").expect("Celery takes it");
        assert_eq!(crontab.fields(), ["1,2", "1-5", "*/10", "*", "*"]);
        assert_eq!(Crontab::parse(&crontab.fields().join(" ")).as_ref(), Ok(&crontab));
    }
}
