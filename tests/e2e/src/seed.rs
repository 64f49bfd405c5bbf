//! Conversations put into a data folder while the app does not run.

use std::path::Path;
use std::time::{Duration, Instant};

use conversation::{Role, Status};
use store::{Conversation, Document, Message, OpenError, Store};

use crate::{Error, Result};

/// The word that stands in one reply of every hundred messages.
pub const NEEDLE: &str = "quetzalcoatlus";

/// A moment in 2026, in milliseconds since 1970.
const BEGAN_MS: i64 = 1_780_000_000_000;

/// Puts a conversation of so many messages, questions and replies in turn, into a data folder.
///
/// # Errors
/// When the store does not take it.
pub async fn seed_conversation(folder: &Path, title: &str, messages: usize) -> Result<()> {
    let store = opened(folder).await?;
    let mut conversation = Conversation {
        id: id("c0", 0)?,
        title: title.to_owned(),
        title_is_custom: true,
        model: None,
        draft: String::new(),
        created_ms: BEGAN_MS,
        updated_ms: BEGAN_MS,
    };
    let mut documents = Vec::new();
    let mut parent = None;
    for turn in 0..messages / 2 {
        let place = 2 * turn;
        let question = Message {
            text: format!("Question {place}: what of it? 第{place}问。"),
            ..empty(&conversation, Role::User, place, parent)?
        };
        let reply = Message {
            text: answer(place + 1),
            model: Some("qwen-plus".to_owned()),
            ..empty(&conversation, Role::Assistant, place + 1, Some(question.id))?
        };
        conversation.updated_ms = reply.created_ms;
        store
            .begin_turn(&conversation, Some(&question), &reply)
            .map_err(refused)?;
        let blocks = markdown::parse(&reply.text);
        let document = Document {
            version: markdown::VERSION,
            shown: markdown::plain_text(&blocks),
            blocks: serde_json::to_string(&blocks)?,
        };
        documents.push((reply.id, document));
        parent = Some(reply.id);
    }
    store.save_documents(&documents).map_err(refused)
}

/// Opens a folder that an app has just left: its last threads may still hold the lock for a moment.
async fn opened(folder: &Path) -> Result<Store> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match Store::open(folder) {
            Err(OpenError::AlreadyOpen { .. }) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened.map_err(refused),
        }
    }
}

/// A reply with a little of everything; one of every fifty holds the needle.
fn answer(place: usize) -> String {
    let mut text = format!("Answer {place}: **yes**, and `number({place})` too. 第{place}答。\n\n");
    text.push_str(match place % 10 {
        1 => "- one\n- two\n- three\n",
        3 => "```rust\nfn answer() -> u32 {\n    42\n}\n```\n",
        5 => "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
        7 => "> quoted words, and $x^2$ beside them\n",
        _ => "The river carries small stones toward a quiet harbour where people read letters.\n",
    });
    if place % 100 == 51 {
        text.push_str("\nHere is the ");
        text.push_str(NEEDLE);
        text.push_str(".\n");
    }
    text
}

fn empty(
    conversation: &Conversation,
    role: Role,
    place: usize,
    parent: Option<conversation::MessageId>,
) -> Result<Message> {
    let created_ms = BEGAN_MS + i64::try_from(place).unwrap_or(0) * 1_000;
    Ok(Message {
        id: id("a0", place)?,
        conversation: conversation.id,
        parent,
        role,
        status: Status::Complete,
        text: String::new(),
        thinking: String::new(),
        model: None,
        created_ms,
        finished_ms: Some(created_ms + 500),
        first_token_ms: None,
        thinking_ms: None,
        finish_reason: None,
        usage: None,
        request_id: None,
        connection: None,
        error: None,
    })
}

/// A readable id: its kind and its number.
fn id<T: std::str::FromStr>(kind: &str, number: usize) -> Result<T> {
    format!("{kind}000000-0000-4000-8000-{number:012x}")
        .parse()
        .map_err(|_error| Error::Unexpected("no id".to_owned()))
}

fn refused(error: impl std::fmt::Debug) -> Error {
    Error::Unexpected(format!("the store refused: {error:?}"))
}
