//! Where the broker is, and whether it can be reached.

use crate::broker::Reach;
use app::view;

/// The broker's address as everybody may read it: without user, password and options.
pub(crate) fn place(address: &str) -> String {
    if !address.contains("://") {
        return address.to_owned();
    }
    // Sentinels are several addresses in one.
    address.split(';').map(without_secrets).collect::<Vec<_>>().join(";")
}

fn without_secrets(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    // A password may hold anything, a slash and a question mark too, so all up to the last `@` goes.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    format!("{scheme}://{rest}")
}

pub(crate) fn reach(reach: &Reach) -> view::Reach {
    match reach {
        Reach::Reachable => view::Reach::Reachable,
        Reach::Lost { since, reason } => {
            view::Reach::Lost { since: since.timestamp_millis(), reason: reason.clone() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn nothing_secret_is_left() {
        for (address, shown) in [
            ("embedded, ./umbel-data", "embedded, ./umbel-data"),
            ("redis://localhost:6379/0", "redis://localhost:6379/0"),
            ("rediss://user:hunter2@db.example:6380/1?password=hunter2", "rediss://db.example:6380/1"),
            ("redis://:p/a?s@s@host/0", "redis://host/0"),
            (
                "sentinel://:hunter2@a:26379;sentinel://:hunter2@b:26379/0",
                "sentinel://a:26379;sentinel://b:26379/0",
            ),
            ("redis+socket:///run/redis.sock?virtual_host=2", "redis+socket:///run/redis.sock"),
        ] {
            assert_eq!(place(address), shown);
        }
    }
}
