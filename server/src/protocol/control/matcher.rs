//! Patterns of node names, as Python matches them.

use regex_lite::{Regex, RegexBuilder};

/// A longer pattern matches nothing: it is no name.
const LONGEST: usize = 1024;
/// What a compiled pattern may take, in bytes.
const LARGEST: usize = 1024 * 1024;

/// By `fnmatch` for `glob`, by `re.match` for `pcre`. A matcher that is neither matches nothing, like a pattern that
/// is none; Celery's workers log an error and do nothing then.
pub(super) fn matches(name: &str, pattern: &str, matcher: &str) -> bool {
    if pattern.len() > LONGEST {
        return false;
    }
    let expression = match matcher {
        "glob" => compiled(&format!(r"\A(?s:{})\z", translated(pattern))),
        // Python's `match` begins at the beginning and ends anywhere. What is not sound by itself is none at all.
        "pcre" => compiled(pattern).and_then(|_| compiled(&format!(r"\A(?:{pattern})"))),
        _ => None,
    };
    expression.is_some_and(|expression| expression.is_match(name))
}

fn compiled(expression: &str) -> Option<Regex> {
    RegexBuilder::new(expression).size_limit(LARGEST).build().ok()
}

/// A glob as a regular expression.
fn translated(glob: &str) -> String {
    let mut out = String::new();
    let mut rest = glob;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '[' => match set(rest) {
                Some((inside, after)) => {
                    push_set(&mut out, inside);
                    rest = after;
                }
                None => out.push_str(r"\["),
            },
            other => out.push_str(&regex_lite::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

/// What stands between brackets, and what comes behind. A closing bracket in the first place is a letter.
fn set(rest: &str) -> Option<(&str, &str)> {
    let first = usize::from(rest.starts_with('!'));
    let first = first + usize::from(rest[first..].starts_with(']'));
    let end = first + rest[first..].find(']')?;
    Some((&rest[..end], &rest[end + 1..]))
}

fn push_set(out: &mut String, inside: &str) {
    let (not, inside) = match inside.strip_prefix('!') {
        Some(inside) => ("^", inside),
        None => ("", inside),
    };
    let letters: Vec<char> = inside.chars().collect();
    let escape = |letter: char| regex_lite::escape(letter.encode_utf8(&mut [0; 4]));
    let mut parts = String::new();
    let mut place = 0;
    while let Some(&letter) = letters.get(place) {
        match (letters.get(place + 1), letters.get(place + 2)) {
            (Some('-'), Some(&last)) => {
                // A range that runs backwards holds nothing.
                if letter <= last {
                    parts.push_str(&format!("{}-{}", escape(letter), escape(last)));
                }
                place += 3;
            }
            _ => {
                parts.push_str(&escape(letter));
                place += 1;
            }
        }
    }
    match (parts.is_empty(), not) {
        (false, not) => out.push_str(&format!("[{not}{parts}]")),
        (true, "") => out.push_str(r"[^\s\S]"),
        (true, _) => out.push('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs_match_as_in_python() {
        let yes = [
            ("w*@*", "w1@host"),
            ("*", ""),
            ("w?", "w1"),
            ("w[0-9]", "w7"),
            ("w[!0-9]", "wx"),
            ("[]]", "]"),
            ("[!]]", "x"),
            ("a[", "a["),
            ("a.b", "a.b"),
            ("[a-]", "-"),
            ("[!z-a]", "q"),
            ("*x*y*", "1x2y3"),
            ("w*", "w\n1"),
            ("[^a]", "^"),
            ("[a&&b]", "&"),
        ];
        for (pattern, name) in yes {
            assert!(matches(name, pattern, "glob"), "{pattern} takes {name}");
        }
        let no =
            [("zz*", "w1@host"), ("w?", "w"), ("a.b", "axb"), ("[!]]", "]"), ("[z-a]", "z"), ("W*", "w1")];
        for (pattern, name) in no {
            assert!(!matches(name, pattern, "glob"), "{pattern} leaves {name}");
        }
    }

    #[test]
    fn expressions_match_at_the_beginning() {
        assert!(matches("w1@host", "^w[0-9]", "pcre"));
        assert!(matches("w1@host", "w|x", "pcre"));
        assert!(!matches("w1@host", "host", "pcre"));
    }

    #[test]
    fn what_is_no_pattern_matches_nothing() {
        for (pattern, matcher) in [("(", "pcre"), ("a{9999}{9999}", "pcre"), ("*", "sql"), (")|(", "pcre")] {
            assert!(!matches("a", pattern, matcher), "{pattern}");
        }
        assert!(!matches("a", &"*".repeat(2000), "glob"));
    }
}
