//! Keeps the architecture: which room names which, how large files get, what things are called, and that the documents
//! speak of what is there.
//!
//! It reads the sources as text, so it sees every feature and platform at once, and code inside of macros too.

mod documents;
mod lexer;
mod paths;
mod rooms;
mod tree;

use lexer::Token;
use paths::{Named, Root};
use rooms::{CRATES, DOORS, FORBIDDEN, GROUND};
use std::collections::BTreeSet;
use std::fmt::Display;
use tree::File;

const SERVER: &str = "server/src/";
const APP: &str = "app/src/";
/// Lines of a file beyond which it holds more than one idea.
const LONGEST_FILE: usize = 500;
/// Lines of a function in a `mod.rs`, which documents a folder and puts its parts together.
const LONGEST_IN_MOD: usize = 60;
const NAMELESS: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc", "manager", "managers"];

/// A source file of `server` or `app`.
struct Source {
    file: File,
    /// `["broker", "sqlite", "leases"]` for `broker/sqlite/leases.rs`.
    module: Vec<String>,
    tokens: Vec<Token>,
}

impl Source {
    fn room(&self) -> &str {
        &self.module[0]
    }

    /// Whether the file is this room, or this part of one.
    fn is_in(&self, part: &str) -> bool {
        let part: Vec<&str> = part.split('/').collect();
        self.module.len() >= part.len() && part.iter().zip(&self.module).all(|(a, b)| a == b)
    }

    fn named(&self) -> Vec<Named> {
        paths::named(&self.tokens, &self.module)
    }

    fn breach(&self, line: usize, rule: impl Display) -> String {
        format!("{}:{line}: {rule}", self.file.place)
    }
}

/// All sources below a crate's `src` but for its roots, which are in no room.
fn sources(src: &str) -> Vec<Source> {
    let sources = tree::files().into_iter().filter_map(|file| {
        let inner = file.place.strip_prefix(src)?.strip_suffix(".rs")?;
        let module: Vec<String> = inner.split('/').filter(|part| *part != "mod").map(str::to_owned).collect();
        let tokens = lexer::tokens(&file.text()?);
        (inner != "lib" && inner != "main").then_some(Source { module, tokens, file })
    });
    let sources: Vec<Source> = sources.collect();
    assert!(sources.len() > 50, "the sources are not where they are looked for");
    sources
}

