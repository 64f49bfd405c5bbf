//! Begins turns: a new message, or another try at an answer.

use crate::copy::off_the_workers;
use crate::demo::{DemoSource, Language};
use crate::live::{Listener, Live};
use crate::reply::Reply;
use crate::source::ReplySource;
use crate::{Engine, Failure, FailureKind, ReplyEvent, context};
use conversation::{ConversationId, MessageId, Role, Status, title_from};
use std::sync::Arc;
use store::{Conversation, Message};
use uuid::Uuid;

/// The longest message a person may send, in bytes; IPC carries at most 1 MiB.
const LONGEST_MESSAGE: usize = 512 * 1024;

/// Who answers.
#[derive(Debug, Clone)]
pub enum Answerer {
    /// The endpoint of this account.
    Account(String),
    /// The scripted guide; nothing leaves the computer.
    Demo(Language),
}

/// A message to send.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// The conversation; `None` begins one.
    pub conversation: Option<ConversationId>,
    /// The message this one follows; `None` begins a conversation.
    pub after: Option<MessageId>,
    /// What the user wrote.
    pub text: String,
    /// The model to ask.
    pub model: String,
    /// Whether to think, where the model lets one choose.
    pub thinking: Option<bool>,
    /// Who answers.
    pub answerer: Answerer,
}

/// Another try at an answer.
#[derive(Debug, Clone)]
pub struct RetriedReply {
    /// The answer to try again; it is kept beside the new one.
    pub reply: MessageId,
    /// Another model; `None` asks the same again.
    pub model: Option<String>,
    /// Go on where it was cut, instead of beginning anew.
    pub resume: bool,
    /// Who answers.
    pub answerer: Answerer,
}

/// A turn whose rows are on disk and whose reply runs.
#[derive(Debug, Clone)]
pub struct StartedTurn {
    /// The conversation as stored.
    pub conversation: Conversation,
    /// The user's message; `None` when an answer was tried again.
    pub user: Option<Message>,
    /// The reply's row, streaming.
    pub reply: Message,
}

impl Engine {
    /// Commits the user's message, then starts its reply.
    ///
    /// Returns as soon as both rows are on disk; everything later comes to `listener`, which must
    /// not block.
    ///
    /// # Errors
    /// When the text is empty or too long, a row cannot be written, or the account's key cannot be
    /// read. Nothing was sent then, and nothing was stored unless the store itself failed midway.
    pub async fn send(
        &self,
        turn: NewTurn,
        listener: impl Fn(ReplyEvent) + Send + Sync + 'static,
    ) -> Result<StartedTurn, Failure> {
        if turn.text.trim().is_empty() {
            return Err(FailureKind::InvalidInput.into());
        }
        if turn.text.len() > LONGEST_MESSAGE {
            return Err(Failure::new(FailureKind::InputTooLong).with_limit(LONGEST_MESSAGE));
        }
        let source = self.source(&turn.answerer).await?;
        let now = self.now_ms();
        let conversation = self.conversation_for(&turn, now).await?;
        let user = Message {
            status: Status::Complete,
            text: turn.text.clone(),
            finished_ms: Some(now),
            ..message(&conversation, turn.after, Role::User, now)
        };
        let reply = Message {
            model: Some(turn.model.clone()),
            ..message(&conversation, Some(user.id), Role::Assistant, now)
        };
        self.begin(
            conversation,
            Some(user),
            reply,
            turn.thinking,
            source,
            Box::new(listener),
        )
        .await
    }

    /// Starts another reply to the same message; the old one stays as a branch.
    ///
    /// # Errors
    /// When the reply is unknown or still running, has nothing to go on from where that is asked,
    /// or as [`Engine::send`].
    pub async fn retry(
        &self,
        retried: RetriedReply,
        listener: impl Fn(ReplyEvent) + Send + Sync + 'static,
    ) -> Result<StartedTurn, Failure> {
        if self.inner.running.contains(retried.reply) {
            return Err(FailureKind::StillReplying.into());
        }
        let source = self.source(&retried.answerer).await?;
        let old = self
            .with_store(move |store| store.message(retried.reply))
            .await?;
        let was_cut = matches!(old.status, Status::Interrupted | Status::Stopped);
        let resumable = was_cut && !old.text.trim().is_empty();
        if old.role != Role::Assistant || (retried.resume && !resumable) {
            return Err(FailureKind::InvalidInput.into());
        }
        let id = old.conversation;
        let conversation = self.with_store(move |store| store.conversation(id)).await?;
        let model = retried.model.or(old.model);
        let now = self.now_ms();
        let mut reply = Message {
            model,
            ..message(&conversation, old.parent, Role::Assistant, now)
        };
        // A model that goes on from a beginning does not think (protocol: partial mode).
        let thinking = retried.resume.then_some(false);
        if retried.resume {
            reply.text = old.text;
            reply.thinking = old.thinking;
        }
        self.begin(
            conversation,
            None,
            reply,
            thinking,
            source,
            Box::new(listener),
        )
        .await
    }

