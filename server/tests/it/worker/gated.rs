//! A task that stays inside until it is let out, and tells who comes and goes.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use umbel::task::{Call, Context};

const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Gate {
    inside: Arc<Inside>,
    entered: mpsc::UnboundedReceiver<()>,
    left: mpsc::UnboundedReceiver<()>,
}

struct Inside {
    open: Semaphore,
    count: AtomicUsize,
    /// How many were inside when each came in.
    counts: Mutex<Vec<usize>>,
    entered: mpsc::UnboundedSender<()>,
    left: mpsc::UnboundedSender<()>,
}

impl Gate {
    pub(super) fn new() -> Self {
        let (enter, entered) = mpsc::unbounded_channel();
        let (leave, left) = mpsc::unbounded_channel();
        let inside = Inside {
            open: Semaphore::new(0),
            count: AtomicUsize::new(0),
            counts: Mutex::default(),
            entered: enter,
            left: leave,
        };
        Self { inside: Arc::new(inside), entered, left }
    }

    pub(super) fn task(
        &self,
    ) -> impl Fn(Call, Context) -> Pin<Box<dyn Future<Output = ()> + Send>> + Clone + Send + Sync + 'static
    {
        let inside = Arc::clone(&self.inside);
        move |_, _| {
            let inside = Arc::clone(&inside);
            Box::pin(async move {
                let here = inside.count.fetch_add(1, Ordering::SeqCst) + 1;
                inside.counts.lock().expect("sound").push(here);
                inside.entered.send(()).expect("somebody waits");
                inside.open.acquire().await.expect("open").forget();
                inside.count.fetch_sub(1, Ordering::SeqCst);
                inside.left.send(()).expect("somebody waits");
            })
        }
    }

    pub(super) fn let_out(&self, count: usize) {
        self.inside.open.add_permits(count);
    }

    pub(super) async fn entered(&mut self) {
        tokio::time::timeout(PATIENCE, self.entered.recv()).await.expect("somebody came in").expect("open");
    }

    pub(super) async fn left(&mut self) {
        tokio::time::timeout(PATIENCE, self.left.recv()).await.expect("somebody left").expect("open");
    }

    /// How many were inside when each came in, itself included.
    pub(super) fn counts(&self) -> Vec<usize> {
        self.inside.counts.lock().expect("sound").clone()
    }
}
