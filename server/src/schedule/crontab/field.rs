//! One field of a crontab, in Celery's grammar: parts between commas, each `*`, `*/n`, `n`, `a-b` or `a-b/n`.
//!
//! Ranges may wrap around (`22-2`, `fri-mon`), steps count from the start of their range, and a number may be the
//! name of a day or a month, of which the first three letters are read. As in Celery, what follows a complete range
//! is not read: `1-5-9` is `1-5`.

use super::CrontabError;

/// The longest text of a field; all sixty minutes one by one take 170 letters.
const LONGEST: usize = 1000;

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The values of a field, all of them below 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Values(u64);

impl Values {
    pub fn contains(self, value: u32) -> bool {
        self.0.checked_shr(value).is_some_and(|rest| rest & 1 == 1)
    }

    /// How many there are; never zero.
    #[expect(clippy::len_without_is_empty, reason = "a field has a value, or it is refused")]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// From the smallest to the largest.
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (0..64).filter(move |value| self.contains(*value))
    }

    pub(super) fn first(self) -> u32 {
        self.0.trailing_zeros()
    }

    /// Those that are not below this value, as bits.
    pub(super) fn from(self, value: u32) -> u64 {
        self.0.checked_shr(value).map_or(0, |rest| rest << value)
    }

    /// Each as the bit of its number.
    pub(super) fn bits(self) -> u64 {
        self.0
    }
}

/// What may stand in a field.
pub(super) struct Field {
    name: &'static str,
    smallest: u32,
    largest: u32,
}

/// How Sunday may be written as a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sunday {
    /// 0, as in Celery.
    Zero,
    /// 0 and 7, as in a crontab file.
    ZeroOrSeven,
}

pub(super) const MINUTE: Field = Field { name: "minute", smallest: 0, largest: 59 };
pub(super) const HOUR: Field = Field { name: "hour", smallest: 0, largest: 23 };
pub(super) const DAY_OF_WEEK: Field = Field { name: "day_of_week", smallest: 0, largest: 6 };
pub(super) const DAY_OF_MONTH: Field = Field { name: "day_of_month", smallest: 1, largest: 31 };
pub(super) const MONTH_OF_YEAR: Field = Field { name: "month_of_year", smallest: 1, largest: 12 };

impl Field {
    /// The values the text stands for, and the text as far as it was read.
    pub(super) fn read(&self, text: &str, sunday: Sunday) -> Result<(Values, String), CrontabError> {
        if text.len() > LONGEST {
            return Err(self.wrong(format!("is longer than {LONGEST} letters")));
        }
        if text.trim().is_empty() {
            return Err(self.wrong("is empty; * stands for every value".to_owned()));
        }
        let mut values = 0;
        let mut read = Vec::new();
        for part in text.split(',').map(str::trim) {
            if part.is_empty() {
                return Err(self.wrong(format!("{text:?} has nothing before or after a comma")));
            }
            let (bits, end) = self.part(part, sunday).map_err(|sentence| self.wrong(sentence))?;
            values |= bits;
            read.push(&part[..end]);
        }
        Ok((Values(values), read.join(",")))
    }

    fn wrong(&self, sentence: String) -> CrontabError {
        CrontabError { field: self.name, sentence }
    }

    /// The values of one part, and where it ends.
    fn part(&self, part: &str, sunday: Sunday) -> Result<(u64, usize), String> {
        if part == "*" {
            return Ok((self.stepped(self.smallest, self.largest, 1), part.len()));
        }
        if let Some(step) = part.strip_prefix("*/") {
            let (step, letters) = step_of(part, step)?;
            return Ok((self.stepped(self.smallest, self.largest, step), "*/".len() + letters));
        }
        let first = word(part);
        let last = part[first.len()..].strip_prefix('-').map(word).unwrap_or_default();
        if first.is_empty() || last.is_empty() {
            let value = self.number(part, sunday)?;
            return Ok((self.stepped(value, value, 1), part.len()));
        }
        let (mut from, mut to) = (self.number(first, sunday)?, self.number(last, sunday)?);
        let end = first.len() + 1 + last.len();
        let (step, end) = match part[end..].strip_prefix('/') {
            Some(step) => step_of(part, step).map(|(step, letters)| (step, end + 1 + letters))?,
            None => (1, end),
        };
        if from > self.largest {
            // A range from Sunday on, with Sunday written as 7.
            to = if to == from { self.smallest } else { to };
            from = self.smallest;
        }
        if to < from {
            to += self.span();
        }
        Ok((self.stepped(from, to, step), end))
    }

    /// Every so manieth value of a range, which may run on past the largest value into the smallest.
    fn stepped(&self, from: u32, to: u32, step: usize) -> u64 {
        let values =
            (from..=to).step_by(step).map(|value| self.smallest + (value - self.smallest) % self.span());
        values.fold(0, |bits, value| bits | 1 << value)
    }

    fn span(&self) -> u32 {
        self.largest - self.smallest + 1
    }

    fn number(&self, text: &str, sunday: Sunday) -> Result<u32, String> {
        if text.starts_with('-') {
            return Err(format!("{text:?} is negative; a range is written as a-b"));
        }
        let largest =
            if sunday == Sunday::ZeroOrSeven && self.name == DAY_OF_WEEK.name { 7 } else { self.largest };
        let is_number = text.bytes().all(|letter| letter.is_ascii_digit());
        let value = if is_number {
            text.parse().unwrap_or(u32::MAX)
        } else {
            named(text).ok_or_else(|| self.unknown(text))?
        };
        if value > largest {
            let hint = if self.name == DAY_OF_WEEK.name && value == 7 { "; Sunday is 0" } else { "" };
            return Err(format!("{text} is above {largest}, the largest value{hint}"));
        }
        if value < self.smallest {
            return Err(format!("{text} is below {}, the smallest value", self.smallest));
        }
        Ok(value)
    }

    fn unknown(&self, text: &str) -> String {
        match text.split_once('/') {
            Some((start, step)) if !start.is_empty() && !step.is_empty() => {
                format!("{text:?} has a step without a range; write {start}-{}/{step}", self.largest)
            }
            _ => format!("{text:?} is neither a number, a name like mon or jan, a range a-b, nor *"),
        }
    }
}

/// A day or month by the first three letters of its name.
fn named(text: &str) -> Option<u32> {
    let start = text.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == start).map(|index| index + 1);
    let found = month.or_else(|| DAYS.iter().position(|name| *name == start))?;
    u32::try_from(found).ok()
}

/// The letters and digits at the start of a text.
fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The step that stands here, and how many letters it takes.
fn step_of(part: &str, text: &str) -> Result<(usize, usize), String> {
    let step = word(text);
    if step.is_empty() {
        return Err(format!("{part:?} has no number after its slash"));
    }
    if !step.bytes().all(|letter| letter.is_ascii_digit()) {
        return Err(format!("{step:?} in {part:?} is not a number"));
    }
    match step.parse().unwrap_or(usize::MAX) {
        0 => Err(format!("the step of {part:?} must be 1 or more")),
        number => Ok((number, step.len())),
    }
}
