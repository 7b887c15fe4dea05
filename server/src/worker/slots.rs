//! How many tasks may run at once; it can be changed while they run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use tokio::sync::Semaphore;

/// More than this is a mistake in units rather than a plan.
pub(crate) const MOST: usize = 100_000;

/// Turns of the scheduler that are waited for more slots.
const TURNS: usize = 16;

#[derive(Debug)]
pub(crate) struct Slots {
    free: Semaphore,
    /// How many there are. Whoever changes this or what is owed holds the lock.
    size: Mutex<usize>,
    /// Slots that are gone already but whose tasks still run: those tasks give nothing back when they end. Looked at
    /// for each task, and mostly zero.
    owed: AtomicUsize,
}

impl Slots {
    pub(super) fn new(size: usize) -> Self {
        Self { free: Semaphore::new(size), size: Mutex::new(size), owed: AtomicUsize::new(0) }
    }

    /// How many there are, busy ones included.
    pub(crate) fn size(&self) -> usize {
        *self.lock()
    }

    /// Waits until at least so many slots are free beyond those promised already, and tells how many are. They are
    /// not taken yet.
    ///
    /// Taking messages costs a round trip, whatever their number. So while most slots are busy with short tasks, a
    /// few turns are waited for more of them to end; never so long that a person could notice.
    pub(super) async fn free_beyond(&self, promised: usize, least: usize) -> usize {
        let wanted = u32::try_from(promised + least).expect("there are fewer slots than that");
        match self.free.acquire_many(wanted).await {
            Ok(permits) => drop(permits),
            Err(_) => return std::future::pending().await,
        }
        let beyond = || self.free.available_permits().saturating_sub(promised);
        for _ in 0..TURNS {
            if beyond() * 2 >= self.size() {
                break;
            }
            tokio::task::yield_now().await;
        }
        beyond().max(1)
    }

    /// Takes a slot that was seen free. Should the pool have shrunk since then, the task runs all the same and its
    /// slot is owed.
    pub(super) fn take(&self) {
        match self.free.try_acquire() {
            Ok(permit) => permit.forget(),
            Err(_) => {
                let _size = self.lock();
                self.owed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn give_back(&self) {
        if self.owed.load(Ordering::Relaxed) > 0 {
            let _size = self.lock();
            if self.pay(1) == 1 {
                return;
            }
        }
        self.free.add_permits(1);
    }

    /// `Err` tells how many there may be at most.
    pub(crate) fn grow(&self, n: usize) -> Result<usize, usize> {
        let mut size = self.lock();
        *size = size.checked_add(n).filter(|size| *size <= MOST).ok_or(MOST)?;
        self.free.add_permits(n - self.pay(n));
        Ok(*size)
    }

    /// Free slots go at once, busy ones when their tasks have ended. One slot stays; `Err` tells how many there are.
    pub(crate) fn shrink(&self, n: usize) -> Result<usize, usize> {
        let mut size = self.lock();
        *size = size.checked_sub(n).filter(|left| *left >= 1).ok_or(*size)?;
        self.owed.fetch_add(n - self.free.forget_permits(n), Ordering::Relaxed);
        Ok(*size)
    }

    /// Pays back up to `n` owed slots and says how many that were. The caller holds the lock.
    fn pay(&self, n: usize) -> usize {
        let owed = self.owed.load(Ordering::Relaxed);
        let paid = owed.min(n);
        self.owed.store(owed - paid, Ordering::Relaxed);
        paid
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.size.lock().expect("nobody panics while holding this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shrinking_below_what_runs_lets_it_finish() {
        let slots = Slots::new(3);
        (0..3).for_each(|_| slots.take());
        assert_eq!(slots.shrink(2), Ok(1));
        slots.give_back();
        slots.give_back();
        assert_eq!(slots.free.available_permits(), 0, "two slots are gone");
        slots.give_back();
        assert_eq!(slots.free_beyond(0, 1).await, 1);
        assert_eq!(slots.shrink(1), Err(1), "one slot stays");
    }

    #[tokio::test]
    async fn growing_takes_back_what_shrinking_still_waits_for() {
        let slots = Slots::new(2);
        slots.take();
        slots.take();
        assert_eq!((slots.shrink(1), slots.grow(2)), (Ok(1), Ok(3)));
        assert_eq!(slots.free_beyond(0, 1).await, 1, "one of three is free");
        slots.give_back();
        slots.give_back();
        assert_eq!(slots.free_beyond(0, 1).await, 3);
        assert_eq!(slots.grow(MOST), Err(MOST));
    }

    #[tokio::test]
    async fn a_slot_that_vanished_before_it_was_taken_is_owed() {
        let slots = Slots::new(2);
        assert_eq!(slots.free_beyond(0, 1).await, 2);
        assert_eq!(slots.shrink(1), Ok(1));
        slots.take();
        slots.take();
        slots.give_back();
        assert_eq!(slots.free.available_permits(), 0);
        slots.give_back();
        assert_eq!(slots.free_beyond(0, 1).await, 1);
    }
}
