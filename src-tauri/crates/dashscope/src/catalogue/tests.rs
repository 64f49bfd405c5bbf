use super::*;
use std::collections::HashSet;

fn bundled() -> Catalogue {
    Catalogue::parse(include_str!("../catalogue.json")).unwrap()
}

#[test]
fn the_bundled_file_parses_and_is_the_one_in_use() {
    assert!(bundled().models().len() > 80);
    assert_eq!(Catalogue::bundled().models(), bundled().models());
}

#[test]
fn ids_and_names_are_unique_and_ids_fit_a_request() {
    let catalogue = bundled();
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for model in catalogue.models() {
        assert!(ids.insert(&model.id), "{} is listed twice", model.id);
        assert!(names.insert(&model.name), "{} names two models", model.name);
        assert!(
            !model.family.is_empty() && !model.name.is_empty(),
            "{}",
            model.id
        );
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || "-.".contains(character);
        assert!(
            !model.id.is_empty() && model.id.chars().all(allowed),
            "{}",
            model.id
        );
        assert_eq!(catalogue.get(&model.id), Some(model));
    }
    assert_eq!(catalogue.get("QWEN-PLUS"), None, "ids are case-sensitive");
}

#[test]
fn token_counts_fit_into_each_other() {
    for model in bundled().models() {
        let counts = [
            model.context_tokens,
            model.max_input_tokens,
            model.max_output_tokens,
            model.max_thinking_tokens,
        ];
        assert!(
            counts.into_iter().flatten().all(|count| count > 0),
            "{}",
            model.id
        );
        if let Some(context) = model.context_tokens {
            for part in [model.max_input_tokens, model.max_output_tokens] {
                assert!(
                    part.is_none_or(|part| part <= context),
                    "{} exceeds its context",
                    model.id
                );
            }
        }
    }
}

#[test]
fn thinking_fields_agree() {
    for model in bundled().models() {
        let may_think = model.thinking != Thinking::Never;
        assert!(
            may_think || model.max_thinking_tokens.is_none(),
            "{}",
            model.id
        );
        assert!(may_think || model.efforts.is_empty(), "{}", model.id);
        assert!(may_think || !model.preserve_thinking, "{}", model.id);
        if model.id.ends_with("-thinking") {
            assert_eq!(model.thinking, Thinking::Always, "{}", model.id);
        }
    }
}

#[test]
fn every_row_names_its_source_and_a_date() {
    let is_date = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            && matches!(lengths.as_slice(), [4, 2] | [4, 2, 2])
    };
    for model in bundled().models() {
        assert!(!model.source.is_empty(), "{}", model.id);
        assert!(
            is_date(&model.source_date),
            "{}: {}",
            model.id,
            model.source_date
        );
        assert!(model.retires.as_deref().is_none_or(is_date), "{}", model.id);
        assert!(
            model.retires.is_none() || model.deprecated,
            "{} retires",
            model.id
        );
    }
}

#[test]
fn recommended_models_come_first_and_are_well_known() {
    let catalogue = bundled();
    let count = catalogue
        .models()
        .iter()
        .filter(|model| model.recommended)
        .count();
    assert!((3..=8).contains(&count), "{count} recommendations");
    for model in &catalogue.models()[..count] {
        assert!(model.recommended, "{} is not first", model.id);
        assert!(!model.deprecated, "{}", model.id);
        assert!(
            model.max_input_tokens.is_some() && model.max_output_tokens.is_some(),
            "{}",
            model.id
        );
        assert_ne!(model.thinking, Thinking::Unknown, "{}", model.id);
        assert!(
            model.native_path.is_some() && model.tools == Some(true),
            "{}",
            model.id
        );
    }
}

#[test]
fn models_that_see_are_served_on_the_multimodal_path() {
    for model in bundled().models() {
        if model.vision == Some(true) && model.native_path.is_some() {
            assert_eq!(
                model.native_path,
                Some(NativePath::Multimodal),
                "{}",
                model.id
            );
        }
    }
}
