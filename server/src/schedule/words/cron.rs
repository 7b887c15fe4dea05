//! A crontab in words: the times of a day first, then the days.

use super::list::{Shape, and, numbers, runs, shape};
use crate::schedule::Crontab;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// More times of a day than this are not told one by one.
const MOST_TIMES: u32 = 6;
/// More stretches of a day than this are not told one by one.
const MOST_STRETCHES: usize = 3;

pub(super) fn words(crontab: &Crontab) -> String {
    let (times, is_at) = times(crontab);
    let days = days(crontab);
    match (days.is_empty(), is_at) {
        (true, false) => times,
        (true, true) => format!("{times} every day"),
        (false, _) => format!("{times} {days}"),
    }
}

/// The times of a day, and whether they are so few that they are told one by one.
fn times(crontab: &Crontab) -> (String, bool) {
    let (minutes, hours) = (crontab.minutes(), crontab.hours());
    let whole_day = shape(hours, 0, 23) == Shape::All;
    let spoken = match (shape(minutes, 0, 59), shape(hours, 0, 23)) {
        (Shape::One(0), Shape::All) => "every hour".to_owned(),
        (Shape::One(0), Shape::Step(step)) if 24 % step == 0 => format!("every {step} hours"),
        (Shape::One(minute), Shape::Range(first, last)) => {
            format!("every hour from {} to {}", time(first, minute), time(last, minute))
        }
        _ if minutes.len() * hours.len() <= MOST_TIMES => {
            let times = hours.iter().flat_map(|hour| minutes.iter().map(move |minute| time(hour, minute)));
            return (format!("at {}", and(times)), true);
        }
        (Shape::All, Shape::All) => "every minute".to_owned(),
        (Shape::All, _) => format!("every minute {}", during(crontab)),
        (Shape::Step(step), _) if 60 % step == 0 && whole_day => format!("every {step} minutes"),
        (Shape::Step(step), _) if 60 % step == 0 => format!("every {step} minutes {}", during(crontab)),
        (Shape::Step(step), _) => format!("every {step} minutes from the start of {}", each_hour(crontab)),
        (Shape::Range(first, last), _) if first < last => {
            format!("every minute from {first} to {last} past {}", each_hour(crontab))
        }
        (Shape::One(1), _) => format!("at 1 minute past {}", each_hour(crontab)),
        _ => format!(
            "at {} minutes past {}",
            numbers(minutes, |minute| minute.to_string()),
            each_hour(crontab)
        ),
    };
    (spoken, false)
}

/// The stretches of a day between the first and the last minutes of the hours.
fn during(crontab: &Crontab) -> String {
    let hours = crontab.hours();
    let minute = |last: bool| {
        let mut minutes = crontab.minutes().iter();
        if last { minutes.last() } else { minutes.next() }.unwrap_or_default()
    };
    let stretches = runs(hours, 0, 23);
    if stretches.len() > MOST_STRETCHES {
        return format!("of {}", each_hour(crontab));
    }
    and(stretches
        .into_iter()
        .map(|(first, last)| format!("from {} to {}", time(first, minute(false)), time(last, minute(true)))))
}

fn each_hour(crontab: &Crontab) -> String {
    let hours = crontab.hours();
    match shape(hours, 0, 23) {
        Shape::All => "every hour".to_owned(),
        Shape::Step(2) => "every second hour".to_owned(),
        Shape::Step(3) => "every third hour".to_owned(),
        Shape::One(hour) => format!("hour {hour}"),
        Shape::Range(first, last) => format!("the hours from {first} to {last}"),
        Shape::Step(_) | Shape::Other => format!("the hours {}", numbers(hours, |hour| hour.to_string())),
    }
}

/// The days, or nothing when it is every day.
fn days(crontab: &Crontab) -> String {
    let all_months = shape(crontab.months(), 1, 12) == Shape::All;
    let any_day = shape(crontab.days_of_month(), 1, 31) == Shape::All;
    let any_weekday = shape(crontab.days_of_week(), 0, 6) == Shape::All;
    let weekdays = weekdays(crontab, if any_day { "" } else { "s" });
    let days = numbers(crontab.days_of_month(), |day| day.to_string());
    let noun = if crontab.days_of_month().len() == 1 { "day" } else { "days" };
    match (any_day, any_weekday) {
        (true, true) if all_months => String::new(),
        (true, true) => format!("every day in {}", months(crontab)),
        (true, false) if all_months => weekdays,
        (true, false) => format!("{weekdays} in {}", months(crontab)),
        (false, true) if all_months => format!("on {noun} {days} of every month"),
        (false, true) => format!("on {noun} {days} of {}", months(crontab)),
        (false, false) => {
            let fall = format!("{weekdays} that fall on the {}", numbers(crontab.days_of_month(), ordinal));
            if all_months { fall } else { format!("{fall} of {}", months(crontab)) }
        }
    }
}

/// "on weekdays", "on Monday and Thursday", "from Monday to Thursday".
fn weekdays(crontab: &Crontab, plural: &str) -> String {
    let days = crontab.days_of_week();
    let name = |day: u32| format!("{}{plural}", DAYS[day as usize % 7]);
    let listed: Vec<u32> = days.iter().collect();
    match (shape(days, 0, 6), listed.as_slice()) {
        (Shape::Range(1, 5), _) => "on weekdays".to_owned(),
        (_, [0, 6]) if plural.is_empty() => "on weekends".to_owned(),
        (Shape::Range(first, last), _) if plural.is_empty() => {
            format!("from {} to {}", name(first), name(last))
        }
        // A week begins on Monday.
        (_, [0, others @ ..]) => format!("on {}", and(others.iter().chain([&0]).map(|day| name(*day)))),
        (_, all) => format!("on {}", and(all.iter().map(|day| name(*day)))),
    }
}

fn months(crontab: &Crontab) -> String {
    let name = |month: u32| MONTHS[(month as usize + 11) % 12].to_owned();
    match shape(crontab.months(), 1, 12) {
        Shape::Range(first, last) => format!("{} to {}", name(first), name(last)),
        _ => and(crontab.months().iter().map(name)),
    }
}

fn time(hour: u32, minute: u32) -> String {
    format!("{hour:02}:{minute:02}")
}

fn ordinal(day: u32) -> String {
    let suffix = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{suffix}")
}
