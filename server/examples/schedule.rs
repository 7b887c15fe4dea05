//! Tasks that are sent again and again: by an interval, by the wall clock of a city, and with the sun.
//!
//! ```text
//! cargo run --example schedule
//! ```

use std::process::ExitCode;
use std::time::Duration;
use umbel::schedule::{Missed, SolarEvent};
use umbel::{Args, Context, Periodic, TaskError, Tasks};

/// Measures something, and says which run of it this is.
async fn measure(context: Context, Args((place,)): Args<(String,)>) -> String {
    format!("{place} measured by {}", context.id())
}

async fn report(Args((recipient,)): Args<(String,)>) -> Result<String, TaskError> {
    Ok(format!("report for {recipient}"))
}

async fn lamps() -> &'static str {
    "the lamps are lit"
}

fn tasks() -> Tasks {
    Tasks::new()
        .task("weather.measure", measure)
        .task("office.report", report)
        .task("street.lamps", lamps)
        // A measurement that was missed is not worth making up for, and one at a time is enough.
        .periodic(
            "measure",
            Periodic::new("weather.measure")
                .every(Duration::from_secs(5))
                .arg("Berlin")
                .missed(Missed::Skip)
                .max_running(1),
        )
        .periodic(
            "report",
            Periodic::new("office.report")
                .cron("0 9 * * mon-fri")
                .timezone("Europe/Berlin")
                .arg("everybody")
                .expires(Duration::from_secs(3600)),
        )
        .periodic("lamps", Periodic::new("street.lamps").solar(SolarEvent::Sunset, 52.52, 13.405))
}

fn main() -> ExitCode {
    umbel::main(tasks)
}
