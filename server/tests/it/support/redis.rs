//! A `redis-server` of a test's own: on a free port and a unix socket, without a disk, gone with its owner.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use tempfile::TempDir;

/// How long a server may take to start on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Somebody else may take the free port before the server does; that happens once, not always.
const ATTEMPTS: usize = 5;
const READY: &str = "Ready to accept connections";

/// A running server. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct RedisServer {
    child: Child,
    /// Open as long as the server writes its log.
    log: Receiver<String>,
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
}

impl RedisServer {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// Starts a server with further options, such as `&["--requirepass", "secret"]`.
    pub(crate) fn with(arguments: &[&str]) -> Self {
        let mut said = Vec::new();
        for _ in 0..ATTEMPTS {
            match Self::launch(free_port(), arguments) {
                Ok(server) => return server,
                Err(words) => said = words,
            }
        }
        panic!("redis-server does not start; it said {said:#?}");
    }

    /// Starts a server on a port that somebody has chosen before.
    pub(crate) fn at(port: u16, arguments: &[&str]) -> Self {
        Self::launch(port, arguments)
            .unwrap_or_else(|said| panic!("redis-server does not start; it said {said:#?}"))
    }

    fn launch(port: u16, arguments: &[&str]) -> Result<Self, Vec<String>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let (child, log) = launch(&folder, port, &arguments, READY)?;
        Ok(Self { child, log, folder, port, arguments })
    }

    /// Database 0, over TCP and without a password.
    pub(crate) fn url(&self) -> String {
        self.url_of(0)
    }

    pub(crate) fn url_of(&self, database: u8) -> String {
        format!("redis://127.0.0.1:{}/{database}", self.port)
    }

    /// The same server over its unix socket, as Celery spells it.
    pub(crate) fn socket_url(&self) -> String {
        format!("redis+socket://{}", self.folder.path().join("redis.sock").display())
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A plain connection of the test's own.
    pub(crate) fn connect(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).expect("a valid address");
        client.get_connection().expect("the server is ready")
    }

    /// Ends the server at once; its data are gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts a killed server again on the same port, with what its options made it keep.
    pub(crate) fn revive(&mut self) {
        self.revive_until(READY);
    }

    /// The same, but waits only until it has said this.
    pub(crate) fn revive_until(&mut self, said: &str) {
        self.kill();
        let (child, log) = launch(&self.folder, self.port, &self.arguments, said)
            .unwrap_or_else(|said| panic!("redis-server does not start again; it said {said:#?}"));
        (self.child, self.log) = (child, log);
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port nobody listens on at this moment, for options that want one (`--tls-port`).
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Waits until the server is ready, or gives back what it said before it ended.
fn launch(
    folder: &TempDir,
    port: u16,
    arguments: &[String],
    ready: &str,
) -> Result<(Child, Receiver<String>), Vec<String>> {
    let mut child = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--unixsocket", "redis.sock"])
        .args(["--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", ""])
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is installed; Debian's package has that name");
    let out = child.stdout.take().expect("piped");
    let (say, log) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = say.send(line);
        }
    });
    let mut said = Vec::new();
    loop {
        match log.recv_timeout(PATIENCE) {
            Ok(line) if line.contains(ready) => return Ok((child, log)),
            Ok(line) => said.push(line),
            Err(RecvTimeoutError::Disconnected) => {
                let _ = child.wait();
                return Err(said);
            }
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(said);
            }
        }
    }
}

#[test]
fn a_server_of_our_own_comes_and_goes() {
    let mut server = RedisServer::with(&["--maxmemory", "64mb"]);
    let mut connection = server.connect();
    let said: String = redis::cmd("PING").query(&mut connection).expect("it answers");
    assert_eq!(said, "PONG");
    let (_, limit): (String, u64) =
        redis::cmd("CONFIG").arg("GET").arg("maxmemory").query(&mut connection).expect("it answers");
    assert_eq!(limit, 64 * 1024 * 1024, "options are passed on");
    server.kill();
    assert!(redis::cmd("PING").query::<String>(&mut connection).is_err());
    server.revive();
    assert_eq!(redis::cmd("PING").query::<String>(&mut server.connect()).expect("it answers"), "PONG");
    assert_ne!(RedisServer::start().port(), server.port(), "each has its own");
    let socket = server.socket_url();
    assert!(std::path::Path::new(socket.trim_start_matches("redis+socket://")).exists());
}
