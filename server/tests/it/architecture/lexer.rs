//! Rust source as words and signs, each with its line. Comments, text and characters are left out, so that nothing a
//! sentence says is taken for code.

/// A name or number, or a single sign; `::` is one sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
}

pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { rest: source, line: 1 };
    let mut tokens = Vec::new();
    while let Some(letter) = reader.rest.chars().next() {
        let line = reader.line;
        if let Some(length) = skipped(reader.rest) {
            reader.take(length);
        } else {
            let length = word(reader.rest).unwrap_or_else(|| letter.len_utf8());
            let length = if reader.rest.starts_with("::") { 2 } else { length };
            let text = reader.take(length).to_owned();
            tokens.push(Token { text, line });
        }
    }
    tokens
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }
}

/// How long the blank, comment or literal is that the text begins with.
fn skipped(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first.is_whitespace() {
        return Some(first.len_utf8());
    }
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(block_comment(text));
    }
    if first == '\'' {
        return character(text);
    }
    let prefix = text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len());
    match &text[..prefix] {
        "" | "b" | "c" if text[prefix..].starts_with('"') => Some(prefix + quoted(&text[prefix..])),
        "b" if text[prefix..].starts_with('\'') => character(&text[prefix..]).map(|length| prefix + length),
        "r" | "br" | "cr" => raw(&text[prefix..]).map(|length| prefix + length),
        _ => None,
    }
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `#"…"#` with any number of signs around it; none for a raw name such as `r#type`.
fn raw(text: &str) -> Option<usize> {
    let hashes = text.len() - text.trim_start_matches('#').len();
    let body = text[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(body.find(&end).map_or(text.len(), |at| hashes + 1 + at + end.len()))
}

/// `'x'` or `'\n'`; none for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut letters = text.char_indices().skip(1);
    let (_, first) = letters.next()?;
    if first == '\\' {
        letters.next()?;
        return letters.find(|(_, letter)| *letter == '\'').map(|(at, _)| at + 1);
    }
    letters.next().filter(|(_, letter)| *letter == '\'').map(|(at, _)| at + 1)
}

fn word(text: &str) -> Option<usize> {
    let belongs = |letter: char| letter.is_alphanumeric() || letter == '_';
    let length = text.find(|letter| !belongs(letter)).unwrap_or(text.len());
    (length > 0).then_some(length)
}

#[test]
fn only_code_is_read() {
    let source = r##"
//! crate::comment
use crate::one; /* crate::two /* nested */ crate::three */
const TEXT: &str = "crate::four \" crate::five"; const RAW: &str = r#"crate::six " "#;
fn f<'a>(x: &'a str) -> char { '"' } // 'crate
const QUOTE: [char; 2] = ['\'', b'"' as char]; use crate::seven;
"##;
    let found = tokens(source);
    let crates: Vec<usize> =
        found.iter().filter(|token| token.text == "crate").map(|token| token.line).collect();
    assert_eq!(crates, [3, 6]);
    assert!(found.iter().any(|token| token.text == "seven" && token.line == 6), "{found:?}");
}
