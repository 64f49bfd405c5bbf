//! Any sequence of calls and restarts leaves what a plain list would hold.

use conversation::{Role, Status};
use proptest::prelude::*;
use proptest::sample::Index;
use store::{Conversation, Delta, DeltaKind, Error, Message, Store};

use crate::{conversation, conversation_id, finished, message, message_id, reply};

/// Chats are numbered 0 to 3; indexes choose among what is there.
#[derive(Clone, Debug)]
enum Call {
    Begin {
        chat: u128,
        parent: Option<Index>,
        with_question: bool,
    },
    Append {
        reply: Index,
        pieces: Vec<(DeltaKind, String)>,
    },
    Finish {
        reply: Index,
        status: Status,
    },
    Change {
        chat: u128,
        change: Change,
    },
    Purge,
    Restart,
}

#[derive(Clone, Debug)]
enum Change {
    Rename(String),
    Draft(String),
    Delete,
    Restore,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let chat = 0_u128..4;
    let kind = prop_oneof![Just(DeltaKind::Text), Just(DeltaKind::Thinking)];
    let pieces = prop::collection::vec((kind, any::<String>()), 0..4);
    let end = [
        Status::Complete,
        Status::Stopped,
        Status::Interrupted,
        Status::Failed,
    ];
    let change = prop_oneof![
        any::<String>().prop_map(Change::Rename),
        any::<String>().prop_map(Change::Draft),
        Just(Change::Delete),
        Just(Change::Restore),
    ];
    let call = prop_oneof![
        6 => (chat.clone(), prop::option::of(any::<Index>()), any::<bool>()).prop_map(
            |(chat, parent, with_question)| Call::Begin { chat, parent, with_question }
        ),
        10 => (any::<Index>(), pieces).prop_map(|(reply, pieces)| Call::Append { reply, pieces }),
        5 => (any::<Index>(), prop::sample::select(end.to_vec()))
            .prop_map(|(reply, status)| Call::Finish { reply, status }),
        4 => (chat, change).prop_map(|(chat, change)| Call::Change { chat, change }),
        1 => Just(Call::Purge),
        2 => Just(Call::Restart),
    ];
    prop::collection::vec(call, 0..40)
}

#[derive(Default)]
struct Model {
    /// Oldest activity first, with whether it is deleted.
    chats: Vec<(Conversation, bool)>,
    messages: Vec<Message>,
    next: u128,
}

impl Model {
    fn chat(&mut self, number: u128) -> Option<&mut (Conversation, bool)> {
        self.chats
            .iter_mut()
            .find(|(chat, _)| chat.id == conversation_id(number))
    }

    fn move_up(&mut self, number: u128) {
        self.chats
            .sort_by_key(|(chat, _)| chat.id == conversation_id(number));
    }

    fn streaming(&mut self, index: Index) -> Option<&mut Message> {
        let mut open: Vec<&mut Message> = self
            .messages
            .iter_mut()
            .filter(|message| !message.status.is_final())
            .collect();
        (!open.is_empty()).then(|| open.swap_remove(index.index(open.len())))
    }

    fn fresh(&mut self) -> u128 {
        self.next += 1;
        self.next
    }
}

struct Run {
    folder: tempfile::TempDir,
    store: Option<Store>,
    model: Model,
    next_seq: u32,
}

impl Run {
    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn apply(&mut self, call: &Call) {
        match call {
            Call::Begin {
                chat,
                parent,
                with_question,
            } => {
                self.begin(*chat, *parent, *with_question);
            }
            Call::Append { reply, pieces } => self.append(*reply, pieces),
            Call::Finish { reply, status } => self.finish(*reply, *status),
            Call::Purge => {
                let gone: Vec<_> = self
                    .model
                    .chats
                    .iter()
                    .filter(|(_, gone)| *gone)
                    .map(|(c, _)| c.id)
                    .collect();
                assert_eq!(self.store().purge_deleted(10), Ok(gone.len()));
                self.model.chats.retain(|(_, is_gone)| !is_gone);
                self.model
                    .messages
                    .retain(|message| !gone.contains(&message.conversation));
            }
            Call::Restart => self.restart(),
            Call::Change { chat, change } => self.change(*chat, change),
        }
    }

