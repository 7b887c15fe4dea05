//! What a message says about what follows its task.

use crate::protocol::{Body, Embed, Message};

/// How almost every body ends: nothing follows. Written by us, and by Python.
const NOTHING: [&[u8]; 2] = [
    br#"{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#,
    br#"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"#,
];

/// What follows the task; `None` when nothing does, which is told by the last bytes of the body alone. They cannot
/// mean anything else there: the last bracket is the body's own, and the object in front of it has no room for more.
///
/// A body that cannot be read says nothing either; its task fails for that reason.
pub(super) fn of(message: &Message) -> Option<Embed> {
    let nothing = |end: &[u8]| message.body.ends_with(end);
    if NOTHING.into_iter().any(nothing) {
        return None;
    }
    let embed = Body::decode(&message.body).ok()?.embed;
    (embed != Embed::default()).then_some(embed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Headers;
    use serde_json::json;

    fn message(body: &'static str) -> Message {
        Message {
            headers: Headers::new("1".into(), "demo.add"),
            body: body.as_bytes().into(),
            queue: "celery".to_owned(),
            priority: 0,
        }
    }

    #[test]
    fn most_bodies_say_nothing() {
        let none = [
            r#"[[1],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#,
            r#"[[1], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"#,
            r#"[[1], {}, {"chain": null}]"#,
            "[[], {}, null]",
            "[[], {}, {}]",
            "nonsense",
        ];
        for body in none {
            assert_eq!(of(&message(body)), None, "{body}");
        }
    }

    #[test]
    fn a_signature_that_ends_alike_is_not_taken_for_nothing() {
        let body =
            r#"[[], {}, {"chain": [{"callbacks": null, "errbacks": null, "chain": null, "chord": null}]}]"#;
        let embed = of(&message(body)).expect("something follows");
        assert_eq!(embed.chain.expect("a chain")[0]["chord"], json!(null));
    }
}
