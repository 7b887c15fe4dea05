//! What the process says about itself while it runs: log records on stderr, readable or as JSON.
//!
//! The banner and answers of commands go to stdout, so that neither disturbs the other. Arguments of tasks are
//! never logged at `info` or above.

use crate::clock::{SharedClock, SystemClock};
use crate::config::{self, Log, LogFormat};
use chrono::{Local, SecondsFormat};
use std::fmt;
use std::io::IsTerminal as _;
use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::{self, Writer};
use tracing_subscriber::fmt::time::FormatTime;

/// Starts logging for the whole process. A second call changes nothing, so that tests may share a process.
pub fn start(log: &Log) {
    let clock = SystemClock::shared();
    let records = tracing_subscriber::fmt().with_env_filter(filter(&log.level)).with_writer(std::io::stderr);
    // An error means that somebody else logs already: an embedding program, which then has the say.
    let _ = match log.format {
        LogFormat::Text => records
            .with_ansi(std::io::stderr().is_terminal() && config::colour_wanted())
            .with_timer(TimeOfDay(clock))
            .fmt_fields(format::debug_fn(field).delimited(" "))
            .try_init(),
        LogFormat::Json => records.json().flatten_event(true).with_timer(Moment(clock)).try_init(),
    };
}

/// A bare level is meant for us: a library's `info` is not what somebody asks for who wants to watch tasks.
fn filter(level: &str) -> EnvFilter {
    let directives =
        if level.contains('=') { level.to_owned() } else { format!("{},umbel={level}", quiet(level)) };
    EnvFilter::try_new(directives).expect("the configuration has found it to be sound")
}

fn quiet(level: &str) -> &str {
    match level {
        "trace" => "debug",
        "debug" | "info" => "warn",
        other => other,
    }
}

/// One field of a readable record. Texts come from outside, an exception's for instance: without escapes, one with
/// a line break in it could pass for a record of its own.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    if field.name() != "message" {
        write!(writer, "{}=", field.name())?;
    }
    for letter in format!("{value:?}").chars() {
        if letter.is_control() {
            write!(writer, "{}", letter.escape_default())?;
        } else {
            writer.write_char(letter)?;
        }
    }
    Ok(())
}

/// `14:03:59`, local: for a person who looks at a terminal now.
struct TimeOfDay(SharedClock);

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", self.0.now().with_timezone(&Local).format("%H:%M:%S"))
    }
}

/// `2030-01-31T14:03:59.123Z`: for a machine that looks at it later.
struct Moment(SharedClock);

impl FormatTime for Moment {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&self.0.now().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn a_bare_level_is_meant_for_us() {
        assert_eq!(filter("info").to_string(), "umbel=info,warn");
        assert_eq!(filter("error").to_string(), "umbel=error,error");
        assert_eq!(filter("info,umbel::worker=debug").to_string(), "umbel::worker=debug,info");
    }

    /// What a record looks like, without its time.
    fn written(log: impl FnOnce()) -> String {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let records = tracing_subscriber::fmt()
            .with_ansi(false)
            .without_time()
            .fmt_fields(format::debug_fn(field).delimited(" "))
            .with_writer(move || Sink(Arc::clone(&sink)))
            .finish();
        tracing::subscriber::with_default(records, log);
        let bytes = written.lock().expect("nobody panics").clone();
        String::from_utf8(bytes).expect("text")
    }

    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panics").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_record_stays_on_its_line() {
        let forged = "oops\n14:03:59 ERROR umbel: pwned\u{1b}[2J";
        let record = written(|| tracing::warn!(task.name = "demo.add", error = %forged, "task failed"));
        assert_eq!(
            record,
            " WARN umbel::telemetry::tests: task failed task.name=\"demo.add\" \
             error=oops\\n14:03:59 ERROR umbel: pwned\\u{1b}[2J\n"
        );
    }
}
