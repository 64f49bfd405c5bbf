//! The steps of the doctor, in their order, and what is told of each.

use super::finding::{Finding, Fix};
use serde::Serialize;
use specta::Type;

/// One step, from this computer towards the first word of an answer, and back to this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StepId {
    /// The computer's clock.
    Clock,
    /// The computer's own network.
    Network,
    /// The proxy, if there is one.
    Proxy,
    /// Resolving the host's name.
    Names,
    /// The TCP connection.
    Connection,
    /// The TLS handshake and the certificate.
    Tls,
    /// An HTTP answer of the service.
    Http,
    /// What the key looks like.
    KeyFormat,
    /// Whether the endpoint takes the key.
    KeyRegion,
    /// Whether the account may use the model.
    Model,
    /// Whether the model takes what is said about thinking.
    Thinking,
    /// The first word of an answer.
    Stream,
    /// The keychain.
    Keychain,
    /// The database.
    Database,
}

impl StepId {
    /// Every step, in order.
    pub const ALL: [Self; 14] = [
        Self::Clock,
        Self::Network,
        Self::Proxy,
        Self::Names,
        Self::Connection,
        Self::Tls,
        Self::Http,
        Self::KeyFormat,
        Self::KeyRegion,
        Self::Model,
        Self::Thinking,
        Self::Stream,
        Self::Keychain,
        Self::Database,
    ];

    /// Whether the step asks the model, which costs a few tokens.
    pub fn costs_tokens(self) -> bool {
        self == Self::Stream
    }
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is being looked at.
    Running,
    /// It is as it should be.
    Passed,
    /// It works, and a person should know this about it.
    Warned,
    /// It is broken.
    Failed,
    /// It was not looked at.
    Skipped,
}

/// A step with what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Which step.
    pub id: StepId,
    /// How far it has come.
    pub state: StepState,
    /// How long it took, once it ran.
    pub milliseconds: Option<u32>,
    /// What was found; `null` while waiting and running.
    pub finding: Option<Finding>,
    /// What to do about it.
    pub fix: Option<Fix>,
    /// Whether it asks the model, which costs a few tokens.
    pub costs_tokens: bool,
}

impl Step {
    /// The step before its turn.
    pub(super) fn waiting(id: StepId) -> Self {
        Self {
            id,
            state: StepState::Waiting,
            milliseconds: None,
            finding: None,
            fix: None,
            costs_tokens: id.costs_tokens(),
        }
    }
}

/// What a web page in a browser would have met at this endpoint.
///
/// Before a page may send a key, its browser asks the server for permission with a request of its
/// own. This is the server's answer to that request, sent once from here without a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BrowserVerdict {
    /// Whether the browser would refuse to send the page's request.
    pub would_fail: bool,
    /// The HTTP status of the answer; `null` when there was no usable one.
    pub status: Option<u16>,
    /// The answer's `Access-Control-Allow-Origin`.
    pub allow_origin: Option<String>,
    /// The answer's `Access-Control-Allow-Headers`.
    pub allow_headers: Option<String>,
    /// The page's origin that was named.
    pub origin: String,
}

/// What the doctor tells while it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(
    tag = "event",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum DoctorEvent {
    /// First: what is looked at, and every step, waiting.
    Started {
        /// The host that is asked.
        host: String,
        /// The model that is asked about.
        model: String,
        /// The steps in order.
        steps: Vec<Step>,
    },
    /// A step changed; it replaces what was told of it before. The clock's comes a second time when
    /// the server has said what time it is.
    Step {
        /// The step.
        step: Step,
    },
    /// What a web page would have met.
    Browser {
        /// The answer to the browser's question.
        verdict: BrowserVerdict,
    },
    /// Last: it is over.
    Finished {
        /// Whether no step failed.
        passed: bool,
        /// Whether it was stopped before the end.
        stopped: bool,
        /// How long it took.
        milliseconds: u32,
    },
}
