//! Keeps the documents true where a program can tell: links lead somewhere, files that are named exist, and every
//! setting is explained.

use super::none;
use super::tree::{self, File};
use std::collections::BTreeSet;
use umbel::config::SETTINGS;

/// Where a path in the text may begin. ARCHITECTURE.md speaks of the server's rooms without saying so each time.
const BEGINNINGS: &[&str] = &["", "server/src/", "server/"];
/// Made by the end-to-end suite, which is not part of every checkout's life.
const MADE_LATER: &str = "end2end/screenshots/";

#[test]
fn links_lead_to_files() {
    let places = places();
    let mut breaches = Vec::new();
    for (file, line, text) in lines() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let target = joined(&file.place, target);
            let outside = target.contains("://") || target.starts_with(MADE_LATER) || target.is_empty();
            if !outside && !places.contains(&target) {
                breaches
                    .push(format!("{}:{line}: the link leads to {target}, which does not exist", file.place));
            }
        }
    }
    none(breaches);
}

#[test]
fn files_that_are_named_exist() {
    let places = places();
    let exists =
        |path: &str| BEGINNINGS.iter().any(|beginning| places.contains(&format!("{beginning}{path}")));
    let mut breaches = Vec::new();
    for (file, line, text) in lines().filter(|(file, _, _)| file.place != "CHANGELOG.md") {
        // Every second piece between backticks is code.
        for code in text.split('`').skip(1).step_by(2) {
            let path = code.trim_end_matches('/');
            let is_path = path.contains('/') && path.ends_with(".rs") && !path.contains([' ', '*', '<', '{']);
            if is_path && !exists(path) {
                breaches.push(format!("{}:{line}: {path} does not exist", file.place));
            }
        }
    }
    none(breaches);
}

#[test]
fn every_setting_is_explained() {
    let place = "server/docs/configuration.md";
    let document = tree::files().into_iter().find(|file| file.place == place).expect("the document");
    let text = document.text().expect("a document is text");
    let missing = SETTINGS.iter().filter(|setting| !text.contains(&format!("| `{}` |", setting.name)));
    none(missing.map(|setting| format!("{place}:1: explain the setting {}", setting.name)).collect());
}

/// The documents' lines, with the file each is in and its number.
fn lines() -> impl Iterator<Item = (File, usize, String)> {
    let documents = tree::files().into_iter().filter(|file| file.ends_with(&[".md"]));
    documents.flat_map(|file| {
        let text = file.text().unwrap_or_default();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.into_iter().enumerate().map(move |(at, line)| (file.clone(), at + 1, line))
    })
}

/// All files, and all folders they lie in.
fn places() -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for file in tree::files() {
        let ends = file.place.match_indices('/').map(|(at, _)| file.place[..at].to_owned());
        places.extend(ends);
        places.insert(file.place);
    }
    places
}

/// The place a relative link in this document leads to.
fn joined(document: &str, link: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    if link.contains("://") { link.to_owned() } else { parts.join("/").trim_end_matches('/').to_owned() }
}
