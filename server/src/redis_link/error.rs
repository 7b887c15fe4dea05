//! What can go wrong with a connection, sorted by what to do about it.

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why a command brought no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no connection, or it broke while the answer was awaited: the command may have been done or not.
    #[error("{0}")]
    Down(String),
    /// Redis answered with an error; the connection is sound.
    #[error("Redis refused: {0}")]
    Refused(String),
}

/// Why there is no point in trying again and again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0}")]
    Account(String),
    #[error("{0}")]
    Setting(String),
}

impl LinkError {
    pub(super) fn of(error: &RedisError) -> Self {
        if breaks(error) { Self::Down(sentence(error)) } else { Self::Refused(sentence(error)) }
    }
}

/// The connection must be made anew: it is gone, or it leads to a server that does not take writes (any more).
fn breaks(error: &RedisError) -> bool {
    let unfit = matches!(
        error.kind(),
        ErrorKind::Server(
            ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown | ServerErrorKind::BusyLoading
        )
    );
    // An answer of another shape than expected is our mistake and not the connection's.
    if error.kind() == ErrorKind::Parse {
        return false;
    }
    unfit
        || error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_unrecoverable_error()
}

/// The server knows us not; asking again will not help before somebody changes a setting.
pub(super) fn is_about_the_account(error: &RedisError) -> bool {
    let refused =
        matches!(error.kind(), ErrorKind::AuthenticationFailed | ErrorKind::Server(ServerErrorKind::NoPerm));
    let code = error.code().unwrap_or_default();
    let text = error.to_string();
    refused || matches!(code, "WRONGPASS" | "NOAUTH") || text.contains("WRONGPASS") || text.contains("NOAUTH")
}

/// What the server or the system said, without the library's own framing.
pub(super) fn sentence(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        _ => error.to_string(),
    }
}
