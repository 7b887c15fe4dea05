//! Python writes two things into JSON that are none: the words `NaN`, `Infinity` and `-Infinity`, and halves of
//! characters. Both are replaced before a second reading, by null and by the replacement character.

/// The repaired text, or `None` when there is nothing to repair.
pub(in crate::protocol) fn repaired(json: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    // How much of the text is in `out` already.
    let mut done = 0;
    let mut place = 0;
    let mut quoted = false;
    while let Some(&byte) = json.get(place) {
        let rest = &json[place..];
        let (length, instead) = match byte {
            b'"' => {
                quoted = !quoted;
                (1, None)
            }
            b'\\' if quoted => escape(rest),
            b'N' | b'I' | b'-' if !quoted => word(rest),
            _ => (1, None),
        };
        if let Some(instead) = instead {
            out.extend_from_slice(&json[done..place]);
            out.extend_from_slice(instead);
            done = place + length;
        }
        place += length;
    }
    (done > 0).then(|| {
        out.extend_from_slice(&json[done..]);
        out
    })
}

/// How long the thing at the beginning is, and what to put in its place if it is none of JSON's.
type Found = (usize, Option<&'static [u8]>);

fn word(rest: &[u8]) -> Found {
    let words: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];
    let found = words.into_iter().find(|word| rest.starts_with(word));
    found.map_or((1, None), |word| (word.len(), Some(b"null")))
}

fn escape(rest: &[u8]) -> Found {
    match half(rest) {
        None => (2, None),
        Some(0xD800..0xDC00) if matches!(half(&rest[6..]), Some(0xDC00..0xE000)) => (12, None),
        Some(0xD800..0xE000) => (6, Some(b"\\ufffd")),
        Some(_) => (6, None),
    }
}

/// The number of an escape such as `\ud83d`.
fn half(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::repaired;

    fn of(json: &str) -> Option<String> {
        repaired(json.as_bytes()).map(|bytes| String::from_utf8(bytes).expect("text stays text"))
    }

    #[test]
    fn words_outside_of_texts_become_null() {
        assert_eq!(of(r#"[NaN, -Infinity,Infinity,-1]"#).as_deref(), Some("[null, null,null,-1]"));
        assert_eq!(of(r#"{"NaN": "Infinity \" NaN", "x": -1, "y": null}"#), None);
    }

    #[test]
    fn halves_of_characters_are_replaced_and_whole_ones_kept() {
        assert_eq!(of(r#""a\ud83d""#).as_deref(), Some(r#""a\ufffd""#));
        assert_eq!(of(r#""\udc00\ud83d\ude00""#).as_deref(), Some(r#""\ufffd\ud83d\ude00""#));
        assert_eq!(of(r#""\ud83d\ude00 \\ud83d \u00e9""#), None);
    }

    #[test]
    fn whatever_comes_is_gone_through() {
        for odd in ["\"", "\"\\", "\"\\u", "\"\\ud8", "\\ud800", "-", "N", "\"\\ud800\\u12", ""] {
            repaired(odd.as_bytes());
        }
    }
}
