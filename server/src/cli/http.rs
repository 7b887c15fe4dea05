//! One HTTP request to a server nearby: enough for a command, not worth a client library.

use std::fmt::Write as _;
use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);
/// More than any answer to a command; a server that sends more is none of ours.
const LARGEST_ANSWER: u64 = 4 << 20;

/// What is asked of the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    /// From the root on, escaped.
    pub(super) path: &'a str,
    /// Whole lines of the head, without their ends.
    pub(super) headers: &'a [&'static str],
    /// The body.
    pub(super) json: &'a str,
}

/// What the server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

/// The authority of a plain `http://` URL, without any path: `127.0.0.1:5555`.
pub(super) fn authority(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?.trim_end_matches('/');
    (!rest.is_empty() && !rest.contains(['/', '@', '?', '#', ' ', '\r', '\n'])).then_some(rest)
}

/// A text as one part of a path. Its first letter is always escaped, so that a name that happens to be an address of
/// its own (`/schedules/calendar`) is not taken for that.
pub(super) fn escaped(text: &str) -> String {
    let mut path = String::with_capacity(text.len() * 3);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' if place > 0 => {
                path.push(char::from(byte));
            }
            _ => {
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    path
}

/// Asks with a body of JSON and reads the answer.
pub(super) fn ask(authority: &str, request: &Request<'_>) -> io::Result<Answer> {
    let Request { method, path, headers, json } = request;
    let mut stream = connect(authority)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
    for header in *headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}", json.len())?;
    read(BufReader::new(stream.take(LARGEST_ANSWER)))
}

fn connect(authority: &str) -> io::Result<TcpStream> {
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let target = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in target.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Reads an answer whose end is told by its length or by the end of the connection; we asked for the latter.
fn read(mut source: impl io::BufRead) -> io::Result<Answer> {
    let mut line = String::new();
    source.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.filter(|_| line.starts_with("HTTP/1.")).ok_or_else(|| foreign("that was no HTTP"))?;
    let (mut chunked, mut length) = (false, None);
    loop {
        line.clear();
        if source.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse::<usize>().ok();
        }
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
    }
    let mut body = String::new();
    if chunked {
        return Err(foreign("its answer comes in chunks"));
    }
    source.read_to_string(&mut body)?;
    if length.is_some_and(|length| body.len() < length) {
        return Err(foreign("its answer ended too early, or is larger than 4 MiB"));
    }
    Ok(Answer { status, body })
}

fn foreign(sentence: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_plain() {
        assert_eq!(authority("http://127.0.0.1:5555/"), Some("127.0.0.1:5555"));
        assert_eq!(authority("http://umbel.local"), Some("umbel.local"));
        for url in ["https://a", "127.0.0.1:5555", "http://", "http://a/b", "http://a\r\nX: y"] {
            assert_eq!(authority(url), None, "{url:?}");
        }
    }

    #[test]
    fn reads_an_answer() {
        let text = "HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\n\r\n{\"id\":\"a\"}";
        let answer = read(text.as_bytes()).expect("sound");
        assert_eq!(answer, Answer { status: 202, body: "{\"id\":\"a\"}".to_owned() });
    }

    #[test]
    fn half_an_answer_is_none() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":";
        assert!(read(text.as_bytes()).is_err());
    }

    #[test]
    fn names_are_escaped_into_one_part_of_a_path() {
        assert_eq!(escaped("a/b c?ü"), "%61%2Fb%20c%3F%C3%BC");
        assert_eq!(escaped("calendar"), "%63alendar");
        assert_eq!(escaped(".."), "%2E.");
    }

    #[test]
    fn refuses_what_is_no_http() {
        assert!(read(&b"220 smtp ready\r\n"[..]).is_err());
        assert!(read(&b""[..]).is_err());
    }
}
