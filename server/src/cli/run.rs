//! From the words on the command line to an exit code.

use super::args::{Command, CommandLine};
use super::exit::{Exit, Failure};
use super::{schedule, send, up};
use crate::config;
use crate::task::Tasks;
use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

/// The whole program, for binaries of your own: reads the command line and does what it says with your tasks.
///
/// ```no_run
/// use umbel::task::Tasks;
///
/// fn main() -> std::process::ExitCode {
///     umbel::main(|| Tasks::new().task("greet", || async { "hello" }))
/// }
/// ```
pub fn main(tasks: fn() -> Tasks) -> ExitCode {
    spare_memory();
    let outcome = match CommandLine::try_parse() {
        Ok(line) => obey(line, tasks),
        Err(error) => explain(&error),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // Nobody is left to be told when stderr is closed.
            let _ = writeln!(std::io::stderr(), "umbel: {failure}");
            failure.exit.into()
        }
    }
}

/// Huge pages make an idle process twice as large as what it holds: one byte in use keeps two megabytes. Where the
/// kernel does not let us say so, it stays as it is.
#[cfg(target_os = "linux")]
fn spare_memory() {
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(not(target_os = "linux"))]
fn spare_memory() {}

fn obey(line: CommandLine, tasks: fn() -> Tasks) -> Result<Exit, Failure> {
    match line.command {
        None => up::run(line.up, tasks),
        Some(Command::Up(up)) => up::run(*up, tasks),
        Some(Command::Send(send)) => send::run(send),
        Some(Command::Schedule(command)) => schedule::run(command),
        Some(Command::Version) => say(concat!("umbel ", env!("CARGO_PKG_VERSION"), "\n")),
    }
}

/// Help is an answer; everything else the parser reports is a failure, told in one sentence.
fn explain(error: &clap::Error) -> Result<Exit, Failure> {
    let text = error.render();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let colour = std::io::stdout().is_terminal() && config::colour_wanted();
        return say(&if colour { text.ansi().to_string() } else { text.to_string() });
    }
    let text = text.to_string();
    // What is missing stands in lines of its own, up to an empty one.
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    let sentence = lines.collect::<Vec<_>>().join(" ");
    let sentence = sentence.trim_start_matches("error: ");
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand].into_iter().find_map(
        |kind| match error.get(kind)? {
            ContextValue::String(word) => Some(word.clone()),
            ContextValue::Strings(words) => words.first().cloned(),
            _ => None,
        },
    );
    let hint =
        nearest.map_or_else(|| "see umbel --help".to_owned(), |word| format!("did you mean '{word}'?"));
    Err(Failure::new(Exit::Usage, format!("{sentence}; {hint}")))
}

/// Writes an answer to stdout. A reader that has gone away (`umbel --help | head -1`) is no failure.
pub(super) fn say(text: &str) -> Result<Exit, Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(Exit::Internal, error)),
        _ => Ok(Exit::Success),
    }
}
