//! The expected Host: the defence against DNS rebinding.
//!
//! A hostile page may point its own name at 127.0.0.1 and then talk to us as "same origin". It cannot choose the
//! name the browser sends along, so a request for a name we do not know is refused before anything else.

use crate::web::error::{Audience, Refusal};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header, uri::Authority};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The names and addresses we answer to.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    bound: IpAddr,
    names: Arc<[String]>,
}

impl Hosts {
    pub(crate) fn new(bound: SocketAddr, names: &[String]) -> Self {
        let names = names.iter().map(|name| plain(name).to_ascii_lowercase()).collect();
        Self { bound: bound.ip(), names }
    }

    /// Whether the host, without its port, is ours.
    fn knows(&self, host: &str) -> bool {
        let host = plain(host).to_ascii_lowercase();
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            // An address cannot be rebound: a page loaded from it came from this very machine. Whoever listens on
            // all interfaces wants to be reached by any of their addresses.
            return address.is_loopback()
                || address == self.bound
                || self.bound.is_unspecified()
                || self.has(&host);
        }
        host == "localhost" || self.has(&host)
    }

    fn has(&self, host: &str) -> bool {
        self.names.iter().any(|name| name == host)
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let mut headers = request.headers().get_all(header::HOST).iter();
        let host = match (headers.next(), headers.next()) {
            (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
            _ => None,
        };
        let Some(host) = host.filter(|host| !host.as_str().contains('@')) else {
            let sentence = "A request needs exactly one Host header with a name in it.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_host", sentence));
        };
        // A request for a proxy names its host twice; both must be ours.
        let target = request.uri().authority().map(Authority::host);
        match [Some(host.host()), target].into_iter().flatten().find(|host| !self.knows(host)) {
            None => Ok(()),
            Some(stranger) => {
                let name: String = stranger.chars().take(255).collect();
                Err(Refusal::new(
                    StatusCode::MISDIRECTED_REQUEST,
                    "unknown_host",
                    format!(
                        "Umbel does not answer to the name \"{name}\". If it should, start it with --allowed-hosts {name}."
                    ),
                ))
            }
        }
    }
}

/// A name without the dot that marks it as complete.
fn plain(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

pub(crate) async fn expect(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    match hosts.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            tracing::warn!(http.path = request.uri().path(), reason = refusal.message, "refused a request");
            refusal.answer(Audience::of(request.uri().path()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(bound: &str, names: &[&str]) -> Hosts {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        Hosts::new(bound.parse().expect("an address"), &names)
    }

    #[test]
    fn loopback_is_always_ours_and_strangers_never_are() {
        let ours = hosts("127.0.0.1:5555", &["dash.example.com"]);
        for host in
            ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9", "[::1]", "Dash.Example.com"]
        {
            assert!(ours.knows(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "192.168.0.7",
            "[::2]",
            "",
            "xdash.example.com",
        ] {
            assert!(!ours.knows(host), "{host}");
        }
    }

    #[test]
    fn whoever_listens_everywhere_is_reached_by_any_address_but_not_by_any_name() {
        let ours = hosts("0.0.0.0:5555", &[]);
        assert!(ours.knows("192.168.0.7"));
        assert!(!ours.knows("my-machine.lan"));
        assert!(hosts("192.168.0.7:5555", &[]).knows("192.168.0.7"));
    }
}
