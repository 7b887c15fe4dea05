//! The command line's grammar and its help.
//!
//! Values are taken as text and checked by `config` together with those of the file and the environment, so there
//! is one place that knows what a port is.

use crate::config::Flag;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

pub(super) mod schedule;

const ABOUT: &str = "A Celery dashboard, worker and broker in one program";

const EXAMPLES: &str = "\
Examples:
  umbel                        start on http://127.0.0.1:5555 with data in ./umbel-data
  umbel up --demo              the same with lifelike tasks and traffic, to look around
  umbel up -c 8 -Q celery,mail serve two queues, eight tasks at a time
  umbel up -b redis://localhost the same on a Redis, beside Celery's own workers
  umbel send demo.add --args '[2, 3]'
  umbel schedule add nightly --task demo.add --cron '30 2 * * *' --args '[2, 3]'

Every setting may also stand in umbel.toml under its name (worker_concurrency = 8) or in the environment
(UMBEL_WORKER_CONCURRENCY=8). Flags win over the environment, the environment over the file.

Exit codes: 0 done, 2 wrong command line, 65 damaged or newer database, 69 port taken or no answer, 70 fault of
Umbel's, 73 data folder cannot be written, 75 data folder in use, 78 wrong configuration, 130 stopped at once.";

#[derive(Debug, Parser)]
#[command(name = "umbel", version, about = ABOUT, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
#[command(disable_help_subcommand = true)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// `umbel` alone is `umbel up`.
    #[command(flatten)]
    pub(super) up: Up,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start dashboard, broker and worker (also without the word "up")
    #[command(after_help = "Example:\n  umbel up --port 8080 --data /var/lib/umbel --concurrency 16")]
    Up(Box<Up>),
    /// Send a task to a running Umbel and print its id
    Send(Send),
    /// Look at schedules of a running Umbel, add, pause and run them
    Schedule(schedule::Schedule),
    /// Print the version
    Version,
}

#[derive(Debug, Default, Args)]
pub(super) struct Up {
    /// Configuration file [default: umbel.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Folder of the databases, made when missing [default: ./umbel-data]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// A Redis to use instead of the broker inside: redis://host:6379/0
    #[arg(long, short, value_name = "URL")]
    broker: Option<String>,
    /// A Redis for results [default: where the messages are]
    #[arg(long, value_name = "URL")]
    result_backend: Option<String>,
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// Port of the dashboard, 0 for any free one [default: 5555]
    #[arg(long, short, value_name = "PORT")]
    port: Option<String>,
    /// Further host names browsers may use, with commas between them
    #[arg(long, value_name = "NAMES")]
    allowed_hosts: Option<String>,
    /// Tasks that run at the same time [default: 64]
    #[arg(long, short, value_name = "N")]
    concurrency: Option<String>,
    /// Queues to serve [default: celery and those of the registered tasks]
    #[arg(long, short = 'Q', value_name = "NAMES")]
    queues: Option<String>,
    /// Node name; %h is the host, %n its first part, %d its domain [default: umbel@%h]
    #[arg(long, short, visible_alias = "hostname", value_name = "NAME")]
    name: Option<String>,
    /// Only work: no dashboard and no history here (needs --broker)
    #[arg(long)]
    no_dashboard: bool,
    /// Run no tasks here: dashboard and broker only
    #[arg(long)]
    no_worker: bool,
    /// Do not run the scheduler here
    #[arg(long)]
    no_beat: bool,
    /// Register lifelike tasks and send traffic for them
    #[arg(long)]
    demo: bool,
    /// Let the demo run this many times as fast
    #[arg(long, hide = true, value_name = "FACTOR")]
    demo_speed: Option<String>,
    /// How long a warm stop waits for running tasks [default: 30s]
    #[arg(long, value_name = "TIME")]
    stop_timeout: Option<String>,
    /// trace, debug, info, warn, error, off, or directives such as info,umbel::worker=debug [default: info]
    #[arg(long, short, visible_alias = "loglevel", value_name = "LEVEL")]
    log_level: Option<String>,
    /// text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  umbel send demo.add --args '[2, 3]' --countdown 10")]
pub(super) struct Send {
    /// Name of the task
    pub(super) name: String,
    /// Positional arguments, a JSON array
    #[arg(long, short, value_name = "JSON")]
    pub(super) args: Option<String>,
    /// Keyword arguments, a JSON object
    #[arg(long, short, value_name = "JSON")]
    pub(super) kwargs: Option<String>,
    /// Queue [default: the task's own]
    #[arg(long, short = 'Q', value_name = "NAME")]
    pub(super) queue: Option<String>,
    /// Seconds to wait before it may run
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(super) countdown: Option<f64>,
    /// Where Umbel listens
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5555")]
    pub(super) url: String,
}

impl Up {
    /// The flags as settings.
    pub(super) fn flags(self) -> Vec<Flag> {
        let given = [
            ("--data", "data_dir", self.data),
            ("--broker", "broker_url", self.broker),
            ("--result-backend", "result_backend", self.result_backend),
            ("--no-dashboard", "dashboard_enabled", self.no_dashboard.then(|| "false".to_owned())),
            ("--host", "host", self.host),
            ("--port", "port", self.port),
            ("--allowed-hosts", "allowed_hosts", self.allowed_hosts),
            ("--concurrency", "worker_concurrency", self.concurrency),
            ("--queues", "worker_queues", self.queues),
            ("--name", "worker_name", self.name),
            ("--no-worker", "worker_enabled", self.no_worker.then(|| "false".to_owned())),
            ("--no-beat", "beat_enabled", self.no_beat.then(|| "false".to_owned())),
            ("--demo", "demo", self.demo.then(|| "true".to_owned())),
            ("--demo-speed", "demo_speed", self.demo_speed),
            ("--stop-timeout", "worker_warm_shutdown_timeout", self.stop_timeout),
            ("--log-level", "log_level", self.log_level),
            ("--log-format", "log_format", self.log_format),
        ];
        given
            .into_iter()
            .filter_map(|(flag, setting, value)| Some(Flag { flag, setting, value: value? }))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SETTINGS;
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_sound_and_every_flag_has_its_setting() {
        CommandLine::command().debug_assert();
        let line = CommandLine::try_parse_from([
            "umbel",
            "up",
            "--data=a",
            "--host=b",
            "-p1",
            "--allowed-hosts=c",
            "-c2",
            "-Qd",
            "-ne",
            "--no-worker",
            "--no-beat",
            "--demo",
            "--demo-speed=3",
            "--stop-timeout=4",
            "-lwarn",
            "--log-format=json",
        ]);
        let Ok(CommandLine { command: Some(Command::Up(up)), .. }) = line else { panic!("{line:?}") };
        let flags = up.flags();
        assert_eq!(flags.len(), 14);
        assert!(flags.iter().all(|flag| SETTINGS.iter().any(|setting| setting.name == flag.setting)));
    }

    #[test]
    fn up_is_what_happens_without_a_command() {
        let line = CommandLine::try_parse_from(["umbel", "--port", "80"]).expect("sound");
        assert!(line.command.is_none());
        assert_eq!(line.up.flags()[0].value, "80");
    }
}
