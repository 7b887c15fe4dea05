//! Making a connection: finding the server, getting in, and checking that it is the right one.

use super::address::{Address, Node};
use super::error::{is_about_the_account, sentence};
use super::socket::Socket;
use chrono::{DateTime, Utc};
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, ProtocolVersion, PushInfo,
    RedisError, ServerErrorKind,
};
use std::sync::Once;
use std::time::Duration;
use tokio::net::{TcpStream, UnixStream};

const CONNECT: Duration = Duration::from_secs(5);
/// A connection that gives no answer for so long is taken for dead.
const ANSWER: Duration = Duration::from_secs(15);

/// A connection that could not be made.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) reason: String,
    pub(super) cure: Cure,
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cure {
    /// Trying again.
    Time,
    /// Another user or password, or more rights.
    Account,
    /// Another URL or option.
    Setting,
}

/// A fresh command connection.
pub(super) struct Connected {
    pub(super) connection: MultiplexedConnection,
    /// The server tells when keys change that we have asked about.
    pub(super) tracking: bool,
    /// What the server's clock says.
    pub(super) time: Option<DateTime<Utc>>,
}

impl Failure {
    fn of(error: &RedisError) -> Self {
        let cure = match error.kind() {
            _ if is_about_the_account(error) => Cure::Account,
            ErrorKind::InvalidClientConfig => Cure::Setting,
            _ => Cure::Time,
        };
        Self { reason: sentence(error), cure }
    }

    fn setting(reason: String) -> Self {
        Self { reason, cure: Cure::Setting }
    }

    fn passing(reason: String) -> Self {
        Self { reason, cure: Cure::Time }
    }
}

/// The connection for commands. `hear` gets what the server says unasked.
pub(super) async fn commands(
    address: &Address,
    hear: impl Fn(PushInfo) -> Result<(), ()> + Clone + Send + Sync + 'static,
) -> Result<Connected, Failure> {
    let node = find(address).await?;
    let client =
        client(address, address.connect_to(&node, ProtocolVersion::RESP3).map_err(Failure::setting)?)?;
    let config = settings().set_push_sender(hear);
    let (mut connection, speaks_pushes) =
        match client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => (connection, true),
            // Redis below 6, and some proxies: everything works, but nobody wakes us.
            Err(error) if error.kind() == ErrorKind::RESP3NotSupported => {
                (dedicated_to(address, &node).await?, false)
            }
            Err(error) => return Err(Failure::of(&error)),
        };
    check_readiness(&mut connection).await?;
    check_role(&mut connection, &node).await?;
    let tracking = speaks_pushes
        && redis::cmd("CLIENT")
            .arg("TRACKING")
            .arg("ON")
            .arg("OPTIN")
            .query_async::<()>(&mut connection)
            .await
            .is_ok();
    let time = redis::cmd("TIME").query_async::<(i64, u32)>(&mut connection).await.ok();
    let time = time.and_then(|(seconds, micros)| DateTime::from_timestamp(seconds, micros * 1000));
    Ok(Connected { connection, tracking, time })
}

/// A connection of its own, for commands that wait.
pub(super) async fn dedicated(address: &Address) -> Result<MultiplexedConnection, Failure> {
    let node = find(address).await?;
    dedicated_to(address, &node).await
}

async fn dedicated_to(address: &Address, node: &Node) -> Result<MultiplexedConnection, Failure> {
    let client =
        client(address, address.connect_to(node, ProtocolVersion::RESP2).map_err(Failure::setting)?)?;
    client
        .get_multiplexed_async_connection_with_config(&settings())
        .await
        .map_err(|error| Failure::of(&error))
}

/// A connection that listens.
pub(super) async fn pubsub(address: &Address) -> Result<PubSub, Failure> {
    let node = find(address).await?;
    let client =
        client(address, address.connect_to(&node, ProtocolVersion::RESP2).map_err(Failure::setting)?)?;
    match tokio::time::timeout(CONNECT, client.get_async_pubsub()).await {
        Ok(connected) => connected.map_err(|error| Failure::of(&error)),
        Err(_) => Err(Failure::passing(format!("{node} does not answer"))),
    }
}

/// A connection that will listen and has said nothing yet.
pub(super) enum Listening {
    Socket(Socket, Box<ConnectionInfo>),
    /// With TLS only the library knows how.
    Library(PubSub),
}

