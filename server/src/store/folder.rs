//! The data folder: made when missing, and held by one process at a time.
//!
//! The lock is the kernel's (`flock`), so it ends with the process however that dies. The pid in the lock file is
//! only there to be read by people.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// A data folder in this process's possession, until it is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("the data folder {} cannot be made: {cause}", path.display())]
    Create { path: PathBuf, cause: io::Error },
    #[error("the data folder {} is not writable: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    /// Another process holds it.
    #[error("the data folder {} is in use by {}", path.display(), holder(*.pid))]
    InUse { path: PathBuf, pid: Option<u32> },
}

impl DataFolder {
    /// Makes the folder when it is missing (for its owner only), checks that it can be written, and locks it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        create(path).map_err(|cause| FolderError::Create { path: path.to_owned(), cause })?;
        let failed = |cause| FolderError::Write { path: path.to_owned(), cause };
        writable(path).map_err(failed)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::InUse { path: path.to_owned(), pid: read_pid(&mut lock) });
            }
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        write_pid(&mut lock).map_err(failed)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database of what was confirmed: messages and results.
    pub fn broker_database(&self) -> PathBuf {
        self.path.join("umbel.db")
    }

    /// The database of what has happened.
    pub fn history_database(&self) -> PathBuf {
        self.path.join("history.db")
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("another process (pid {pid})"))
}

fn create(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        // Two processes may start at the same moment; the lock decides between them.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

fn writable(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(path, Access::WRITE_OK | Access::EXEC_OK)?)
}

fn write_pid(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn read_pid(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn makes_a_private_folder_and_gives_it_to_one_at_a_time() {
        let outer = tempfile::tempdir().expect("a folder");
        let path = outer.path().join("deep/data");
        let held = DataFolder::open(&path).expect("free");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o700);
        let refused = DataFolder::open(&path).expect_err("held").to_string();
        assert!(
            refused.ends_with(&format!("in use by another process (pid {})", std::process::id())),
            "{refused}"
        );
        drop(held);
        DataFolder::open(&path).expect("free again");
    }

    #[test]
    fn a_path_below_a_file_is_no_folder() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let error = DataFolder::open(&file.path().join("data")).expect_err("a file is in the way");
        assert!(matches!(error, FolderError::Create { .. }), "{error}");
        let error = DataFolder::open(file.path()).expect_err("a file is in the way");
        assert!(matches!(error, FolderError::Create { .. }), "{error}");
    }
}
