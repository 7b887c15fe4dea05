//! Where a Redis is and how to get in: the URLs Celery's users have in their settings.

use redis::{
    ClientTlsConfig, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, TlsCertificates,
};
use std::fmt;
use std::path::{Path, PathBuf};
use url::Url;

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;
const NAME: &str = "umbel";

/// A checked URL. Shows itself without the password.
#[derive(Clone)]
pub struct Address {
    nodes: Nodes,
    account: RedisConnectionInfo,
    tls: Option<Tls>,
}

#[derive(Clone, Debug)]
enum Nodes {
    One(Node),
    /// Several sentinels that know where the master of this name is.
    Sentinels {
        nodes: Vec<Node>,
        master: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Tcp(String, u16),
    Unix(PathBuf),
}

#[derive(Clone, Debug, PartialEq)]
struct Tls {
    verify: bool,
    files: TlsFiles,
}

/// Paths of PEM files.
#[derive(Clone, Debug, Default, PartialEq)]
struct TlsFiles {
    authority: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

/// Whether a URL names a Redis at all.
pub fn is_redis(url: &str) -> bool {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    SCHEMES.contains(&scheme)
}

const SCHEMES: &[&str] = &[
    "redis",
    "rediss",
    "valkey",
    "valkeys",
    "sentinel",
    "unix",
    "socket",
    "redis+socket",
    "redis+unix",
    "valkey+unix",
];

impl Address {
    /// Reads a URL. The error is the rest of a sentence that begins with the setting's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme {
            "sentinel" => sentinels(text),
            "unix" | "socket" | "redis+socket" | "redis+unix" | "valkey+unix" => socket(text),
            "redis" | "rediss" | "valkey" | "valkeys" => tcp(text),
            "" => Err("is a URL such as redis://localhost:6379/0".to_owned()),
            other => Err(format!(
                "is a redis://, rediss://, redis+socket:// or sentinel:// URL; Umbel does not speak {other}"
            )),
        }
    }

    /// The Sentinel's name for the master, where the URL does not give it (Celery's transport option `master_name`).
    pub fn with_master_name(mut self, name: &str) -> Self {
        if let Nodes::Sentinels { master, .. } = &mut self.nodes
            && master.is_empty()
        {
            name.clone_into(master);
        }
        self
    }

    pub fn db(&self) -> i64 {
        self.account.db()
    }

    /// Same server, same database, same account: one connection can serve both.
    pub fn is_same(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
            && self.account.password() == other.account.password()
            && self.tls == other.tls
    }

    /// Certificates from their files; read at each connect, so that renewed ones are taken.
    pub(super) fn certificates(&self) -> Result<Option<TlsCertificates>, String> {
        let Some(Tls { files, .. }) = &self.tls else { return Ok(None) };
        if *files == TlsFiles::default() {
            return Ok(None);
        }
        let client_tls = match (&files.certificate, &files.key) {
            (Some(certificate), Some(key)) => {
                Some(ClientTlsConfig { client_cert: read(certificate)?, client_key: read(key)? })
            }
            (None, None) => None,
            _ => return Err("ssl_certfile and ssl_keyfile are given together or not at all".to_owned()),
        };
        let root_cert = files.authority.as_deref().map(read).transpose()?;
        Ok(Some(TlsCertificates { client_tls, root_cert }))
    }

    pub(super) fn sentinels(&self) -> Option<(&[Node], &str)> {
        match &self.nodes {
            Nodes::One(_) => None,
            Nodes::Sentinels { nodes, master } => Some((nodes, master)),
        }
    }

    /// How to connect to the node itself.
    pub(super) fn connect_to(
        &self,
        node: &Node,
        protocol: ProtocolVersion,
    ) -> Result<ConnectionInfo, String> {
        let account =
            self.account.clone().set_protocol(protocol).set_lib_name(NAME, env!("CARGO_PKG_VERSION"));
        Ok(self.reach(node)?.set_redis_settings(account))
    }

    /// How to ask a sentinel: without the account, which is the master's.
    pub(super) fn ask_sentinel(&self, node: &Node) -> Result<ConnectionInfo, String> {
        self.reach(node)
    }

    pub(super) fn only_node(&self) -> Option<&Node> {
        match &self.nodes {
            Nodes::One(node) => Some(node),
            Nodes::Sentinels { .. } => None,
        }
    }

