use crate::schedule::length as lengths;
use crate::schedule::{Crontab, Interval, Schedule, Solar, SolarEvent};
use chrono::TimeDelta;
use proptest::prelude::*;

fn cron(line: &str) -> Schedule {
    Schedule::Crontab(Crontab::parse(line).unwrap_or_else(|error| panic!("{line}: {error}")))
}

#[test]
fn crontabs_are_spoken() {
    for (line, words) in [
        ("* * * * *", "every minute"),
        ("*/10 * * * *", "every 10 minutes"),
        ("0-59/10 * * * *", "every 10 minutes"),
        ("*/10 8-17 * * *", "every 10 minutes from 08:00 to 17:50"),
        ("* 8-17 * * 1-5", "every minute from 08:00 to 17:59 on weekdays"),
        ("* 8 * * *", "every minute from 08:00 to 08:59"),
        ("* 22-2 * * *", "every minute from 22:00 to 02:59"),
        ("* 8-11,13-16 * * *", "every minute from 08:00 to 11:59 and from 13:00 to 16:59"),
        ("* */2 * * *", "every minute of every second hour"),
        ("*/7 * * * *", "every 7 minutes from the start of every hour"),
        ("0-29 * * * *", "every minute from 0 to 29 past every hour"),
        ("0 * * * *", "every hour"),
        ("@hourly", "every hour"),
        ("1 * * * *", "at 1 minute past every hour"),
        ("5 * * * *", "at 5 minutes past every hour"),
        ("5,35 * * * *", "at 5 and 35 minutes past every hour"),
        ("1,13,30-45/5 * * * *", "at 1, 13, 30, 35, 40 and 45 minutes past every hour"),
        ("0 */6 * * *", "every 6 hours"),
        ("0 */2 * * *", "every 2 hours"),
        ("0 8-17 * * *", "every hour from 08:00 to 17:00"),
        ("30 22-2 * * *", "every hour from 22:30 to 02:30"),
        ("@daily", "at 00:00 every day"),
        ("30 7 * * *", "at 07:30 every day"),
        ("0 9,17 * * *", "at 09:00 and 17:00 every day"),
        ("0 9 * * 1,4", "at 09:00 on Monday and Thursday"),
        ("0 9 * * mon-fri", "at 09:00 on weekdays"),
        ("0 9 * * sat,sun", "at 09:00 on weekends"),
        ("0 9 * * 7,mon", "at 09:00 on Monday and Sunday"),
        ("0 9 * * fri-mon", "at 09:00 from Friday to Monday"),
        ("0 9 * * 1,3,5", "at 09:00 on Monday, Wednesday and Friday"),
        ("0 9 * 1 *", "at 09:00 every day in January"),
        ("0 9 * nov-feb mon", "at 09:00 on Monday in November to February"),
        ("0 0 1 * *", "at 00:00 on day 1 of every month"),
        ("0 0 1 1,7 *", "at 00:00 on day 1 of January and July"),
        ("0 0 1-7,15 * *", "at 00:00 on days 1–7 and 15 of every month"),
        ("@yearly", "at 00:00 on day 1 of January"),
        ("0 0 13 * fri", "at 00:00 on Fridays that fall on the 13th"),
        ("0 9 1-7 * mon", "at 09:00 on Mondays that fall on the 1st–7th"),
        (
            "0 9 1,2,22 6 sat,sun",
            "at 09:00 on Saturdays and Sundays that fall on the 1st, 2nd and 22nd of June",
        ),
        (
            "*/15 9-11,14 1 * mon-fri",
            "every 15 minutes from 09:00 to 11:45 and from 14:00 to 14:45 on weekdays that fall on the 1st",
        ),
    ] {
        assert_eq!(cron(line).words(), words, "{line}");
    }
}

