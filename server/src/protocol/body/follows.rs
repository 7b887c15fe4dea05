//! Whether anything follows a task, told without reading the whole body.

use super::{Body, Embed};

/// How almost every body ends: nothing follows. Written by us, and by Python.
const NOTHING: [&[u8]; 2] = [
    br#"{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#,
    br#"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"#,
];

impl Embed {
    /// What follows the task; `None` when nothing does, which is told by the last bytes of the body alone. They cannot
    /// mean anything else there: the last bracket is the body's own, and the object in front of it has no room for more.
    ///
    /// A body that cannot be read says nothing either; its task fails for that reason.
    pub fn of(body: &[u8]) -> Option<Self> {
        if NOTHING.into_iter().any(|nothing| body.ends_with(nothing)) {
            return None;
        }
        let embed = Body::decode(body).ok()?.embed;
        (embed != Self::default()).then_some(embed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
            assert_eq!(Embed::of(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_signature_that_ends_alike_is_not_taken_for_nothing() {
        let body =
            r#"[[], {}, {"chain": [{"callbacks": null, "errbacks": null, "chain": null, "chord": null}]}]"#;
        let embed = Embed::of(body.as_bytes()).expect("something follows");
        assert_eq!(embed.chain.expect("a chain")[0]["chord"], json!(null));
    }
}
