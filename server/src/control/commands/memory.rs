//! How much memory the process uses.

use super::refusal::Refusal;
use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::worker::Shared;
use std::fmt::Write as _;

pub(super) const SAMPLE: Verb = Verb {
    alias: None,
    signature: Signature { name: "memsample", required: &[], optional: &[], open: true },
    act: Act::Now(|worker, _| Ok(sample(worker)?.into())),
};

pub(super) const DUMP: Verb = Verb {
    alias: None,
    signature: Signature { name: "memdump", required: &[], optional: &["samples"], open: true },
    act: Act::Now(dump),
};

/// It draws Python's objects; here are none.
pub(super) const OBJGRAPH: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "objgraph",
        required: &[],
        optional: &["num", "max_depth", "type"],
        open: false,
    },
    act: Act::Now(|_, _| {
        Err(Refusal::python(
            "NotImplementedError",
            "objgraph draws the objects of Python, and Umbel has none",
        ))
    }),
};

/// Measures once more and keeps it beside the measures before.
fn sample(worker: &Shared) -> Result<String, Refusal> {
    let resident = resident().ok_or_else(|| {
        Refusal::python("NotImplementedError", "this system does not tell how much memory a process uses")
    })?;
    worker.stats.sample(resident);
    Ok(humanised(resident))
}

fn dump(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let wanted = usize::try_from(arguments.whole("samples", 10)?).unwrap_or(0);
    let end = sample(worker)?;
    let mut text = "- rss (sample):\n".to_owned();
    for sample in worker.stats.samples(wanted) {
        let _ = writeln!(text, "-    > {},", humanised(sample));
    }
    let _ = writeln!(text, "- rss (end): {end}.");
    Ok(text.into())
}

/// Resident bytes.
#[cfg(target_os = "linux")]
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<u64> {
    None
}

/// `58.766MB`: five digits that count.
fn humanised(bytes: u64) -> String {
    let units = [(1_u64 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let Some((size, unit)) = units.into_iter().find(|(size, _)| bytes >= *size) else {
        return format!("{bytes}b");
    };
    let number = bytes as f64 / size as f64;
    let whole = number.log10().floor().max(0.0) as usize + 1;
    let digits = format!("{number:.*}", 5_usize.saturating_sub(whole));
    let short =
        if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{short}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_as_celery_writes_them() {
        assert_eq!(humanised(61_620_618), "58.766MB");
        assert_eq!(humanised(1 << 20), "1MB");
        assert_eq!(humanised(1536), "1.5KB");
        assert_eq!(humanised(12), "12b");
        assert_eq!(humanised(1023 << 30), "1023GB");
    }
}
