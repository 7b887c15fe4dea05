//! Two processes on one Redis, and the hand that strikes them.

use crate::cli::program::Running;
use crate::redis::ask;
use crate::support::redis::RedisServer;
use chrono::{DateTime, TimeDelta, Utc};
use rustix::process::Signal;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use umbel::beat::State;

/// How long a fact may take to come true on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Theatre {
    url: String,
    folder: TempDir,
    redis: redis::Connection,
    /// Rings for each message, and how often it has.
    bell: Receiver<()>,
    heard: u64,
    cast: [Actor; 2],
    /// How many processes there were.
    started: usize,
}

struct Actor {
    node: String,
    running: Running,
}

impl Theatre {
    /// The server tells of every change of a list.
    pub(super) fn open(server: &RedisServer, settings: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("umbel.toml"), settings).expect("a file");
        let (url, bell) = (server.url(), bell(server.connect()));
        let cast = [0, 1].map(|place| enter(&folder, &url, place, 0));
        Self { url, folder, redis: server.connect(), bell, heard: 0, cast, started: 0 }
    }

    /// Who leads and has sent something since it was asked for, if it is not this one.
    pub(super) fn leader(&mut self, not: Option<usize>) -> usize {
        self.catch_up();
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.next_message();
            let holder: Option<String> = ask(&mut self.redis, &["GET", "umbel.post.scheduler"]);
            let place = self.cast.iter().position(|actor| holder.as_deref() == Some(&actor.node));
            match place {
                Some(place) if not != Some(place) => return place,
                _ => assert!(Instant::now() < deadline, "nobody else leads, but {holder:?}"),
            }
        }
    }

    /// Returns in the moment in which so many messages more were published.
    pub(super) fn wait_for_messages(&mut self, count: u64) {
        self.catch_up();
        for _ in 0..count {
            self.next_message();
        }
    }

    /// Returns so many microseconds after the moment at which an entry is due next.
    pub(super) fn wait_until_due(&mut self, entry: &str, every: i64, past: u64) {
        let anchor = self.anchor(entry).expect("it has begun");
        let mut due = anchor;
        let now = Utc::now();
        while due < now {
            due += TimeDelta::microseconds(every);
        }
        let past = TimeDelta::microseconds(i64::try_from(past).expect("small"));
        while Utc::now() < due + past {
            std::hint::spin_loop();
        }
    }

    /// From now on Redis lets nobody write, and a change that was sent off waits there.
    pub(super) fn stop_writes(&mut self, entry: &str, every: i64) {
        let patience = PATIENCE.as_millis().to_string();
        let deadline = Instant::now() + PATIENCE;
        // What was due is done, what is due next is not.
        while !self.is_held_up("evalsha") {
            assert!(Instant::now() < deadline, "nobody changes anything");
            self.let_write();
            self.wait_until_due(entry, every, every.unsigned_abs() * 7 / 10);
            let _: () = ask(&mut self.redis, &["CLIENT", "PAUSE", &patience, "WRITE"]);
            while !self.is_held_up("") {
                assert!(Instant::now() < deadline, "nobody writes");
            }
        }
    }

    /// Whether somebody waits with a command of this name.
    fn is_held_up(&mut self, command: &str) -> bool {
        let clients: String = ask(&mut self.redis, &["CLIENT", "LIST"]);
        clients.lines().any(|client| {
            let mut facts = client.split(' ');
            facts.any(|fact| fact.strip_prefix("flags=").is_some_and(|flags| flags.contains('b')))
                && facts.any(|fact| fact.strip_prefix("cmd=").is_some_and(|name| name.starts_with(command)))
        })
    }

    pub(super) fn let_write(&mut self) {
        let _: () = ask(&mut self.redis, &["CLIENT", "UNPAUSE"]);
    }

    pub(super) fn signal(&self, place: usize, signal: Signal) {
        self.cast[place].running.signal(signal);
    }

    /// A fresh process comes in place of a killed one.
    pub(super) fn replace(&mut self, place: usize) {
        self.started += 1;
        self.cast[place] = enter(&self.folder, &self.url, place, self.started);
    }

    /// Lets all entries get as far as the present moment, and stops everybody. Answers which moment that was.
    pub(super) fn close(mut self, entries: &[&str]) -> DateTime<Utc> {
        let now = Utc::now();
        let deadline = Instant::now() + PATIENCE;
        while entries.iter().any(|entry| self.anchor(entry).is_none_or(|anchor| anchor < now)) {
            assert!(Instant::now() < deadline, "the last leader does not catch up");
            self.next_message();
        }
        for Actor { running, .. } in self.cast {
            running.signal(Signal::TERM);
            assert_eq!(running.end(), Some(0));
        }
        now
    }

    fn anchor(&mut self, entry: &str) -> Option<DateTime<Utc>> {
        let state: Option<String> = ask(&mut self.redis, &["HGET", "umbel.schedule-states", entry]);
        let state: State = serde_json::from_str(&state?).expect("a state");
        Some(state.head.anchor())
    }

    /// Hears of all that was published until now.
    fn catch_up(&mut self) {
        let published: u64 = ask(&mut self.redis, &["LLEN", "celery"]);
        while self.heard < published {
            self.next_message();
        }
    }

    fn next_message(&mut self) {
        self.bell.recv_timeout(PATIENCE).expect("nothing is sent any more");
        self.heard += 1;
    }
}

/// One of both keeps its name whenever it starts, as on a machine of its own; the other has a new one each time.
fn enter(folder: &TempDir, url: &str, place: usize, number: usize) -> Actor {
    let node = if place == 0 { "umbel@steady".to_owned() } else { format!("umbel@fresh{number}") };
    let arguments = ["--no-worker", "--no-dashboard", "--broker", url, "--name", &node];
    let (running, _) = Running::start(folder.path(), &arguments);
    Actor { node, running }
}

fn bell(mut connection: redis::Connection) -> Receiver<()> {
    let (ring, bell) = channel();
    let (say, ready) = channel();
    std::thread::spawn(move || {
        let mut ear = connection.as_pubsub();
        say.send(ear.subscribe("__keyspace@0__:celery")).expect("somebody waits");
        while ear.get_message().is_ok() && ring.send(()).is_ok() {}
    });
    ready.recv().expect("it tells").expect("subscribed");
    bell
}
