//! What a complete chord hands to its body: the results of its header as a list, or why there is none.

use crate::protocol::{Exception, State};
use crate::results::{Complete, MemberEnd};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Why the body of a chord does not run.
#[derive(Debug, PartialEq)]
pub(super) struct NoBody {
    /// What it fails with.
    pub(super) error: Exception,
    /// What the task of the header failed with; the tasks of a body that is a group fail with that.
    pub(super) cause: Option<Exception>,
}

impl NoBody {
    pub(super) fn new(sentence: String, cause: Option<Exception>) -> Box<Self> {
        Box::new(Self { error: Exception::new("celery.exceptions", "ChordError", json!([sentence])), cause })
    }
}

pub(super) fn results(complete: &Complete) -> Result<Value, Box<NoBody>> {
    let Some(structure) = &complete.structure else {
        return complete.ends.iter().map(value).collect::<Result<Vec<_>, _>>().map(Value::Array);
    };
    let ends = complete.ends.iter().map(|end| (end.task_id.as_str(), end)).collect();
    let tuple: Value = serde_json::from_str(structure.get()).unwrap_or_default();
    nested(&tuple, &ends).map_err(|reason| {
        let (sentence, cause) = match reason {
            Unjoined::Failed(no_body) => {
                (no_body.cause.as_ref().map(ToString::to_string).unwrap_or_default(), no_body.cause)
            }
            Unjoined::Missing(what) => {
                (format!("RuntimeError({})", crate::protocol::repr::repr(&json!(what))), None)
            }
        };
        NoBody::new(format!("Join error: {sentence}"), cause)
    })
}

fn value(end: &MemberEnd) -> Result<Value, Box<NoBody>> {
    if end.state == State::Success {
        return Ok(serde_json::from_str(end.result.get()).unwrap_or_default());
    }
    let cause =
        serde_json::from_str(end.result.get()).unwrap_or_else(|_| Exception::builtin("Exception", ""));
    Err(NoBody::new(format!("Dependency {} raised {cause}", end.task_id), Some(cause)))
}

enum Unjoined {
    Failed(Box<NoBody>),
    Missing(String),
}

/// `[[id, parent], null]` is a task, `[[id, parent], [..]]` a group.
fn nested(tuple: &Value, ends: &HashMap<&str, &MemberEnd>) -> Result<Value, Unjoined> {
    if let Some(members) = tuple[1].as_array() {
        return members
            .iter()
            .map(|member| nested(member, ends))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array);
    }
    let id = tuple[0][0].as_str().unwrap_or_default();
    let end = ends.get(id).ok_or_else(|| Unjoined::Missing(format!("no result of {id:?}")))?;
    value(end).map_err(Unjoined::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::result;

    fn end(id: &str, state: State, value: &impl serde::Serialize) -> MemberEnd {
        MemberEnd { task_id: id.into(), state, result: result::raw(value).expect("JSON") }
    }

    fn complete(ends: Vec<MemberEnd>, structure: Option<&str>) -> Complete {
        let structure = structure.map(|json| serde_json::from_str(json).expect("JSON"));
        Complete { claim: "c".to_owned(), ends, structure }
    }

    #[test]
    fn the_first_failure_in_the_headers_order_is_the_reason() {
        let boom = Exception::builtin("ValueError", "boom");
        let ends = vec![
            end("a", State::Success, &1),
            end("b", State::Failure, &boom),
            end("c", State::Revoked, &Exception::revoked("revoked")),
        ];
        let no_body = results(&complete(ends, None)).expect_err("failed");
        assert_eq!(no_body.error.message(), "Dependency b raised ValueError('boom')");
        assert_eq!((no_body.error.exc_type.as_str(), no_body.cause), ("ChordError", Some(boom)));
    }

    #[test]
    fn a_structure_gives_the_list_its_shape() {
        let ends =
            || vec![end("a", State::Success, &3), end("z", State::Success, &6), end("b", State::Success, &4)];
        let structure = r#"[["G",null],[[["g",[["s",null],null]],[[["a",null],null],[["b",null],null]]],[["z",null],null]]]"#;
        assert_eq!(results(&complete(ends(), Some(structure))), Ok(json!([[3, 4], 6])));
        let missing = results(&complete(ends(), Some(r#"[["G",null],[[["y",null],null]]]"#)));
        assert_eq!(
            missing.expect_err("missing").error.message(),
            r#"Join error: RuntimeError('no result of "y"')"#
        );
    }
}
