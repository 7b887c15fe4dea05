//! What a task of a chord's header leaves for the body: `[1, id, state, result]`.

use crate::protocol::{State, TaskId, lenient};
use serde_json::value::RawValue;

/// The end of one task of a header.
#[derive(Clone, Debug)]
pub struct ChordPart {
    pub task_id: TaskId,
    pub state: State,
    /// The return value, or the exception.
    pub result: Box<RawValue>,
}

impl ChordPart {
    pub fn encode(&self) -> Vec<u8> {
        let part = (1, &self.task_id, &self.state, &self.result);
        serde_json::to_vec(&part).expect("text and raw JSON always serialise")
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let (_, task_id, state, result) = lenient::from_slice::<(u64, TaskId, State, Box<RawValue>)>(bytes)?;
        Ok(Self { task_id, state, result })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was() {
        let text = r#"[1,"a","SUCCESS",{"x":[]}]"#;
        let part = ChordPart::decode(text.as_bytes()).expect("sound");
        assert_eq!((part.task_id.as_str(), part.result.get()), ("a", r#"{"x":[]}"#));
        assert_eq!(part.encode(), text.as_bytes());
        assert!(ChordPart::decode(b"[1]").is_err());
    }
}
