//! The grammar of `umbel schedule`.

use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  umbel schedule list
  umbel schedule add nightly --task demo.add --cron '30 2 * * *' --timezone Europe/Berlin --args '[2, 3]'
  umbel schedule preview --cron '0 9 * * mon-fri' --timezone America/New_York
  umbel schedule pause nightly";

const ADD_EXAMPLES: &str = "\
Examples:
  umbel schedule add beat --task demo.add --every 30s --args '[2, 3]'
  umbel schedule add report --task shop.report --cron '0 9 * * mon-fri' --timezone Europe/Berlin --missed skip
  umbel schedule add lights --task home.lights --solar sunset --latitude 52.5 --longitude 13.4
  umbel schedule add launch --task shop.launch --at 2030-01-01T09:00:00+01:00
  umbel schedule add report --file report.json --replace";

const PREVIEW_EXAMPLES: &str = "\
Example:
  umbel schedule preview --cron '30 2 * * *' --timezone Europe/Berlin --count 3";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Schedule {
    #[command(subcommand)]
    pub(in crate::cli) act: Act,
    /// Where Umbel listens
    #[arg(
        long,
        global = true,
        display_order = 900,
        value_name = "URL",
        default_value = "http://127.0.0.1:5555"
    )]
    pub(in crate::cli) url: String,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Act {
    /// List the schedules by name, with when they are due and what became of them
    List {
        /// A part of the name or of the task
        #[arg(long, short, value_name = "TEXT", default_value = "")]
        search: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show all that is known about one
    Show {
        /// Its name
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Store a schedule
    #[command(after_help = ADD_EXAMPLES)]
    Add(Box<Add>),
    /// Delete a schedule that was stored
    Remove {
        /// Its name
        name: String,
    },
    /// Send nothing until it is resumed
    Pause {
        /// Its name
        name: String,
    },
    /// Go on from now on
    Resume {
        /// Its name
        name: String,
    },
    /// Send its task at once and print the task's id
    Run {
        /// Its name
        name: String,
    },
    /// Tell when something would be due, and store nothing
    #[command(after_help = PREVIEW_EXAMPLES)]
    Preview(Preview),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    /// Its name
    pub(in crate::cli) name: String,
    /// The task to send
    #[arg(long, short, value_name = "TASK", required_unless_present = "file")]
    pub(in crate::cli) task: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) when: When,
    /// Positional arguments, a JSON array
    #[arg(long, short, value_name = "JSON")]
    pub(in crate::cli) args: Option<String>,
    /// Keyword arguments, a JSON object
    #[arg(long, short, value_name = "JSON")]
    pub(in crate::cli) kwargs: Option<String>,
    /// Queue [default: the task's own]
    #[arg(long, short = 'Q', value_name = "NAME")]
    pub(in crate::cli) queue: Option<String>,
    /// What becomes of occurrences that nobody was there to send: once, skip or all [default: once]
    #[arg(long, value_name = "POLICY")]
    pub(in crate::cli) missed: Option<String>,
    /// Send nothing while so many of its tasks have not finished
    #[arg(long, value_name = "N")]
    pub(in crate::cli) max_running: Option<u32>,
    /// The whole entry as JSON, - for standard input
    #[arg(long, short, value_name = "FILE", conflicts_with_all = [
        "task", "when", "timezone", "args", "kwargs", "queue", "missed", "max_running",
    ])]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Take the place of the one of this name
    #[arg(long)]
    pub(in crate::cli) replace: bool,
}

/// When it is due: one of four ways.
#[derive(Debug, Default, Args)]
#[command(group = ArgGroup::new("when").args(["cron", "every", "at", "solar"]))]
pub(in crate::cli) struct When {
    /// Minute, hour, day of month, month and day of week: '0 9 * * mon-fri'
    #[arg(long, value_name = "FIELDS")]
    pub(in crate::cli) cron: Option<String>,
    /// A length of time: 30s, 1h 30m, or seconds
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) every: Option<String>,
    /// Once, at a moment: 2030-01-01T09:00:00
    #[arg(long, value_name = "ISO")]
    pub(in crate::cli) at: Option<String>,
    /// What the sun does: sunrise, sunset, dusk_civil and so on
    #[arg(long, value_name = "EVENT", requires = "latitude", requires = "longitude")]
    pub(in crate::cli) solar: Option<String>,
    /// Degrees, north is positive
    #[arg(long, value_name = "DEGREES", requires = "solar", allow_negative_numbers = true)]
    pub(in crate::cli) latitude: Option<f64>,
    /// Degrees, east is positive
    #[arg(long, value_name = "DEGREES", requires = "solar", allow_negative_numbers = true)]
    pub(in crate::cli) longitude: Option<f64>,
    /// The zone of its wall times: Europe/Berlin [default: the scheduler's]
    #[arg(long, value_name = "ZONE")]
    pub(in crate::cli) timezone: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Preview {
    #[command(flatten)]
    pub(in crate::cli) when: When,
    /// How many moments
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub(in crate::cli) count: u8,
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
