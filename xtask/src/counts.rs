//! Reads how many tests ran from the closing lines of cargo test and vitest.

use std::ops::AddAssign;

/// How many tests passed and failed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
}

impl Counts {
    /// Adds up every `test result:` line of `cargo test`.
    pub(crate) fn of_cargo(text: &str) -> Self {
        let results = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("test result: "));
        results.fold(Self::default(), |mut sum, line| {
            sum += Self::of_words(line);
            sum
        })
    }

    /// Reads the `Tests` line of vitest, and not the `Test Files` line above it.
    pub(crate) fn of_vitest(text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(without_colours).collect();
        let mut tests = lines
            .iter()
            .filter_map(|line| line.trim().strip_prefix("Tests "));
        tests.next_back().map_or_else(Self::default, Self::of_words)
    }

    /// Adds every number that the word `passed` or `failed` follows.
    fn of_words(line: &str) -> Self {
        let words: Vec<&str> = line
            .split(|separator: char| !separator.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut sum = Self::default();
        for pair in words.windows(2) {
            if let [number, word] = pair
                && let Ok(number) = number.parse::<u64>()
            {
                match *word {
                    "passed" => sum.passed += number,
                    "failed" => sum.failed += number,
                    _ => {}
                }
            }
        }
        sum
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Drops `ESC [ .. m` sequences.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut inside = false;
    for character in line.chars() {
        match (inside, character) {
            (false, '\u{1b}') => inside = true,
            (true, 'm') => inside = false,
            (true, _) => {}
            (false, other) => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_added_up() {
        let text = "running 3 tests\n\
            test a ... FAILED\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.01s\n\
            \n   Doc-tests dashscope\n\
            test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n";
        assert_eq!(
            Counts::of_cargo(text),
            Counts {
                passed: 42,
                failed: 1
            }
        );
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let text = " Test Files  1 failed | 7 passed (8)\n      Tests  2 failed | 310 passed | 1 skipped (313)\n";
        assert_eq!(
            Counts::of_vitest(text),
            Counts {
                passed: 310,
                failed: 2
            }
        );
    }

    #[test]
    fn vitest_colours_do_not_hide_the_counts() {
        let text =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m12 passed\u{1b}[39m\u{1b}[22m (12)";
        assert_eq!(
            Counts::of_vitest(text),
            Counts {
                passed: 12,
                failed: 0
            }
        );
    }

    #[test]
    fn a_run_that_never_came_to_its_tests_counts_nothing() {
        assert_eq!(
            Counts::of_cargo("error: could not compile `store`"),
            Counts::default()
        );
        assert_eq!(
            Counts::of_vitest("      Tests  no tests"),
            Counts::default()
        );
    }
}
