//! A keychain in memory that fails as it is told, for tests of this crate and of its users.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::backend::Backend;
use crate::error::Error;

/// The keychain; clones are handles on the same one, so a test keeps one and gives one away.
#[derive(Clone, Default)]
pub struct MemoryBackend {
    shared: Arc<Shared>,
}

/// What happens to one access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails.
    Fail(Error),
    /// It takes this long, then goes on.
    Delay(Duration),
    /// It waits, as for a dialog that nobody answers, until [`MemoryBackend::release`] or
    /// [`MemoryBackend::dismiss`].
    Hang,
    /// It panics, as a keychain library may.
    Panic,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    released: Condvar,
}

#[derive(Default)]
struct State {
    items: HashMap<String, Vec<u8>>,
    faults: VecDeque<Fault>,
    outage: Option<Error>,
    /// True from an outage until a rebuild after its end, as a real connection would be.
    broken: bool,
    accesses: usize,
    rebuilds: usize,
    /// Accesses that have hung so far; each waits for the answer of its number.
    dialogs: usize,
    answers: Vec<Result<(), Error>>,
}

impl MemoryBackend {
    /// An empty keychain without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a later access meet this fault; each access uses up one, in order.
    pub fn push_fault(&self, fault: Fault) {
        self.lock().faults.push_back(fault);
    }

    /// From now on every access and rebuild fails; the connection stays broken until a rebuild
    /// after [`Self::end_outage`].
    pub fn begin_outage(&self, error: Error) {
        let mut state = self.lock();
        state.outage = Some(error);
        state.broken = true;
    }

    /// The keychain is back, for whoever connects anew.
    pub fn end_outage(&self) {
        self.lock().outage = None;
    }

    /// Lets the access that has hung longest go on; the next one to hang if none does.
    pub fn release(&self) {
        self.answer(Ok(()));
    }

    /// Lets the access that has hung longest fail, as when its dialog is closed.
    pub fn dismiss(&self, error: Error) {
        self.answer(Err(error));
    }

    /// Accesses that hang now.
    pub fn hanging(&self) -> usize {
        let state = self.lock();
        state.dialogs.saturating_sub(state.answers.len())
    }

    /// Accesses so far, failed ones included.
    pub fn accesses(&self) -> usize {
        self.lock().accesses
    }

    /// Successful rebuilds so far.
    pub fn rebuilds(&self) -> usize {
        self.lock().rebuilds
    }

    /// The bytes stored for an account.
    pub fn item(&self, account: &str) -> Option<Vec<u8>> {
        self.lock().items.get(account).cloned()
    }

    /// Stores bytes without counting as an access.
    pub fn put(&self, account: &str, item: &[u8]) {
        self.lock().items.insert(account.to_owned(), item.to_vec());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an access, lets its fault happen and hands out the state to go on with.
    fn access(&self) -> Result<MutexGuard<'_, State>, Error> {
        let mut state = self.lock();
        state.accesses += 1;
        if state.broken {
            return Err(state.outage.unwrap_or(Error::Unavailable));
        }
        match state.faults.pop_front() {
            None => Ok(state),
            Some(Fault::Fail(error)) => Err(error),
            Some(Fault::Delay(time)) => {
                let released = &self.shared.released;
                let waited = released.wait_timeout_while(state, time, |_| true);
                Ok(waited.unwrap_or_else(PoisonError::into_inner).0)
            }
            Some(Fault::Hang) => self.wait(state),
            Some(Fault::Panic) => {
                drop(state);
                std::panic::resume_unwind(Box::new("scripted"))
            }
        }
    }

    /// Waits for the answer to a dialog.
    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
    ) -> Result<MutexGuard<'a, State>, Error> {
        let number = state.dialogs;
        state.dialogs += 1;
        let waited = self
            .shared
            .released
            .wait_while(state, |state| state.answers.len() <= number);
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        match state.answers.get(number) {
            Some(Err(error)) => Err(*error),
            _ => Ok(state),
        }
    }

    fn answer(&self, answer: Result<(), Error>) {
        self.lock().answers.push(answer);
        self.shared.released.notify_all();
    }
}

impl Backend for MemoryBackend {
    fn get(&mut self, account: &str) -> Result<Vec<u8>, Error> {
        self.access()?
            .items
            .get(account)
            .cloned()
            .ok_or(Error::Missing)
    }

    fn set(&mut self, account: &str, item: &[u8]) -> Result<(), Error> {
        self.access()?
            .items
            .insert(account.to_owned(), item.to_vec());
        Ok(())
    }

    fn delete(&mut self, account: &str) -> Result<(), Error> {
        self.access()?
            .items
            .remove(account)
            .map(drop)
            .ok_or(Error::Missing)
    }

    fn rebuild(&mut self) -> Result<(), Error> {
        let mut state = self.lock();
        if let Some(error) = state.outage {
            return Err(error);
        }
        state.broken = false;
        state.rebuilds += 1;
        Ok(())
    }

    fn another(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

impl fmt::Debug for MemoryBackend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MemoryBackend")
    }
}
