//! The replies that run now, and the handles to stop them.

use crate::live::Live;
use conversation::{ConversationId, MessageId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

/// How many replies may stream at once; the rest wait their turn.
const AT_ONCE: usize = 4;

/// Registry of running replies; clones share it.
#[derive(Clone)]
pub(crate) struct Running {
    replies: Arc<Mutex<HashMap<MessageId, Entry>>>,
    slots: Arc<Semaphore>,
    ended: Arc<Notify>,
}

struct Entry {
    conversation: ConversationId,
    token: CancellationToken,
    hurry: Arc<Notify>,
    slept: Arc<AtomicBool>,
    live: Arc<Live>,
}

/// Keeps a reply in the registry until it is dropped, however its task ends.
pub(crate) struct RunningReply {
    id: MessageId,
    running: Running,
    pub(crate) token: CancellationToken,
    /// Cuts a wait before another try short.
    pub(crate) hurry: Arc<Notify>,
    /// Set when a sleep of the computer ended it, before the token is cancelled.
    pub(crate) slept: Arc<AtomicBool>,
    pub(crate) live: Arc<Live>,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            replies: Arc::default(),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            ended: Arc::default(),
        }
    }
}

impl Running {
    /// Registers a reply.
    pub(crate) fn start(
        &self,
        conversation: ConversationId,
        id: MessageId,
        live: Live,
    ) -> RunningReply {
        let (token, live) = (CancellationToken::new(), Arc::new(live));
        let (hurry, slept) = (Arc::new(Notify::new()), Arc::<AtomicBool>::default());
        self.lock().insert(
            id,
            Entry {
                conversation,
                token: token.clone(),
                hurry: Arc::clone(&hurry),
                slept: Arc::clone(&slept),
                live: Arc::clone(&live),
            },
        );
        RunningReply {
            id,
            running: self.clone(),
            token,
            hurry,
            slept,
            live,
        }
    }

    /// The permits that bound how many replies stream at once.
    pub(crate) fn slots(&self) -> Arc<Semaphore> {
        Arc::clone(&self.slots)
    }

    /// Asks one reply to stop; `false` when it does not run.
    pub(crate) fn stop(&self, id: MessageId) -> bool {
        self.lock()
            .get(&id)
            .map(|entry| entry.token.cancel())
            .is_some()
    }

    /// Has a reply that waits before another try make it now; `false` when it does not run.
    pub(crate) fn hurry(&self, id: MessageId) -> bool {
        self.lock()
            .get(&id)
            .map(|entry| entry.hurry.notify_waiters())
            .is_some()
    }

    /// Asks every reply to stop.
    pub(crate) fn stop_all(&self) {
        self.lock().values().for_each(|entry| entry.token.cancel());
    }

    /// How far each reply has come, for those that are connected.
    pub(crate) fn progress(&self) -> HashMap<MessageId, u64> {
        let replies = self.lock();
        let connected = replies.iter().filter_map(|(id, entry)| {
            let progress = entry.live.progress()?;
            Some((*id, progress))
        });
        connected.collect()
    }

    /// Ends the replies that have come no further since: their connections did not outlive a sleep.
    pub(crate) fn lose_in_sleep(&self, before: &HashMap<MessageId, u64>) {
        let replies = self.lock();
        for (id, progress) in before {
            let Some(entry) = replies.get(id) else {
                continue;
            };
            if entry.live.progress() == Some(*progress) {
                entry.slept.store(true, Ordering::Release);
                entry.token.cancel();
            }
        }
    }

    /// Asks every reply of one conversation to stop.
    pub(crate) fn stop_in(&self, conversation: ConversationId) {
        let replies = self.lock();
        let own = replies
            .values()
            .filter(|entry| entry.conversation == conversation);
        own.for_each(|entry| entry.token.cancel());
    }

    /// Whether a reply of this conversation runs.
    pub(crate) fn runs_in(&self, conversation: ConversationId) -> bool {
        self.lock()
            .values()
            .any(|entry| entry.conversation == conversation)
    }

    /// Whether this reply runs.
    pub(crate) fn contains(&self, id: MessageId) -> bool {
        self.lock().contains_key(&id)
    }

    /// What a reply shows, while it runs.
    pub(crate) fn live(&self, id: MessageId) -> Option<Arc<Live>> {
        self.lock().get(&id).map(|entry| Arc::clone(&entry.live))
    }

    /// Waits until no reply runs.
    pub(crate) async fn idle(&self) {
        loop {
            let ended = self.ended.notified();
            if self.lock().is_empty() {
                return;
            }
            ended.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MessageId, Entry>> {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningReply {
    fn drop(&mut self) {
        self.running.lock().remove(&self.id);
        self.running.ended.notify_waiters();
    }
}
