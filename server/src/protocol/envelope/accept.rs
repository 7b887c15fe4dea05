//! Which content types are read at all: Celery's setting `accept_content`.

/// The content types that are taken. JSON alone by default, as in Celery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    kinds: Vec<Kind>,
}

/// A serialiser whose content Umbel can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Yaml,
    Msgpack,
}

/// Name, content type, and how it is read.
const KNOWN: [(&str, &str, Kind); 3] = [
    ("json", "application/json", Kind::Json),
    ("yaml", "application/x-yaml", Kind::Yaml),
    ("msgpack", "application/x-msgpack", Kind::Msgpack),
];

/// Serialisers that have a name in Celery, although they are never read here.
const PICKLE: (&str, &str) = ("pickle", "application/x-python-serialize");

impl Accept {
    /// JSON and nothing else.
    pub fn json() -> Self {
        Self { kinds: vec![Kind::Json] }
    }

    /// From names as in `accept_content`: `json`, or in full `application/json`.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut kinds = Vec::new();
        for name in names {
            if name == PICKLE.0 || name == PICKLE.1 {
                return Err(
                    "pickle is never accepted: reading a pickle runs whatever code its sender put in it. \
                     Let senders use `json` and take `pickle` out of accept_content."
                        .to_owned(),
                );
            }
            let known = KNOWN.iter().find(|(short, mime, _)| name == *short || name == *mime);
            let Some((_, _, kind)) = known else {
                let all = KNOWN.iter().map(|(short, _, _)| *short).collect::<Vec<_>>().join(", ");
                return Err(format!("accept_content names {name:?}, which is not known. Known are {all}."));
            };
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        if kinds.is_empty() {
            return Err(
                "accept_content is empty, so that no message could be read. Name `json` at least.".to_owned()
            );
        }
        Ok(Self { kinds })
    }

    /// How content of this type is read, or Celery's sentence for why it is not.
    pub(super) fn kind(&self, content_type: &str) -> Result<Kind, String> {
        let known = KNOWN.iter().find(|(_, mime, _)| content_type == *mime);
        match known {
            Some((_, _, kind)) if self.kinds.contains(kind) => Ok(*kind),
            _ => Err(untrusted(content_type)),
        }
    }
}

impl Default for Accept {
    fn default() -> Self {
        Self::json()
    }
}

fn untrusted(content_type: &str) -> String {
    let known = KNOWN.iter().map(|(short, mime, _)| (*short, *mime)).chain([PICKLE]);
    let name =
        known.into_iter().find(|(_, mime)| *mime == content_type).map_or(content_type, |(short, _)| short);
    format!(
        "Received invalid task message: Refusing to deserialize untrusted content of type {name} ({content_type})"
    )
}