pub(super) async fn listening(address: &Address) -> Result<Listening, Failure> {
    let node = find(address).await?;
    let info = address.connect_to(&node, ProtocolVersion::RESP2).map_err(Failure::setting)?;
    let connect = async {
        match info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                Ok(Some(Socket::Tcp(stream)))
            }
            ConnectionAddr::Unix(path) => Ok(Some(Socket::Unix(UnixStream::connect(path).await?))),
            _ => Ok(None),
        }
    };
    let connected: std::io::Result<_> = match tokio::time::timeout(CONNECT, connect).await {
        Ok(connected) => connected,
        Err(_) => return Err(Failure::passing(format!("{node} does not answer"))),
    };
    match connected.map_err(|error| Failure::passing(format!("{node}: {error}")))? {
        Some(socket) => Ok(Listening::Socket(socket, Box::new(info))),
        None => pubsub(address).await.map(Listening::Library),
    }
}

fn settings() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(ANSWER))
}

fn client(address: &Address, to: ConnectionInfo) -> Result<Client, Failure> {
    choose_cryptography();
    let opened = match address.certificates().map_err(Failure::setting)? {
        Some(certificates) => Client::build_with_tls(to, certificates),
        None => Client::open(to),
    };
    opened.map_err(|error| Failure::of(&error))
}

/// The TLS library wants one choice for the whole process, made before its first use.
fn choose_cryptography() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An application that embeds us may have chosen already; then its choice stands.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The node itself, or the one that the sentinels say is master now.
async fn find(address: &Address) -> Result<Node, Failure> {
    if let Some(node) = address.only_node() {
        return Ok(node.clone());
    }
    let Some((sentinels, master)) = address.sentinels() else {
        unreachable!("an address has a node or sentinels")
    };
    if master.is_empty() {
        let reason =
            "sentinels are asked for a master by its name: give master_name in broker_transport_options";
        return Err(Failure::setting(reason.to_owned()));
    }
    let mut reasons = Vec::new();
    for sentinel in sentinels {
        match ask(address, sentinel, master).await {
            Ok(Some(node)) => return Ok(node),
            Ok(None) => reasons.push(format!("{sentinel} knows no master called {master}")),
            Err(failure) => reasons.push(format!("{sentinel}: {}", failure.reason)),
        }
    }
    Err(Failure::passing(format!("no sentinel tells where the master is ({})", reasons.join("; "))))
}

async fn ask(address: &Address, sentinel: &Node, master: &str) -> Result<Option<Node>, Failure> {
    let client = client(address, address.ask_sentinel(sentinel).map_err(Failure::setting)?)?;
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&settings())
        .await
        .map_err(|error| Failure::of(&error))?;
    let place: Option<(String, u16)> = redis::cmd("SENTINEL")
        .arg("get-master-addr-by-name")
        .arg(master)
        .query_async(&mut connection)
        .await
        .map_err(|error| Failure::of(&error))?;
    Ok(place.map(|(host, port)| Node::Tcp(host, port)))
}

/// A server that still loads its data lets us in and refuses the rest; so does a replica that has lost its master.
async fn check_readiness(connection: &mut MultiplexedConnection) -> Result<(), Failure> {
    match redis::cmd("PING").query_async::<()>(connection).await {
        // Who may not ask is believed.
        Err(error) if error.kind() != ErrorKind::Server(ServerErrorKind::NoPerm) => Err(Failure::of(&error)),
        _ => Ok(()),
    }
}

/// A replica takes no writes; better to say so than to fail at the first one. Who may not ask is believed.
async fn check_role(connection: &mut MultiplexedConnection, node: &Node) -> Result<(), Failure> {
    let role: Result<redis::Value, RedisError> = redis::cmd("ROLE").query_async(connection).await;
    match role {
        Ok(redis::Value::Array(parts)) => match parts.first() {
            Some(redis::Value::BulkString(role)) if role == b"slave" => Err(Failure::passing(format!(
                "{node} is a read-only replica; name its master, or its sentinels"
            ))),
            _ => Ok(()),
        },
        Err(error) if error.is_io_error() || error.is_timeout() => Err(Failure::of(&error)),
        _ => Ok(()),
    }
}
