//! TLS with an authority of one's own, as Celery's URLs spell it.

use super::connecting::use_all;
use super::station::Ends;
use crate::support::bus::{Node, until_heard};
use crate::support::redis::{RedisServer, free_port};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::PathBuf;
use tempfile::TempDir;
use umbel::bus::Bus;
use umbel::clock::SystemClock;
use umbel::protocol::control::Request;
use umbel::protocol::{EventKind, TaskId};
use umbel::redis_link::{Address, Link, Reach};

/// Certificates of an authority, a server and a client, as PEM files.
struct Papers {
    folder: TempDir,
}

impl Papers {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority");
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let papers = Self { folder };
        papers.write("ca.crt", &authority.pem());
        for (name, names) in
            [("server", vec!["localhost".to_owned(), "127.0.0.1".to_owned()]), ("client", vec![])]
        {
            let key = KeyPair::generate().expect("a key");
            let mut params = CertificateParams::new(names).expect("names");
            params.distinguished_name.push(DnType::CommonName, name);
            let certificate = params.signed_by(&key, &authority).expect("a certificate");
            papers.write(&format!("{name}.crt"), &certificate.pem());
            papers.write(&format!("{name}.key"), &key.serialize_pem());
        }
        papers
    }

    fn write(&self, name: &str, pem: &str) {
        std::fs::write(self.path(name), pem).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// A server with a second port for TLS, and that port.
    fn server(&self, clients: &str) -> (RedisServer, u16) {
        let port = free_port();
        let (certificate, key) = (self.shown("server.crt"), self.shown("server.key"));
        let (authority, port_shown) = (self.shown("ca.crt"), port.to_string());
        let arguments = ["--tls-port", &port_shown, "--tls-cert-file", &certificate, "--tls-key-file", &key];
        let who = ["--tls-ca-cert-file", &authority, "--tls-auth-clients", clients];
        let arguments = [&arguments[..], &who].concat();
        (RedisServer::with(&arguments), port)
    }
}

async fn works(url: &str) {
    let ends = Ends::at(url).await;
    use_all(&ends).await;
    ends.stop().await;
}

/// Why it cannot be reached.
async fn trouble(url: &str) -> String {
    let link =
        Link::open(Address::parse(url).expect("sound"), SystemClock::shared()).await.expect("no account");
    match link.reach().borrow().clone() {
        Reach::Lost { reason, .. } => reason,
        Reach::Reachable => panic!("{url} was reached"),
    }
}

#[tokio::test]
async fn a_server_of_a_private_authority() {
    let papers = Papers::new();
    let (_server, port) = papers.server("no");
    for host in ["localhost", "127.0.0.1"] {
        works(&format!(
            "rediss://{host}:{port}/0?ssl_cert_reqs=required&ssl_ca_certs={}",
            papers.shown("ca.crt")
        ))
        .await;
    }
    works(&format!("rediss://localhost:{port}/0?ssl_cert_reqs=none")).await;

    let others = Papers::new();
    let wrong = format!("rediss://localhost:{port}/0?ssl_ca_certs={}", others.shown("ca.crt"));
    for url in [wrong, format!("rediss://localhost:{port}/0")] {
        let told = trouble(&url).await;
        assert!(told.contains("certificate"), "{told}");
    }
}

#[tokio::test]
async fn a_server_that_wants_to_know_its_clients() {
    let papers = Papers::new();
    let (_server, port) = papers.server("yes");
    let (ca, certificate, key) =
        (papers.shown("ca.crt"), papers.shown("client.crt"), papers.shown("client.key"));
    let known = format!("ssl_certfile={certificate}&ssl_keyfile={key}");
    works(&format!("rediss://localhost:{port}/0?ssl_ca_certs={ca}&{known}")).await;
    works(&format!("rediss://localhost:{port}/0?ssl_cert_reqs=CERT_NONE&{known}")).await;
    let told = trouble(&format!("rediss://localhost:{port}/0?ssl_ca_certs={ca}")).await;
    assert!(told.to_lowercase().contains("certificate"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_and_requests_are_heard_over_tls() {
    let papers = Papers::new();
    let (server, port) = papers.server("no");
    let url = format!("rediss://localhost:{port}/0?ssl_ca_certs={}", papers.shown("ca.crt"));
    let node = Node::join_at(&url, "umbel@test").await;
    let (mut events, mut requests) = (node.bus.events(), node.bus.requests());
    until_heard(&server, 1, 1).await;
    let ids: Vec<_> = (0..3000).map(|id| TaskId::from(id.to_string())).collect();
    let told = ids.iter().map(|uuid| node.speaker.event(EventKind::TaskStarted { uuid: uuid.clone() }));
    for event in told {
        node.bus.publish(vec![event]).await;
    }
    let mut heard = Vec::new();
    while heard.len() < ids.len() {
        let batch = events.recv().await.expect("told");
        heard.extend(batch.iter().filter_map(|event| event.kind.task_id().cloned()));
    }
    assert_eq!(heard, ids);
    node.bus.request(Request::new("ping", serde_json::json!({}))).await;
    // Before it, perhaps, what a monitor asks for when it begins to listen.
    while requests.recv().await.expect("asked").method != "ping" {}
    node.services.stop().await;
}
