//! Sending, trying again, stopping.

use crate::commands::app::{remember_conversation, state};
use crate::desk::{Desk, system_language};
use crate::error::{CommandError, ErrorKind};
use crate::view::{
    Language, LanguageSetting, ReplyEvent, RetryReply, SendMessage, StartedTurn, id, model_id,
    optional_id,
};
use engine::{Answerer, Engine, NewTurn, RetriedReply, demo};
use tauri::State;
use tauri::ipc::Channel;

/// Stores the message, then asks for the reply; the reply comes over the channel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn message_send(
    desk: State<'_, Desk>,
    message: SendMessage,
    on_event: Channel<ReplyEvent>,
) -> Result<StartedTurn, CommandError> {
    let engine = desk.engine()?;
    let turn = NewTurn {
        conversation: optional_id(message.conversation.as_deref())?,
        after: optional_id(message.after.as_deref())?,
        text: message.text,
        model: model_id(message.model)?,
        thinking: message.thinking,
        answerer: answerer(&desk).await?,
    };
    let started = engine.send(turn, forward(on_event)).await?;
    view(&engine, started).await
}

/// Asks for another version of a reply.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reply_retry(
    desk: State<'_, Desk>,
    retry: RetryReply,
    on_event: Channel<ReplyEvent>,
) -> Result<StartedTurn, CommandError> {
    let engine = desk.engine()?;
    let answerer = answerer(&desk).await?;
    let retried = RetriedReply {
        reply: id(&retry.reply)?,
        model: retry.model.map(model_id).transpose()?,
        resume: retry.resume,
        answerer,
    };
    let started = engine.retry(retried, forward(on_event)).await?;
    view(&engine, started).await
}

/// Listens to a running reply from now on, in place of whoever did before; `false` when it does
/// not run. A snapshot comes first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reply_attach(
    desk: State<'_, Desk>,
    reply: String,
    on_event: Channel<ReplyEvent>,
) -> Result<bool, CommandError> {
    let reply = id(&reply)?;
    Ok(desk.engine()?.attach(reply, forward(on_event)).await?)
}

/// Stops a reply; its text is kept. A reply that has ended stays as it is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reply_stop(desk: State<'_, Desk>, reply: String) -> Result<(), CommandError> {
    desk.engine()?.stop(id(&reply)?);
    Ok(())
}

/// Makes the request that a reply waits to make again; nothing happens where none waits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reply_try_now(
    desk: State<'_, Desk>,
    reply: String,
) -> Result<(), CommandError> {
    desk.engine()?.try_now(id(&reply)?);
    Ok(())
}

/// One line over the channel; a reply outlives a page that left.
fn forward(channel: Channel<ReplyEvent>) -> impl Fn(engine::ReplyEvent) + Send + Sync {
    move |event| {
        if channel.send(event.into()).is_err() {
            tracing::debug!("the page left while a reply was running");
        }
    }
}

async fn answerer(desk: &Desk) -> Result<Answerer, CommandError> {
    let state = state(desk).await?;
    if state.demo {
        let chinese = match state.settings.language {
            LanguageSetting::System => system_language() == Language::ZhCn,
            LanguageSetting::ZhCn => true,
            LanguageSetting::En => false,
        };
        let language = if chinese {
            demo::Language::Chinese
        } else {
            demo::Language::English
        };
        return Ok(Answerer::Demo(language));
    }
    state
        .active
        .map(Answerer::Account)
        .ok_or(ErrorKind::NoAccount.into())
}

async fn view(engine: &Engine, started: engine::StartedTurn) -> Result<StartedTurn, CommandError> {
    let conversation = started.conversation.id;
    remember_conversation(engine, &conversation.to_string()).await;
    let asked = started.user.as_ref().map(|user| user.parent);
    let parent = started.reply.parent;
    let (users, replies) = engine
        .with_store(move |store| {
            let users = asked
                .map(|after| store.children(conversation, after))
                .transpose()?;
            Ok((
                users.unwrap_or_default(),
                store.children(conversation, parent)?,
            ))
        })
        .await?;
    Ok(StartedTurn::new(started, &users, &replies))
}
