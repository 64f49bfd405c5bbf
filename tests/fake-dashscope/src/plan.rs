//! What an answer will say, decided before its first byte leaves.
//! How it is laid out is `frames`' business, when it is sent `stream`'s.

use serde_json::Value;

use crate::answer::{self, Language};
use crate::call::{Call, text_of};
use crate::document::Document;
use crate::ordered_json::Object;
use crate::random::Random;
use crate::script::{Oddity, Script};

/// What one picture counts for in usage.
const TOKENS_PER_IMAGE: u64 = 1247;

/// What each message adds in usage beyond its words.
const TOKENS_PER_MESSAGE: u64 = 4;

/// One tool call.
#[derive(Clone, Debug)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `None` stands for null.
    pub(crate) arguments: Option<String>,
}

/// One search result.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) index: u32,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) site: String,
}

/// What an answer says.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) thinking: Vec<String>,
    pub(crate) text: Vec<String>,
    pub(crate) tools: Vec<ToolCall>,
    pub(crate) sources: Vec<Source>,
    pub(crate) finish: String,
    pub(crate) input_tokens: u64,
    pub(crate) image_tokens: Option<u64>,
}

impl Plan {
    pub(crate) fn of(call: &Call, script: &Script, server_seed: u64) -> Self {
        let language = Language::of(&call.prompt());
        let mut random = Random::new(script.seed.unwrap_or(server_seed));
        let sources = sources(call, script, language);
        let tools = tools(call, script, &mut random);
        let mut thinking = thinking(call, script, language, &mut random);
        let mut text = match (&script.text, script.markdown, script.tokens) {
            _ if !tools.is_empty() => Vec::new(),
            (Some(text), _, _) => answer::tokenised(text),
            (None, Some((kind, count)), _) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                Document::seeded(kind, count, script.seed.unwrap_or(server_seed)).tokens
            }
            (None, None, Some(count)) => answer::generated(language, count, &mut random),
            (None, None, None) => friendly(call, language, &sources),
        };
        if script.characters {
            text = text.concat().chars().map(String::from).collect();
        }
        let mut finish = if tools.is_empty() {
            "stop"
        } else {
            "tool_calls"
        };
        // A spent thinking budget ends the thought; the other two limits end the answer.
        thinking.truncate(limit(call, "thinking_budget"));
        let whole = limit(call, "max_completion_tokens");
        let for_text = limit(call, "max_tokens").min(whole.saturating_sub(thinking.len()));
        if thinking.len() > whole || text.len() > for_text {
            thinking.truncate(whole);
            text.truncate(for_text);
            finish = "length";
        }
        let images = call.parts().filter(|part| is_image(part)).count();
        let image_tokens = u64::try_from(images).unwrap_or(0) * TOKENS_PER_IMAGE;
        Self {
            thinking,
            text,
            tools,
            sources,
            finish: script.finish.clone().unwrap_or_else(|| finish.to_owned()),
            input_tokens: input_tokens(call) + image_tokens,
            image_tokens: (images > 0).then_some(image_tokens),
        }
    }
}

/// The tokens of the words that the request sends.
pub(crate) fn input_tokens(call: &Call) -> u64 {
    let contents = call.messages().iter().map(|message| message.get("content"));
    let counted: u64 = contents
        .map(|content| answer::token_count(&content.map(text_of).unwrap_or_default()))
        .map(|count| count + TOKENS_PER_MESSAGE)
        .sum();
    counted + call.legacy_prompt().map_or(0, answer::token_count)
}

/// Whether a content part is a picture, in either protocol's spelling.
pub(crate) fn is_image(part: &Value) -> bool {
    part.get("image_url").is_some() || part.get("image").is_some()
}

fn limit(call: &Call, parameter: &str) -> usize {
    let number = call.parameter(parameter).and_then(Value::as_u64);
    number
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(usize::MAX)
}

fn friendly(call: &Call, language: Language, sources: &[Source]) -> Vec<String> {
    let mut text = answer::friendly(language, &call.prompt(), call.turns(), &call.model.id);
    let result = call
        .messages()
        .last()
        .filter(|message| message.get("tool_call_id").is_some());
    if let Some(content) = result.and_then(|message| message.get("content")) {
        text = format!("{text} “{}”", text_of(content));
    }
    for source in sources {
        text = format!("{text}[{}]", source.index);
    }
    answer::tokenised(&text)
}

fn thinking(call: &Call, script: &Script, language: Language, random: &mut Random) -> Vec<String> {
    match script.thinking {
        Some(count) => answer::generated(language, count, random),
        None if call.thinks() => answer::tokenised(answer::thought(language)),
        None => Vec::new(),
    }
}

fn tools(call: &Call, script: &Script, random: &mut Random) -> Vec<ToolCall> {
    let offered = call.tool_names();
    let places = ["Paris", "杭州", "Nairobi", "São Paulo"];
    let calls = (0..script.tools).map(|number| {
        let place = usize::try_from(number).unwrap_or(0);
        let name = offered
            .iter()
            .cycle()
            .nth(place)
            .copied()
            .unwrap_or("get_weather");
        let location = places
            .iter()
            .cycle()
            .nth(place)
            .copied()
            .unwrap_or_default();
        let arguments = if script.has(Oddity::NullArguments) {
            None
        } else if script.has(Oddity::BadArguments) {
            Some(String::from(r#"{"location": "#))
        } else {
            Some(Object::new().field("location", location).finish())
        };
        ToolCall {
            id: format!("call_{:016x}", random.next()),
            name: name.to_owned(),
            arguments,
        }
    });
    calls.collect()
}

fn sources(call: &Call, script: &Script, language: Language) -> Vec<Source> {
    let options = call.parameter("search_options");
    let asked = options.and_then(|options| options.get("enable_source")?.as_bool());
    let searched = call.flag("enable_search") == Some(true) && asked == Some(true);
    if !script.sources && !searched {
        return Vec::new();
    }
    let (title, site) = match language {
        Language::English => ("A river and its bridges", "Example"),
        Language::Chinese => ("河流与古桥", "无"),
    };
    let row = |index| Source {
        index,
        title: format!("{title} {index}"),
        url: format!("https://example.com/sources/{index}"),
        site: site.to_owned(),
    };
    (1..=3).map(row).collect()
}
