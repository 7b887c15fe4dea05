//! What goes wrong in such projects, in the words of the libraries they use.

use thiserror::Error;

/// The language model's API throttles us.
#[derive(Debug, Error)]
#[error(
    "Error code: 429 - this request would exceed your organization's rate limit of 50 requests per minute"
)]
pub(super) struct RateLimitError {
    #[source]
    pub(super) cause: HttpStatusError,
}

#[derive(Debug, Error)]
#[error("{status} for url '{url}'")]
pub(super) struct HttpStatusError {
    pub(super) status: &'static str,
    pub(super) url: &'static str,
}

impl RateLimitError {
    pub(super) fn new() -> Self {
        let url = "https://api.anthropic.com/v1/messages";
        Self { cause: HttpStatusError { status: "Client error '429 Too Many Requests'", url } }
    }
}

#[derive(Debug, Error)]
#[error("HTTPSConnectionPool(host='{host}', port=443): Read timed out. (read timeout={seconds})")]
pub(super) struct ReadTimeout {
    pub(super) host: &'static str,
    pub(super) seconds: u32,
}

#[derive(Debug, Error)]
#[error("HTTPSConnectionPool(host='{host}', port=443): Max retries exceeded")]
pub(super) struct ServiceUnavailable {
    pub(super) host: &'static str,
    #[source]
    pub(super) cause: HttpStatusError,
}

/// The tail of the log, as the compiler leaves it.
#[derive(Debug, Error)]
#[error(
    "pdflatex exited with status 1\n\
     ! {complaint}\n\
     l.{line} {context}\n\
     ! Emergency stop.\n\
     !  ==> Fatal error occurred, no output PDF file produced!\n\
     Transcript written on document_{document}.log."
)]
pub(super) struct LatexError {
    pub(super) complaint: &'static str,
    pub(super) context: &'static str,
    pub(super) line: u32,
    pub(super) document: u32,
}

#[derive(Debug, Error)]
#[error("EOF marker not found in {path}; the upload seems to be cut short")]
pub(super) struct PdfReadError {
    pub(super) path: String,
}

#[derive(Debug, Error)]
#[error("no record for {kind} '{identifier}'")]
pub(super) struct NotFound {
    pub(super) kind: String,
    pub(super) identifier: String,
}

/// A model answered with something else than the JSON it was asked for.
#[derive(Debug, Error)]
#[error("the model's answer is not the JSON that was asked for")]
pub(super) struct OutputParsingError {
    #[source]
    pub(super) cause: serde_json::Error,
}

impl OutputParsingError {
    pub(super) fn of(answer: &str) -> Option<Self> {
        serde_json::from_str::<serde_json::Value>(answer).err().map(|cause| Self { cause })
    }
}

#[derive(Debug, Error)]
#[error("crew job {job} has no agent that can use the tool '{tool}'")]
pub(super) struct CrewError {
    pub(super) job: String,
    pub(super) tool: &'static str,
}
