//! The documents say what the server does.

use fake_dashscope::{SCENARIO_MODELS, Script, Shape};

const HELP: &str = include_str!("../../data/help.txt");
const README: &str = include_str!("../../README.md");

/// The first word of every line that documents a knob.
fn documented() -> Vec<&'static str> {
    let lines = HELP
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let words = lines.filter_map(|line| line.split_whitespace().next());
    words
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .collect()
}

#[test]
fn the_readme_holds_the_help_word_for_word() {
    assert!(README.contains(HELP.trim_end()));
}

#[test]
fn every_documented_knob_turns() {
    let knobs = documented();
    assert!(knobs.len() > 40, "{}", knobs.len());
    for knob in knobs {
        let example = knob
            .replace("midstream=NAME|SHAPE", "midstream=F")
            .replace("error=NAME", "error=429-tpm")
            .replace("shape=SHAPE", "error=429-tpm shape=D")
            .replace("retry-after=VALUE", "error=429 retry-after=7")
            .replace("redirect=[STATUS:]URL", "redirect=308:https://example.com/")
            .replace("oversize=KIND", "oversize=event")
            .replace("=N[:KIND]", "=9:table")
            .replace("=N:N[:N]", "=9:200:1")
            .replace("none|null", "null")
            .replace("null|bad", "bad")
            .replace("=F,F...", "=crlf,split")
            .replace("=WORDS", "=a b")
            .replace("=REASON", "=length")
            .replace("=AT", "=after:10")
            .replace("[=N]", "=3")
            .replace("[=once]", "=once")
            .replace("=N", "=3")
            .replace(":N", ":4")
            .replace("=T", "=2");
        let example = if knob.starts_with("at=") {
            format!("midstream {example}")
        } else {
            example
        };
        let script: Script = example
            .parse()
            .unwrap_or_else(|error| panic!("{knob}: {error}"));
        assert!(
            knob == "seed=N" || script != Script::default(),
            "{knob} changes nothing"
        );
    }
}

#[test]
fn every_shape_and_scenario_model_is_documented_and_works() {
    for (name, _) in Shape::all() {
        assert!(HELP.split_whitespace().any(|word| word == *name), "{name}");
    }
    for (model, directive) in SCENARIO_MODELS {
        assert!(HELP.contains(model), "{model}");
        assert_ne!(directive.parse(), Ok(Script::default()), "{model}");
    }
}
