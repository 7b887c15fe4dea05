//! Chance, from a seed: the same seed always gives the same demo.

use std::f64::consts::TAU;
use std::time::Duration;

/// A small generator (splitmix64). Good enough for make-believe, not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for everything that has a name, such as one attempt of a task.
    pub(super) fn named(name: &str) -> Self {
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, but not including, 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in this share of all throws.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// A whole number, both ends included.
    pub(super) fn between(&mut self, lowest: u32, highest: u32) -> u32 {
        let width = u64::from(highest.saturating_sub(lowest)) + 1;
        lowest + u32::try_from(self.next() % width).expect("below a width of 32 bits")
    }

    /// One of the items, of which there must be some.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.next() as usize % items.len()]
    }

    /// Seconds around a median, skewed as real durations are: mostly close to it, now and then far above.
    pub(super) fn seconds(&mut self, median: f64, spread: f64) -> f64 {
        let normal = (-2.0 * (1.0 - self.share()).ln()).sqrt() * (TAU * self.share()).cos();
        median * (normal.clamp(-3.0, 3.0) * spread).exp()
    }

    /// The time until the next of events that come at a mean rate, independently of each other.
    pub(super) fn pause(&mut self, per_second: f64) -> Duration {
        let seconds = -(1.0 - self.share()).ln() / per_second;
        Duration::try_from_secs_f64(seconds.min(60.0)).unwrap_or(Duration::from_secs(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_throws() {
        let (mut one, mut other) = (Dice::named("a"), Dice::named("a"));
        assert_eq!(one.next(), other.next());
        assert_ne!(Dice::named("a").next(), Dice::named("b").next());
    }

    #[test]
    fn throws_stay_in_range_and_fill_it() {
        let mut dice = Dice::new(7);
        let throws: Vec<u32> = (0..600).map(|_| dice.between(1, 6)).collect();
        assert!((1..=6).all(|face| throws.contains(&face)));
        assert!(throws.iter().all(|face| (1..=6).contains(face)));
    }

    #[test]
    fn durations_lie_around_their_median() {
        let mut dice = Dice::new(7);
        let mut seconds: Vec<f64> = (0..2001).map(|_| dice.seconds(3.0, 0.5)).collect();
        seconds.sort_by(f64::total_cmp);
        assert!((2.7..3.3).contains(&seconds[1000]), "{}", seconds[1000]);
        assert!(seconds[0] > 0.5 && seconds[2000] < 15.0);
        let mean: f64 = (0..2000).map(|_| dice.pause(4.0).as_secs_f64()).sum::<f64>() / 2000.0;
        assert!((0.22..0.28).contains(&mean), "{mean}");
    }
}
