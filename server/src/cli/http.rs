//! One HTTP request to a server nearby: enough for a command, not worth a client library.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);
/// More than any answer to a command; a server that sends more is none of ours.
const LARGEST_ANSWER: u64 = 1 << 20;

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

/// Posts JSON and reads the answer.
pub(super) fn post(authority: &str, path: &str, json: &str) -> io::Result<Answer> {
    let mut stream = connect(authority)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{json}",
        json.len()
    )?;
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
    let mut chunked = false;
    loop {
        line.clear();
        if source.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        let header = line.to_ascii_lowercase();
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
    }
    let mut body = String::new();
    if chunked {
        return Err(foreign("its answer comes in chunks"));
    }
    source.read_to_string(&mut body)?;
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
    fn refuses_what_is_no_http() {
        assert!(read(&b"220 smtp ready\r\n"[..]).is_err());
        assert!(read(&b""[..]).is_err());
    }
}
