//! Ways to learn that a message has arrived, beside each other: Redis tells that a key changed (what Umbel uses), a
//! blocking pop (what Celery uses), and asking every ten milliseconds.

use super::server::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const TIMES: usize = 2_000;
/// Asking is slow enough to be measured less often.
const TIMES_ASKING: usize = 200;

pub(crate) struct Wakes {
    pub told: f64,
    pub popped: f64,
    pub asked: f64,
}

/// Median milliseconds from a push to the moment it is known.
pub(crate) fn run(server: &Server) -> Wakes {
    let told = measure(server, TIMES, |listener, ready| {
        listener.say("CLIENT TRACKING ON");
        move |listener: &mut Wire| {
            listener.say("EXISTS wake");
            ready.send(()).expect("somebody pushes");
            listener.hear();
            let now = Instant::now();
            listener.say("RPOP wake");
            now
        }
    });
    let popped = measure(server, TIMES, |_, ready| {
        move |listener: &mut Wire| {
            ready.send(()).expect("somebody pushes");
            listener.say("BRPOP wake 5");
            Instant::now()
        }
    });
    let asked = measure(server, TIMES_ASKING, |_, ready| {
        move |listener: &mut Wire| {
            ready.send(()).expect("somebody pushes");
            loop {
                if !listener.say("RPOP wake").starts_with('_') {
                    return Instant::now();
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
    });
    Wakes { told, popped, asked }
}

/// `prepare` gets the listening connection and a bell to ring when it is ready to be woken, and returns one turn.
fn measure<T: FnMut(&mut Wire) -> Instant>(
    server: &Server,
    times: usize,
    prepare: impl FnOnce(&mut Wire, mpsc::Sender<()>) -> T,
) -> f64 {
    let mut pusher = Wire::to(server);
    let (ready, wanted) = mpsc::channel();
    let (pushed, began) = mpsc::channel();
    let pushing = thread::spawn(move || {
        while wanted.recv().is_ok() {
            // Long enough for a listener that blocks to be blocked.
            thread::sleep(Duration::from_micros(300));
            let now = Instant::now();
            pusher.say("LPUSH wake x");
            if pushed.send(now).is_err() {
                return;
            }
        }
    });
    let mut listener = Wire::to(server);
    let mut turn = prepare(&mut listener, ready);
    let mut delays: Vec<f64> = (0..times)
        .map(|_| {
            let woken = turn(&mut listener);
            woken.duration_since(began.recv().expect("pushed")).as_secs_f64() * 1e3
        })
        .collect();
    drop(turn);
    pushing.join().expect("the pusher ends");
    delays.sort_by(f64::total_cmp);
    delays[times / 2]
}

/// A connection that speaks RESP3 by hand, with nothing in between that could cost time.
struct Wire(TcpStream);

impl Wire {
    fn to(server: &Server) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", server.port())).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let mut wire = Self(stream);
        wire.say("HELLO 3");
        wire
    }

    /// Sends a command and returns what comes next; every answer here is small and comes in one piece.
    fn say(&mut self, command: &str) -> String {
        self.0.write_all(format!("{command}\r\n").as_bytes()).expect("sent");
        self.hear()
    }

    fn hear(&mut self) -> String {
        let mut buffer = [0; 4096];
        let count = self.0.read(&mut buffer).expect("an answer");
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    }
}
