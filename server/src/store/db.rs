//! One SQLite database with one writer.
//!
//! SQLite lets one connection write at a time, so we make that a rule instead of an accident: a single thread owns
//! the writing connection and takes jobs from a bounded channel. Whatever has piled up while the last commit was
//! flushed to disk goes into the next transaction together (group commit), so the cost of a flush is shared by all
//! who wait for it, and a single caller still waits for one flush only.
//!
//! A job's answer is sent after the commit. A job that fails is rolled back alone (each runs in a savepoint).

use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Jobs that may wait for the writer before senders are made to wait themselves.
const QUEUE: usize = 4096;
/// Jobs in one transaction at most; bounds how long the first of them waits for its answer.
const GROUP: usize = 512;
const READERS: usize = 3;

/// When a commit counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk: survives a power cut (`synchronous=FULL`).
    Disk,
    /// When the operating system has it: survives a killed process; a power cut may cost the last moments
    /// (`synchronous=NORMAL`).
    System,
}

/// Why the database could not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DbError {
    #[error("{0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// The file is not a sound database.
    #[error("the database {path} is damaged: {finding}")]
    Corrupt { path: PathBuf, finding: String },
    /// The file was written by a newer Umbel.
    #[error("the database {path} has version {found}, this Umbel knows up to {known}")]
    TooNew { path: PathBuf, found: u32, known: u32 },
    /// It has been closed, or could not even begin; the log says which.
    #[error("the database does not answer")]
    Closed,
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

/// What the writer's thread is told.
enum Order {
    Run(Job),
    /// Finish what came before this, then end.
    Close,
}

/// Runs inside of the writer's transaction and returns what to do once that has ended.
type Job = Box<dyn FnOnce(&Connection) -> AfterCommit + Send>;
type AfterCommit = Box<dyn FnOnce(Result<(), DbError>) + Send>;

/// A handle to the database; clones share it. The writer ends with [`Db::close`] or with the last handle.
#[derive(Clone)]
pub struct Db {
    orders: mpsc::Sender<Order>,
    readers: Arc<Readers>,
    writer: Arc<Mutex<Option<std::thread::JoinHandle<()>>>>,
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Db {
    /// Opens or creates the database, checks it, and brings its schema up to date.
    ///
    /// `migrations` are SQL scripts; the database remembers how many of them it has seen.
    pub fn open(path: &Path, durability: Durability, migrations: &[&str]) -> Result<Self, DbError> {
        let mut connection = Connection::open(path).map_err(|error| damaged(path, error))?;
        prepare(&connection, durability).map_err(|error| damaged(path, error))?;
        quick_check(path, &connection)?;
        migrate(path, &mut connection, migrations)?;
        let mut idle = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            idle.push(open_reader(path)?);
        }
        let (orders, inbox) = mpsc::channel(QUEUE);
        let name =
            path.file_stem().map_or_else(|| "db".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let writer = std::thread::Builder::new()
            .name(format!("write-{name}"))
            .spawn(move || write_loop(&connection, inbox))
            .map_err(|error| {
                DbError::Sqlite(Arc::new(rusqlite::Error::ToSqlConversionFailure(error.into())))
            })?;
        Ok(Self {
            orders,
            readers: Arc::new(Readers { idle: Mutex::new(idle), permits: Semaphore::new(READERS) }),
            writer: Arc::new(Mutex::new(Some(writer))),
        })
    }

    /// Runs the job in the writer's next transaction and answers once that is committed.
    pub async fn write<T, F>(&self, job: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.write_then(job, |done| done).await
    }

    /// As [`Db::write`], and runs `then` between the commit and the answer, in the order of the commits.
    ///
    /// For what is kept in memory beside the tables: it must change if and only if they have, also when whoever
    /// asked has gone away meanwhile.
    pub async fn write_then<T, U, F, G>(&self, job: F, then: G) -> Result<U, DbError>
    where
        T: Send + 'static,
        U: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        G: FnOnce(T) -> U + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let outcome = in_savepoint(connection, job);
            Box::new(move |commit: Result<(), DbError>| {
                let _ = answer.send(commit.and(outcome.map_err(DbError::from)).map(then));
            })
        });
        self.order(job, answered).await
    }

    /// As [`Db::write`], but answers as soon as the job has run, before its commit reaches the disk. Should the
    /// commit fail, what the job returned beside its answer is run to undo what was booked in memory.
    ///
    /// For claims: nothing was promised to anybody outside of this process.
    pub async fn write_early<T, U, F>(&self, job: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        U: FnOnce() + Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<(T, U)> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let (outcome, undo) = match in_savepoint(connection, job) {
                Ok((done, undo)) => (Ok(done), Some(undo)),
                Err(error) => (Err(error.into()), None),
            };
            let _ = answer.send(outcome);
            Box::new(move |commit| {
                if let (Err(_), Some(undo)) = (commit, undo) {
                    undo();
                }
            })
        });
        self.order(job, answered).await
    }

    async fn order<T>(
        &self,
        job: Job,
        answered: oneshot::Receiver<Result<T, DbError>>,
    ) -> Result<T, DbError> {
        self.orders.send(Order::Run(job)).await.map_err(|_| DbError::Closed)?;
        answered.await.map_err(|_| DbError::Closed)?
    }

    /// Runs the query on one of the reading connections, off the async threads.
    pub async fn read<T, F>(&self, query: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let permit = readers.permits.acquire().await.map_err(|_| DbError::Closed)?;
        let connection = self.readers.take().ok_or(DbError::Closed)?;
        let readers = Arc::clone(&self.readers);
        let outcome = crate::service::blocking(move || {
            let outcome = query(&connection);
            readers.give_back(connection);
            outcome
        })
        .await;
        drop(permit);
        match outcome {
            Some(outcome) => outcome.map_err(DbError::from),
            None => Err(DbError::Closed),
        }
    }

    /// Waits until everything handed in so far is committed, then ends the writer. Who writes later is told that the
    /// database is closed.
    pub async fn close(&self) {
        let _ = self.orders.send(Order::Close).await;
        let handle = self.writer.lock().expect("nobody panics while holding this lock").take();
        if let Some(handle) = handle {
            let _ = crate::service::blocking(move || handle.join()).await;
        }
    }
}

