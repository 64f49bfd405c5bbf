//! `cargo xtask test`: everything a change must pass, and nothing that CI does not run.

use crate::checkout::Checkout;
use crate::failure::Failure;
use crate::stage::{self, Stage};

/// Runs every stage, or those named after `--only`.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    stage::run_all(checkout, &wanted(rest)?)
}

fn wanted(rest: &[&str]) -> Result<Vec<Stage>, Failure> {
    let names = match rest {
        [] => return Ok(Stage::ALL.to_vec()),
        ["--only", names] => names,
        [joined] if joined.starts_with("--only=") => joined.trim_start_matches("--only="),
        _ => return Err(usage()),
    };
    let names: Vec<&str> = names.split(',').collect();
    let known = Stage::ALL
        .iter()
        .filter(|stage| names.contains(&stage.name()));
    let stages: Vec<Stage> = known.copied().collect();
    if stages.len() == names.len() {
        Ok(stages)
    } else {
        Err(usage())
    }
}

fn usage() -> Failure {
    let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    Failure::Usage(format!(
        "`cargo xtask test` takes nothing or `--only` with some of {}",
        names.join(",")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_chosen_by_name_and_run_in_their_order() {
        assert_eq!(wanted(&[]).unwrap(), Stage::ALL);
        let chosen = [Stage::Unit, Stage::EndToEnd];
        assert_eq!(wanted(&["--only", "e2e,unit"]).unwrap(), chosen);
        assert_eq!(wanted(&["--only=unit,e2e"]).unwrap(), chosen);
    }

    #[test]
    fn unknown_stages_are_refused_and_not_skipped() {
        for rest in [
            ["--only", "unti"],
            ["--only", ""],
            ["--only", "unit,unit"],
            ["only", "unit"],
        ] {
            assert!(matches!(wanted(&rest), Err(Failure::Usage(_))), "{rest:?}");
        }
    }
}
