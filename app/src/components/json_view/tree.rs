//! Decides how much of a JSON value becomes a tree, before anything is drawn.
//!
//! A task may return anything: a thousand levels, a million items, one string of ten megabytes. The tree keeps
//! a budget; what exceeds it is not dropped but printed as plain text behind a fold, which costs one text node.

use serde_json::Value;

/// Levels drawn as a tree. Deeper values are text: no stack of ours ever follows the sender's nesting.
pub(super) const DEEPEST: usize = 32;
/// Children drawn of one array or object.
pub(super) const WIDEST: usize = 100;
/// Lines drawn in all.
pub(super) const LINES: usize = 1_000;
/// Characters of a string shown before the fold.
pub(super) const STRING: usize = 200;
/// Characters of folded text that go into the page. The copy button takes all of it, whatever its size.
pub(super) const TEXT: usize = 256 * 1024;

/// What a scalar is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool,
    Number,
    String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A scalar on one line.
    Scalar(Kind, String),
    /// A string too long for a line: its beginning, and the fold.
    Long(String, Fold),
    /// An array or object, and what of it did not fit.
    Branch { brackets: [char; 2], count: usize, children: Vec<(String, Node)>, rest: Option<Fold> },
    /// A part printed as text.
    Text(Fold),
}

/// Text behind "show all".
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fold {
    /// How much is behind it: "312 more items".
    pub(super) label: String,
    pub(super) text: String,
    /// Characters that are not in the page.
    pub(super) cut: usize,
}

impl Fold {
    fn new(label: String, text: String) -> Self {
        let Some((end, _)) = text.char_indices().nth(TEXT) else { return Self { label, text, cut: 0 } };
        let cut = text[end..].chars().count();
        Self { label, text: text[..end].to_owned(), cut }
    }
}

/// Plans the whole value within the budget.
pub(super) fn plan(value: &Value) -> Node {
    let mut lines = LINES;
    node(value, 0, &mut lines)
}

fn node(value: &Value, depth: usize, lines: &mut usize) -> Node {
    *lines = lines.saturating_sub(1);
    match value {
        Value::Null => Node::Scalar(Kind::Null, "null".to_owned()),
        Value::Bool(flag) => Node::Scalar(Kind::Bool, flag.to_string()),
        Value::Number(number) => Node::Scalar(Kind::Number, number.to_string()),
        Value::String(text) => string(text),
        Value::Array(items) if items.is_empty() => branch(['[', ']'], 0, std::iter::empty(), depth, lines),
        Value::Object(entries) if entries.is_empty() => {
            branch(['{', '}'], 0, std::iter::empty(), depth, lines)
        }
        deep if depth >= DEEPEST => {
            Node::Text(Fold::new("deeper levels as text".to_owned(), deep.to_string()))
        }
        Value::Array(items) => {
            let children = items.iter().enumerate().map(|(at, item)| (at.to_string(), item));
            branch(['[', ']'], items.len(), children, depth, lines)
        }
        Value::Object(entries) => {
            let children = entries.iter().map(|(key, item)| (shorten(key), item));
            branch(['{', '}'], entries.len(), children, depth, lines)
        }
    }
}

fn branch<'a>(
    brackets: [char; 2],
    count: usize,
    mut entries: impl Iterator<Item = (String, &'a Value)>,
    depth: usize,
    lines: &mut usize,
) -> Node {
    let mut children = Vec::new();
    while children.len() < WIDEST && *lines > 0 {
        let Some((key, value)) = entries.next() else { break };
        children.push((key, node(value, depth + 1, lines)));
    }
    let left = count - children.len();
    let rest = (left > 0).then(|| {
        let lines: Vec<String> = entries.map(|(key, value)| format!("{key}: {value}")).collect();
        Fold::new(format!("{left} more"), lines.join("\n"))
    });
    Node::Branch { brackets, count, children, rest }
}

fn string(text: &str) -> Node {
    let length = text.chars().count();
    if length <= STRING {
        return Node::Scalar(Kind::String, quoted(text));
    }
    let head: String = text.chars().take(STRING).collect();
    Node::Long(quoted(&head), Fold::new(format!("all {length} characters"), text.to_owned()))
}

/// JSON's own spelling, so that a line break or a quote in a value cannot pretend to be structure.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn shorten(key: &str) -> String {
    match key.char_indices().nth(STRING) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn depth(node: &Node) -> usize {
        match node {
            Node::Branch { children, .. } => {
                1 + children.iter().map(|(_, child)| depth(child)).max().unwrap_or(0)
            }
            _ => 1,
        }
    }

    fn lines(node: &Node) -> usize {
        match node {
            Node::Branch { children, .. } => {
                1 + children.iter().map(|(_, child)| lines(child)).sum::<usize>()
            }
            _ => 1,
        }
    }

    #[test]
    fn a_thousand_levels_end_as_text() {
        let value = (0..1_000).fold(json!("core"), |inner, _| json!([inner]));
        let tree = plan(&value);
        assert_eq!(depth(&tree), DEEPEST + 1);
        let mut at = &tree;
        while let Node::Branch { children, .. } = at {
            at = &children[0].1;
        }
        let Node::Text(fold) = at else { panic!("the deepest node is text, not {at:?}") };
        assert!(fold.text.contains("core"));
        assert_eq!(fold.text.matches('[').count(), 1_000 - DEEPEST);
    }

    #[test]
    fn a_wide_array_keeps_its_tail_as_text() {
        let value: Value = (0..250).collect();
        let Node::Branch { count, children, rest, .. } = plan(&value) else { panic!("an array is a branch") };
        assert_eq!((count, children.len()), (250, WIDEST));
        let rest = rest.expect("150 items did not fit");
        assert_eq!(rest.label, "150 more");
        assert_eq!(rest.text.lines().count(), 150);
        assert!(rest.text.starts_with("100: 100\n"));
    }

    #[test]
    fn the_whole_tree_keeps_its_budget_and_loses_nothing() {
        let value: Value = (0..90).map(|row| (0..90).map(|i| row * 90 + i).collect::<Value>()).collect();
        let tree = plan(&value);
        assert!(lines(&tree) <= LINES + 1, "{} lines", lines(&tree));
        let Node::Branch { rest: Some(rest), .. } = &tree else { panic!("the last rows are folded") };
        assert!(rest.text.contains("8099"));
    }

    #[test]
    fn a_long_string_shows_its_head_and_keeps_the_rest_bounded() {
        let Node::Long(head, fold) = plan(&json!("ä".repeat(TEXT + 7))) else {
            panic!("a long string is folded")
        };
        assert_eq!(head.chars().count(), STRING + 2);
        assert_eq!(fold.text.chars().count(), TEXT);
        assert_eq!(fold.cut, 7);
    }

    #[test]
    fn strings_are_spelt_as_json() {
        assert_eq!(plan(&json!("a\"b\n")), Node::Scalar(Kind::String, r#""a\"b\n""#.to_owned()));
    }
}
