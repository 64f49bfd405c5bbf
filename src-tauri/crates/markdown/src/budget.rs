//! Work on text nobody vouches for, on a thread of its own, waited for only so long.
//!
//! A thread cannot be stopped from outside. One that takes too long is abandoned: it ends by itself
//! once its work does, and a few such threads at most may be about.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// So many abandoned threads may be about; beyond, no work that needs one is done.
const MOST_ABANDONED: isize = 4;

/// On a busy machine a thread waits for a processor: it is given up after so many times its limit.
const PATIENCE: u32 = 20;

static ABANDONED: AtomicIsize = AtomicIsize::new(0);

const RUNNING: u8 = 0;
const GIVEN_UP: u8 = 1;
const ENDED: u8 = 2;

/// A thread that answers one question after the other and keeps a state between them.
pub(crate) struct Worker<Question, Answer> {
    questions: Sender<Question>,
    answers: Receiver<Answer>,
    state: Arc<AtomicU8>,
    clock: Clock,
}

impl<Question: Send + 'static, Answer: Send + 'static> Worker<Question, Answer> {
    /// Starts a thread and waits until `prepare` has run on it; nothing when it cannot be had.
    pub(crate) fn start<Work: FnMut(Question) -> Answer>(
        name: &str,
        stack: usize,
        prepare: impl FnOnce() -> Work + Send + 'static,
    ) -> Option<Self> {
        if ABANDONED.load(Ordering::Acquire) >= MOST_ABANDONED {
            return None;
        }
        let (questions, asked) = channel();
        let (answer, answers) = channel();
        let (ready, prepared) = channel();
        let state = Arc::new(AtomicU8::new(RUNNING));
        let ending = Ending(Arc::clone(&state));
        let body = move || {
            let _ending = ending;
            let mut work = prepare();
            let mut listening = ready.send(Clock::of_this_thread()).is_ok();
            while listening && let Ok(question) = asked.recv() {
                listening = answer.send(work(question)).is_ok();
            }
        };
        thread::Builder::new()
            .name(name.to_owned())
            .stack_size(stack)
            .spawn(body)
            .ok()?;
        let clock = prepared.recv().ok()?;
        Some(Self {
            questions,
            answers,
            state,
            clock,
        })
    }

    /// The answer, or nothing when it took longer than `limit` or broke the thread. After nothing
    /// this worker is of no more use and is to be dropped.
    pub(crate) fn ask(&self, question: Question, limit: Duration) -> Option<Answer> {
        let before = self.clock.spent();
        let start = Instant::now();
        self.questions.send(question).ok()?;
        loop {
            match self.answers.recv_timeout(limit) {
                Ok(answer) => return Some(answer),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let worked = match (before, self.clock.spent()) {
                (Some(before), Some(now)) => now.saturating_sub(before),
                _ => limit,
            };
            if worked >= limit || start.elapsed() > limit * PATIENCE {
                self.give_up();
                return None;
            }
        }
    }

    fn give_up(&self) {
        let was = self.state.swap(GIVEN_UP, Ordering::AcqRel);
        if was == RUNNING {
            ABANDONED.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// Takes an abandoned thread off the count when it ends, by a panic too.
struct Ending(Arc<AtomicU8>);

impl Drop for Ending {
    fn drop(&mut self) {
        if self.0.swap(ENDED, Ordering::AcqRel) == GIVEN_UP {
            ABANDONED.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// How long a thread has really worked, where the system tells: on a busy machine it says who is
/// slow, the text or the machine.
struct Clock(Option<PathBuf>);

impl Clock {
    #[cfg(target_os = "linux")]
    fn of_this_thread() -> Self {
        let thread = std::fs::read_link("/proc/thread-self").ok();
        Self(thread.map(|path| PathBuf::from("/proc").join(path).join("schedstat")))
    }

    #[cfg(not(target_os = "linux"))]
    fn of_this_thread() -> Self {
        Self(None)
    }

    fn spent(&self) -> Option<Duration> {
        let text = std::fs::read_to_string(self.0.as_ref()?).ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps its thread busy until it is told otherwise.
    fn busy(until: &AtomicU8) {
        while until.load(Ordering::Acquire) == 0 {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn a_worker_keeps_its_state_between_questions() {
        let worker = Worker::start("test", 1 << 20, || {
            let mut sum = 0;
            move |number: u32| {
                sum += number;
                sum
            }
        });
        let worker = worker.expect("a thread");
        let limit = Duration::from_secs(10);
        assert_eq!(worker.ask(2, limit), Some(2));
        assert_eq!(worker.ask(3, limit), Some(5));
    }

    #[test]
    fn work_that_does_not_end_or_that_breaks_gives_nothing() {
        let release = Arc::new(AtomicU8::new(0));
        let held = Arc::clone(&release);
        let worker = Worker::start("test", 1 << 20, move || move |()| busy(&held));
        let worker = worker.expect("a thread");
        assert_eq!(worker.ask((), Duration::from_millis(20)), None);
        assert!(ABANDONED.load(Ordering::Acquire) >= 1);
        release.store(1, Ordering::Release);
        drop(worker);
        while ABANDONED.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }

        let broken = Worker::start("test", 1 << 20, || |number: u32| 1 / (number - number));
        assert_eq!(
            broken.expect("a thread").ask(1, Duration::from_secs(10)),
            None
        );
    }
}
