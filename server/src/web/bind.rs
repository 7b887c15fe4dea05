//! Taking the address the dashboard is served from, and saying precisely why it could not be had.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Why an address could not be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("port {port} on {host} is already in use by another program", port = .0.port(), host = .0.ip())]
    InUse(SocketAddr),
    #[error("port {port} may only be used by the administrator", port = .0.port())]
    Privileged(SocketAddr),
    #[error("{host} is not an address of this machine", host = .0.ip())]
    NotOurs(SocketAddr),
    #[error("listen on {address}: {cause}")]
    Other { address: SocketAddr, cause: io::Error },
}

/// Listens on the address. Port 0 takes any free one.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|cause| match cause.kind() {
        ErrorKind::AddrInUse => BindError::InUse(address),
        ErrorKind::PermissionDenied => BindError::Privileged(address),
        ErrorKind::AddrNotAvailable => BindError::NotOurs(address),
        _ => BindError::Other { address, cause },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let first = bind((Ipv4Addr::LOCALHOST, 0).into()).await.expect("any free port");
        let taken = first.local_addr().expect("it is bound");
        let error = bind(taken).await.expect_err("it is taken");
        assert!(matches!(error, BindError::InUse(address) if address == taken));
        let sentence = format!("port {} on 127.0.0.1 is already in use by another program", taken.port());
        assert_eq!(error.to_string(), sentence);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_named() {
        let error = bind(([192, 0, 2, 1], 0).into()).await.expect_err("a documentation address");
        assert!(matches!(error, BindError::NotOurs(_)), "{error}");
    }
}
