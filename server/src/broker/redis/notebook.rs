//! Notes in a hash for each book, changed by the script that publishes their messages.

use super::{Inner, RedisBroker, scripts};
use crate::broker::{BrokerError, Change, Held, Note, Notebook};
use crate::protocol::envelope;
use crate::redis_link::LinkError;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::time::Duration;

/// What one script does at most, so that nobody else waits long for Redis: changes and messages together.
const STEP: usize = 500;
/// Long ones count more: so many bytes are as much as one more message.
const BYTES: usize = 4096;
/// Notes read in one step.
const GLANCE: usize = 2000;

/// A change as the script is told of it.
struct Draft {
    name: String,
    was: String,
    becomes: String,
    letters: Vec<Letter>,
}

struct Letter {
    queue: String,
    list: String,
    envelope: Vec<u8>,
}

impl Draft {
    fn load(&self) -> usize {
        let texts = self.name.len() + self.was.len() + self.becomes.len();
        let letters = self.letters.iter().map(|letter| letter.envelope.len());
        1 + self.letters.len() + (texts + letters.sum::<usize>()) / BYTES
    }
}

/// Nothing, or a text, which may be empty.
fn told(text: Option<String>) -> String {
    text.map_or_else(String::new, |text| format!("={text}"))
}

/// What one script can do at a time.
fn steps(drafts: &[Draft]) -> Vec<&[Draft]> {
    let mut load = 0;
    let fits = |one: &Draft, next: &Draft| {
        load += one.load();
        let fits = load + next.load() <= STEP;
        if !fits {
            load = 0;
        }
        fits
    };
    drafts.chunk_by(fits).collect()
}

impl Inner {
    fn draft(&self, change: Change) -> Draft {
        let mut tags = uuid::Uuid::encode_buffer();
        let letter = |message: crate::protocol::Message| {
            let tag = uuid::Uuid::new_v4();
            let envelope = envelope::encode(&message, tag.hyphenated().encode_lower(&mut tags));
            let list = self.names.list(&message.queue, message.priority);
            Letter { queue: message.queue, list, envelope }
        };
        let letters = change.messages.into_iter().map(letter).collect();
        Draft { name: change.name, was: told(change.was), becomes: told(change.becomes), letters }
    }

    async fn write(&self, book: &str, changes: Vec<Change>) -> Result<Vec<bool>, BrokerError> {
        let drafts: Vec<Draft> = changes.into_iter().map(|change| self.draft(change)).collect();
        let mut made = Vec::with_capacity(drafts.len());
        let mut refused = None;
        self.patience().await;
        let mut left = steps(&drafts);
        left.reverse();
        while let Some(step) = left.pop() {
            match self.write_step(book, step).await {
                Ok(done) => made.extend(done),
                // A queue that cannot be written to, or a note too long: that keeps no other change from being made.
                Err(LinkError::Refused(_)) if step.len() > 1 => {
                    let (first, second) = step.split_at(step.len() / 2);
                    left.extend([second, first]);
                }
                Err(error @ LinkError::Refused(_)) => refused = Some(error),
                Err(error @ LinkError::Down(_)) => return Err(error.into()),
            }
        }
        refused.map_or(Ok(made), |error| Err(error.into()))
    }

    async fn write_step(&self, book: &str, drafts: &[Draft]) -> Result<Vec<bool>, LinkError> {
        let letters = || drafts.iter().flat_map(|draft| &draft.letters);
        self.make_known(letters().map(|letter| letter.queue.as_str())).await?;
        let mut script = scripts::WRITE.prepare_invoke();
        script.key(self.names.book(book)).key(self.names.revision(book));
        let mut places = HashMap::new();
        for letter in letters() {
            let place = places.len() + 3;
            places.entry(letter.list.as_str()).or_insert_with(|| {
                script.key(&letter.list);
                place
            });
        }
        for draft in drafts {
            script.arg(&draft.name).arg(&draft.was).arg(&draft.becomes).arg(draft.letters.len());
            for letter in &draft.letters {
                script.arg(places[letter.list.as_str()]).arg(&letter.envelope);
            }
        }
        self.link.script(&script).await
    }

    /// Step by step: a large book read at once would keep Redis from everybody else for a tenth of a second.
    /// Whatever is there all the time is found; what changes meanwhile is found as it was or as it is, and the
    /// revision has grown.
    async fn notes(&self, book: &str) -> Result<Vec<Note>, BrokerError> {
        let mut texts = HashMap::new();
        let mut place = 0_u64;
        loop {
            let mut scan = redis::cmd("HSCAN");
            scan.arg(self.names.book(book)).arg(place).arg("COUNT").arg(GLANCE);
            let (next, pairs): (u64, Vec<Vec<u8>>) = self.link.command(&scan).await?;
            let mut pairs = pairs.into_iter();
            while let (Some(name), Some(text)) = (pairs.next(), pairs.next()) {
                // What is no text is nothing we have written.
                if let (Ok(name), Ok(text)) = (String::from_utf8(name), String::from_utf8(text)) {
                    texts.insert(name, text);
                }
            }
            place = next;
            if place == 0 {
                break;
            }
        }
        Ok(texts.into_iter().map(|(name, text)| Note { name, text }).collect())
    }

    async fn read(&self, book: &str, names: &[String]) -> Result<Vec<Option<String>>, BrokerError> {
        let mut texts = Vec::with_capacity(names.len());
        for step in names.chunks(GLANCE) {
            let mut get = redis::cmd("HMGET");
            get.arg(self.names.book(book)).arg(step);
            let found: Vec<Option<Vec<u8>>> = self.link.command(&get).await?;
            texts.extend(found.into_iter().map(|text| text.and_then(|text| String::from_utf8(text).ok())));
        }
        Ok(texts)
    }
}

impl Notebook for RedisBroker {
    fn notes(&self, book: &'static str) -> BoxFuture<'_, Result<Vec<Note>, BrokerError>> {
        self.0.notes(book).boxed()
    }

    fn read(
        &self,
        book: &'static str,
        names: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Option<String>>, BrokerError>> {
        async move { self.0.read(book, &names).await }.boxed()
    }

    fn write(
        &self,
        book: &'static str,
        changes: Vec<Change>,
    ) -> BoxFuture<'_, Result<Vec<bool>, BrokerError>> {
        self.0.write(book, changes).boxed()
    }

    fn hold<'a>(
        &'a self,
        post: &'static str,
        holder: &'a str,
        lease: Duration,
        books: &'a [&'static str],
    ) -> BoxFuture<'a, Result<Held, BrokerError>> {
        self.0.hold(post, holder, lease, books).boxed()
    }

    fn leave<'a>(&'a self, post: &'static str, holder: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        self.0.leave(post, holder).boxed()
    }
}
