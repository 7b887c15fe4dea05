//! Crontab schedules with Celery's grammar.

/// Five fields; a moment matches when all of them do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crontab {}

/// Why a crontab cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct CrontabError {
    /// `minute`, `hour`, `day_of_week`, `day_of_month` or `month_of_year`.
    pub field: &'static str,
    pub sentence: String,
}
