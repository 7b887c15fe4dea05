//! Notes in a table beside the messages, so that one transaction changes both.
//!
//! Who holds a post is known in memory only, as with leases: all who could want it live in this process.

use super::{SqliteBroker, sql};
use crate::broker::{BrokerError, Change, Held, Note, Notebook};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// A change made ready for writing, so that the writer's thread only writes.
struct Draft {
    name: String,
    was: Option<String>,
    becomes: Option<String>,
    rows: Vec<sql::NewRow>,
}

impl Draft {
    fn new(change: Change, now: DateTime<Utc>) -> Self {
        let Change { name, was, becomes, messages } = change;
        let rows = messages.into_iter().map(|message| sql::NewRow::new(message, now)).collect();
        Self { name, was, becomes, rows }
    }

    /// Changes the note if it is what it was, and says whether.
    fn make(&self, connection: &Connection, book: &str) -> rusqlite::Result<bool> {
        let name = self.name.as_str();
        let rows = match (&self.was, &self.becomes) {
            (None, None) => usize::from(text(connection, book, name)?.is_none()),
            (None, Some(becomes)) => connection
                .prepare_cached(
                    "INSERT INTO note (book, name, text) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                )?
                .execute([book, name, becomes])?,
            (Some(was), Some(becomes)) => connection
                .prepare_cached("UPDATE note SET text = ?4 WHERE book = ?1 AND name = ?2 AND text = ?3")?
                .execute([book, name, was, becomes])?,
            (Some(was), None) => connection
                .prepare_cached("DELETE FROM note WHERE book = ?1 AND name = ?2 AND text = ?3")?
                .execute([book, name, was])?,
        };
        Ok(rows == 1)
    }
}

/// Makes what can be made, each change with its messages.
fn write(connection: &Connection, book: &str, drafts: &[Draft]) -> rusqlite::Result<Vec<bool>> {
    let mut made = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let done = draft.make(connection, book)?;
        if done {
            draft.rows.iter().try_for_each(|row| sql::insert(connection, row))?;
        }
        made.push(done);
    }
    if made.contains(&true) {
        connection
            .prepare_cached(
                "INSERT INTO book (name, revision) VALUES (?1, 1)
                 ON CONFLICT DO UPDATE SET revision = revision + 1",
            )?
            .execute([book])?;
    }
    Ok(made)
}

fn notes(connection: &Connection, book: &str) -> rusqlite::Result<Vec<Note>> {
    let mut statement = connection.prepare_cached("SELECT name, text FROM note WHERE book = ?1")?;
    let read = |row: &Row<'_>| Ok(Note { name: row.get(0)?, text: row.get(1)? });
    statement.query_map([book], read)?.collect()
}

fn text(connection: &Connection, book: &str, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT text FROM note WHERE book = ?1 AND name = ?2")?
        .query_row(params![book, name], |row| row.get(0))
        .optional()
}

fn revision(connection: &Connection, book: &str) -> rusqlite::Result<u64> {
    let revision: Option<i64> = connection
        .prepare_cached("SELECT revision FROM book WHERE name = ?1")?
        .query_row([book], |row| row.get(0))
        .optional()?;
    Ok(revision.unwrap_or_default().cast_unsigned())
}

/// Posts by their names.
#[derive(Debug, Default)]
pub(super) struct Posts(Mutex<HashMap<&'static str, Post>>);

#[derive(Debug)]
struct Post {
    holder: String,
    until: Duration,
}

impl Posts {
    /// Takes a post, or takes it anew, unless somebody else holds it. Answers who does.
    fn hold(&self, post: &'static str, holder: &str, now: Duration, lease: Duration) -> String {
        let mine = || Post { holder: holder.to_owned(), until: now + lease };
        let mut posts = self.lock();
        let held = match posts.entry(post) {
            Entry::Vacant(vacant) => vacant.insert(mine()),
            Entry::Occupied(occupied) => {
                let held = occupied.into_mut();
                if held.holder == holder || held.until <= now {
                    *held = mine();
                }
                held
            }
        };
        held.holder.clone()
    }

    fn leave(&self, post: &'static str, holder: &str) {
        let mut posts = self.lock();
        if posts.get(post).is_some_and(|held| held.holder == holder) {
            posts.remove(post);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Post>> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}

impl Notebook for SqliteBroker {
    fn notes(&self, book: &'static str) -> BoxFuture<'_, Result<Vec<Note>, BrokerError>> {
        async move { Ok(self.db.read(move |connection| notes(connection, book)).await?) }.boxed()
    }

    fn read(
        &self,
        book: &'static str,
        names: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Option<String>>, BrokerError>> {
        let read = move |connection: &Connection| {
            names.iter().map(|name| text(connection, book, name)).collect::<rusqlite::Result<_>>()
        };
        async move { Ok(self.db.read(read).await?) }.boxed()
    }

    fn write(
        &self,
        book: &'static str,
        changes: Vec<Change>,
    ) -> BoxFuture<'_, Result<Vec<bool>, BrokerError>> {
        async move {
            let now = self.clock.now();
            let drafts: Vec<_> = changes.into_iter().map(|change| Draft::new(change, now)).collect();
            let shared = Arc::clone(&self.shared);
            let write = move |connection: &Connection| Ok((write(connection, book, &drafts)?, drafts));
            let count = move |(made, drafts): (Vec<bool>, Vec<Draft>)| {
                let published = made.iter().zip(&drafts).filter(|(made, _)| **made);
                shared.stored(published.flat_map(|(_, draft)| &draft.rows));
                made
            };
            Ok(self.db.write_then(write, count).await?)
        }
        .boxed()
    }

    fn hold<'a>(
        &'a self,
        post: &'static str,
        holder: &'a str,
        lease: Duration,
        books: &'a [&'static str],
    ) -> BoxFuture<'a, Result<Held, BrokerError>> {
        async move {
            let holder = self.shared.posts.hold(post, holder, self.clock.elapsed(), lease);
            let books = books.to_vec();
            let read = move |connection: &Connection| {
                books.iter().map(|book| revision(connection, book)).collect::<rusqlite::Result<_>>()
            };
            Ok(Held { holder, revisions: self.db.read(read).await? })
        }
        .boxed()
    }

    fn leave<'a>(&'a self, post: &'static str, holder: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        self.shared.posts.leave(post, holder);
        std::future::ready(Ok(())).boxed()
    }
}
