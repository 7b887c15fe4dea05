//! Which paths a file names: `use` declarations, grouped or not, and paths in the middle of code.

use super::lexer::Token;

/// A path from the root of the crate (`root`), or from the name of another crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) root: Root,
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// `crate::…`, or a `super::…` that reaches the root.
    Ours,
    /// `name::…`, where the name may be that of another crate.
    Other,
}

/// All paths in the tokens of the file that is the module `module` (`["broker", "sqlite"]`).
pub(super) fn named(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut inside = module.to_vec();
    let mut open_modules = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < tokens.len() {
        let text = tokens[at].text.as_str();
        match text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if open_modules.last() == Some(&depth) {
                    open_modules.pop();
                    inside.pop();
                }
            }
            "mod" if is(tokens, at + 2, "{") => {
                inside.push(tokens[at + 1].text.clone());
                open_modules.push(depth);
            }
            _ if begins_path(tokens, at) => {
                let mut paths = Vec::new();
                branches(tokens, at, &mut Vec::new(), &mut paths);
                let line = tokens[at].line;
                found.extend(paths.into_iter().filter_map(|path| resolved(path, &inside, line)));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn is(tokens: &[Token], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}

fn is_word(token: &Token) -> bool {
    token.text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

fn begins_path(tokens: &[Token], at: usize) -> bool {
    let continues = at > 0 && tokens[at - 1].text == "::" && at > 1 && is_word(&tokens[at - 2]);
    is_word(&tokens[at]) && is(tokens, at + 1, "::") && !continues
}

/// Follows a path and the branches of its groups. Returns where it ends.
fn branches(tokens: &[Token], mut at: usize, before: &mut Vec<String>, out: &mut Vec<Vec<String>>) -> usize {
    let length = before.len();
    loop {
        match tokens.get(at) {
            Some(token) if token.text == "{" => {
                at += 1;
                while at < tokens.len() && !is(tokens, at, "}") {
                    at = branches(tokens, at, before, out);
                    // Over `as name` to the next branch.
                    while at < tokens.len() && !is(tokens, at, ",") && !is(tokens, at, "}") {
                        at += 1;
                    }
                    at += usize::from(is(tokens, at, ","));
                }
                at += 1;
                break;
            }
            Some(token) if is_word(token) || token.text == "*" => {
                before.push(token.text.clone());
                at += 1;
                // After `::` comes the next name, a group or a star; `::<` begins type arguments.
                if is(tokens, at, "::") && !is(tokens, at + 1, "<") {
                    at += 1;
                    continue;
                }
                out.push(before.clone());
                break;
            }
            _ => break,
        }
    }
    before.truncate(length);
    at
}

fn resolved(path: Vec<String>, inside: &[String], line: usize) -> Option<Named> {
    let ours = |path: &[String]| Some(Named { root: Root::Ours, path: path.to_vec(), line });
    match path.first()?.as_str() {
        "crate" => ours(&path[1..]),
        "self" | "Self" => None,
        "super" => {
            let ups = path.iter().take_while(|name| *name == "super").count();
            let mut whole = inside.get(..inside.len().checked_sub(ups)?)?.to_vec();
            whole.extend_from_slice(&path[ups..]);
            ours(&whole)
        }
        _ => Some(Named { root: Root::Other, path, line }),
    }
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let source = "use crate::broker::{Broker, sqlite::{self, SqliteBroker as S}};
        use crate::{bus, clock::Clock};
        fn f() { crate::store::open::<u8>(); super::super::worker::go(); ::tokio::spawn(); }
        mod tests { use super::super::super::web::Site; use super::*; }";
    let module = ["client".to_owned(), "send".to_owned()];
    let named = named(&super::lexer::tokens(source), &module);
    let ours = named.iter().filter(|named| named.root == Root::Ours);
    let ours: Vec<String> = ours.map(|named| format!("{} {}", named.line, named.path.join("::"))).collect();
    let expected = [
        "1 broker::Broker",
        "1 broker::sqlite::self",
        "1 broker::sqlite::SqliteBroker",
        "2 bus",
        "2 clock::Clock",
        "3 store::open",
        "3 worker::go",
        "4 web::Site",
        "4 client::send::*",
    ];
    assert_eq!(ours, expected);
    assert!(named.iter().any(|named| named.root == Root::Other && named.path[0] == "tokio"));
}
