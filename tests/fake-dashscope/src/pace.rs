//! When a token is due: a rate for the whole answer, or others from some token on.

use std::time::Duration;

/// A part of an answer with a pace of its own. It ends where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// The first token of it.
    pub from: u64,
    /// Tokens per second; infinite sends as fast as the socket takes them.
    pub rate: f64,
    /// Time before its first token.
    pub pause: Duration,
}

/// How long after the start of an answer its token `number` is due, reckoned from the start so
/// that delays do not add up.
pub(crate) fn due(number: u64, rate: f64, stretches: &[Stretch]) -> Duration {
    let mut after = Duration::ZERO;
    let mut current = Stretch {
        from: 0,
        rate,
        pause: Duration::ZERO,
    };
    for stretch in stretches
        .iter()
        .take_while(|stretch| stretch.from <= number)
    {
        after += time(stretch.from - current.from, current.rate) + stretch.pause;
        current = *stretch;
    }
    after + time(number - current.from, current.rate)
}

fn time(tokens: u64, rate: f64) -> Duration {
    let tokens = u32::try_from(tokens).map_or(f64::MAX, f64::from);
    Duration::try_from_secs_f64(tokens / rate).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rate_for_all() {
        assert_eq!(due(0, 50.0, &[]), Duration::ZERO);
        assert_eq!(due(100, 50.0, &[]), Duration::from_secs(2));
        assert_eq!(due(100, f64::INFINITY, &[]), Duration::ZERO);
    }

    #[test]
    fn stretches_have_their_own() {
        let stretches = [
            Stretch {
                from: 100,
                rate: 200.0,
                pause: Duration::from_secs(1),
            },
            Stretch {
                from: 300,
                rate: f64::INFINITY,
                pause: Duration::ZERO,
            },
        ];
        let at = |number| due(number, f64::INFINITY, &stretches);
        assert_eq!(at(99), Duration::ZERO);
        assert_eq!(at(100), Duration::from_secs(1));
        assert_eq!(at(200), Duration::from_millis(1_500));
        assert_eq!(at(300), Duration::from_secs(2));
        assert_eq!(at(9_000), Duration::from_secs(2));
    }
}
