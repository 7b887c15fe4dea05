//! Rollups of counters on disk.

use rusqlite::{Connection, Row, params};

/// The counters of one step of one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Seconds.
    pub step: u32,
    /// By what the track is told apart: nothing, name, queue, worker.
    pub kind: u8,
    /// The word's number; zero for the overall track.
    pub word: u16,
    /// Steps since the epoch.
    pub slot: u32,
    /// Sent, succeeded, failed, retried, revoked, and attempts with a runtime.
    pub counts: [u32; 6],
    pub runtime: f32,
    pub runtime_max: f32,
}

impl Bucket {
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let [sent, succeeded, failed, retried, revoked, runs] = self.counts;
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO bucket (step, kind, word, at, sent, succeeded, failed, retried, revoked,
                 runs, runtime, runtime_max) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                self.step,
                self.kind,
                self.word,
                self.slot,
                sent,
                succeeded,
                failed,
                retried,
                revoked,
                runs,
                self.runtime,
                self.runtime_max
            ])?;
        Ok(())
    }

    /// All buckets that begin at or after the moment (milliseconds), oldest first within each track.
    pub fn load(connection: &Connection, since: i64) -> rusqlite::Result<Vec<Self>> {
        connection
            .prepare(
                "SELECT step, kind, word, at, sent, succeeded, failed, retried, revoked, runs, runtime, runtime_max
                 FROM bucket WHERE at * step * 1000 >= ? ORDER BY step, kind, word, at",
            )?
            .query_map([since], Self::read)?
            .collect()
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            step: row.get(0)?,
            kind: row.get(1)?,
            word: row.get(2)?,
            slot: row.get(3)?,
            counts: [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?],
            runtime: row.get(10)?,
            runtime_max: row.get(11)?,
        })
    }
}
