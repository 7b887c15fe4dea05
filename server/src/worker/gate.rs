//! Whether a message may run now. Pure: all it needs is handed in.

use crate::protocol::Headers;
use chrono::{DateTime, Utc};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Run,
    /// Its moment has not come.
    Hold(DateTime<Utc>),
    Revoked,
    Expired,
    /// No task of that name is registered here.
    Unknown,
}

/// Revocation comes first: a revoked task must not even wait any longer.
pub(super) fn judge(headers: &Headers, now: DateTime<Utc>, revoked: bool, known: bool) -> Gate {
    if revoked {
        return Gate::Revoked;
    }
    if headers.expires.is_some_and(|expires| expires < now) {
        return Gate::Expired;
    }
    match headers.eta {
        Some(eta) if eta > now => Gate::Hold(eta),
        _ if known => Gate::Run,
        _ => Gate::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn judges_in_celerys_order() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let later = now + TimeDelta::seconds(10);
        let mut headers = Headers::new("1".into(), "demo.add");
        assert_eq!(judge(&headers, now, false, true), Gate::Run);
        assert_eq!(judge(&headers, now, false, false), Gate::Unknown);
        headers.eta = Some(later);
        assert_eq!(judge(&headers, now, false, true), Gate::Hold(later));
        assert_eq!(judge(&headers, later, false, true), Gate::Run, "due means run");
        headers.expires = Some(now);
        assert_eq!(judge(&headers, now, false, true), Gate::Hold(later), "expires now is not yet expired");
        assert_eq!(judge(&headers, later, false, true), Gate::Expired);
        assert_eq!(judge(&headers, later, true, true), Gate::Revoked);
    }
}
