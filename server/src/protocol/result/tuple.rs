//! Results as they point at each other: `[[id, parent], members]`, Celery's result tuples. A task's children and a
//! saved group are written so.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A result by its id: whose child it is, and for a group, of what it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultTuple {
    pub id: String,
    pub parent: Option<Box<ResultTuple>>,
    /// The members of a group; `None` for a task.
    pub members: Option<Vec<ResultTuple>>,
}

/// What `GroupResult.save()` stores under a group's id, and Celery itself for a chord with composites in its header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMeta {
    pub result: ResultTuple,
}

impl ResultTuple {
    /// One task, without a word about its parent.
    pub fn task(id: impl Into<String>) -> Self {
        Self { id: id.into(), parent: None, members: None }
    }

    pub fn group(id: impl Into<String>, members: Vec<Self>) -> Self {
        Self { id: id.into(), parent: None, members: Some(members) }
    }

    /// All tasks in it, in order: itself, or the tasks of its members.
    pub fn tasks(&self) -> Vec<&str> {
        match &self.members {
            None => vec![&self.id],
            Some(members) => members.iter().flat_map(Self::tasks).collect(),
        }
    }
}

/// The id alone is read too; older Celerys wrote it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Who {
    WithParent(String, Option<Box<ResultTuple>>),
    Alone(String),
}

impl Serialize for ResultTuple {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ((&self.id, &self.parent), &self.members).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ResultTuple {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (who, members) = Deserialize::deserialize(deserializer)?;
        let (id, parent) = match who {
            Who::WithParent(id, parent) => (id, parent),
            Who::Alone(id) => (id, None),
        };
        Ok(Self { id, parent, members })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_group() {
        let text =
            r#"{"result":[["g",[["p",null],null]],[[["a",null],null],[["b",null],[[["c",null],null]]]]]}"#;
        let group: GroupMeta = serde_json::from_str(text).expect("sound");
        assert_eq!(group.result.tasks(), ["a", "c"]);
        assert_eq!(group.result.parent, Some(Box::new(ResultTuple::task("p"))));
        assert_eq!(serde_json::to_string(&group).expect("JSON"), text);
        let members = vec![ResultTuple::task("a"), ResultTuple::group("b", vec![ResultTuple::task("c")])];
        assert_eq!(group.result.members, Some(members));
    }

    #[test]
    fn an_id_alone() {
        assert_eq!(
            serde_json::from_str::<ResultTuple>(r#"["a", null]"#).expect("old"),
            ResultTuple::task("a")
        );
        for wrong in ["[]", "null", r#"["a"]"#, r#"[[1, null], null]"#, r#"[["a", null], 5]"#] {
            assert!(serde_json::from_str::<ResultTuple>(wrong).is_err(), "{wrong}");
        }
    }
}
