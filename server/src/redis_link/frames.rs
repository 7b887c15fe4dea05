//! What a listening connection is sent, in Redis' second protocol: taken apart just far enough to find the payloads.
//! Nothing is copied and nothing is converted, so that it goes as fast as the socket.

use std::ops::Range;

/// A message longer than this is not waited for.
const LONGEST: usize = 64 * 1024 * 1024;
/// `pmessage` has four parts.
const MOST_PARTS: usize = 8;

#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// Where the payload of a published message is.
    Message(Range<usize>),
    /// The server confirms that it will send us messages.
    Subscribed,
    /// A sign of life, or anything else without a payload.
    Other,
    Error(String),
}

/// Takes frames apart. All messages of a subscription begin with the same words, up to the name of the channel: those
/// are remembered, and recognised as a whole.
#[derive(Debug, Default)]
pub(super) struct Frames {
    beginning: Vec<u8>,
}

impl Frames {
    /// The first frame and where it ends, as [`first`] tells it.
    pub(super) fn first(&mut self, bytes: &[u8]) -> Result<Option<(Frame, usize)>, String> {
        if let Some((payload, end)) = self.known(bytes) {
            return Ok(Some((Frame::Message(payload), end)));
        }
        let found = first(bytes)?;
        if let Some((Frame::Message(_), _)) = found {
            self.remember(bytes);
        }
        Ok(found)
    }

    /// The payload of a whole message that begins as the last one did.
    fn known(&self, bytes: &[u8]) -> Option<(Range<usize>, usize)> {
        if self.beginning.is_empty() || !bytes.starts_with(&self.beginning) {
            return None;
        }
        let (channel, start) = digits(bytes, self.beginning.len())?;
        let mark = start + channel;
        if bytes.get(mark..mark + 3)? != b"\r\n$" {
            return None;
        }
        let (length, start) = digits(bytes, mark + 3)?;
        let end = start + length;
        (length <= LONGEST && bytes.len() >= end + 2).then_some((start..end, end + 2))
    }

    /// Everything before the length of the channel's name, the last text but one.
    fn remember(&mut self, bytes: &[u8]) {
        let parts = if bytes.starts_with(b"*4") { 2 } else { 1 };
        let mut end = 4;
        for _ in 0..parts {
            match value(bytes, end) {
                Ok(Some((_, after))) => end = after,
                _ => return,
            }
        }
        if bytes.get(end) == Some(&b'$') {
            self.beginning = bytes[..=end].to_vec();
        }
    }
}

/// The number at a place, and what comes behind the end of its line.
fn digits(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let mut number: usize = 0;
    let mut place = start;
    loop {
        match *bytes.get(place)? {
            digit @ b'0'..=b'9' if place < start + 9 => number = number * 10 + usize::from(digit - b'0'),
            b'\r' if place > start => return Some((number, place + 2)),
            _ => return None,
        }
        place += 1;
    }
}

/// The first frame and where it ends; `None` when it is not all there yet. The error is why this is not what a Redis
/// says.
fn first(bytes: &[u8]) -> Result<Option<(Frame, usize)>, String> {
    let Some((head, mut end)) = line(bytes, 0)? else { return Ok(None) };
    match head.split_first() {
        Some((b'*', count)) => {
            let parts = number(count)?;
            if parts > MOST_PARTS {
                return Err(format!("a message of {parts} parts"));
            }
            let mut kind: &[u8] = b"";
            let mut last = 0..0;
            for part in 0..parts {
                let Some((value, after)) = value(bytes, end)? else { return Ok(None) };
                if part == 0 {
                    kind = &bytes[value.clone()];
                }
                (last, end) = (value, after);
            }
            let frame = match kind {
                b"message" | b"pmessage" => Frame::Message(last),
                b"subscribe" | b"psubscribe" => Frame::Subscribed,
                _ => Frame::Other,
            };
            Ok(Some((frame, end)))
        }
        Some((b'-', error)) => Ok(Some((Frame::Error(String::from_utf8_lossy(error).into_owned()), end))),
        Some((b'+' | b':', _)) => Ok(Some((Frame::Other, end))),
        Some((b'$', _)) => Ok(value(bytes, 0)?.map(|(_, end)| (Frame::Other, end))),
        _ => Err("something that is not Redis' protocol".to_owned()),
    }
}

