//! The one thread that talks to the keychain.
//!
//! It has no deadline of its own: a password dialog blocks it for as long as it stands open.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use crate::backend::Backend;

/// Something to do with the keychain. Whoever waits for it must learn of a job that is dropped.
pub(crate) type Job = Box<dyn FnOnce(&mut dyn Backend) + Send>;

/// A handle on the thread; dropping it ends the thread after the jobs it was given.
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    overdue: Arc<AtomicBool>,
}

impl Worker {
    /// Starts the thread. Nothing of it runs inside an asynchronous runtime: the keychain's D-Bus
    /// client would panic there.
    pub(crate) fn start(mut backend: Box<dyn Backend>) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let overdue = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&overdue);
        std::thread::Builder::new()
            .name(String::from("keychain"))
            .spawn(move || {
                for job in queue {
                    let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut *backend)));
                    if outcome.is_err() {
                        // What the panic left behind is not to be trusted.
                        backend = backend.another();
                    }
                    done.store(false, Ordering::Relaxed);
                }
            })?;
        Ok(Self { jobs, overdue })
    }

    pub(crate) fn jobs(&self) -> mpsc::Sender<Job> {
        self.jobs.clone()
    }

    /// Remembers that somebody gave up waiting for the job that runs now.
    pub(crate) fn mark_overdue(&self) {
        self.overdue.store(true, Ordering::Relaxed);
    }

    /// True while the thread is held up longer than somebody wanted to wait.
    pub(crate) fn is_overdue(&self) -> bool {
        self.overdue.load(Ordering::Relaxed)
    }
}
