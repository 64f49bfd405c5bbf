//! Calls of the store against real files, one module per topic.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions it calls"
)]

mod child;
mod crash;
mod damaged;
mod documents;
mod model;
mod newer;
mod order;
mod paths;
#[cfg(unix)]
mod private;
mod purge;
#[cfg(unix)]
mod read_only;
mod rows;
mod second_process;
mod settings;
mod turns;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use conversation::{ConversationId, MessageId, Role, Status};
use store::{Conversation, FinishedReply, LOCK_FILE, Message};
use uuid::Uuid;

fn conversation_id(number: u128) -> ConversationId {
    ConversationId::from_uuid(Uuid::from_u128(number))
}

fn message_id(number: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(number))
}

fn conversation(number: u128) -> Conversation {
    Conversation {
        id: conversation_id(number),
        title: format!("chat {number}"),
        title_is_custom: false,
        model: Some("qwen-plus".to_owned()),
        draft: String::new(),
        created_ms: 1_000,
        updated_ms: 1_000,
    }
}

fn message(number: u128, conversation: u128, parent: Option<u128>) -> Message {
    Message {
        id: message_id(number),
        conversation: conversation_id(conversation),
        parent: parent.map(message_id),
        role: Role::User,
        status: Status::Complete,
        text: format!("question {number} 千问 😀"),
        thinking: String::new(),
        model: None,
        created_ms: 2_000,
        finished_ms: Some(2_000),
        first_token_ms: None,
        thinking_ms: None,
        finish_reason: None,
        usage: None,
        request_id: None,
        connection: None,
        error: None,
    }
}

/// A reply that has just begun.
fn reply(number: u128, conversation: u128, parent: Option<u128>) -> Message {
    Message {
        role: Role::Assistant,
        status: Status::Streaming,
        text: String::new(),
        model: Some("qwen-plus".to_owned()),
        finished_ms: None,
        ..message(number, conversation, parent)
    }
}

fn finished(number: u128, status: Status) -> FinishedReply {
    FinishedReply {
        id: message_id(number),
        status,
        finished_ms: 3_000,
        first_token_ms: Some(120),
        thinking_ms: Some(40),
        finish_reason: Some("stop".to_owned()),
        usage: Some(r#"{"output_tokens":2}"#.to_owned()),
        request_id: Some("request-1".to_owned()),
        connection: None,
        error: None,
        document: None,
    }
}

/// Every file of a folder with its bytes, the lock left out because opening writes to it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .filter(|(name, _)| name != LOCK_FILE)
        .collect()
}
