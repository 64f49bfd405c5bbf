//! The words of the guide.

use super::Language;

/// One answer.
pub(super) struct Passage {
    pub(super) thinking: &'static str,
    pub(super) text: &'static str,
}

/// What a question is about.
#[derive(Clone, Copy)]
enum Topic {
    Welcome,
    Key,
    Thinking,
    Long,
}

/// Words that name a topic, in both languages; the first topic with a match answers.
const TOPICS: [(Topic, &[&str]); 3] = [
    (Topic::Thinking, &["think", "reason", "思考", "推理", "想"]),
    (Topic::Long, &["long", "story", "stop", "长", "故事", "停"]),
    (
        Topic::Key,
        &["key", "account", "price", "密钥", "百炼", "开通", "费"],
    ),
];

/// The passage for a question.
pub(super) fn answer(question: &str, language: Language) -> Passage {
    let question = question.to_lowercase();
    let topic = TOPICS
        .into_iter()
        .find(|(_, words)| words.iter().any(|word| question.contains(word)))
        .map_or(Topic::Welcome, |(topic, _)| topic);
    let (thinking, text) = match (topic, language) {
        (Topic::Welcome, Language::Chinese) => ("", include_str!("zh/welcome.txt")),
        (Topic::Welcome, Language::English) => ("", include_str!("en/welcome.txt")),
        (Topic::Key, Language::Chinese) => ("", include_str!("zh/key.txt")),
        (Topic::Key, Language::English) => ("", include_str!("en/key.txt")),
        (Topic::Thinking, Language::Chinese) => (
            include_str!("zh/thinking.txt"),
            include_str!("zh/thought.txt"),
        ),
        (Topic::Thinking, Language::English) => (
            include_str!("en/thinking.txt"),
            include_str!("en/thought.txt"),
        ),
        (Topic::Long, Language::Chinese) => ("", include_str!("zh/long.txt")),
        (Topic::Long, Language::English) => ("", include_str!("en/long.txt")),
    };
    Passage {
        thinking: thinking.trim_end(),
        text: text.trim_end(),
    }
}