    /// Tells another listener about a running reply from now on, beginning with a snapshot of
    /// what it shows; `false` when it does not run.
    ///
    /// # Errors
    /// [`FailureKind::Internal`] when the runtime is shutting down.
    pub async fn attach(
        &self,
        reply: MessageId,
        listener: impl Fn(ReplyEvent) + Send + Sync + 'static,
    ) -> Result<bool, Failure> {
        let Some(live) = self.inner.running.live(reply) else {
            return Ok(false);
        };
        off_the_workers(move || live.attach(Box::new(listener))).await
    }

    /// Asks a reply to stop; `false` when it does not run. Its text is kept.
    pub fn stop(&self, reply: MessageId) -> bool {
        self.inner.running.stop(reply)
    }

    /// Has a reply that waits before another try make it now; `false` when it does not run.
    pub fn try_now(&self, reply: MessageId) -> bool {
        self.inner.running.hurry(reply)
    }

    /// Asks every reply of one conversation to stop.
    pub fn stop_in(&self, conversation: ConversationId) {
        self.inner.running.stop_in(conversation);
    }

    /// Whether a reply of this conversation runs.
    pub fn is_replying_in(&self, conversation: ConversationId) -> bool {
        self.inner.running.runs_in(conversation)
    }

    /// Stops every reply and returns when all are stored; for the end of the program.
    pub async fn stop_all(&self) {
        self.inner.running.stop_all();
        self.inner.running.idle().await;
    }

    async fn begin(
        &self,
        conversation: Conversation,
        user: Option<Message>,
        reply: Message,
        thinking: Option<bool>,
        source: Arc<dyn ReplySource>,
        listener: Listener,
    ) -> Result<StartedTurn, Failure> {
        let live = Live::new(listener);
        let running = self.inner.running.start(conversation.id, reply.id, live);
        let started = StartedTurn {
            conversation,
            user,
            reply,
        };
        let rows = started.clone();
        let mut request = self
            .with_store(move |store| {
                store.begin_turn(&rows.conversation, rows.user.as_ref(), &rows.reply)?;
                let asked = rows.reply.parent.ok_or(store::Error::NotFound)?;
                let model = rows.reply.model.as_deref().unwrap_or_default();
                let begins_with = rows.reply.text.clone();
                context::request(store, asked, model, thinking, begins_with)
            })
            .await?;
        request.id = Some(started.reply.id.to_string());
        let reply = Reply {
            id: started.reply.id,
            thought: started.reply.thinking.clone(),
            request,
            source,
            store: self.inner.store.clone(),
            clock: Arc::clone(&self.inner.clock),
            jitter: Arc::clone(&self.inner.jitter),
            budget: Arc::clone(&self.inner.budget),
            slots: self.inner.running.slots(),
            running,
        };
        tokio::spawn(reply.run());
        Ok(started)
    }

    async fn source(&self, answerer: &Answerer) -> Result<Arc<dyn ReplySource>, Failure> {
        match answerer {
            Answerer::Account(account) => Ok(Arc::new(self.source_of_account(account).await?)),
            Answerer::Demo(language) => Ok(Arc::new(DemoSource::new(*language))),
        }
    }

    async fn conversation_for(&self, turn: &NewTurn, now: i64) -> Result<Conversation, Failure> {
        let model = Some(turn.model.clone());
        if let Some(id) = turn.conversation {
            let stored = self.with_store(move |store| store.conversation(id)).await?;
            return Ok(Conversation {
                model,
                updated_ms: now,
                ..stored
            });
        }
        Ok(Conversation {
            id: ConversationId::from_uuid(Uuid::now_v7()),
            title: title_from(&turn.text),
            title_is_custom: false,
            model,
            draft: String::new(),
            created_ms: now,
            updated_ms: now,
        })
    }
}

fn message(
    conversation: &Conversation,
    parent: Option<MessageId>,
    role: Role,
    now: i64,
) -> Message {
    Message {
        id: MessageId::from_uuid(Uuid::now_v7()),
        conversation: conversation.id,
        parent,
        role,
        status: Status::Streaming,
        text: String::new(),
        thinking: String::new(),
        model: None,
        created_ms: now,
        finished_ms: None,
        first_token_ms: None,
        thinking_ms: None,
        finish_reason: None,
        usage: None,
        request_id: None,
        connection: None,
        error: None,
    }
}
