//! What tasks share within one process: a database pool, a client, a cache.
//!
//! State is given as a factory and not as a value, because a process-pool child builds its own: an open connection
//! does not survive a fork. It is built once per process, when it is first needed or when the worker prepares it.

use super::error::TaskError;
use futures_util::future::BoxFuture;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::OnceCell;

type Shared = Arc<dyn Any + Send + Sync>;
type Factory = dyn Fn() -> BoxFuture<'static, Result<Shared, TaskError>> + Send + Sync;

/// All state of a process, by type.
#[derive(Clone, Debug, Default)]
pub(super) struct States(HashMap<TypeId, Arc<Slot>>);

struct Slot {
    type_name: &'static str,
    factory: Box<Factory>,
    value: OnceCell<Shared>,
}

impl States {
    /// Adds a factory. Hands back the type's name when there is one for this type already.
    pub(super) fn add<S, F, Fut>(&mut self, factory: F) -> Result<(), &'static str>
    where
        S: Send + Sync + 'static,
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<S, TaskError>> + Send + 'static,
    {
        let type_name = std::any::type_name::<S>();
        let factory: Box<Factory> = Box::new(move || {
            let building = factory();
            Box::pin(async move { Ok(Arc::new(building.await?) as Shared) })
        });
        let slot = Arc::new(Slot { type_name, factory, value: OnceCell::new() });
        match self.0.insert(TypeId::of::<S>(), slot) {
            None => Ok(()),
            Some(_) => Err(type_name),
        }
    }

    /// Takes over the others. Hands back the names of the types both have.
    pub(super) fn merge(&mut self, others: Self) -> Vec<&'static str> {
        let mut both = Vec::new();
        for (id, slot) in others.0 {
            let type_name = slot.type_name;
            match self.0.insert(id, Arc::clone(&slot)) {
                Some(mine) if !Arc::ptr_eq(&mine, &slot) => both.push(type_name),
                _ => {}
            }
        }
        both
    }

    pub(super) fn has(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }

    /// Builds what is not built yet.
    pub(super) async fn prepare(&self) -> Result<(), TaskError> {
        for slot in self.0.values() {
            slot.get().await?;
        }
        Ok(())
    }

    /// The state of this type; `None` when nobody gave a factory for it.
    pub(super) async fn get<S: Send + Sync + 'static>(&self) -> Option<Result<Arc<S>, TaskError>> {
        let slot = self.0.get(&TypeId::of::<S>())?;
        Some(slot.get().await.map(|shared| {
            Arc::clone(shared).downcast().expect("a slot is filed under the type its factory makes")
        }))
    }
}

impl Slot {
    async fn get(&self) -> Result<&Shared, TaskError> {
        self.value.get_or_try_init(|| (self.factory)()).await
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State<{}>", self.type_name)
    }
}
