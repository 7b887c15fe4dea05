//! The speed of light: the commands a Celery-compatible worker has to send, pipelined, from one connection, without
//! tasks, JSON or anything else.

use super::server::Server;
use std::time::Instant;

pub(crate) struct Rates {
    pub publish: f64,
    pub drain: f64,
}

const MESSAGE: usize = 950;
const RESULT: [u8; 190] = [b'r'; 190];
/// A busy worker puts the events of about eight tasks into one message.
const EVENTS: [u8; 8 * 3 * 420] = [b'e'; 8 * 3 * 420];

pub(crate) fn run(server: &Server, tasks: usize, batch: usize) -> Rates {
    let mut connection = server.connect();
    let start = Instant::now();
    for first in (0..tasks).step_by(batch) {
        let mut pipeline = redis::pipe();
        for number in first..(first + batch).min(tasks) {
            let mut message = format!("{{\"id\":\"{number:036}\",").into_bytes();
            message.resize(MESSAGE, b'x');
            pipeline.cmd("LPUSH").arg("celery").arg(message).ignore();
        }
        pipeline.query::<()>(&mut connection).expect("published");
    }
    let publish = tasks as f64 / start.elapsed().as_secs_f64();

    let start = Instant::now();
    let mut done = 0;
    while done < tasks {
        let messages: Vec<Vec<u8>> =
            redis::cmd("RPOP").arg("celery").arg(batch).query(&mut connection).expect("messages");
        let ids: Vec<&[u8]> = messages.iter().map(|message| &message[7..43]).collect();
        let mut book = redis::pipe();
        let index = book.cmd("ZADD").arg("unacked_index");
        for id in &ids {
            index.arg(1.7e9).arg(id);
        }
        index.ignore();
        let bookings = book.cmd("HSET").arg("unacked");
        for (id, message) in ids.iter().zip(&messages) {
            bookings.arg(id).arg(message);
        }
        bookings.ignore();
        book.query::<()>(&mut connection).expect("booked");

        let mut end = redis::pipe();
        for id in &ids {
            let key = [b"celery-task-meta-", *id].concat();
            end.cmd("SETEX").arg(&key).arg(86_400).arg(&RESULT).ignore();
            end.cmd("PUBLISH").arg(&key).arg(&RESULT).ignore();
        }
        for _ in 0..ids.len().div_ceil(8) {
            end.cmd("PUBLISH").arg("/0.celeryev/task.multi").arg(&EVENTS).ignore();
        }
        end.cmd("ZREM").arg("unacked_index").arg(&ids).ignore();
        end.cmd("HDEL").arg("unacked").arg(&ids).ignore();
        end.query::<()>(&mut connection).expect("settled");
        done += messages.len();
    }
    Rates { publish, drain: tasks as f64 / start.elapsed().as_secs_f64() }
}
