//! The words of an answer: a friendly reply to the prompt, or seeded words of a wanted length.
//! Pace and framing are `stream`'s business.

use crate::random::Random;

const ENGLISH: &[&str] = &[
    "the", "river", "carries", "small", "stones", "toward", "a", "quiet", "harbour", "where",
    "people", "read", "letters", "under", "warm", "lamps", "and", "count", "ships", "until",
    "morning", "brings", "fresh", "bread", "with", "honey", "from", "distant", "green", "hills",
];

const CHINESE: &[&str] = &[
    "清晨",
    "的",
    "河水",
    "流过",
    "古老",
    "石桥",
    "，",
    "孩子们",
    "在",
    "树下",
    "读书",
    "远处",
    "山上",
    "有",
    "一座",
    "小",
    "茶馆",
    "客人",
    "慢慢",
    "喝茶",
    "，",
    "听",
    "风",
    "吹",
    "竹林",
    "灯光",
    "温暖",
    "而",
    "安静",
    "星星",
];

/// Words end a sentence about this often, and a paragraph every fifth sentence.
const SENTENCE: u64 = 12;

/// The language an answer is given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    /// Chinese as soon as the prompt holds one Chinese character.
    pub(crate) fn of(prompt: &str) -> Self {
        let chinese = prompt
            .chars()
            .any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
        if chinese {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

/// `count` seeded tokens that read as paragraphs.
pub(crate) fn generated(language: Language, count: u32, random: &mut Random) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut place = 0;
    let mut sentences = 0;
    for _ in 0..count {
        let ends = place > 4 && random.below(SENTENCE) == 0;
        let token = word(language, place == 0, random);
        place = if ends { 0 } else { place + 1 };
        sentences += u32::from(ends);
        let stop = match (language, ends, sentences % 5) {
            (_, false, _) => "",
            (Language::English, true, 0) => ".\n\n",
            (Language::English, true, _) => ". ",
            (Language::Chinese, true, 0) => "。\n\n",
            (Language::Chinese, true, _) => "。",
        };
        tokens.push(format!("{token}{stop}"));
    }
    tokens
}

fn word(language: Language, first: bool, random: &mut Random) -> String {
    match language {
        Language::Chinese => random.pick(CHINESE).to_owned(),
        Language::English if first => {
            let mut letters = random.pick(ENGLISH).chars();
            letters
                .next()
                .map(|letter| letter.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect()
        }
        Language::English => format!(" {}", random.pick(ENGLISH)),
    }
}

/// A friendly reply that repeats the prompt, so that a test sees what was sent.
pub(crate) fn friendly(language: Language, prompt: &str, turn: usize, model: &str) -> String {
    let prompt: String = prompt.chars().take(200).collect();
    match language {
        Language::Chinese => format!(
            "你好！我是本机上的测试服务器，扮演模型 {model}。这是第 {turn} 轮对话，你刚才说的是：“{prompt}”。\
             我不会思考，也不会把任何内容发到网络上，但我会像真正的服务一样，一个词一个词地回答你。"
        ),
        Language::English => format!(
            "Hello! I am the test server on this computer, playing the model {model}. This is turn {turn}, \
             and you said: “{prompt}”. I cannot think and I send nothing to any network, but I answer word by \
             word, as the real service does."
        ),
    }
}

/// A short thought before a friendly reply.
pub(crate) fn thought(language: Language) -> &'static str {
    match language {
        Language::Chinese => "用户发来了一条消息。我先看清楚问的是什么，再用同样的语言友好地回答。",
        Language::English => {
            "The user sent a message. I read it carefully, then answer kindly in the same language."
        }
    }
}

/// Cuts text into pieces the size of tokens: English words with the space before them, one or two
/// Chinese characters. The pieces joined are the text.
pub(crate) fn tokenised(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut wide = 0;
    for character in text.chars() {
        let is_wide = !character.is_ascii();
        let joins = if is_wide {
            wide == 1
        } else {
            wide == 0 && !character.is_whitespace()
        };
        match tokens.last_mut() {
            Some(token) if joins => token.push(character),
            _ => tokens.push(String::from(character)),
        }
        wide = match (is_wide, joins) {
            (false, _) => 0,
            (true, true) => 2,
            (true, false) => 1,
        };
    }
    tokens
}

/// A rough count of the tokens of a text, the way usage numbers need it.
pub(crate) fn token_count(text: &str) -> u64 {
    u64::try_from(tokenised(text).len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_joined_are_the_text() {
        for text in [
            "",
            "Hello there, world.\n\nNext  one",
            "你好，我是 assistant 👋。",
            " a",
        ] {
            assert_eq!(tokenised(text).concat(), text);
        }
        assert_eq!(tokenised("Hello there."), ["Hello", " there."]);
        assert_eq!(tokenised("你好，我"), ["你好", "，我"]);
    }

    #[test]
    fn generated_words_have_the_wanted_count_and_repeat_by_seed() {
        for language in [Language::English, Language::Chinese] {
            let first = generated(language, 500, &mut Random::new(7));
            let same = generated(language, 500, &mut Random::new(7));
            let other = generated(language, 500, &mut Random::new(8));
            assert_eq!(first.len(), 500);
            assert_eq!(first, same);
            assert_ne!(first, other);
            assert!(first.concat().contains("\n\n"));
        }
    }
}