    fn reach(&self, node: &Node) -> Result<ConnectionInfo, String> {
        let address = match (node, &self.tls) {
            (Node::Unix(path), _) => ConnectionAddr::Unix(path.clone()),
            (Node::Tcp(host, port), None) => ConnectionAddr::Tcp(host.clone(), *port),
            (Node::Tcp(host, port), Some(tls)) => ConnectionAddr::TcpTls {
                host: host.clone(),
                port: *port,
                insecure: !tls.verify,
                tls_params: None,
            },
        };
        address.into_connection_info().map_err(|error| error.to_string())
    }
}

fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, String> {
    let path = path.as_ref();
    std::fs::read(path).map_err(|error| format!("read {}: {error}", path.display()))
}

fn tcp(text: &str) -> Result<Address, String> {
    // Celery takes redis:// and redis:///1 for the machine itself.
    let (scheme, rest) = text.split_once("://").expect("seen by the caller");
    let rest = if rest.is_empty() || rest.starts_with(['/', '?']) {
        format!("localhost{rest}")
    } else {
        rest.to_owned()
    };
    let url = Url::parse(&format!("redis://{}", at_localhost(&rest)))
        .map_err(|error| format!("is a URL such as redis://user:password@host:6379/0 ({error})"))?;
    let tls = match scheme {
        "rediss" | "valkeys" => Some(tls(&url)?),
        _ => None,
    };
    let node = Node::Tcp(host(&url), url.port().unwrap_or(PORT));
    let db = database(url.path().trim_matches('/'))?;
    Ok(Address { nodes: Nodes::One(node), account: account(&url, db)?, tls })
}

/// `:password@/0`: a password without a host.
fn at_localhost(rest: &str) -> String {
    match rest.split_once('@') {
        Some((account, place)) if place.is_empty() || place.starts_with(['/', '?']) => {
            format!("{account}@localhost{place}")
        }
        _ => rest.to_owned(),
    }
}

fn host(url: &Url) -> String {
    match url.host() {
        Some(url::Host::Ipv6(address)) => address.to_string(),
        Some(host) => host.to_string(),
        None => "localhost".to_owned(),
    }
}

fn account(url: &Url, db: i64) -> Result<RedisConnectionInfo, String> {
    let mut account = RedisConnectionInfo::default().set_db(db);
    if !url.username().is_empty() {
        account = account.set_username(decoded(url.username())?);
    }
    if let Some(password) = url.password().filter(|password| !password.is_empty()) {
        account = account.set_password(decoded(password)?);
    }
    Ok(account)
}

fn decoded(text: &str) -> Result<String, String> {
    // The URL's own percent codes, read the way a query is read; a plus sign stays one.
    let text = text.replace('+', "%2B");
    let pair = format!("x={text}");
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    Ok(pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_default())
}

fn database(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().ok().filter(|db| *db >= 0).ok_or_else(|| match text.contains('@') {
        // An unescaped slash ends the password; what follows is nobody's business.
        true => "has a password with a slash in it, which is written %2F".to_owned(),
        false => format!("ends in the number of a database, not in {text:?}"),
    })
}

fn socket(text: &str) -> Result<Address, String> {
    let (_, rest) = text.split_once("://").expect("seen by the caller");
    let url = Url::parse(&format!("unix://{}", at_localhost(rest)))
        .map_err(|error| format!("is a socket's URL ({error})"))?;
    let path = PathBuf::from(decoded(url.path())?);
    if path.as_os_str().is_empty() || path == Path::new("/") {
        return Err("names the socket's path, as in redis+socket:///run/redis.sock?virtual_host=0".to_owned());
    }
    let mut account = account(&url, 0)?;
    for (name, value) in url.query_pairs() {
        match &*name {
            "virtual_host" | "db" => account = account.set_db(database(value.trim_matches('/'))?),
            "password" | "pass" => account = account.set_password(value),
            "user" | "username" => account = account.set_username(value),
            _ => {}
        }
    }
    Ok(Address { nodes: Nodes::One(Node::Unix(path)), account, tls: None })
}

