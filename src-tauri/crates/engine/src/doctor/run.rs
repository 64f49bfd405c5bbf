//! One run of the doctor: the steps in their order, and what is told of them.

use super::finding::{Finding, Fix};
use super::step::{BrowserVerdict, DoctorEvent, Step, StepId, StepState};
use super::{Checkup, Doctor, Subject};
use credentials::StoredKey;
use std::time::Instant;

/// What became of one step.
pub(super) struct Outcome {
    state: StepState,
    finding: Finding,
    fix: Option<Fix>,
}

/// The account's key, read once.
pub(super) enum Key {
    /// Nobody asked yet.
    Unread,
    /// There is no account.
    NoAccount,
    /// The account has none, and its endpoint needs none.
    NotNeeded,
    /// The account has none.
    None,
    /// It was read.
    Read(StoredKey),
    /// It could not be read.
    Failed,
}

/// A run in progress.
pub(super) struct Run<'a, T> {
    pub(super) doctor: &'a Doctor,
    pub(super) checkup: &'a Checkup,
    pub(super) subject: &'a Subject,
    pub(super) key: Key,
    tell: &'a T,
    steps: Vec<Step>,
    browser: Option<BrowserVerdict>,
}

impl Outcome {
    pub(super) fn passed(finding: Finding) -> Self {
        Self {
            state: StepState::Passed,
            finding,
            fix: None,
        }
    }

    pub(super) fn warned(finding: Finding, fix: impl Into<Option<Fix>>) -> Self {
        Self {
            state: StepState::Warned,
            finding,
            fix: fix.into(),
        }
    }

    pub(super) fn failed(finding: Finding, fix: impl Into<Option<Fix>>) -> Self {
        Self {
            state: StepState::Failed,
            finding,
            fix: fix.into(),
        }
    }

    pub(super) fn skipped(finding: Finding) -> Self {
        Self {
            state: StepState::Skipped,
            finding,
            fix: None,
        }
    }

    /// Whether the chain goes on behind this step.
    pub(super) fn holds(&self) -> bool {
        self.state != StepState::Failed
    }
}

impl<'a, T: Fn(DoctorEvent) + Send + Sync> Run<'a, T> {
    pub(super) fn new(
        doctor: &'a Doctor,
        checkup: &'a Checkup,
        subject: &'a Subject,
        tell: &'a T,
    ) -> Self {
        let steps: Vec<Step> = StepId::ALL.into_iter().map(Step::waiting).collect();
        tell(DoctorEvent::Started {
            host: subject.host(),
            model: subject.model.clone(),
            steps: steps.clone(),
        });
        Self {
            doctor,
            checkup,
            subject,
            key: Key::Unread,
            tell,
            steps,
            browser: None,
        }
    }

    /// Every step.
    pub(super) async fn all(&mut self) {
        self.clock();
        let answered = self.way_there().await;
        let key_fits = self.key_format().await;
        self.service(answered, key_fits).await;
        self.keychain().await;
        self.database().await;
    }

    /// What was found; a step that was running when the run was stopped was not looked at.
    pub(super) fn end(self) -> (Vec<Step>, Option<BrowserVerdict>) {
        let mut steps = self.steps;
        for step in &mut steps {
            if matches!(step.state, StepState::Running | StepState::Waiting) {
                step.state = StepState::Skipped;
            }
        }
        (steps, self.browser)
    }

    /// Tells that a step has begun.
    pub(super) fn begin(&mut self, id: StepId) -> Instant {
        self.change(id, |step| step.state = StepState::Running);
        Instant::now()
    }

    /// Tells what became of a step that began at `started`, and whether the chain goes on.
    pub(super) fn finish(&mut self, id: StepId, started: Instant, outcome: Outcome) -> bool {
        let holds = outcome.holds();
        let milliseconds = milliseconds_since(started);
        self.change(id, |step| {
            step.state = outcome.state;
            step.milliseconds = Some(milliseconds);
            step.finding = Some(outcome.finding);
            step.fix = outcome.fix;
        });
        holds
    }

    /// Tells that a step is not looked at.
    pub(super) fn skip(&mut self, id: StepId, why: &Finding) {
        self.change(id, |step| {
            step.state = StepState::Skipped;
            step.finding = Some(why.clone());
        });
    }

    /// Tells that those of these steps that have not begun are not looked at.
    pub(super) fn skip_unseen(&mut self, ids: &[StepId], why: &Finding) {
        for id in ids {
            let unseen = self
                .steps
                .iter()
                .any(|step| step.id == *id && step.state == StepState::Waiting);
            if unseen {
                self.skip(*id, why);
            }
        }
    }

    /// Tells what a web page would have met.
    pub(super) fn judge_browser(&mut self, verdict: BrowserVerdict) {
        (self.tell)(DoctorEvent::Browser {
            verdict: verdict.clone(),
        });
        self.browser = Some(verdict);
    }

    fn change(&mut self, id: StepId, change: impl FnOnce(&mut Step)) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.id == id) {
            change(step);
            (self.tell)(DoctorEvent::Step { step: step.clone() });
        }
    }
}

/// Whole milliseconds since then.
pub(super) fn milliseconds_since(started: Instant) -> u32 {
    u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX)
}
