//! Where the stream stands, and how a person is told.

use crate::view::Millis;

/// The stream as a person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveStatus {
    /// The page was rendered, the stream is not open yet.
    Connecting,
    Live,
    /// Paused by the person, or because a selection stands.
    Paused,
    /// Closed while the tab is hidden.
    Hidden,
    /// Lost at this moment; it is tried again.
    Reconnecting(Millis),
}

impl LiveStatus {
    /// The word beside the mark in the header.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "Connecting",
            Self::Live => "Live",
            Self::Paused => "Updates paused",
            Self::Hidden => "Resting",
            Self::Reconnecting(_) => "Reconnecting",
        }
    }

    /// The name the style sheet knows it by.
    pub fn class(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Hidden => "hidden",
            Self::Reconnecting(_) => "lost",
        }
    }
}

/// The facts behind the status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub(super) open: bool,
    pub(super) hidden: bool,
    pub(super) paused: bool,
    pub(super) held: bool,
    pub(super) lost_since: Option<Millis>,
}

impl Standing {
    /// What matters most to the reader comes first: a lost connection, then their own pause.
    pub fn status(&self) -> LiveStatus {
        match self {
            Self { hidden: true, .. } => LiveStatus::Hidden,
            Self { lost_since: Some(since), .. } => LiveStatus::Reconnecting(*since),
            Self { paused: true, .. } | Self { held: true, .. } => LiveStatus::Paused,
            Self { open: true, .. } => LiveStatus::Live,
            _ => LiveStatus::Connecting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_outweighs_a_pause() {
        let standing = Standing { paused: true, lost_since: Some(7), ..Standing::default() };
        assert_eq!(standing.status(), LiveStatus::Reconnecting(7));
    }

    #[test]
    fn a_selection_pauses_an_open_stream() {
        let standing = Standing { open: true, held: true, ..Standing::default() };
        assert_eq!(standing.status(), LiveStatus::Paused);
    }
}
