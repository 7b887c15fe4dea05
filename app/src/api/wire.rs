//! How [`ApiError`] travels between the server's half of a server function and the browser's: as JSON.

use crate::ApiError;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unavailable(
                "The server does not answer. The page tries again when it is back.".to_owned(),
            ),
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                Self::BadRequest(format!("The request could not be read: {text}."))
            }
            other => Self::Internal(format!("The answer could not be read: {other}.")),
        }
    }
}
