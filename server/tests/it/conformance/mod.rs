//! The contracts of the seams: one suite each, run on every implementation.

/// Each of these runs on both kinds of a seam.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Kind::Sqlite).await;
            })+
        }
        mod redis {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Kind::Redis).await;
            })+
        }
    };
}

mod broker;
mod bus;
mod chords;
mod failed_commit;
mod notebook;
mod posts;
mod results;
mod world;

use std::sync::Arc;
use tempfile::TempDir;
use umbel::clock::SharedClock;
use umbel::protocol::{Body, Headers, Message, TaskId};
use umbel::store::{Db, Durability};
use umbel::testing::ManualClock;

/// A database in a folder that goes away with it, and a clock that stands still.
struct Bench {
    clock: ManualClock,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { clock: ManualClock::new(), folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn clock(&self) -> SharedClock {
        Arc::new(self.clock.clone())
    }

    fn db(&self) -> Db {
        Db::open(&self.folder.path().join("umbel.db"), Durability::Disk, umbel::store::CONFIRMED)
            .expect("a fresh database")
    }
}

fn message(id: &str, queue: &str, priority: u8) -> Message {
    let headers = Headers::new(TaskId::from(id), "demo.add");
    Message { headers, body: Body::default().encode(), queue: queue.to_owned(), priority }
}
