//! The stages of `test` and `check`, and the table that sums them up.
//!
//! Every stage runs even when an earlier one failed: one run shows all that is wrong.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::checkout::{Checkout, Profile, Regions};
use crate::counts::Counts;
use crate::deny::{self, Advisories};
use crate::failure::Failure;
use crate::page::{self, npm};
use crate::process::Said;
use crate::system::{self, Purpose};

/// One gate, in the order they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// System packages, npm packages and the built page, which the app embeds.
    Setup,
    /// rustfmt.
    Format,
    /// clippy and rustdoc, warnings denied.
    Lint,
    /// Licences, bans, sources and advisories of every crate.
    Deny,
    /// Types and lints of the page.
    Page,
    /// Tests of the page.
    Ui,
    /// Unit and integration tests of every crate.
    Unit,
    /// The built app in a real window.
    EndToEnd,
}

/// How a stage went.
#[derive(Debug)]
pub(crate) struct Outcome {
    counts: Counts,
    note: String,
}

impl Stage {
    /// Every stage a user can name, in the order they run.
    pub(crate) const ALL: [Self; 7] = [
        Self::Format,
        Self::Lint,
        Self::Deny,
        Self::Page,
        Self::Ui,
        Self::Unit,
        Self::EndToEnd,
    ];

    /// Its name on the command line and in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Deny => "deny",
            Self::Page => "page",
            Self::Ui => "ui",
            Self::Unit => "unit",
            Self::EndToEnd => "e2e",
        }
    }

    /// Which system packages it needs, if any.
    fn purpose(self) -> Option<Purpose> {
        match self {
            Self::Setup | Self::Format | Self::Deny | Self::Page | Self::Ui => None,
            Self::Lint => Some(Purpose::Build),
            Self::Unit | Self::EndToEnd => Some(Purpose::Test),
        }
    }
}

/// Runs the stages, prints the table and, as the last line, the counts.
pub(crate) fn run_all(checkout: &Checkout, stages: &[Stage]) -> Result<(), Failure> {
    let mut table = String::new();
    let mut total = Counts::default();
    for stage in [Stage::Setup].iter().chain(stages) {
        eprintln!("\n==> {}", stage.name());
        let started = Instant::now();
        let outcome = run(checkout, *stage, stages).unwrap_or_else(|failure| {
            eprintln!("error: {failure}");
            Outcome {
                counts: Counts {
                    passed: 0,
                    failed: 1,
                },
                note: failure.to_string(),
            }
        });
        total += outcome.counts;
        add_row(&mut table, *stage, &outcome, started.elapsed());
    }
    println!("\nstage    result  passed  failed    time\n{table}");
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 {
        Ok(())
    } else {
        Err(Failure::Stages)
    }
}

fn run(checkout: &Checkout, stage: Stage, wanted: &[Stage]) -> Result<Outcome, Failure> {
    match stage {
        Stage::Setup => set_up(checkout, wanted),
        Stage::Format => {
            checkout.cargo("fmt --all --check").run()?;
            checkout.cargo_for_xtask("fmt --check").run()?;
            Ok(Outcome::passed())
        }
        Stage::Lint => {
            checkout
                .cargo("clippy --workspace --all-targets --locked -- -D warnings")
                .run()?;
            // Broken links between items are found by rustdoc alone.
            checkout.cargo("doc --workspace --no-deps --locked").run()?;
            checkout
                .cargo_for_xtask("clippy --all-targets --locked -- -D warnings")
                .run()?;
            Ok(Outcome::passed())
        }
        Stage::Deny => match deny::check(checkout)? {
            Advisories::Checked => Ok(Outcome::passed()),
            Advisories::Unreachable => Ok(Outcome {
                note: "advisories skipped: their database cannot be reached from here".to_owned(),
                ..Outcome::passed()
            }),
        },
        Stage::Page => {
            npm(checkout, "run check").run()?;
            npm(checkout, "run lint").run()?;
            Ok(Outcome::passed())
        }
        Stage::Ui => {
            let said = npm(checkout, "test").watch()?;
            Ok(Outcome::of_tests(
                Counts::of_vitest(&said.text),
                said.succeeded,
            ))
        }
        Stage::Unit => unit_tests(checkout),
        Stage::EndToEnd => end_to_end_tests(checkout),
    }
}

