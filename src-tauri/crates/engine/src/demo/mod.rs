//! "Try without a key": a scripted guide that answers through the same seam as the network.
//!
//! Nothing leaves the computer. Which passage answers is chosen by a few words of the question.

mod script;

use crate::Connection;
use crate::source::{Answer, ReplySource};
use dashscope::{ChatRequest, Error, Event, FinishReason, Part, Turn, Usage};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream;
use script::Passage;
use std::time::Duration;

/// The language of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

/// The model name a demo reply carries.
pub const MODEL: &str = "dashdesk-guide";

/// Pause between two words; about the pace of a quick model.
const WORD: Duration = Duration::from_millis(22);

/// Pause before the first word, so that waiting can be seen too.
const FIRST: Duration = Duration::from_millis(400);

/// Answers from the script.
#[derive(Debug, Clone, Copy)]
pub struct DemoSource {
    language: Language,
}

impl DemoSource {
    /// A guide that speaks `language`.
    pub fn new(language: Language) -> Self {
        Self { language }
    }
}

impl ReplySource for DemoSource {
    fn open(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, Error>> {
        let passage = script::answer(last_question(&request), self.language);
        Box::pin(async move {
            tokio::time::sleep(FIRST).await;
            let paced = stream::iter(events(&passage)).then(|event| async move {
                if matches!(event, Event::Text(_) | Event::Thinking(_)) {
                    tokio::time::sleep(WORD).await;
                }
                event
            });
            Ok(Answer {
                events: paced.boxed(),
                connection: None,
            })
        })
    }

    fn connection(&self, _error: &Error) -> Option<Connection> {
        None
    }
}

fn events(passage: &Passage) -> Vec<Event> {
    let thinking: Vec<String> = words(passage.thinking);
    let text: Vec<String> = words(passage.text);
    let written = u64::try_from(thinking.len() + text.len()).ok();
    let usage = Usage {
        output_tokens: written,
        reasoning_tokens: u64::try_from(thinking.len()).ok(),
        ..Usage::default()
    };
    let started = Event::Started {
        request_id: None,
        model: Some(MODEL.to_owned()),
    };
    std::iter::once(started)
        .chain(thinking.into_iter().map(Event::Thinking))
        .chain(text.into_iter().map(Event::Text))
        .chain([Event::Usage(usage), Event::Finished(FinishReason::Stop)])
        .collect()
}

/// Words with the space before them; two Han characters count as a word.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    for character in text.chars() {
        let ends_word =
            character.is_whitespace() || (current.chars().count() >= 2 && !character.is_ascii());
        if ends_word && !current.is_empty() {
            words.push(std::mem::take(&mut current));
        }
        current.push(character);
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}

fn last_question(request: &ChatRequest) -> &str {
    let asked = request.turns.iter().rev().find_map(|turn| match turn {
        Turn::User(parts) => parts.iter().find_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::ImageUrl(_) => None,
        }),
        Turn::System(_) | Turn::Assistant { .. } | Turn::ToolResult { .. } => None,
    });
    asked.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_nothing() {
        for text in [
            "Hello there,  world.\n\nNext",
            "你好，世界。DashDesk 很快",
            "",
            "a\n",
        ] {
            assert_eq!(words(text).concat(), text);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_passage_streams_in_both_languages_and_ends() {
        for language in [Language::Chinese, Language::English] {
            for question in ["", "key", "思考 think", "长 long"] {
                let request = ChatRequest {
                    id: None,
                    earlier_tries: 0,
                    begins_with: String::new(),
                    model: MODEL.to_owned(),
                    turns: vec![Turn::User(vec![Part::Text(question.to_owned())])],
                    parameters: dashscope::Parameters::default(),
                };
                let events: Vec<Event> = DemoSource::new(language)
                    .open(request)
                    .await
                    .unwrap()
                    .events
                    .collect()
                    .await;
                assert!(matches!(
                    events.last(),
                    Some(Event::Finished(FinishReason::Stop))
                ));
                let thinks = events
                    .iter()
                    .any(|event| matches!(event, Event::Thinking(_)));
                assert_eq!(
                    thinks,
                    question.contains("think"),
                    "only that passage thinks"
                );
                assert!(events.iter().any(|event| matches!(event, Event::Text(_))));
            }
        }
    }
}
