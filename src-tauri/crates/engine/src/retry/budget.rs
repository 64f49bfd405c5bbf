//! How much may be asked again in all: a broken network or server must not be asked three times as
//! much as a sound one.
//!
//! Requests are paid for in time, so that time alone fills the budget again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one more request costs.
const COST: Duration = Duration::from_secs(30);

/// What a question earns: a fifth of a request, by which all requests may grow.
const EARNED: Duration = Duration::from_secs(6);

/// The most that can be saved up: twenty requests, so that a few failures in a row are all helped.
const FULL: Duration = Duration::from_mins(10);

/// The budget of requests that are made again, shared by all replies.
#[derive(Debug)]
pub(crate) struct Budget {
    savings: Mutex<Savings>,
}

#[derive(Debug)]
struct Savings {
    left: Duration,
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
        self.savings_at(Instant::now(), |savings| savings.add(EARNED));
    }

    /// Pays for one more request; false when too little is left for it.
    pub(crate) fn spend(&self) -> bool {
        self.savings_at(Instant::now(), Savings::spend)
    }

    fn savings_at<T>(&self, now: Instant, with: impl FnOnce(&mut Savings) -> T) -> T {
        let mut savings = self.savings.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(savings.counted);
        savings.add(passed);
        savings.counted = now;
        with(&mut savings)
    }
}

impl Savings {
    fn add(&mut self, earned: Duration) {
        self.left = self.left.saturating_add(earned).min(FULL);
    }

    fn spend(&mut self) -> bool {
        let rest = self.left.checked_sub(COST);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many requests can be paid for after this time.
    fn after(budget: &Budget, time: Duration) -> u32 {
        let mut spent = 0;
        let then = budget.savings.lock().unwrap().counted + time;
        while budget.savings_at(then, Savings::spend) {
            spent += 1;
        }
        spent
    }

    #[test]
    fn twenty_are_saved_up_and_a_fifth_is_earned() {
        let budget = Budget::default();
        budget.earn();
        assert_eq!(after(&budget, Duration::ZERO), 20, "no more than full");
        for _ in 0..4 {
            budget.earn();
            assert!(!budget.spend());
        }
        budget.earn();
        assert!(budget.spend(), "one for five questions");
        assert!(!budget.spend());
    }

    #[test]
    fn time_fills_it_again() {
        let budget = Budget::default();
        assert_eq!(after(&budget, Duration::ZERO), 20);
        assert_eq!(after(&budget, Duration::from_secs(29)), 0);
        assert_eq!(after(&budget, Duration::from_secs(1)), 1);
        assert_eq!(after(&budget, Duration::from_hours(100)), 20);
    }
}
