//! The address of a broker or a result store, without its secrets.

use serde_json::{Value, json};

/// What takes the place of a secret. Celery writes the same, whatever its length.
pub(super) const MASK: &str = "********";

/// Words in names of settings and of an address's parameters whose values are secret.
const SECRET: &[&str] =
    &["api", "token", "key", "secret", "pass", "profanities_list", "signature", "database"];

pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

/// An address, or several with `;` between them, with each password masked. Text that is no address stays as it is.
pub(super) fn masked(url: &str) -> String {
    url.split(';').map(one_masked).collect::<Vec<_>>().join(";")
}

fn one_masked(url: &str) -> String {
    let Some((scheme, authority, rest)) = parts(url) else { return url.to_owned() };
    let authority = match authority.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@{host}"),
            None => authority.to_owned(),
        },
        None => authority.to_owned(),
    };
    format!("{scheme}://{authority}{}", masked_parameters(rest))
}

/// As `conf` shows the broker's address: a Redis always looks as if it had a password, as with Celery.
pub(super) fn masked_broker(url: &str) -> String {
    let mask = |url: &str| match parts(url) {
        Some((scheme, authority, rest))
            if is_redis(scheme) && !authority.contains('@') && !authority.is_empty() =>
        {
            format!("{scheme}://:{MASK}@{authority}{}", masked_parameters(rest))
        }
        _ => one_masked(url),
    };
    url.split(';').map(mask).collect::<Vec<_>>().join(";")
}

/// The address by its parts, as `stats` shows it.
pub(super) fn info(url: &str) -> Value {
    let first = url.split(';').next().unwrap_or_default();
    let (scheme, authority, rest) = parts(first).unwrap_or(("", "", ""));
    let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let user = login.split(':').next().filter(|user| !user.is_empty());
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !place.ends_with(']') => (host, port.parse::<u16>().ok()),
        _ => (place, None),
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let redis = is_redis(scheme);
    json!({
        "hostname": (!host.is_empty()).then_some(host),
        "userid": user,
        "virtual_host": if path.is_empty() && redis { "0" } else { path },
        "port": port.or(redis.then_some(6379)),
        "insist": false,
        "ssl": scheme == "rediss",
        "transport": if scheme == "rediss" { "redis" } else { scheme },
        "connect_timeout": 4,
        "transport_options": {},
        "login_method": null,
        "uri_prefix": null,
        "heartbeat": 0.0,
        "failover_strategy": "round-robin",
        "alternates": [],
        "credential_provider": null,
    })
}

fn is_redis(scheme: &str) -> bool {
    matches!(scheme, "redis" | "rediss" | "valkey" | "valkeys")
}

fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    // A password may hold a slash that nobody has escaped, so the last @ counts first.
    let start = rest.rfind('@').unwrap_or(0);
    let end = rest[start..].find(['/', '?', '#']).map_or(rest.len(), |end| start + end);
    Some((scheme, &rest[..end], &rest[end..]))
}

/// `?password=…` is an address's other place for a secret.
fn masked_parameters(rest: &str) -> String {
    let Some((path, query)) = rest.split_once('?') else { return rest.to_owned() };
    let mask = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    format!("{path}?{}", query.split('&').map(mask).collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_comes_through() {
        for (url, shown) in [
            ("redis://localhost:6379/0", "redis://localhost:6379/0"),
            ("redis://:hunter2@localhost", "redis://:********@localhost"),
            ("rediss://joe:hun@t/er:2@h:1/3?x=1", "rediss://joe:********@h:1/3?x=1"),
            ("redis://joe@h/1?password=hunter2&db=2", "redis://joe@h/1?password=********&db=2"),
            ("sentinel://:a@h1:1;sentinel://:b@h2:2", "sentinel://:********@h1:1;sentinel://:********@h2:2"),
            (
                "redis+socket:///run/redis.sock?virtual_host=1",
                "redis+socket:///run/redis.sock?virtual_host=1",
            ),
            ("not an address", "not an address"),
        ] {
            assert_eq!(masked(url), shown);
        }
        assert_eq!(masked_broker("redis://h:1/0"), "redis://:********@h:1/0", "as Celery shows it");
        assert_eq!(masked_broker("redis://u:p@h:1/0"), "redis://u:********@h:1/0");
        assert_eq!(masked_broker("embedded://"), "embedded://");
    }

    #[test]
    fn an_address_is_told_by_its_parts() {
        let told = info("rediss://joe:hunter2@cache.example:6380/3?ssl_cert_reqs=none");
        assert_eq!((&told["hostname"], &told["port"]), (&"cache.example".into(), &6380.into()));
        assert_eq!((&told["userid"], &told["virtual_host"]), (&"joe".into(), &"3".into()));
        assert_eq!((&told["transport"], &told["ssl"]), (&"redis".into(), &true.into()));
        assert!(!told.to_string().contains("hunter2"));
        let plain = info("redis://h");
        assert_eq!((&plain["port"], &plain["virtual_host"]), (&6379.into(), &"0".into()));
    }
}
