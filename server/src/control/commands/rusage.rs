//! What the process has used of the machine, by the names of `getrusage`. Those Linux always leaves at zero are zero
//! here too.

use serde_json::{Value, json};

/// Clock ticks in a second: the kernel's fixed unit for times of processes.
#[cfg(target_os = "linux")]
const TICKS: f64 = 100.0;

/// `"N/A"` where the system does not tell, as Celery answers then.
#[cfg(target_os = "linux")]
pub(super) fn rusage() -> Value {
    read().unwrap_or_else(|| "N/A".into())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn rusage() -> Value {
    "N/A".into()
}

#[cfg(target_os = "linux")]
fn read() -> Option<Value> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold anything; the numbers come after it, the third field first.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = |name: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        value.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(json!({
        "utime": number(14)? as f64 / TICKS,
        "stime": number(15)? as f64 / TICKS,
        "maxrss": line("VmHWM:")?,
        "ixrss": 0,
        "idrss": 0,
        "isrss": 0,
        "minflt": number(10)?,
        "majflt": number(12)?,
        "nswap": 0,
        "inblock": blocks("read_bytes:"),
        "oublock": blocks("write_bytes:"),
        "msgsnd": 0,
        "msgrcv": 0,
        "nsignals": 0,
        "nvcsw": line("voluntary_ctxt_switches:")?,
        "nivcsw": line("nonvoluntary_ctxt_switches:")?,
    }))
}

/// Blocks of 512 bytes; zero where the kernel does not count them.
#[cfg(target_os = "linux")]
fn blocks(name: &str) -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let bytes = io
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|bytes| bytes.trim().parse::<u64>().ok());
    bytes.unwrap_or(0) / 512
}
