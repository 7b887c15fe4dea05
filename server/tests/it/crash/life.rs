//! One life of the real program, from its start to a death without warning.

use serde_json::Value;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `umbel`. It is killed when dropped.
#[derive(Debug)]
pub(super) struct Life {
    child: Child,
    address: String,
}

impl Life {
    /// Starts it on the folder and returns as soon as it listens.
    pub(super) fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_umbel"))
            .args(["up", "--port", "0", "--concurrency", "4", "--log-level", "error"])
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let banner = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = banner
            .map_while(Result::ok)
            .find_map(|line| {
                Some(line.trim().strip_prefix("dashboard")?.trim().strip_prefix("http://")?.to_owned())
            })
            .expect("the banner tells where it listens");
        Self { child, address }
    }

    /// Ends it as a power cut ends a process: at once, without a word.
    pub(super) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is our child");
    }

    /// Where it listens, for those who ask from another thread.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn get(&self, path: &str) -> Value {
        let (status, body) = ask(&self.address, "GET", path, "").expect("it answers");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// How many messages are in the broker's hands: ready, held for later, or with the worker.
    pub(super) fn unfinished(&self) -> u64 {
        let queues = self.get("/api/v1/queues");
        let queues = queues["queues"].as_array().expect("a list").iter();
        let count = |queue: &Value, of: &str| queue[of].as_u64().expect("a number");
        queues.map(|queue| ["ready", "held", "in_hand"].map(|of| count(queue, of)).iter().sum::<u64>()).sum()
    }

    /// Insists that the task has succeeded with the result.
    pub(super) fn finished(&self, id: &str, result: f64) {
        let task = self.get(&format!("/api/v1/tasks/{id}"));
        assert_eq!(task["state"], "SUCCESS", "{task:#}");
        assert!(task["result"].as_f64().is_some_and(|found| (found - result).abs() < 1e-9), "{task:#}");
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends tasks and gives back their ids, if the program lived to confirm them.
pub(super) fn send(address: &str, tasks: &Value) -> Option<Vec<String>> {
    let (status, body) = ask(address, "POST", "/api/v1/tasks", &tasks.to_string()).ok()?;
    assert_eq!(status, 202, "{body}");
    let answer: Value = serde_json::from_str(&body).ok()?;
    serde_json::from_value(answer["ids"].clone()).ok()
}

/// One HTTP request. An answer that was cut off is an error.
fn ask(address: &str, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(cut)?;
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    if length != Some(body.len()) {
        return Err(cut());
    }
    Ok((status, body.to_owned()))
}