/// `sentinel://host:26379;sentinel://other:26379/0`, the last one with the database.
fn sentinels(text: &str) -> Result<Address, String> {
    let mut nodes = Vec::new();
    let mut account_of = None;
    let mut master = String::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let rest = part.strip_prefix("sentinel://").unwrap_or(part);
        let url = Url::parse(&format!("sentinel://{rest}")).map_err(|error| {
            format!("lists sentinels as sentinel://host:26379;sentinel://other:26379/0 ({error})")
        })?;
        nodes.push(Node::Tcp(host(&url), url.port().unwrap_or(SENTINEL_PORT)));
        let db = database(url.path().trim_matches('/'))?;
        let has_account = url.password().is_some() || !url.username().is_empty() || db != 0;
        if has_account || account_of.is_none() {
            account_of = Some(account(&url, db)?);
        }
        for (name, value) in url.query_pairs() {
            if name == "master_name" {
                master = value.into_owned();
            }
        }
    }
    let Some(account) = account_of else { return Err("names at least one sentinel".to_owned()) };
    Ok(Address { nodes: Nodes::Sentinels { nodes, master }, account, tls: None })
}

fn tls(url: &Url) -> Result<Tls, String> {
    let mut tls = Tls { verify: true, files: TlsFiles::default() };
    for (name, value) in url.query_pairs() {
        let path = || Some(PathBuf::from(&*value));
        match &*name {
            "ssl_cert_reqs" => {
                tls.verify = match value.to_ascii_lowercase().trim_start_matches("cert_") {
                    "required" => true,
                    "none" => false,
                    // Python checks what it gets; so does this.
                    "optional" => true,
                    _ => return Err("has an ssl_cert_reqs of required, optional or none".to_owned()),
                }
            }
            "ssl_ca_certs" => tls.files.authority = path(),
            "ssl_certfile" => tls.files.certificate = path(),
            "ssl_keyfile" => tls.files.key = path(),
            _ => {}
        }
    }
    Ok(tls)
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.account.username().map(|user| format!("{user}@")).unwrap_or_default();
        let db = self.account.db();
        match &self.nodes {
            Nodes::One(Node::Unix(path)) => {
                write!(f, "redis+socket://{user}{}?virtual_host={db}", path.display())
            }
            Nodes::One(node) => {
                let scheme = if self.tls.is_some() { "rediss" } else { "redis" };
                write!(f, "{scheme}://{user}{node}/{db}")
            }
            Nodes::Sentinels { nodes, master } => {
                let nodes: Vec<String> = nodes.iter().map(ToString::to_string).collect();
                write!(f, "sentinel://{user}{}/{db} (master {master})", nodes.join(";"))
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        Address::parse(url).map_or_else(|error| error, |address| address.to_string())
    }

    #[test]
    fn reads_what_celerys_settings_contain() {
        assert_eq!(shown("redis://"), "redis://localhost:6379/0");
        assert_eq!(shown("redis:///3"), "redis://localhost:6379/3");
        assert_eq!(shown("redis://:secret@/1"), "redis://localhost:6379/1");
        assert_eq!(shown("redis://cache.internal:6390/2"), "redis://cache.internal:6390/2");
        assert_eq!(
            shown("rediss://me:p%40ss@[::1]:6390/2?ssl_cert_reqs=CERT_NONE"),
            "rediss://me@[::1]:6390/2"
        );
        assert_eq!(shown("valkey://v/4"), "redis://v:6379/4");
        assert_eq!(
            shown("redis+socket:///run/redis/redis.sock?virtual_host=5"),
            "redis+socket:///run/redis/redis.sock?virtual_host=5"
        );
        assert_eq!(
            shown("sentinel://:pw@a:26379;sentinel://b/2?master_name=main"),
            "sentinel://a:26379;b:26379/2 (master main)"
        );
    }

    #[test]
    fn a_password_is_read_and_never_shown() {
        let address = Address::parse("redis://me:p%40s+s@host/1").expect("sound");
        assert_eq!(address.account.password(), Some("p@s+s"));
        assert_eq!(address.account.username(), Some("me"));
        assert!(!format!("{address} {address:?}").contains("p@s"));
        let other = Address::parse("redis://me:other@host/1").expect("sound");
        assert!(!address.is_same(&other));
    }

    #[test]
    fn mistakes_are_told() {
        for (wrong, part) in [
            ("localhost:6379", "is a URL such as"),
            ("amqp://guest@localhost//", "does not speak amqp"),
            ("redis://host/first", "number of a database"),
            ("redis://me:12/3secret@host", "is written %2F"),
            ("redis+socket://", "names the socket's path"),
            ("rediss://host?ssl_cert_reqs=maybe", "ssl_cert_reqs"),
        ] {
            let error = Address::parse(wrong).expect_err(wrong);
            assert!(error.contains(part), "{wrong}: {error}");
        }
    }
}
