//! The command line, small enough to be read by hand.

use anyhow::{Result, bail};

use crate::workspace::Purpose;

pub(crate) const USAGE: &str = "\
usage: cargo run -p bundle -- [--dev] [--watch [-- SERVER ARGUMENTS]]

  --dev     for the next few minutes: no compression, function names kept
  --watch   build, start the server, and do both again on every change (implies --dev)";

#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) help: bool,
    pub(crate) watch: bool,
    pub(crate) purpose: Purpose,
    /// What follows `--`, handed to the server as it is.
    pub(crate) server: Vec<String>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut parsed = Self { help: false, watch: false, purpose: Purpose::Ship, server: Vec::new() };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--help" | "-h" => parsed.help = true,
                "--dev" => parsed.purpose = Purpose::Develop,
                "--watch" => {
                    parsed.watch = true;
                    parsed.purpose = Purpose::Develop;
                }
                "--" => parsed.server = words.by_ref().collect(),
                other => bail!("unknown argument {other}\n{USAGE}"),
            }
        }
        if !parsed.server.is_empty() && !parsed.watch {
            bail!("arguments for the server need --watch\n{USAGE}");
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn nothing_asks_for_a_release_site() {
        let parsed = parse("").unwrap();
        assert_eq!(parsed.purpose, Purpose::Ship);
        assert!(!parsed.watch && parsed.server.is_empty());
    }

    #[test]
    fn what_follows_the_dashes_belongs_to_the_server() {
        let parsed = parse("--watch -- up --demo").unwrap();
        assert_eq!(parsed.purpose, Purpose::Develop);
        assert_eq!(parsed.server, ["up", "--demo"]);
    }

    #[test]
    fn server_arguments_without_a_server_are_refused() {
        assert!(parse("-- up").is_err());
        assert!(parse("--fast").is_err());
    }
}
