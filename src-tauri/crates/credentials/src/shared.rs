//! What the vault's callers and its thread share: the keys in memory and who waits for which.
//!
//! Nothing here waits: callers do that in `vault`, the keychain is asked in `worker`.

use std::collections::HashMap;
use std::sync::mpsc::{SendError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::backend::Backend;
use crate::error::Error;
use crate::item;
use crate::vault::StoredKey;
use crate::worker::{Job, Worker};

/// The state behind every clone of a vault.
pub(crate) struct Shared {
    state: Mutex<State>,
}

struct State {
    /// Never asked anything itself, so that it cannot be stuck when a fresh backend is needed.
    seed: Box<dyn Backend>,
    worker: Option<Worker>,
    /// Counts the threads that were abandoned; jobs of an earlier count have no effect.
    generation: u64,
    session: HashMap<String, StoredKey>,
    cache: HashMap<String, StoredKey>,
    reads: HashMap<String, Reading>,
}

/// One access to the keychain and everybody who waits for it.
struct Reading {
    waiters: Vec<oneshot::Sender<Result<StoredKey, Error>>>,
    /// False once the account was forgotten, which an earlier read must not undo.
    keep: bool,
}

/// Answers the waiters of a read however its job ends: done, dropped or in a panic.
struct ReadAnswer {
    shared: Arc<Shared>,
    account: String,
    generation: u64,
    outcome: Result<StoredKey, Error>,
}

impl Shared {
    pub(crate) fn new(seed: Box<dyn Backend>) -> Self {
        let state = State {
            seed,
            worker: None,
            generation: 0,
            session: HashMap::new(),
            cache: HashMap::new(),
            reads: HashMap::new(),
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// Counts the threads that were abandoned so far.
    pub(crate) fn generation(&self) -> u64 {
        self.lock().generation
    }

    pub(crate) fn keep_for_session(&self, account: String, stored: StoredKey) {
        self.lock().session.insert(account, stored);
    }

    /// True when there was a key for this session.
    pub(crate) fn end_session_of(&self, account: &str) -> bool {
        self.lock().session.remove(account).is_some()
    }

    /// The key of an account that is in memory.
    pub(crate) fn in_memory(&self, account: &str) -> Option<StoredKey> {
        let state = self.lock();
        let found = state.session.get(account);
        found.or_else(|| state.cache.get(account)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key if it is in memory, else the generation and answer of a read to wait for.
    pub(crate) fn join_read(
        shared: &Arc<Self>,
        account: &str,
    ) -> Result<StoredKey, (u64, oneshot::Receiver<Result<StoredKey, Error>>)> {
        let (waiter, answer) = oneshot::channel();
        let mut state = shared.lock();
        if let Some(found) = state
            .session
            .get(account)
            .or_else(|| state.cache.get(account))
        {
            return Ok(found.clone());
        }
        let generation = state.generation;
        if let Some(reading) = state.reads.get_mut(account) {
            reading.waiters.push(waiter);
            return Err((generation, answer));
        }
        let reading = Reading {
            waiters: vec![waiter],
            keep: true,
        };
        state.reads.insert(account.to_owned(), reading);
        drop(state);

        let mut ending = ReadAnswer {
            shared: Arc::clone(shared),
            account: account.to_owned(),
            generation,
            outcome: Err(Error::Unavailable),
        };
        let job: Job = Box::new(move |backend| {
            if ending.is_wanted() {
                let bytes = backend.get(&ending.account).map(Zeroizing::new);
                ending.outcome = bytes.and_then(|bytes| item::decode(&bytes));
                log(&ending.outcome);
            }
        });
        // A job that cannot be given away is dropped, and answers that way.
        let _ = shared.submit(job);
        Err((generation, answer))
    }

    /// Gives a job to the thread, starting one if there is none or it has died.
    pub(crate) fn submit(&self, job: Job) -> Result<(), Error> {
        let mut job = job;
        for _attempt in 0..2 {
            match self.jobs()?.send(job) {
                Ok(()) => return Ok(()),
                Err(SendError(returned)) => job = returned,
            }
            let dead = self.lock().worker.take();
            drop(dead);
        }
        Err(Error::Unavailable)
    }

    fn jobs(&self) -> Result<Sender<Job>, Error> {
        let mut state = self.lock();
        if let Some(worker) = &state.worker {
            return Ok(worker.jobs());
        }
        let worker = Worker::start(state.seed.another()).map_err(|_spawn| Error::Unavailable)?;
        let jobs = worker.jobs();
        state.worker = Some(worker);
        Ok(jobs)
    }

    pub(crate) fn forget(&self, account: &str) {
        let mut state = self.lock();
        state.cache.remove(account);
        if let Some(reading) = state.reads.get_mut(account) {
            reading.keep = false;
        }
    }

    pub(crate) fn keep_saved(&self, generation: u64, account: String, stored: StoredKey) {
        let mut state = self.lock();
        if state.generation == generation {
            state.session.remove(&account);
            state.cache.insert(account, stored);
        }
    }

    /// Notes that a caller stopped waiting.
    pub(crate) fn give_up(&self, generation: u64) {
        let state = self.lock();
        if state.generation == generation
            && let Some(worker) = &state.worker
        {
            worker.mark_overdue();
        }
    }

    /// Leaves a stuck thread to itself; the next job starts another.
    pub(crate) fn abandon_if_overdue(&self) {
        let mut state = self.lock();
        if !state.worker.as_ref().is_some_and(Worker::is_overdue) {
            return;
        }
        state.generation += 1;
        let worker = state.worker.take();
        let reads = std::mem::take(&mut state.reads);
        drop(state);
        // Outside the lock: jobs and waiters dropped with them may come back for it.
        drop((worker, reads));
    }
}

impl ReadAnswer {
    /// False when the thread was abandoned or everybody stopped waiting, in which case the read is
    /// taken off the list so that the next caller starts another.
    fn is_wanted(&mut self) -> bool {
        let mut state = self.shared.lock();
        if state.generation != self.generation {
            return false;
        }
        let wanted = state
            .reads
            .get(&self.account)
            .is_some_and(|reading| reading.waiters.iter().any(|waiter| !waiter.is_closed()));
        if !wanted {
            state.reads.remove(&self.account);
        }
        wanted
    }
}

impl Drop for ReadAnswer {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state.generation != self.generation {
            return;
        }
        let Some(reading) = state.reads.remove(&self.account) else {
            return;
        };
        if let Ok(key) = &self.outcome
            && reading.keep
        {
            state.cache.insert(self.account.clone(), key.clone());
        }
        drop(state);
        for waiter in reading.waiters {
            // A waiter that gave up has nothing to be told.
            drop(waiter.send(self.outcome.clone()));
        }
    }
}

/// Notes a failed access; what failed is all it holds.
pub(crate) fn log<T>(outcome: &Result<T, Error>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "keychain");
    }
}
