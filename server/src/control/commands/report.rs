//! What somebody who helps wants to know first: versions, platform, settings.

use super::conf::settings;
use super::{Act, Outcome, Signature, Verb, ok};
use crate::protocol::repr;
use crate::worker::Shared;
use std::fmt::Write as _;

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature { name: "report", required: &[], optional: &[], open: false },
    act: Act::Now(|worker, _| answer(worker)),
};

fn answer(worker: &Shared) -> Outcome {
    let system = rustix::system::uname();
    let settings = settings(worker, false);
    let shown = |name: &str| settings.get(name).and_then(|value| value.as_str()).unwrap_or("").to_owned();
    let transport = shown("broker_url").split("://").next().unwrap_or_default().to_owned();
    let mut text = format!(
        "\nsoftware -> umbel:{}\nplatform -> system:{} arch:{}\n            kernel version:{}\nsettings -> transport:{transport} results:{}\n\n",
        env!("CARGO_PKG_VERSION"),
        system.sysname().to_string_lossy(),
        std::env::consts::ARCH,
        system.release().to_string_lossy(),
        shown("result_backend"),
    );
    for (name, value) in &settings {
        let _ = writeln!(text, "{name}: {}", repr::repr(value));
    }
    ok(text)
}
