use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::{KeyProblem, KeyShape, normalise};

const KEY: &str = "sk-0123456789abcdef0123456789ab1a2b";

/// What a key, `{}`, may come with.
const AROUND: &[&str] = &[
    "{}",
    "  {}  ",
    "\t{}\n",
    "\r\n{}\r\n",
    "\"{}\"",
    "'{}'",
    "`{}`",
    "“{}”",
    "\"{}",
    "{}'",
    "<{}>",
    "({})",
    "{};",
    "{},",
    "{}。",
    "Bearer {}",
    "bearer   {}",
    "BEARER {}",
    "Authorization: Bearer {}",
    "authorization:{}",
    "\"Authorization\": \"Bearer {}\",",
    "DASHSCOPE_API_KEY={}",
    "DASHSCOPE_API_KEY = {}",
    "DASHSCOPE_API_KEY=\"{}\"",
    "export DASHSCOPE_API_KEY={}",
    "export DASHSCOPE_API_KEY='{}';",
    "set DASHSCOPE_API_KEY={}",
    "$env:DASHSCOPE_API_KEY = \"{}\"",
    "\"api_key\": \"{}\"",
    "{ \"api_key\" : \"{}\" }",
    "{\"apiKey\":\"{}\"}",
    "api_key: {}",
    "x-api-key: {}",
    "API Key: {}",
    "API-KEY：{}",
    "\u{feff}{}",
    "{}\u{feff}",
    "\u{200b}{}\u{200d}",
    "\u{2060}{}\u{ad}",
    "\u{202a}{}\u{202c}",
    "\u{a0}{}\u{3000}",
    "\u{0}{}\u{7f}",
    "\u{e0041}{}",
    "\u{feff}export A_KEY=\u{200b}\"{}\"\n",
];

#[test]
fn k_10_what_comes_along_with_a_key_is_taken_off() {
    for around in AROUND {
        let input = around.replace("{}", KEY);
        let normalised =
            normalise(&input).unwrap_or_else(|problem| panic!("{around:?}: {problem}"));
        assert_eq!(normalised.secret.expose_secret(), KEY, "{around:?}");
        assert_eq!(normalised.hint, "sk-••••1a2b", "{around:?}");
        assert_eq!(normalised.shape, KeyShape::Standard, "{around:?}");
    }
}

#[test]
fn line_of_a_program_is_refused() {
    for line in [
        "client = OpenAI(api_key=os.getenv(\"DASHSCOPE_API_KEY\"))",
        "curl -H \"Authorization: Bearer $DASHSCOPE_API_KEY\"",
    ] {
        assert_eq!(
            normalise(line).map(drop),
            Err(KeyProblem::ContainsSpaces),
            "{line}"
        );
    }
}

#[test]
fn k_10_line_breaks_and_invisible_characters_inside_are_taken_out() {
    for input in [
        "sk-0123456789abcdef\n0123456789ab1a2b",
        "sk-0123456789abcdef\r\n    0123456789ab1a2b",
        "sk-0123456789abcdef  \n0123456789ab1a2b\n",
        "sk-0123\u{200b}456789abcdef\u{feff}0123456789\u{ad}ab1a2b",
        "sk-\u{2028}0123456789abcdef0123456789ab1a2b",
    ] {
        let normalised = normalise(input).expect("a key");
        assert_eq!(normalised.secret.expose_secret(), KEY, "{input:?}");
    }
}