fn set_up(checkout: &Checkout, wanted: &[Stage]) -> Result<Outcome, Failure> {
    if let Some(purpose) = wanted.iter().filter_map(|stage| stage.purpose()).max() {
        system::install(purpose)?;
    }
    if wanted
        .iter()
        .any(|stage| !matches!(stage, Stage::Format | Stage::Deny))
    {
        page::build(checkout)?;
    }
    // Preparation is no check: it counts only when it fails.
    Ok(Outcome {
        counts: Counts::default(),
        note: String::new(),
    })
}

fn unit_tests(checkout: &Checkout) -> Result<Outcome, Failure> {
    let app = checkout
        .cargo("test --workspace --exclude e2e --locked --no-fail-fast")
        .watch()?;
    let own = checkout.cargo_for_xtask("test --locked").watch()?;
    Ok(Outcome::of_cargo_tests(&[app, own]))
}

fn end_to_end_tests(checkout: &Checkout) -> Result<Outcome, Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome {
            counts: Counts::default(),
            note: "skipped: the window is driven by WebKitWebDriver, which only Linux has"
                .to_owned(),
        });
    }
    let app = checkout.build_app(Profile::Debug, Regions::Loopback)?;
    let said = checkout
        .cargo("test --package e2e --locked --no-fail-fast -- --test-threads=1")
        .env("DASHDESK_BINARY", app)
        .watch()?;
    Ok(Outcome::of_cargo_tests(&[said]))
}

impl Outcome {
    /// A gate without tests of its own, passed.
    fn passed() -> Self {
        Self {
            counts: Counts {
                passed: 1,
                failed: 0,
            },
            note: String::new(),
        }
    }

    fn of_cargo_tests(runs: &[Said]) -> Self {
        let mut counts = Counts::default();
        for run in runs {
            counts += Counts::of_cargo(&run.text);
        }
        Self::of_tests(counts, runs.iter().all(|run| run.succeeded))
    }

    /// Trusts the exit code over the counts: a test that does not compile is in no count.
    fn of_tests(mut counts: Counts, succeeded: bool) -> Self {
        let mut note = String::new();
        if !succeeded && counts.failed == 0 {
            counts.failed = 1;
            "the tests did not come to an end".clone_into(&mut note);
        } else if succeeded && counts.passed == 0 {
            counts.failed = 1;
            "no test ran".clone_into(&mut note);
        }
        Self { counts, note }
    }
}

fn add_row(table: &mut String, stage: Stage, outcome: &Outcome, took: Duration) {
    let Counts { passed, failed } = outcome.counts;
    let result = match (passed, failed) {
        (_, 1..) => "FAILED",
        (0, 0) if !outcome.note.is_empty() => "-",
        _ => "ok",
    };
    let (minutes, seconds) = (took.as_secs() / 60, took.as_secs() % 60);
    let row = format!(
        "{:<8} {result:<6}  {passed:>6}  {failed:>6}  {minutes:>3}:{seconds:02}  {}",
        stage.name(),
        outcome.note
    );
    // Writing to a String cannot fail.
    writeln!(table, "{}", row.trim_end()).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_failed_without_a_failed_test_still_fails() {
        let outcome = Outcome::of_tests(
            Counts {
                passed: 7,
                failed: 0,
            },
            false,
        );
        assert_eq!(
            outcome.counts,
            Counts {
                passed: 7,
                failed: 1
            }
        );
    }

    #[test]
    fn a_run_of_no_tests_is_no_success() {
        let outcome = Outcome::of_tests(Counts::default(), true);
        assert_eq!(
            outcome.counts,
            Counts {
                passed: 0,
                failed: 1
            }
        );
    }

    #[test]
    fn rows_say_what_failed_and_what_was_skipped() {
        let mut table = String::new();
        let failed = Outcome::of_tests(
            Counts {
                passed: 2,
                failed: 1,
            },
            false,
        );
        add_row(&mut table, Stage::Unit, &failed, Duration::from_secs(75));
        let skipped = Outcome {
            counts: Counts::default(),
            note: "skipped: no window".to_owned(),
        };
        add_row(&mut table, Stage::EndToEnd, &skipped, Duration::ZERO);
        assert_eq!(
            table,
            "unit     FAILED       2       1    1:15\n\
             e2e      -            0       0    0:00  skipped: no window\n"
        );
    }

    #[test]
    fn stages_are_named_apart() {
        let mut names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Stage::ALL.len());
    }
}