#[test]
fn lengths_are_spoken() {
    for (text, words) in [
        ("30s", "every 30 seconds"),
        ("1s", "every second"),
        ("1m", "every minute"),
        ("1.5s", "every 1.5 seconds"),
        ("250ms", "every 250 milliseconds"),
        ("1h30m", "every 1 hour and 30 minutes"),
        ("1d", "every day"),
        ("7d", "every 7 days"),
        ("1d2h3m4.5s", "every 1 day, 2 hours, 3 minutes and 4.5 seconds"),
    ] {
        let every = TimeDelta::from_std(lengths::parse(text).expect("a length")).expect("short");
        let schedule = Schedule::Interval(Interval { every, relative: false });
        assert_eq!(schedule.words(), words);
        assert_eq!(schedule.written(), text);
    }
    let relative = |every| Schedule::Interval(Interval { every, relative: true }).words();
    assert_eq!(relative(TimeDelta::hours(2)), "every 2 hours, on the full hour");
    assert_eq!(relative(TimeDelta::seconds(90)), "every 1 minute and 30 seconds, on the full minute");
    assert_eq!(relative(TimeDelta::days(1)), "every day, at midnight");
    assert_eq!(relative(TimeDelta::milliseconds(500)), "every 500 milliseconds", "it keeps to nothing");
}

#[test]
fn the_sun_and_single_moments_are_spoken() {
    let sun = |event, latitude, longitude| Schedule::Solar(Solar { event, latitude, longitude });
    assert_eq!(sun(SolarEvent::Sunset, 52.5, 13.4).words(), "at sunset (52.50 N, 13.40 E)");
    assert_eq!(sun(SolarEvent::SolarNoon, -0.1, -78.5).words(), "at solar noon (0.10 S, 78.50 W)");
    assert_eq!(sun(SolarEvent::DawnCivil, 0.0, 0.0).words(), "at civil dawn (0.00 N, 0.00 E)");
    assert_eq!(sun(SolarEvent::DuskNautical, 0.0, 0.0).written(), "dusk_nautical 0.00 N, 0.00 E");
    let once = |text: &str| Schedule::Once(text.parse().expect("a moment"));
    assert_eq!(once("2026-12-01T09:00:00Z").words(), "once, on 1 Dec 2026 at 09:00 UTC");
    assert_eq!(once("2026-12-01T09:00:30Z").words(), "once, on 1 Dec 2026 at 09:00:30 UTC");
    assert_eq!(once("2026-12-01T09:00:00Z").written(), "2026-12-01T09:00:00Z");
}

/// Numbers of a field, with ranges and steps among them.
fn field(smallest: u32, largest: u32) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("*".to_owned()),
        (1..30_u32).prop_map(|step| format!("*/{step}")),
        (smallest..=largest).prop_map(|value| value.to_string()),
        (smallest..=largest, smallest..=largest).prop_map(|(from, to)| format!("{from}-{to}")),
        (smallest..=largest, smallest..=largest, 1..9_u32)
            .prop_map(|(from, to, step)| format!("{from}-{to}/{step}")),
    ];
    prop::collection::vec(part, 1..5).prop_map(|parts| parts.join(","))
}

proptest! {
    #[test]
    fn there_are_words_for_every_crontab(
        fields in (field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)),
    ) {
        let (minute, hour, day, month, weekday) = fields;
        let schedule = cron(&format!("{minute} {hour} {day} {month} {weekday}"));
        let words = schedule.words();
        prop_assert!(words.starts_with("every ") || words.starts_with("at "), "{words}");
        prop_assert!(!words.contains("  ") && words.len() < 500, "{words}");
        prop_assert_eq!(cron(&schedule.written()).words(), words);
    }

    #[test]
    fn there_are_words_for_every_length(micros in 10_000_i64..4_000_000_000_000) {
        let every = TimeDelta::microseconds(micros);
        let schedule = Schedule::Interval(Interval { every, relative: false });
        prop_assert!(schedule.words().starts_with("every "));
        let seconds = lengths::parse(&schedule.written()).expect("a length").as_secs_f64();
        prop_assert_eq!((seconds * 1e6).round() as i64, micros);
    }
}
