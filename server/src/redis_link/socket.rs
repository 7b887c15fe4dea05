//! A plain socket: read between other things to do, or by a thread that does nothing else.

use super::error::LinkError;
use super::subscription::{Inlet, SILENCE, closed, lifeless, ping};
use bytes::Bytes;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream as StdUnix;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;

pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    pub(super) async fn read(&mut self, room: &mut [u8]) -> Result<usize, LinkError> {
        let read = match self {
            Self::Tcp(stream) => stream.read(room).await,
            Self::Unix(stream) => stream.read(room).await,
        };
        read.map_err(down)
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let written = match self {
            Self::Tcp(stream) => stream.write_all(bytes).await,
            Self::Unix(stream) => stream.write_all(bytes).await,
        };
        written.map_err(down)
    }
}

/// Reads until the connection ends, on a thread of its own: while everybody else is busy it still gets its turn from
/// the system, every few milliseconds. Dropping the future closes the connection, which ends the thread.
pub(super) async fn pumped(
    socket: Socket,
    inlet: Inlet,
    take: impl Fn(Vec<Bytes>) + Send + 'static,
) -> LinkError {
    let (end, ended) = oneshot::channel();
    let _closing = match apart(socket, inlet, take, end) {
        Ok(closing) => closing,
        Err(error) => return down(error),
    };
    ended.await.unwrap_or_else(|_| closed())
}

/// Closes a socket that somebody else reads.
struct Closing(Plain);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

fn apart(
    socket: Socket,
    mut inlet: Inlet,
    take: impl Fn(Vec<Bytes>) + Send + 'static,
    end: oneshot::Sender<LinkError>,
) -> io::Result<Closing> {
    let mut plain = Plain::of(socket)?;
    let closing = Closing(plain.another()?);
    std::thread::Builder::new().name("redis.listen".to_owned()).spawn(move || {
        come_first();
        let mut asked = false;
        let error = loop {
            match plain.read(inlet.room()) {
                Ok(length) => {
                    let mut payloads = Vec::new();
                    if let Err(error) = inlet.take(length, &mut payloads) {
                        break error;
                    }
                    asked = false;
                    take(payloads);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_silence(&error) && asked => break lifeless(),
                Err(error) if is_silence(&error) => {
                    asked = true;
                    if let Err(error) = plain.write(&ping()) {
                        break down(error);
                    }
                }
                Err(error) => break down(error),
            }
        };
        // Nobody wants to know when the connection was closed from our side.
        let _ = end.send(error);
    })?;
    Ok(closing)
}

/// Asks the system to let this thread go first: it has little to do, but must not be late. Only a privileged process
/// gets that, and the others read all the same.
#[cfg(target_os = "linux")]
fn come_first() {
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), -10);
}

#[cfg(not(target_os = "linux"))]
fn come_first() {}

fn is_silence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn down(error: io::Error) -> LinkError {
    LinkError::Down(error.to_string())
}

/// A socket whose reads wait.
enum Plain {
    Tcp(std::net::TcpStream),
    Unix(StdUnix),
}

impl Plain {
    fn of(socket: Socket) -> io::Result<Self> {
        Ok(match socket {
            Socket::Tcp(stream) => {
                let stream = stream.into_std()?;
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(Some(SILENCE))?;
                Self::Tcp(stream)
            }
            Socket::Unix(stream) => {
                let stream = stream.into_std()?;
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(Some(SILENCE))?;
                Self::Unix(stream)
            }
        })
    }

    fn another(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
        })
    }

    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(room),
            Self::Unix(stream) => stream.read(room),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.write_all(bytes),
            Self::Unix(stream) => stream.write_all(bytes),
        }
    }

    fn shut_down(&self) {
        // One that is closed already cannot be closed again, and need not be.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}
