//! MessagePack to JSON, as kombu reads it: text and bytes as keys only, and no extension types.
//!
//! Bytes become text where they are UTF-8 and base64 otherwise; floats that are no numbers become `null`, as they do
//! in [`super::lenient`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// As deep as JSON may be nested for us.
const DEEPEST: usize = 120;

/// Why bytes are not MessagePack that we read.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("it is not MessagePack: {0} at byte {1}")]
pub struct MsgpackError(&'static str, usize);

/// One value as JSON text.
pub fn to_json(bytes: &[u8]) -> Result<Vec<u8>, MsgpackError> {
    let mut reader = Reader { bytes, at: 0, out: Vec::with_capacity(bytes.len() * 2) };
    reader.value(0)?;
    if reader.at < bytes.len() {
        return Err(MsgpackError("something follows the value", reader.at));
    }
    Ok(reader.out)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn wrong<T>(&self, what: &'static str) -> Result<T, MsgpackError> {
        Err(MsgpackError(what, self.at))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], MsgpackError> {
        let Some(taken) = self.bytes.get(self.at..).and_then(|rest| rest.get(..length)) else {
            return self.wrong("it ends too early");
        };
        self.at += length;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], MsgpackError> {
        let taken = self.take(N)?;
        Ok(taken.try_into().expect("as many as were asked for"))
    }

    fn length8(&mut self) -> Result<usize, MsgpackError> {
        self.fixed().map(|bytes: [u8; 1]| bytes[0].into())
    }

    fn length16(&mut self) -> Result<usize, MsgpackError> {
        self.fixed().map(|bytes| u16::from_be_bytes(bytes).into())
    }

    fn length32(&mut self) -> Result<usize, MsgpackError> {
        self.fixed().map(|bytes| u32::from_be_bytes(bytes) as usize)
    }

    fn write(&mut self, value: impl Serialize) {
        serde_json::to_writer(&mut self.out, &value).expect("text and numbers always serialise");
    }

    fn value(&mut self, depth: usize) -> Result<(), MsgpackError> {
        if depth > DEEPEST {
            return self.wrong("it is nested too deeply");
        }
        let [marker] = self.fixed()?;
        match marker {
            0x00..=0x7f => self.write(marker),
            0x80..=0x8f => self.map((marker & 0x0f).into(), depth)?,
            0x90..=0x9f => self.array((marker & 0x0f).into(), depth)?,
            0xa0..=0xbf => self.text((marker & 0x1f).into())?,
            0xc0 => self.write(()),
            0xc2 => self.write(false),
            0xc3 => self.write(true),
            0xc4 => self.length8().and_then(|length| self.binary(length))?,
            0xc5 => self.length16().and_then(|length| self.binary(length))?,
            0xc6 => self.length32().and_then(|length| self.binary(length))?,
            0xca => self.fixed().map(|bytes| self.write(f32::from_be_bytes(bytes)))?,
            0xcb => self.fixed().map(|bytes| self.write(f64::from_be_bytes(bytes)))?,
            0xcc => self.fixed().map(|bytes| self.write(u8::from_be_bytes(bytes)))?,
            0xcd => self.fixed().map(|bytes| self.write(u16::from_be_bytes(bytes)))?,
            0xce => self.fixed().map(|bytes| self.write(u32::from_be_bytes(bytes)))?,
            0xcf => self.fixed().map(|bytes| self.write(u64::from_be_bytes(bytes)))?,
            0xd0 => self.fixed().map(|bytes| self.write(i8::from_be_bytes(bytes)))?,
            0xd1 => self.fixed().map(|bytes| self.write(i16::from_be_bytes(bytes)))?,
            0xd2 => self.fixed().map(|bytes| self.write(i32::from_be_bytes(bytes)))?,
            0xd3 => self.fixed().map(|bytes| self.write(i64::from_be_bytes(bytes)))?,
            0xd9 => self.length8().and_then(|length| self.text(length))?,
            0xda => self.length16().and_then(|length| self.text(length))?,
            0xdb => self.length32().and_then(|length| self.text(length))?,
            0xdc => self.length16().and_then(|length| self.array(length, depth))?,
            0xdd => self.length32().and_then(|length| self.array(length, depth))?,
            0xde => self.length16().and_then(|length| self.map(length, depth))?,
            0xdf => self.length32().and_then(|length| self.map(length, depth))?,
            0xe0..=0xff => self.write(marker as i8),
            0xc1 | 0xc7..=0xc9 | 0xd4..=0xd8 => return self.wrong("an extension type"),
        }
        Ok(())
    }

    fn text(&mut self, length: usize) -> Result<(), MsgpackError> {
        let taken = self.take(length)?;
        let Ok(text) = std::str::from_utf8(taken) else {
            return self.wrong("text that is not UTF-8");
        };
        self.write(text);
        Ok(())
    }

    fn binary(&mut self, length: usize) -> Result<(), MsgpackError> {
        let taken = self.take(length)?;
        match std::str::from_utf8(taken) {
            Ok(text) => self.write(text),
            Err(_) => self.write(STANDARD.encode(taken)),
        }
        Ok(())
    }

    fn array(&mut self, length: usize, depth: usize) -> Result<(), MsgpackError> {
        self.out.push(b'[');
        for place in 0..length {
            if place > 0 {
                self.out.push(b',');
            }
            self.value(depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, length: usize, depth: usize) -> Result<(), MsgpackError> {
        self.out.push(b'{');
        for place in 0..length {
            if place > 0 {
                self.out.push(b',');
            }
            if !matches!(self.bytes.get(self.at), Some(0xa0..=0xbf | 0xc4..=0xc6 | 0xd9..=0xdb)) {
                return self.wrong("a key that is neither text nor bytes");
            }
            self.value(depth + 1)?;
            self.out.push(b':');
            self.value(depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(bytes: &[u8]) -> Result<String, MsgpackError> {
        to_json(bytes).map(|json| String::from_utf8(json).expect("JSON is UTF-8"))
    }

    #[test]
    fn a_body_of_celery() {
        let body = b"\x93\x92\x01\x02\x80\x84\xa9callbacks\xc0\xa8errbacks\xc0\xa5chain\xc0\xa5chord\xc0";
        let text = r#"[[1,2],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#;
        assert_eq!(json(body).as_deref(), Ok(text));
    }

    #[test]
    fn every_kind_of_value() {
        let cases: [(&[u8], &str); 14] = [
            (b"\xff", "-1"),
            (b"\xd0\x80", "-128"),
            (b"\xd1\x80\x00", "-32768"),
            (b"\xd2\x80\x00\x00\x00", "-2147483648"),
            (b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", "-9223372036854775808"),
            (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
            (b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", "1.5"),
            (b"\xca\x7f\x80\x00\x00", "null"),
            (b"\xc4\x02ab", r#""ab""#),
            (b"\xc4\x03\xff\x00\xfe", r#""/wD+""#),
            (b"\xd9\x01\"", r#""\"""#),
            (b"\x92\xc2\xc3", "[false,true]"),
            (b"\xdc\x00\x01\xc0", "[null]"),
            (b"\xde\x00\x01\xc4\x01k\xcc\x80", r#"{"k":128}"#),
        ];
        for (bytes, text) in cases {
            assert_eq!(json(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_kombu_cannot_read_is_an_error() {
        let deep = vec![0x91; 100_000];
        let cases: [&[u8]; 9] = [
            b"",
            b"\x92\x01",
            b"\xdd\xff\xff\xff\xff",
            b"\x81\x01\x02",
            b"\xa2\xff\xfe",
            b"\xc1",
            b"\xd6\xff\x00\x00\x00\x00",
            b"\x01\x02",
            &deep,
        ];
        for bytes in cases {
            assert!(json(bytes).is_err(), "{:?}", &bytes[..bytes.len().min(8)]);
        }
    }
}
