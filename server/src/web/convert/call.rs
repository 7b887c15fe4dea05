//! A task's arguments on one line, as one would write the call: `(1, 2, key='x')`.
//!
//! Events carry arguments as Python's reprs, possibly cut short. A line is made of them as far as they can be
//! understood; what cannot is shown as it came.

/// The longest line, in letters.
const LONGEST: usize = 100;

/// The line for these reprs. `None` means that nothing is known.
pub(crate) fn line(args: Option<&str>, kwargs: Option<&str>) -> String {
    let args = args.map(str::trim).filter(|args| !args.is_empty());
    let kwargs = kwargs.map(str::trim).filter(|kwargs| !kwargs.is_empty() && *kwargs != "{}");
    let line = match (args, kwargs) {
        (None, None) => return String::new(),
        (Some(args), None) => args.to_owned(),
        (None, Some(kwargs)) => named(kwargs).map_or_else(|| kwargs.to_owned(), |named| format!("({named})")),
        (Some(args), Some(kwargs)) => joined(args, kwargs).unwrap_or_else(|| format!("{args} {kwargs}")),
    };
    shortened(&line)
}

fn joined(args: &str, kwargs: &str) -> Option<String> {
    // A sender may also have given a list instead of a tuple.
    let tuple = args.strip_prefix('(').and_then(|args| args.strip_suffix(')'));
    let inside = tuple.or_else(|| args.strip_prefix('[')?.strip_suffix(']'))?;
    let inside = inside.strip_suffix(',').unwrap_or(inside);
    let named = named(kwargs)?;
    Some(if inside.is_empty() { format!("({named})") } else { format!("({inside}, {named})") })
}

/// `{'a': 1, 'b': 'x'}` as `a=1, b='x'`, where every key is a plain name.
fn named(kwargs: &str) -> Option<String> {
    let inside = kwargs.strip_prefix('{')?.strip_suffix('}')?;
    let mut named = String::new();
    for item in items(inside) {
        let (key, value) = item.trim().strip_prefix('\'')?.split_once("': ")?;
        if key.is_empty() || !key.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
            return None;
        }
        let comma = if named.is_empty() { "" } else { ", " };
        named.push_str(&format!("{comma}{key}={value}"));
    }
    Some(named)
}

/// Splits at the commas that are neither inside brackets nor inside quotes.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth, mut quote, mut escaped) = (Vec::new(), 0, 0_u32, None, false);
    for (place, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                items.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    items.push(&text[start..]);
    items
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn reads_like_a_call() {
        let cases = [
            (Some("(1, 2)"), Some("{}"), "(1, 2)"),
            (Some("(1,)"), Some("{'key': 'x'}"), "(1, key='x')"),
            (Some("()"), Some("{'a': [1, 2], 'b': {'c': 'd, e'}}"), "(a=[1, 2], b={'c': 'd, e'})"),
            (Some("()"), Some(r"{'a': 'it\'s, so'}"), r"(a='it\'s, so')"),
            (Some("[1, 'x']"), Some("{'k': 2}"), "(1, 'x', k=2)"),
            (Some("()"), Some("{}"), "()"),
            (None, Some("{'a': 1}"), "(a=1)"),
            (None, None, ""),
        ];
        for (args, kwargs, expected) in cases {
            assert_eq!(line(args, kwargs), expected);
        }
    }

    #[test]
    fn what_is_not_understood_is_shown_as_it_came() {
        assert_eq!(line(Some("(1, ..."), Some("{'a': 1}")), "(1, ... {'a': 1}");
        assert_eq!(line(Some("(1,)"), Some("{'a b': 1}")), "(1,) {'a b': 1}");
        assert_eq!(line(Some("<odd>"), None), "<odd>");
        assert_eq!(line(Some("()"), Some("}")), "() }");
    }

    #[test]
    fn long_lines_are_cut_between_letters() {
        let cut = line(Some(&format!("('{}',)", "é".repeat(500))), None);
        assert_eq!(cut.chars().count(), 101);
        assert!(cut.ends_with('…'));
    }
}
