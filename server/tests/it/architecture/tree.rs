//! The files of the repository.

use std::path::{Path, PathBuf};

/// A file by its place from the root of the repository, with `/` between the folders.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) place: String,
    path: PathBuf,
}

impl File {
    /// What is in it; none when it is not text.
    pub(super) fn text(&self) -> Option<String> {
        let bytes = std::fs::read(&self.path).expect("a file that was just listed");
        String::from_utf8(bytes).ok()
    }

    /// Whether it is there for tests only.
    pub(super) fn is_test(&self) -> bool {
        self.place.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    pub(super) fn is_below(&self, folder: &str) -> bool {
        self.place.strip_prefix(folder).is_some_and(|rest| rest.starts_with(['/', '.']))
    }

    pub(super) fn ends_with(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.place.ends_with(ending))
    }
}

/// All files that belong to the repository: neither hidden folders (but for `.ci`) nor what `.gitignore` names.
pub(super) fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in a workspace");
    let ignored = std::fs::read_to_string(root.join(".gitignore")).expect("the repository has a .gitignore");
    let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let mut files = Vec::new();
    walk(root, "", &ignored, &mut files);
    files.sort_by(|a, b| a.place.cmp(&b.place));
    files
}

fn walk(folder: &Path, place: &str, ignored: &[&str], files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).expect("a folder that was just listed") {
        let entry = entry.expect("an entry of a folder");
        let name = entry.file_name().to_string_lossy().into_owned();
        let place = if place.is_empty() { name.clone() } else { format!("{place}/{name}") };
        let kind = entry.file_type().expect("the kind of an entry");
        if ignored.iter().any(|ignored| *ignored == place || *ignored == name) {
            continue;
        }
        if kind.is_dir() && (!name.starts_with('.') || name == ".ci") {
            walk(&entry.path(), &place, ignored, files);
        } else if kind.is_file() && name != ".git" {
            files.push(File { place, path: entry.path() });
        }
    }
}
