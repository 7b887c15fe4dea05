//! Schedules in words.

use super::Schedule;

impl Schedule {
    /// When it is due, in a few words: "every 10 minutes", "at 09:00 on weekdays".
    pub fn words(&self) -> String {
        todo!()
    }

    /// When it is due, in the shortest way it can be written: "*/10 * * * *", "30s".
    pub fn written(&self) -> String {
        todo!()
    }
}
