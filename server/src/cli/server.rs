//! A running Umbel that a command talks to, and how it is told when that goes wrong.

use super::exit::{Exit, Failure};
use super::http::{self, Request};
use serde_json::Value;
use std::io::{self, ErrorKind};

/// Where it listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server<'a> {
    url: &'a str,
    authority: &'a str,
}

/// What it said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    /// Null where it was no JSON.
    pub(super) body: Value,
}

impl<'a> Server<'a> {
    pub(super) fn at(url: &'a str) -> Result<Self, Failure> {
        let authority = http::authority(url).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("--url {url:?} is not like http://127.0.0.1:5555"))
        })?;
        Ok(Self { url, authority })
    }

    pub(super) fn ask(&self, request: &Request<'_>) -> Result<Said, Failure> {
        let answer = http::ask(self.authority, request)
            .map_err(|error| Failure::new(Exit::Unavailable, self.silence(&error)))?;
        Ok(Said { status: answer.status, body: serde_json::from_str(&answer.body).unwrap_or_default() })
    }

    /// Asks for something that is either granted or refused.
    pub(super) fn wish(&self, what: &str, request: &Request<'_>) -> Result<Value, Failure> {
        let said = self.ask(request)?;
        match said.status {
            200..=299 => Ok(said.body),
            _ => Err(self.refusal(what, &said)),
        }
    }

    /// The server's own sentence when it has one.
    pub(super) fn refusal(&self, what: &str, said: &Said) -> Failure {
        let (url, body) = (self.url, &said.body);
        let error = &body["error"];
        let sentence = [&error["message"], &body["message"], error].into_iter().find_map(Value::as_str);
        let told = match sentence {
            Some(sentence) => format!("{url} refuses {what}: {sentence}"),
            None => format!(
                "{url} answers with status {} and no reason; see whether Umbel listens there",
                said.status
            ),
        };
        Failure::new(Exit::Unavailable, told)
    }

    fn silence(&self, error: &io::Error) -> String {
        match error.kind() {
            // How the system words a time-out of a socket helps nobody.
            ErrorKind::WouldBlock | ErrorKind::TimedOut => format!("{} does not answer in time", self.url),
            _ => format!("{} does not answer: {error}", self.url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_is_told_in_the_servers_words() {
        let server = Server::at("http://127.0.0.1:1").expect("a URL");
        let said = Said { status: 404, body: json!({"error": {"code": "x", "message": "It is gone."}}) };
        let failure = server.refusal("to show it", &said);
        assert_eq!(failure.to_string(), "http://127.0.0.1:1 refuses to show it: It is gone.");
        assert_eq!(failure.exit, Exit::Unavailable);
        let foreign = server.refusal("the task", &Said { status: 500, body: Value::Null });
        assert_eq!(
            foreign.to_string(),
            "http://127.0.0.1:1 answers with status 500 and no reason; see whether Umbel listens there"
        );
    }

    #[test]
    fn a_url_that_is_none_is_the_command_lines_fault() {
        assert_eq!(Server::at("127.0.0.1:1").expect_err("no scheme").exit, Exit::Usage);
    }
}
