//! The smallest HTTP client that can talk to a served site: one request a connection, and an open stream.

use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Asks once. The body comes back as JSON where it is JSON, and as a text where it is not.
pub(crate) async fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Value) {
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("it answers in UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
    let body = if head.contains("transfer-encoding: chunked") { joined(body) } else { body.to_owned() };
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// The chunks of a body as one text.
fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        body.push_str(&rest[..size]);
        chunks = &rest[size + 2..];
    }
    body
}

/// An open stream, read line by line.
pub(crate) struct Events(BufReader<TcpStream>);

impl Events {
    pub(crate) async fn open(address: SocketAddr, path: &str, header: &str) -> Self {
        let mut socket = TcpStream::connect(address).await.expect("it listens");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{header}\r\n");
        socket.write_all(request.as_bytes()).await.expect("it reads");
        Self(BufReader::new(socket))
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).await.expect("text lines");
        (read > 0).then(|| line.trim_end().to_owned())
    }

    pub(crate) async fn status(&mut self) -> String {
        self.line().await.expect("a status line")
    }

    /// The next event's id and frame. `None` at the stream's end.
    pub(crate) async fn next(&mut self) -> Option<(String, Value)> {
        let mut id = String::new();
        loop {
            let line = self.line().await?;
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return Some((id, serde_json::from_str(data).expect("a frame is JSON")));
            }
        }
    }
}
