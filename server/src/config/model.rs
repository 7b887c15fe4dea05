//! The configuration as the rest of the product sees it: plain and checked.

use super::beat::Beat;
use super::transport::{BrokerTransport, ResultTransport};
use crate::protocol::envelope::Accept;
use crate::redis_link::Address;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Everything a process is told. Each part of the product takes its own piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The name in the banner and in the page's title.
    pub app_name: String,
    /// The folder that holds the databases.
    pub data_dir: PathBuf,
    pub broker: Broker,
    pub results: Results,
    pub http: Http,
    pub worker: Worker,
    pub beat: Beat,
    /// Where a task goes that neither its sender nor its registration gives a queue.
    pub task_default_queue: String,
    pub history: History,
    /// Whether workers on Redis that were started without events are asked to send them.
    pub enable_events: bool,
    pub log: Log,
    /// Look-alike tasks and traffic for them.
    pub demo: Demo,
}

/// Where messages wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Broker {
    /// A Redis; `None` is the embedded broker.
    pub url: Option<Address>,
    pub transport: BrokerTransport,
    /// The content types a message may have.
    pub accept: Accept,
}

/// Where results are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// A Redis; `None` keeps them where the messages are.
    pub url: Option<Address>,
    pub transport: ResultTransport,
    /// How long they are kept; `None` is for ever.
    pub expires: Option<Duration>,
}

/// Where the dashboard listens and what it accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Http {
    /// Without it there are neither pages nor history: a worker that others watch.
    pub enabled: bool,
    pub host: IpAddr,
    /// 0 takes any free port.
    pub port: u16,
    /// Host names that requests may carry beside the bound address and `localhost`.
    pub allowed_hosts: Vec<String>,
    /// Bytes of a request's body at most.
    pub body_limit: usize,
}

/// The worker inside of this process.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    pub enabled: bool,
    /// The node name, its formats filled in: `umbel@myhost`.
    pub name: String,
    /// Tasks that run at the same time. They are async and mostly wait, so this is well above the number of cores.
    pub concurrency: usize,
    /// `None` serves the default queue and those of the registered tasks.
    pub queues: Option<Vec<String>>,
    pub heartbeat_interval: Duration,
    /// How long a message stays ours without being renewed; a killed worker's tasks start again after this.
    pub lease: Duration,
    /// Whether it tells what happens to its tasks.
    pub events: bool,
    /// How long a warm stop waits for running tasks.
    pub warm_shutdown_timeout: Duration,
}

/// What is kept of finished tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// `None` keeps them whatever their age.
    pub max_age: Option<Duration>,
    /// `None` keeps them whatever their number.
    pub max_tasks: Option<u64>,
    /// Bytes of the history database at most; the oldest tasks make room.
    pub max_size: u64,
}

/// What is logged and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// A level, or directives such as `info,umbel::worker=debug`; already found to be sound.
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line for each record.
    Text,
    /// One JSON object for each record.
    Json,
}

/// The demo: off unless asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demo {
    pub enabled: bool,
    /// 1 is lifelike; 10 works and sends ten times as fast.
    pub speed: f64,
}

impl Config {
    /// The queues the worker serves, given those its tasks are registered with.
    pub fn queues<'a>(&self, of_tasks: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        if let Some(chosen) = &self.worker.queues {
            return chosen.clone();
        }
        let mut queues = vec![self.task_default_queue.clone()];
        for queue in of_tasks {
            if !queues.iter().any(|known| known == queue) {
                queues.push(queue.to_owned());
            }
        }
        queues
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            app_name: "umbel".to_owned(),
            data_dir: PathBuf::from("umbel-data"),
            broker: Broker { url: None, transport: BrokerTransport::default(), accept: Accept::json() },
            results: Results { url: None, transport: ResultTransport::default(), expires: Some(24 * HOUR) },
            http: Http {
                enabled: true,
                host: IpAddr::V4(Ipv4Addr::LOCALHOST),
                port: 5555,
                allowed_hosts: Vec::new(),
                body_limit: 16 << 20,
            },
            worker: Worker {
                enabled: true,
                name: "umbel@%h".to_owned(),
                concurrency: 64,
                queues: None,
                heartbeat_interval: Duration::from_secs(2),
                lease: Duration::from_secs(10),
                events: true,
                warm_shutdown_timeout: Duration::from_secs(30),
            },
            beat: Beat::default(),
            task_default_queue: "celery".to_owned(),
            enable_events: true,
            history: History { max_age: Some(30 * DAY), max_tasks: Some(1_000_000), max_size: 2 << 30 },
            log: Log { level: "info".to_owned(), format: LogFormat::Text },
            demo: Demo { enabled: false, speed: 1.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_the_default_queue_and_those_of_the_tasks() {
        let mut config = Config::default();
        assert_eq!(config.queues(["mail", "celery", "mail"]), ["celery", "mail"]);
        config.worker.queues = Some(vec!["only".to_owned()]);
        assert_eq!(config.queues(["mail"]), ["only"]);
    }
}
