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

/// The first frame and where it ends; `None` when it is not all there yet. The error is why this is not what a Redis
/// says.
pub(super) fn first(bytes: &[u8]) -> Result<Option<(Frame, usize)>, String> {
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
    fn other_things_are_told_apart() {
        let cases: [(&[u8], Frame); 6] = [
            (b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n", Frame::Message(26..26)),
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