/// Shows every breach, one to a line.
fn none(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn rooms_are_entered_through_their_doors() {
    let sources = sources(SERVER);
    let rooms: BTreeSet<&str> = sources.iter().map(Source::room).collect();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut breaches = Vec::new();
    for source in &sources {
        for named in source.named().into_iter().filter(|named| named.root == Root::Ours) {
            let Some(to) = named.path.first().filter(|to| *to != source.room() && *to != "*") else {
                continue;
            };
            if !rooms.contains(to.as_str()) {
                let rule = format!("name the room `{to}` comes from, not what lib.rs shows to authors");
                breaches.push(source.breach(named.line, rule));
                continue;
            }
            let doors = (0..DOORS.len()).filter(|door| leads(DOORS[*door], source, &named.path));
            let doors: Vec<usize> = doors.collect();
            used.extend(doors.iter().copied());
            if doors.is_empty() && !is_free(source.room(), to) {
                let (room, path) = (source.room(), named.path.join("::"));
                let rule = format!("`{room}` may not name `{path}`: rooms.rs has no door for it");
                breaches.push(source.breach(named.line, rule));
            }
        }
    }
    let stale = (0..DOORS.len()).filter(|door| !used.contains(door)).map(|door| DOORS[door]);
    breaches.extend(stale.map(|(from, to, _)| format!("rooms.rs: nobody uses the door from {from} to {to}")));
    none(breaches);
}

fn leads((from, to, _): (&str, &str, &str), source: &Source, path: &[String]) -> bool {
    source.is_in(from)
        && to.split("::").zip(path).all(|(a, b)| a == b)
        && to.split("::").count() <= path.len()
}

/// Everybody stands on the ground; what the ground itself uses is in the table.
fn is_free(room: &str, to: &str) -> bool {
    GROUND.contains(&to) && !GROUND.contains(&room)
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut breaches = Vec::new();
    for source in sources(SERVER) {
        for Named { path, line, .. } in foreign(&source) {
            for (name, homes, why) in CRATES {
                if path[0] == *name && !homes.iter().any(|home| source.is_in(home)) {
                    let rule = format!("only {} may name the crate `{name}`: {why}", homes.join(", "));
                    breaches.push(source.breach(line, rule));
                }
            }
        }
    }
    none(breaches);
}

#[test]
fn crates_stay_out_of_where_they_are_forbidden() {
    let mut breaches = Vec::new();
    for source in sources(SERVER).iter().chain(&sources(APP)) {
        for Named { path, line, .. } in foreign(source) {
            for (place, names, why) in FORBIDDEN {
                if source.file.is_below(place) && names.contains(&path[0].as_str()) {
                    let rule = format!("nothing in {place} may name the crate `{}`: {why}", path[0]);
                    breaches.push(source.breach(line, rule));
                }
            }
        }
    }
    none(breaches);
}

fn foreign(source: &Source) -> impl Iterator<Item = Named> {
    source.named().into_iter().filter(|named| named.root == Root::Other)
}

#[test]
fn a_mod_rs_puts_parts_together() {
    let mut breaches = Vec::new();
    for source in sources(SERVER).iter().filter(|source| source.file.ends_with(&["/mod.rs"])) {
        for (name, line, length) in functions(&source.tokens) {
            if length > LONGEST_IN_MOD {
                let rule =
                    format!("`{name}` has {length} lines, a function in a mod.rs at most {LONGEST_IN_MOD}");
                breaches.push(source.breach(line, rule));
            }
        }
    }
    none(breaches);
}

/// Name, line and length of each function with a body.
fn functions(tokens: &[Token]) -> Vec<(&str, usize, usize)> {
    let mut functions = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.text == "fn") {
        let Some(name) = tokens.get(at + 1) else { continue };
        let Some(begin) = tokens[at..].iter().position(|token| token.text == "{" || token.text == ";") else {
            continue;
        };
        let mut depth = 0_usize;
        for token in &tokens[at + begin..] {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                functions.push((name.text.as_str(), name.line, token.line - name.line + 1));
                break;
            }
        }
    }
    functions
}

#[test]
fn a_file_holds_one_idea() {
    let code = |file: &File| file.ends_with(&[".rs", ".ts", ".css", ".py"]) && !file.is_test();
    let mut breaches = Vec::new();
    for file in tree::files().iter().filter(|file| code(file)) {
        let lines = file.text().map_or(0, |text| text.lines().count());
        if lines > LONGEST_FILE {
            breaches
                .push(format!("{}:{lines}: split it, a file has at most {LONGEST_FILE} lines", file.place));
        }
    }
    none(breaches);
}

#[test]
fn folders_and_files_are_named_after_their_duty() {
    let nameless = |place: &str| {
        let mut parts = place.split('/').map(|part| part.split('.').next().unwrap_or(part));
        parts.any(|part| NAMELESS.contains(&part))
    };
    let files = tree::files();
    let breaches = files.iter().filter(|file| nameless(&file.place));
    none(breaches.map(|file| format!("{}:1: name it after what it does", file.place)).collect());
}

#[test]
fn nothing_is_left_to_be_done() {
    // Put together here, or this file would be the first to mention it.
    let word = concat!("todo", "!(");
    let mut breaches = Vec::new();
    for file in tree::files() {
        let text = file.text().unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| line.contains(word));
        breaches.extend(lines.map(|(at, _)| format!("{}:{}: write what it should do", file.place, at + 1)));
    }
    none(breaches);
}
