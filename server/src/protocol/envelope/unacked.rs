//! A message in somebody's hand, as it stands in the hash `unacked`: `[envelope, exchange, routing key]`. The last
//! two say where it goes when it is given back.

use crate::protocol::lenient;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A value of the hash `unacked`.
#[derive(Clone, Debug)]
pub struct Unacked {
    envelope: Box<RawValue>,
    /// Empty where the routing key is the queue's name: Celery's way for every queue of a direct exchange.
    pub exchange: String,
    pub routing_key: String,
}

#[derive(Serialize, Deserialize)]
struct Triple(Box<RawValue>, Option<String>, Option<String>);

impl Unacked {
    /// An envelope that was taken from the list of a queue. An error if it is not JSON.
    pub fn new(envelope: &[u8], queue: &str) -> Result<Self, serde_json::Error> {
        let envelope = lenient::from_slice(envelope)?;
        Ok(Self { envelope, exchange: String::new(), routing_key: queue.to_owned() })
    }

    pub fn decode(stored: &[u8]) -> Result<Self, serde_json::Error> {
        let Triple(envelope, exchange, routing_key) = lenient::from_slice(stored)?;
        Ok(Self {
            envelope,
            exchange: exchange.unwrap_or_default(),
            routing_key: routing_key.unwrap_or_default(),
        })
    }

    pub fn encode(&self) -> Vec<u8> {
        let triple = (&self.envelope, &self.exchange, &self.routing_key);
        serde_json::to_vec(&triple).expect("text and raw JSON always serialise")
    }

    /// The item as it was in its list.
    pub fn envelope(&self) -> &[u8] {
        self.envelope.get().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was() {
        let unacked = Unacked::new(br#"{"body": "x"}"#, "celery").expect("JSON");
        let stored = unacked.encode();
        assert_eq!(stored, br#"[{"body": "x"},"","celery"]"#);
        let again = Unacked::decode(&stored).expect("sound");
        assert_eq!(again.envelope(), br#"{"body": "x"}"#);
        assert_eq!((again.exchange.as_str(), again.routing_key.as_str()), ("", "celery"));
        assert!(Unacked::decode(b"[1]").is_err() && Unacked::new(b"garbage", "celery").is_err());
    }
}
