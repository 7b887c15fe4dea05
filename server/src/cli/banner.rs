//! What a person sees when Umbel has started: who it is, what it serves and where to look.

use crate::config::Config;
use crate::redis_link::Address;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// An umbel in flower. Its rays meet in one stem, as several programs do here.
const FLOWER: &str = r"
      . o  .  o .
    o  \  \|/  /  o
     `-._\ | /_.-´
          \|/
           |";

/// Everything the banner tells.
#[derive(Debug)]
pub(super) struct Banner<'a> {
    pub(super) config: &'a Config,
    pub(super) queues: &'a [String],
    pub(super) tasks: &'a [String],
    /// Names of the entries of the schedule that this process brings.
    pub(super) entries: &'a [String],
    /// Where the dashboard listens, in a build that has one.
    pub(super) address: Option<SocketAddr>,
    pub(super) colour: bool,
}

impl Banner<'_> {
    fn paint<'a>(&self, code: &'static str, text: &'a str) -> Painted<'a> {
        Painted { code: if self.colour { code } else { "" }, text }
    }

    /// A label and its value; more values stand below the first.
    fn row(&self, f: &mut fmt::Formatter<'_>, label: &str, values: &[String]) -> fmt::Result {
        for (place, value) in values.iter().enumerate() {
            let label = format!("{:<12}", if place == 0 { label } else { "" });
            writeln!(f, "  {} {}", self.paint(DIM, &label), printable(value))?;
        }
        Ok(())
    }

    fn schedules(&self) -> Vec<String> {
        if !self.config.beat.enabled {
            return vec!["no scheduler here".to_owned()];
        }
        let mut rows: Vec<String> = self.entries.iter().take(MOST_ENTRIES).cloned().collect();
        match self.entries.len() {
            0 => rows.push("none in umbel.toml or code".to_owned()),
            count if count > MOST_ENTRIES => rows.push(format!("and {} more", count - MOST_ENTRIES)),
            _ => {}
        }
        rows
    }

    fn concurrency(&self) -> String {
        match self.config.worker.enabled {
            true => format!("{} (async tasks)", self.config.worker.concurrency),
            false => "no worker here".to_owned(),
        }
    }
}

/// A banner is read at a glance.
const MOST_ENTRIES: usize = 10;

const GREEN: &str = "32";
const BOLD: &str = "1";
const DIM: &str = "2";

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = self.config;
        let version = format!("umbel {}", env!("CARGO_PKG_VERSION"));
        writeln!(f, "{}   {}\n", self.paint(GREEN, FLOWER), self.paint(BOLD, &version))?;
        let inside = format!("embedded, {}", config.data_dir.join("umbel.db").display());
        let kept = config.results.expires.map_or_else(|| "for ever".to_owned(), length);
        let shown = |url: Option<&Address>| url.map(ToString::to_string);
        let broker = shown(config.broker.url.as_ref());
        let results = shown(config.results.url.as_ref()).or_else(|| broker.clone());
        let results = results.unwrap_or_else(|| "embedded".to_owned());
        self.row(f, "app", std::slice::from_ref(&config.app_name))?;
        self.row(f, "broker", &[broker.unwrap_or(inside)])?;
        self.row(f, "results", &[format!("{results}, kept {kept}")])?;
        self.row(f, "concurrency", &[self.concurrency()])?;
        if config.worker.enabled {
            self.row(f, "queues", self.queues)?;
            self.row(f, "tasks", self.tasks)?;
        }
        self.row(f, "schedules", &self.schedules())?;
        if let Some(address) = self.address {
            let label = format!("{:<12}", "dashboard");
            writeln!(f, "  {} {}", self.paint(DIM, &label), self.paint(BOLD, &url(address)))?;
        }
        writeln!(f)
    }
}

/// Where a browser on this machine finds the dashboard.
pub(super) fn url(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// A length of time in its largest whole unit: `1 day`, `90 minutes`.
pub(super) fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (size, unit) = units
        .into_iter()
        .find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size))
        .unwrap_or((1, "second"));
    let plural = if seconds / size == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", seconds / size)
}

/// Without the control characters by which a name could play tricks on a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

struct Painted<'a> {
    code: &'static str,
    text: &'a str,
}

impl fmt::Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            "" => f.write_str(self.text),
            code => write!(f, "\x1b[{code}m{}\x1b[0m", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner<'a>(config: &'a Config, names: &'a [String], colour: bool) -> Banner<'a> {
        let address = Some("0.0.0.0:5555".parse().expect("an address"));
        Banner { config, queues: names, tasks: names, entries: &[], address, colour }
    }

    #[test]
    fn tells_what_runs_where() {
        let text =
            banner(&Config::default(), &["mail".to_owned(), "evil\u{1b}[2J".to_owned()], false).to_string();
        let rows: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("  app")).collect();
        assert_eq!(
            rows,
            [
                "  app          umbel",
                "  broker       embedded, umbel-data/umbel.db",
                "  results      embedded, kept 1 day",
                "  concurrency  64 (async tasks)",
                "  queues       mail",
                "               evil[2J",
                "  tasks        mail",
                "               evil[2J",
                "  schedules    none in umbel.toml or code",
                "  dashboard    http://127.0.0.1:5555",
                "",
            ]
        );
    }

    #[test]
    fn a_long_schedule_is_cut() {
        let entries: Vec<String> = (0..12).map(|number| format!("entry {number}")).collect();
        let config = Config::default();
        let text = Banner { entries: &entries, ..banner(&config, &[], false) }.to_string();
        assert!(
            text.contains("entry 9\n") && text.contains("and 2 more") && !text.contains("entry 10"),
            "{text}"
        );
        let config =
            Config { beat: crate::config::Beat { enabled: false, ..config.beat }, ..Config::default() };
        assert!(banner(&config, &[], false).to_string().contains("no scheduler here"));
    }

    #[test]
    fn colours_only_when_told() {
        assert!(!banner(&Config::default(), &[], false).to_string().contains('\u{1b}'));
        assert!(banner(&Config::default(), &[], true).to_string().contains("\u{1b}[1mhttp://"));
    }

    #[test]
    fn lengths_are_told_in_their_largest_whole_unit() {
        let told = [86_400, 5400, 7200, 1, 90].map(|seconds| length(Duration::from_secs(seconds)));
        assert_eq!(told, ["1 day", "90 minutes", "2 hours", "1 second", "90 seconds"]);
    }
}