    fn change(&mut self, number: u128, change: &Change) {
        let id = conversation_id(number);
        let result = match change {
            Change::Rename(title) => self.store().rename_conversation(id, title, 9),
            Change::Draft(draft) => self.store().save_draft(id, draft),
            Change::Delete => self.store().delete_conversation(id, 5),
            Change::Restore => self.store().restore_conversation(id),
        };
        let Some((chat, is_deleted)) = self.model.chat(number) else {
            assert_eq!(result, Err(Error::NotFound), "{change:?}");
            return;
        };
        let mut expected = Ok(());
        match change {
            Change::Rename(title) => {
                chat.title.clone_from(title);
                chat.title_is_custom = true;
                chat.updated_ms = 9;
                self.model.move_up(number);
            }
            Change::Draft(draft) => chat.draft.clone_from(draft),
            Change::Delete if *is_deleted => expected = Err(Error::NotFound),
            Change::Delete => *is_deleted = true,
            Change::Restore => *is_deleted = false,
        }
        assert_eq!(result, expected, "{change:?}");
    }

    fn begin(&mut self, chat: u128, parent: Option<Index>, with_question: bool) {
        let row = conversation(chat);
        let inside: Vec<_> = self
            .model
            .messages
            .iter()
            .filter(|m| m.conversation == row.id)
            .map(|m| m.id)
            .collect();
        let parent = parent
            .filter(|_| !inside.is_empty())
            .map(|index| *index.get(&inside));
        let question = with_question.then(|| {
            let number = self.model.fresh();
            Message {
                parent,
                ..message(number, chat, None)
            }
        });
        let number = self.model.fresh();
        let parent = question.as_ref().map(|question| question.id).or(parent);
        let answer = Message {
            parent,
            role: Role::Assistant,
            ..reply(number, chat, None)
        };
        self.store()
            .begin_turn(&row, question.as_ref(), &answer)
            .unwrap();
        match self.model.chat(chat) {
            Some((known, is_deleted)) => {
                known.updated_ms = row.updated_ms;
                *is_deleted = false;
            }
            None => self.model.chats.push((row, false)),
        }
        self.model.move_up(chat);
        self.model
            .messages
            .extend(question.into_iter().chain([answer]));
    }

    fn append(&mut self, index: Index, pieces: &[(DeltaKind, String)]) {
        let Some(reply) = self.model.streaming(index) else {
            return;
        };
        let mut deltas = Vec::new();
        for (kind, text) in pieces {
            let (seq, text) = (self.next_seq, text.clone());
            self.next_seq += 1;
            match kind {
                DeltaKind::Text => reply.text.push_str(&text),
                DeltaKind::Thinking => reply.thinking.push_str(&text),
            }
            deltas.push(Delta {
                message: reply.id,
                seq,
                kind: *kind,
                text,
            });
        }
        self.store().append_deltas(&deltas).unwrap();
    }

    fn finish(&mut self, index: Index, status: Status) {
        let Some(reply) = self.model.streaming(index) else {
            return;
        };
        let end = finished(0, status);
        reply.status = status;
        reply.finished_ms = Some(end.finished_ms);
        reply.first_token_ms = end.first_token_ms;
        reply.thinking_ms = end.thinking_ms;
        reply.finish_reason.clone_from(&end.finish_reason);
        reply.usage.clone_from(&end.usage);
        reply.request_id.clone_from(&end.request_id);
        let end = store::FinishedReply {
            id: reply.id,
            ..end
        };
        self.store().finish_reply(&end).unwrap();
    }

    fn restart(&mut self) {
        self.store = None;
        self.store = Some(Store::open(self.folder.path()).unwrap());
        let mut recovered = Vec::new();
        for message in self
            .model
            .messages
            .iter_mut()
            .filter(|m| !m.status.is_final())
        {
            message.status = Status::Interrupted;
            recovered.push(message.id);
        }
        assert_eq!(self.store().recovered(), recovered);
    }

    fn assert_same(&self) {
        let shown = self
            .model
            .chats
            .iter()
            .rev()
            .filter(|(_, is_deleted)| !is_deleted);
        let expected: Vec<Conversation> = shown.map(|(chat, _)| chat.clone()).collect();
        assert_eq!(self.store().conversations().unwrap(), expected);
        for number in 0..4 {
            let id = conversation_id(number);
            let inside = self
                .model
                .messages
                .iter()
                .filter(|message| message.conversation == id);
            let expected: Vec<Message> = inside.cloned().collect();
            assert_eq!(self.store().messages(id).unwrap(), expected);
        }
        for message in &self.model.messages {
            assert_eq!(self.store().message(message.id).as_ref(), Ok(message));
        }
        assert_eq!(
            self.store().message(message_id(u128::MAX)),
            Err(Error::NotFound)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_sequence_of_calls_and_restarts_equals_a_list(calls in calls()) {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(Store::open(folder.path()).unwrap());
        let mut run = Run { folder, store, model: Model::default(), next_seq: 0 };
        for call in &calls {
            run.apply(call);
            run.assert_same();
        }
        run.restart();
        run.assert_same();
    }
}