/// A text or a number inside of a message, and where it ends.
fn value(bytes: &[u8], start: usize) -> Result<Option<(Range<usize>, usize)>, String> {
    let Some((head, end)) = line(bytes, start)? else { return Ok(None) };
    match head.split_first() {
        Some((b':', _)) => Ok(Some((start + 1..end - 2, end))),
        Some((b'$', b"-1")) => Ok(Some((end..end, end))),
        Some((b'$', length)) => {
            let length = number(length)?;
            if length > LONGEST {
                return Err(format!("a message of {length} bytes, more than the {LONGEST} that are read"));
            }
            let after = end + length + 2;
            Ok((bytes.len() >= after).then_some((end..end + length, after)))
        }
        _ => Err("a message that is not made of texts".to_owned()),
    }
}

/// A line without its end, and where the next one begins.
fn line(bytes: &[u8], start: usize) -> Result<Option<(&[u8], usize)>, String> {
    let rest = &bytes[start.min(bytes.len())..];
    // Lines of the protocol are short; only errors have words.
    let rest = &rest[..rest.len().min(1024)];
    match rest.windows(2).position(|pair| pair == b"\r\n") {
        Some(length) => Ok(Some((&rest[..length], start + length + 2))),
        None if rest.len() == 1024 => Err("a line without an end".to_owned()),
        None => Ok(None),
    }
}

fn number(digits: &[u8]) -> Result<usize, String> {
    let text = std::str::from_utf8(digits).ok();
    text.and_then(|text| text.parse().ok()).ok_or_else(|| "a length that is no number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"*4\r\n$8\r\npmessage\r\n$2\r\n/*\r\n$3\r\n/ev\r\n$7\r\n{\"a\"\r\n}\r\nrest";

    #[test]
    fn a_message_is_found_once_it_is_whole() {
        let end = MESSAGE.len() - 4;
        let (frame, after) = first(MESSAGE).expect("sound").expect("whole");
        assert_eq!((frame, after), (Frame::Message(end - 9..end - 2), end));
        assert_eq!(&MESSAGE[end - 9..end - 2], b"{\"a\"\r\n}");
        for cut in 0..end {
            assert_eq!(first(&MESSAGE[..cut]), Ok(None), "{cut}");
        }
    }

    #[test]
    fn what_begins_alike_is_recognised_and_read_the_same() {
        let message = |channel: &str, payload: &str| {
            let (a, b) = (channel.len(), payload.len());
            format!("*4\r\n$8\r\npmessage\r\n$2\r\n/*\r\n${a}\r\n{channel}\r\n${b}\r\n{payload}\r\n")
        };
        let long = "x".repeat(12_345);
        let texts = [message("/a", "1"), message("/other", ""), message("", "\r\n$3"), message("/a", &long)];
        let plain = ["*3\r\n$7\r\nmessage\r\n$2\r\n/a\r\n$1\r\nx\r\n".to_owned(), "+OK\r\n".to_owned()];
        let mut frames = Frames::default();
        for text in texts.iter().chain(&plain).chain(&texts) {
            let bytes = text.as_bytes();
            for cut in 0..bytes.len().min(80) {
                assert_eq!(frames.first(&bytes[..cut]), Ok(None), "{text:?} {cut}");
            }
            let whole = [bytes, b"*4\r\n"].concat();
            assert_eq!(frames.first(&whole), first(&whole), "{text:?}");
        }
        assert!(frames.known(texts[0].as_bytes()).is_some());
    }

    #[test]
    fn other_things_are_told_apart() {
        let cases: [(&[u8], Frame); 6] = [
            (b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n", Frame::Message(28..28)),
            (b"*3\r\n$10\r\npsubscribe\r\n$1\r\nc\r\n:1\r\n", Frame::Subscribed),
            (b"*2\r\n$4\r\npong\r\n$0\r\n\r\n", Frame::Other),
            (b"*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", Frame::Other),
            (b"+OK\r\n", Frame::Other),
            (b"-ERR no\r\n", Frame::Error("ERR no".to_owned())),
        ];
        for (bytes, frame) in cases {
            assert_eq!(first(bytes), Ok(Some((frame, bytes.len()))));
        }
    }

    #[test]
    fn nonsense_is_an_error() {
        let odd: [&[u8]; 6] = [
            b"HTTP/1.1 400\r\n",
            b"*x\r\n",
            b"*99\r\n",
            b"*1\r\n+a\r\n",
            b"*1\r\n$99999999999\r\n",
            &[b'+'; 2000],
        ];
        for bytes in odd {
            assert!(first(bytes).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
