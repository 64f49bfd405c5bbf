//! How much may be asked again in all: a broken network or server must not be asked three times as
//! much as a sound one.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one more request costs; a question earns one, so that requests grow by a fifth at most.
const COST: u32 = 5;

/// The most that can be saved up: twenty requests, so that a few failures in a row are all helped.
const FULL: u32 = 20 * COST;

/// How long it takes until time alone has earned one: an empty budget is full after ten minutes.
const EARNED_EVERY: Duration = Duration::from_secs(6);

/// The budget of requests that are made again, shared by all replies.
#[derive(Debug)]
pub(crate) struct Budget {
    savings: Mutex<Savings>,
}

#[derive(Debug)]
struct Savings {
    left: u32,
    /// Up to when time has been counted.
    counted: Instant,
}

impl Default for Budget {
    fn default() -> Self {
        let savings = Savings {
            left: FULL,
            counted: Instant::now(),
        };
        Self {
            savings: Mutex::new(savings),
        }
    }
}

impl Budget {
    /// Counts a question.
    pub(crate) fn earn(&self) {
        self.at(Instant::now(), |savings| savings.add(1));
    }

    /// Pays for one more request; false when nothing is left for it.
    pub(crate) fn spend(&self) -> bool {
        self.at(Instant::now(), |savings| {
            let rest = savings.left.checked_sub(COST);
            savings.left = rest.unwrap_or(savings.left);
            rest.is_some()
        })
    }

    fn at<T>(&self, now: Instant, with: impl FnOnce(&mut Savings) -> T) -> T {
        let mut savings = self.savings.lock().unwrap_or_else(PoisonError::into_inner);
        savings.count_time(now);
        with(&mut savings)
    }
}

impl Savings {
    fn add(&mut self, earned: u32) {
        self.left = self.left.saturating_add(earned).min(FULL);
    }

    fn count_time(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted);
        let earned = passed.as_secs() / EARNED_EVERY.as_secs();
        let earned = u32::try_from(earned).unwrap_or(FULL).min(FULL);
        if earned == 0 {
            return;
        }
        self.add(earned);
        // What is left of the last interval goes on counting.
        self.counted = if self.left == FULL {
            now
        } else {
            self.counted + EARNED_EVERY * earned
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Budget {
        fn spend_all(&self) -> u32 {
            let mut spent = 0;
            while self.spend() {
                spent += 1;
            }
            spent
        }

        fn wait(&self, time: Duration) {
            let mut savings = self.savings.lock().unwrap();
            let later = savings.counted + time;
            savings.count_time(later);
        }
    }

    #[test]
    fn twenty_are_saved_up_and_a_fifth_is_earned() {
        let budget = Budget::default();
        budget.earn();
        assert_eq!(budget.spend_all(), 20, "no more than full");
        for _ in 0..4 {
            budget.earn();
            assert!(!budget.spend());
        }
        budget.earn();
        assert_eq!(budget.spend_all(), 1, "one for five questions");
    }

    #[test]
    fn time_fills_it_again() {
        let budget = Budget::default();
        assert_eq!(budget.spend_all(), 20);
        for _ in 0..5 {
            budget.wait(Duration::from_millis(5_999));
        }
        assert_eq!(budget.spend_all(), 0, "it has counted nothing yet");
        budget.wait(Duration::from_secs(31));
        assert_eq!(budget.spend_all(), 1, "half a minute is one request");
        budget.wait(Duration::from_hours(100));
        assert_eq!(budget.spend_all(), 20);
    }
}