impl Readers {
    fn take(&self) -> Option<Connection> {
        self.idle.lock().expect("nobody panics while holding this lock").pop()
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().expect("nobody panics while holding this lock").push(connection);
    }
}

fn write_loop(connection: &Connection, mut inbox: mpsc::Receiver<Order>) {
    while let Some(Order::Run(job)) = inbox.blocking_recv() {
        if !write_group(connection, job, &mut inbox) {
            break;
        }
    }
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Runs the job, and those that arrive meanwhile, in one transaction. False once told to close.
fn write_group(connection: &Connection, first: Job, inbox: &mut mpsc::Receiver<Order>) -> bool {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        // Whoever waits for the job learns of it by the job being dropped.
        tracing::error!(%error, "failed to begin a transaction");
        return true;
    }
    let mut open = true;
    let mut finishers: Vec<AfterCommit> = vec![first(connection)];
    while open && finishers.len() < GROUP {
        match inbox.try_recv() {
            Ok(Order::Run(job)) => finishers.push(job(connection)),
            Ok(Order::Close) => open = false,
            Err(_) => break,
        }
    }
    let outcome = connection.execute_batch("COMMIT").map_err(DbError::from);
    if let Err(error) = &outcome {
        tracing::error!(%error, "failed to commit");
        let _ = connection.execute_batch("ROLLBACK");
    }
    for finish in finishers {
        finish(outcome.clone());
    }
    open
}

fn in_savepoint<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let outcome = job(connection);
    if outcome.is_err() {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    outcome
}

fn prepare(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    let synchronous = match durability {
        Durability::Disk => "FULL",
        Durability::System => "NORMAL",
    };
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(&format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON;
         PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000; PRAGMA wal_autocheckpoint=4000;
         PRAGMA busy_timeout=5000;"
    ))
}

fn open_reader(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection
        .execute_batch("PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000; PRAGMA busy_timeout=5000;")?;
    Ok(connection)
}

/// A cheap look at the structure: the header and the schema are sound. The thorough check reads every page and
/// belongs to a person (`PRAGMA integrity_check`), not to each start.
fn quick_check(path: &Path, connection: &Connection) -> Result<(), DbError> {
    let pages: i64 =
        connection.query_row("PRAGMA page_count", [], |row| row.get(0)).map_err(|e| damaged(path, e))?;
    if pages > 20_000 {
        return connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
            .map(|_| ())
            .map_err(|error| damaged(path, error));
    }
    let finding: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|e| damaged(path, e))?;
    if finding == "ok" { Ok(()) } else { Err(DbError::Corrupt { path: path.to_owned(), finding }) }
}

fn damaged(path: &Path, error: rusqlite::Error) -> DbError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => {
            DbError::Corrupt { path: path.to_owned(), finding: error.to_string() }
        }
        _ => error.into(),
    }
}

fn migrate(path: &Path, connection: &mut Connection, migrations: &[&str]) -> Result<(), DbError> {
    let known = u32::try_from(migrations.len()).expect("a handful of scripts");
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(DbError::TooNew { path: path.to_owned(), found, known });
    }
    for (version, script) in (1..=known).zip(migrations).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn closing_does_not_wait_for_other_handles_and_commits_what_came_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.db");
        let db = Db::open(&path, Durability::Disk, &["CREATE TABLE t (x INTEGER)"]).expect("a database");
        let (other, insert) = (db.clone(), |c: &Connection| c.execute("INSERT INTO t VALUES (1)", []));
        let (written, ()) = tokio::join!(db.write(insert), db.close());
        written.expect("it was handed in before");
        assert!(matches!(other.write(insert).await, Err(DbError::Closed)));
        let rows =
            Connection::open(&path).and_then(|c| c.query_row("SELECT count(*) FROM t", [], |r| r.get(0)));
        assert_eq!(rows, Ok(1));
    }
}
