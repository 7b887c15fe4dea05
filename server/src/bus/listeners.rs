//! Those who listen, each over a bounded channel.

use futures_util::future::join_all;
use std::sync::{Mutex, MutexGuard};
use tokio::sync::mpsc;

/// Batches a listener may lag behind before speakers wait for it.
pub(super) const LAG: usize = 64;

#[derive(Debug)]
pub(super) struct Listeners<T>(Mutex<Vec<mpsc::Sender<T>>>);

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T: Clone> Listeners<T> {
    pub(super) fn join(&self) -> mpsc::Receiver<T> {
        let (sender, receiver) = mpsc::channel(LAG);
        self.lock().push(sender);
        receiver
    }

    /// Waits for the slowest.
    pub(super) async fn tell(&self, word: &T) {
        let listeners = self.lock().clone();
        let mut gone = false;
        if let [only] = listeners.as_slice() {
            gone = only.send(word.clone()).await.is_err();
        } else {
            let told = join_all(listeners.iter().map(|listener| listener.send(word.clone()))).await;
            gone |= told.iter().any(Result::is_err);
        }
        if gone {
            self.lock().retain(|listener| !listener.is_closed());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<mpsc::Sender<T>>> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}