#[test]
fn k_10_what_is_no_key_is_refused_with_the_reason() {
    for (input, problem) in [
        ("", KeyProblem::Empty),
        (" \n\t ", KeyProblem::Empty),
        ("\u{200b}\u{feff}", KeyProblem::Empty),
        ("\"\"", KeyProblem::Empty),
        ("Bearer", KeyProblem::Empty),
        ("Bearer ", KeyProblem::Empty),
        ("DASHSCOPE_API_KEY=", KeyProblem::Empty),
        ("export DASHSCOPE_API_KEY=\"\"", KeyProblem::Empty),
        (
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            KeyProblem::LooksLikeUrl,
        ),
        ("HTTP://localhost:11434", KeyProblem::LooksLikeUrl),
        (
            "\"https://bailian.console.aliyun.com/?apiKey=1\"",
            KeyProblem::LooksLikeUrl,
        ),
        ("dashscope-intl.aliyuncs.com", KeyProblem::LooksLikeUrl),
        ("dashscope.aliyuncs.com/api/v1", KeyProblem::LooksLikeUrl),
        ("www.example.com", KeyProblem::LooksLikeUrl),
        ("my key is secret", KeyProblem::ContainsSpaces),
        (
            "sk-0123456789abcdef sk-0123456789abcdef",
            KeyProblem::ContainsSpaces,
        ),
        ("sk-0123456789\u{3000}abcdef", KeyProblem::ContainsSpaces),
        ("我的密钥", KeyProblem::NotAscii),
        ("ｓｋ－0123456789abcdef", KeyProblem::NotAscii),
        ("sk-0123456789abcdef…", KeyProblem::NotAscii),
        ("sk-••••1a2b", KeyProblem::NotAscii),
        ("sk-", KeyProblem::TooShort),
        ("sk-abc", KeyProblem::TooShort),
        ("sk-sp-abc", KeyProblem::TooShort),
        ("st-a", KeyProblem::TooShort),
        ("abc", KeyProblem::TooShort),
    ] {
        assert_eq!(normalise(input).map(drop), Err(problem), "{input:?}");
    }
}

#[test]
fn k_10_length_has_a_limit() {
    for (characters, fits) in [
        (800, true),
        (801, false),
        (1_000, false),
        (3_000, false),
        (70_000, false),
    ] {
        let input = format!("sk-{}", "a".repeat(characters - 3));
        let expected = if fits {
            Ok(())
        } else {
            Err(KeyProblem::TooLong { characters })
        };
        assert_eq!(
            normalise(&input).map(drop),
            expected,
            "{characters} characters"
        );
        assert_eq!(normalise(&format!(" '{input}' ")).is_ok(), fits);
    }
}

#[test]
fn k_10_prefix_names_the_shape() {
    for (input, shape, hint) in [
        ("sk-0123456789abcdef", KeyShape::Standard, "sk-••••cdef"),
        (
            "sk-ws-H.0123456789abcdef",
            KeyShape::Standard,
            "sk-••••cdef",
        ),
        (
            "sk-sp-0123456789abcdef",
            KeyShape::CodingPlan,
            "sk-sp-••••cdef",
        ),
        ("st-0123456789abcdef", KeyShape::Temporary, "st-••••cdef"),
        ("0123456789abcdef", KeyShape::Other, "••••cdef"),
        ("SK-0123456789abcdef", KeyShape::Other, "••••cdef"),
    ] {
        let normalised = normalise(input).expect("a key");
        assert_eq!(
            (normalised.shape, normalised.hint.as_str()),
            (shape, hint),
            "{input}"
        );
        assert_eq!(normalised.secret.expose_secret(), input);
    }
}

#[test]
fn short_key_shows_nothing_of_itself() {
    for (input, hint) in [
        ("sk-1234", "sk-••••"),
        ("sk-sp-1234", "sk-sp-••••"),
        ("EMPTY", "••••"),
        ("lm-studio", "••••"),
        ("sk-0123456789a", "sk-••••"),
        ("sk-0123456789ab", "sk-••••89ab"),
    ] {
        assert_eq!(normalise(input).expect("a key").hint, hint);
    }
}

#[test]
fn key_is_not_printed() {
    let normalised = normalise(KEY).expect("a key");
    let text = format!("{normalised:?} {normalised:#?}");
    assert!(!text.contains("0123456789"), "{text}");
}

proptest! {
    #[test]
    fn normalising_again_changes_nothing(input in "\\PC{0,60}") {
        if let Ok(once) = normalise(&input) {
            let again = normalise(once.secret.expose_secret()).expect("a key stays a key");
            prop_assert_eq!(again.secret.expose_secret(), once.secret.expose_secret());
            prop_assert_eq!(again.hint, once.hint);
        }
    }

    #[test]
    fn result_can_be_sent_and_the_hint_shown(input in "(sk-|st-|sk-sp-|)[!-~ \\n\u{200b}]{0,40}") {
        if let Ok(key) = normalise(&input) {
            let secret = key.secret.expose_secret();
            prop_assert!(secret.bytes().all(|byte| byte.is_ascii_graphic()));
            let tail = key.hint.split('•').next_back().unwrap_or_default();
            prop_assert!(tail.len() <= 4);
            prop_assert!(secret.ends_with(tail));
        }
    }

    #[test]
    fn no_input_panics(input in any::<String>()) {
        drop(normalise(&input));
    }
}
