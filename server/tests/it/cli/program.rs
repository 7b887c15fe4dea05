//! A running `umbel`: what it writes, and signals to it.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use tempfile::TempDir;

/// How long a fact may take to come true on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program to its end, in an empty folder and an empty environment.
pub(crate) fn umbel(arguments: &[&str]) -> Ended {
    umbel_in(TempDir::new().expect("a folder").path(), &[], arguments)
}

pub(crate) fn umbel_in(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = command(folder, arguments);
    let output = command.envs(environment.iter().copied()).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_umbel"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// A program that runs. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    /// Starts `umbel up` on a free port with its data in the folder, and waits until it is ready.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> (Self, Vec<String>) {
        let mut child = command(folder, &["up", "--port", "0", "--log-level", "debug"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let (say, lines) = channel();
        let out = child.stdout.take().expect("piped");
        let err = child.stderr.take().expect("piped");
        let streams: [Box<dyn std::io::Read + Send>; 2] = [Box::new(out), Box::new(err)];
        for stream in streams {
            let say = say.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if say.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let mut running = Self { child, lines };
        let banner = running.until("is ready");
        (running, banner)
    }

    /// Reads lines up to the first that contains the text, and gives back all of them.
    pub(crate) fn until(&mut self, text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => seen.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("no {text:?} came; it said {seen:#?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended without {text:?}; it said {seen:#?}"),
            }
            if seen.last().is_some_and(|line| line.contains(text)) {
                return seen;
            }
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it runs");
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until it has ended, which closes what it writes to, and gives back its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
            }
        }
        self.child.wait().expect("it is our child").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
