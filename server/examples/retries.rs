//! A task that is run again when the world is not ready, and gives up after a while.
//!
//! ```text
//! cargo run --example retries
//! ```

use serde::Deserialize;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpStream;
use umbel::{Args, Context, Retry, TaskError, Tasks};

#[derive(Deserialize)]
struct Probe {
    address: SocketAddr,
}

/// Waits longer after each attempt: 1, 2, 4, 8 seconds. When no retry is left it fails with the last cause.
async fn probe(context: Context, Args(Probe { address }): Args<Probe>) -> Result<String, TaskError> {
    match TcpStream::connect(address).await {
        Ok(_) => Ok(format!("{address} answers after {} retries", context.retries())),
        Err(error) => {
            let countdown = 2_u32.saturating_pow(context.retries());
            Err(Retry::new().countdown(countdown).cause(error).into())
        }
    }
}

/// Every error is worth one more attempt, at the pace the options give.
async fn read(Args((path,)): Args<(String,)>) -> Result<usize, TaskError> {
    let text = std::fs::read_to_string(path).map_err(|error| Retry::new().cause(error))?;
    Ok(text.lines().count())
}

fn tasks() -> Tasks {
    Tasks::new()
        .task_with("net.probe", probe, |options| {
            options.max_retries(4).example(serde_json::json!({"address": "127.0.0.1:9"}))
        })
        .task_with("files.count_lines", read, |options| {
            options.max_retries(None).retry_delay(Duration::from_secs(10))
        })
}

fn main() -> ExitCode {
    umbel::main(tasks)
}
